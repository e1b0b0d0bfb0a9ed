"""The words that work whatever a resident is doing: STOP, START, HELP and the wish to see or delete one's data.

Only as the whole text: "stop sign is down on 5th" is a report, and "no para de pegarme" a cry for help.
"""

from collections.abc import Callable, Iterable, Mapping

from bot.text.fold import fold

# Words on which carriers and Twilio act by themselves, in every language. Nothing else may use them.
CARRIERS: Mapping[str, frozenset[str]] = {
    "stop": frozenset(
        {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"}
    ),
    "start": frozenset({"start", "unstop"}),
    "help": frozenset({"help", "info"}),
}
RESERVED = frozenset(word for words in CARRIERS.values() for word in words)


def _none(tag: str) -> Mapping[str, Iterable[str]]:
    return {}


class Keywords:
    """The keyword tables of every language, each built once."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Iterable[str]]],
        others: Callable[[str], Mapping[str, Iterable[str]]] = _none,
    ) -> None:
        """`tables`: keyword -> language tag -> words. `others`: the words of a language that is not in them, by keyword;
        they count only for who writes that language."""
        self._others = others
        self._own: dict[str, dict[str, str]] = {}
        self._any: dict[str, str] = {}
        for keyword, languages in tables.items():
            for tag, words in languages.items():
                for word in filter(None, map(fold, words)):
                    self._own.setdefault(tag, {}).setdefault(word, keyword)
                    if keyword in ("stop", "start"):
                        self._any.setdefault(word, keyword)

    def match(self, text: str, tag: str | None, expected: bool = False) -> str | None:
        """stop, start, help, delete or None. `expected`: the open question takes this text as an answer, so that
        another language's word for stop is none here; what carriers act on is always what it is."""
        if len(text) > 60:
            return None
        folded = fold(text)
        for keyword, words in CARRIERS.items():
            if folded in words:
                return keyword
        own = self._words_of(tag).get(folded) if tag else None
        if own:
            return own
        return None if expected else self._any.get(folded)

    def _words_of(self, tag: str) -> Mapping[str, str]:
        if tag not in self._own:
            named = self._others(tag).items()
            self._own[tag] = {folded: keyword for keyword, words in named for word in words if (folded := fold(word))}
        return self._own[tag]

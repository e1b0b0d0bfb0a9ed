"""The words that work whatever a resident is doing: STOP, START, HELP and the wish to see or delete one's data.

Only as the whole text: "stop sign is down on 5th" is a report, and "no para de pegarme" a cry for help.
"""

from collections.abc import Iterable, Mapping

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


class Keywords:
    """The keyword tables of every language, built once."""

    def __init__(self, tables: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        """`tables`: keyword -> language tag -> words."""
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
        own = self._own.get(tag or "", {}).get(folded)
        if own:
            return own
        return None if expected else self._any.get(folded)

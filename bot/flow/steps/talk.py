"""Steps that say and ask: say, ask, collect, pick."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow import answers, naming
from bot.flow.effects import SpeakLanguage
from bot.flow.reading import Fields, Line
from bot.flow.steps.base import END, STAY, At, Choice, Heard, Silent, Way, read_choices, read_way
from bot.text.fold import UNSPACED, choice_number, fold
from bot.text.hints import Hints
from bot.text.language_names import endonym, named

if TYPE_CHECKING:
    from bot.flow.phrases import Voice
    from bot.flow.walk import Walk


_MOST_TEXTS = 10


def _texts(fields: Fields, at: At, name: str) -> tuple[Line, ...]:
    if len(texts := fields.texts(name)) > _MOST_TEXTS:
        fields.wrong(f"one step says at most {_MOST_TEXTS} texts: make two of it", at=name)
    return tuple(at.line(text, line) for text, line in texts if text)


@dataclass(frozen=True, slots=True)
class Say(Silent):
    """Tell the resident something and go on."""

    key: ClassVar[str] = "say"
    texts: tuple[Line, ...]
    about: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(_texts(fields, at, "say"), fields.text("about", ""), read_way(fields))

    def lines(self) -> Iterable[Line]:
        return self.texts

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        walk.say(*self.texts, extra=walk.about(self.about))
        return self.way


@dataclass(frozen=True, slots=True)
class Ask(Silent):
    """Ask for one of some choices, by number or in words."""

    key: ClassVar[str] = "ask"
    waits: ClassVar[bool] = True
    texts: tuple[Line, ...]
    after: Line | None
    label: Line | None
    save: str
    choices: tuple[Choice, ...]
    listed: bool
    open: bool
    about: str
    way: Way | None
    private: bool = False  # what was chosen here is for staff only

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        after, label = fields.text("after", ""), fields.text("label", "")
        choices = read_choices(fields, at, fields.text("next", ""))
        private, save = fields.yes("private"), fields.text("save", "")
        if (private or any(choice.private for choice in choices)) and not (label and save):
            fields.wrong("`private` is for an answer of a report, which has `label` and `save`")
        return cls(
            texts=_texts(fields, at, "ask"),
            after=at.line(after, fields.line_of("after"), "after") if after else None,
            label=at.line(label, fields.line_of("label"), "label", "Names the answer in the summary.")
            if label
            else None,
            save=save,
            listed=fields.yes("list"),
            open=fields.yes("open"),
            about=fields.text("about", ""),
            choices=choices,
            way=read_way(fields) if "next" in fields.names() else None,
            private=private,
        )

    def lines(self) -> Iterable[Line]:
        yield from self.texts
        if self.label:
            yield self.label
        for choice in self.choices:
            yield choice.label
            if choice.words:
                yield choice.words
        if self.after:
            yield self.after

    def ways(self) -> Iterable[Way]:
        return (choice.way for choice in self.choices)

    def saves(self) -> Iterable[str]:
        return (self.save,) if self.save else ()

    def enter(self, walk: "Walk") -> Way | None:
        known = walk.known(self.save)
        if known is not None:
            choice = self.chosen(known)
            if choice:
                return self._take(walk, choice)
            if self.way:  # an answer that another menu offers too
                walk.save(self.save, known)
                return self.way
        extra = walk.about(self.about)
        parts = [walk.fill(line, extra) for line in self.texts]
        numbered = [f"{choice.number} {walk.fill(choice.label, extra)}" for choice in self.choices]
        if self.listed:
            said = "\n".join([*parts, *numbered])
        else:
            said = "\n".join([*parts[:-1], " ".join([*parts[-1:], *numbered])])
        walk.tell(f"{said}\n{walk.fill(self.after)}" if self.after else said)
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        number = choice_number(heard.text)
        if number is not None:
            return any(choice.number == number for choice in self.choices)
        return _key(heard.text) in walk.voice.table(("ask", id(self)), self._table(walk))

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        found = self._find(walk, heard.text)
        return self._take(walk, self.choices[found]) if found is not None else None

    def chosen(self, value: str) -> Choice | None:
        """The choice behind an answer that was kept."""
        return next((choice for choice in self.choices if value in (choice.value, choice.label.english)), None)

    def show(self, voice: "Voice", value: str) -> str:
        """An answer as its resident reads it."""
        choice = self.chosen(value)
        return voice.text(choice.label) if choice else value

    def _take(self, walk: "Walk", choice: Choice) -> Way:
        # Where some choices have values, those without only lead on ("More", "Back").
        if self.save and (choice.value or not any(other.value for other in self.choices)):
            walk.save(self.save, choice.value or choice.label.english, self.label is not None)
        return choice.way

    def _find(self, walk: "Walk", text: str) -> int | None:
        number = choice_number(text)
        if number is not None:
            return self._numbered(number)
        table = walk.voice.table(("ask", id(self)), self._table(walk))
        found = table.get(_key(text))
        if found is not None:
            return found
        number = walk.number_word(text)
        if number is not None:
            return self._numbered(number)
        words = fold(text).split()
        for length in range(min(len(words) - 1, 3), 0, -1):  # "yes please", "no thank you"
            if len(words) <= length + 2 and (found := table.get(" ".join(words[:length]))) is not None:
                return found
        # Where wishes are looked for, they say more than the menu's words.
        inside = None if self.open else walk.voice.table(("inside", id(self)), self._words_inside).best(text)
        if inside is not None:
            return inside
        if any(choice.wish for choice in self.choices):
            return walk.voice.table(("hints", id(self)), self._hints(walk)).best(text)
        return None

    def _words_inside(self, voice: "Voice") -> Hints[int]:
        """The choices' own words, to be found in a longer answer ("a wheelchair for my mother"); the short ones mean
        too much else."""
        return Hints(
            (
                n,
                [
                    word
                    for word in [*voice.typed(c.label), *(voice.typed(c.words) if c.words else ())]
                    if _telling(word)
                ],
            )
            for n, c in enumerate(self.choices)
            if not c.shared
        )

    def _numbered(self, number: int) -> int | None:
        return next((n for n, choice in enumerate(self.choices) if choice.number == number), None)

    def _table(self, walk: "Walk") -> "Callable[[Voice], dict[str, int]]":
        def make(voice: "Voice") -> dict[str, int]:
            table: dict[str, int] = {}
            for n, choice in enumerate(self.choices):
                words = [*voice.typed(choice.label), *(voice.typed(choice.words) if choice.words else ())]
                for name in choice.shared:
                    words += walk.library.words(voice, name)
                for word in words:
                    table.setdefault(_key(word), n)
            table.pop("", None)
            return table

        return make

    def _hints(self, walk: "Walk") -> "Callable[[Voice], Hints[int]]":
        def make(voice: "Voice") -> Hints[int]:
            return Hints((n, walk.library.hints_of(voice, c.wish)) for n, c in enumerate(self.choices) if c.wish)

        return make


def _telling(word: str) -> bool:
    folded = fold(word)
    return len(folded) >= (2 if UNSPACED.search(folded) else 5)


def _key(word: str) -> str:
    """As choices are compared; an emoji alone, which folds to nothing, as it is but for its skin."""
    return fold(word) or word.strip().rstrip("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\ufe0f")


@dataclass(frozen=True, slots=True)
class Collect(Silent):
    """Ask for something typed: words, a place, a time, a number, money, a name, pictures, a report number."""

    key: ClassVar[str] = "collect"
    waits: ClassVar[bool] = True
    text: Line
    label: Line | None
    save: str
    kind: str
    skip: bool
    least: int
    most: int
    exits: tuple[tuple[Line, Way], ...]
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        label, kind = fields.text("label", ""), fields.text("as", "text")
        if kind not in answers.KINDS:
            fields.wrong(f"`as` is one of {', '.join(sorted(answers.KINDS))}, not `{kind}`", at="as")
            kind = "text"
        exits = []
        for one in fields.each("if"):
            says = at.line(
                one.text("says"),
                one.line_of("says"),
                "says",
                "Words in the answer that lead elsewhere, separated by | .",
            )
            exits.append((says, read_way(one)))
            one.finish("`if`")
        return cls(
            text=at.line(fields.text("collect"), fields.line_of("collect")),
            label=at.line(label, fields.line_of("label"), "label", "Names the answer in the summary.")
            if label
            else None,
            save=fields.text("save"),
            kind=kind,
            skip=fields.yes("skip"),
            least=fields.number("least", 0),
            most=fields.number("most", 0),
            exits=tuple(exits),
            way=read_way(fields),
        )

    def lines(self) -> Iterable[Line]:
        yield self.text
        if self.label:
            yield self.label
        yield from (says for says, _ in self.exits)

    def ways(self) -> Iterable[Way]:
        return (self.way, *(way for _, way in self.exits))

    def saves(self) -> Iterable[str]:
        return (self.save, *(f"{self.save}_{extra}" for extra in answers.KINDS[self.kind].extras))

    def enter(self, walk: "Walk") -> Way | None:
        known = walk.known(self.save)
        if known is not None:
            walk.save(self.save, known)
            return self.way
        walk.tell(walk.fill(self.text))
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        return answers.KINDS[self.kind].digits and choice_number(heard.text) is not None

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        got = answers.KINDS[self.kind].understand(walk, self, heard)
        if got is None:
            return None
        if isinstance(got, Way):
            return got
        walk.save(self.save, got.value, self.label is not None)
        for extra in answers.KINDS[self.kind].extras:
            walk.answers[f"{self.save}_{extra}"] = got.extra.get(extra, "")
        if self.exits:
            leads = walk.voice.table(("exits", id(self)), self._exits).best(got.value)
            if leads is not None:
                return self.exits[leads][1]
        return self.way

    def pass_over(self, walk: "Walk") -> Way:
        """Skipped by the resident."""
        walk.answers.pop(self.save, None)
        walk.home.asked.pop(self.save, None)
        for extra in answers.KINDS[self.kind].extras:
            walk.answers.pop(f"{self.save}_{extra}", None)
        return self.way

    def show(self, voice: "Voice", value: str) -> str:
        return value

    def _exits(self, voice: "Voice") -> Hints[int]:
        return Hints((n, voice.typed(says)) for n, (says, _) in enumerate(self.exits))


@dataclass(frozen=True, slots=True)
class Pick(Silent):
    """Ask for a language: by number, each in its own script, or by its name in any language."""

    key: ClassVar[str] = "pick"
    waits: ClassVar[bool] = True
    text: Line
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(at.line(fields.text("pick"), fields.line_of("pick")), read_way(fields))

    def lines(self) -> Iterable[Line]:
        return (self.text,)

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        offered = list(walk.facts.languages)
        walk.scratch["among"] = offered
        walk.tell("\n".join([walk.fill(self.text), *(f"{n} {endonym(tag)}" for n, tag in enumerate(offered, 1))]))
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        number = choice_number(heard.text)
        return bool(number) and number <= len(walk.scratch.get("among", ()))  # type: ignore[operator]

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        among: list[str] = walk.scratch.get("among") or list(walk.facts.languages)
        number = choice_number(heard.text)
        if number is not None:
            if not 1 <= number <= len(among):
                return None
            return self._speak(walk, among[number - 1])
        names = named(heard.text, walk.voice.tag)
        offered = [tag for tag in walk.facts.languages if tag in names]
        if len(offered) == 1:
            return self._speak(walk, offered[0])
        if offered:  # "Chinese" is two
            walk.scratch["among"] = offered
            walk.tell("\n".join(f"{n} {endonym(tag)}" for n, tag in enumerate(offered, 1)))
            return STAY
        if names:
            tag = sorted(names)[0]
            if walk.library.voice(tag).has(walk.library.phrase("lang_none")):
                self._speak(walk, tag)
            walk.say(walk.library.phrase("lang_none"), extra=naming.language_names(tag))
            return STAY
        return None

    def _speak(self, walk: "Walk", tag: str) -> Way:
        walk.speak(tag)
        walk.effects.append(SpeakLanguage(tag))
        return self.way


__all__ = ["END", "Ask", "Collect", "Pick", "Say"]

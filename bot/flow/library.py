"""Everything a line can say: flows, phrases, words and wishes of a folder, with the languages they are put into."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import FlowsBroken
from bot.flow.circles import circles
from bot.flow.phrases import Catalogue, Voice, load_catalogue
from bot.flow.reading import Fields, Line, Problem, read_yaml
from bot.flow.script import Script, parse, unsaved, wrong_answer
from bot.flow.steps.base import Step
from bot.text.hints import Hints

REST = ("menu", "choose")  # where a resident is when nothing is being done: at the menu, unsaid


@dataclass(frozen=True, slots=True)
class Wish:
    """Something residents want when they write in their own words, and the flow that serves it."""

    name: str
    label: Line
    hints: Line
    go: str
    step: str
    given: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Library:
    """The live texts. `older` finds a script in a version that is no longer live, for who still stands in it."""

    scripts: Mapping[str, Script]
    phrases: Mapping[str, Line]
    everywhere: Mapping[str, Line]
    wishes: Mapping[str, Wish]
    sources: Mapping[str, str] = field(default_factory=dict)  # flow -> YAML, as it is published
    catalogues: Mapping[str, Callable[[], Catalogue]] = field(default_factory=dict)
    older: Callable[[str, str], Script | None] = lambda name, version: None
    _voices: dict[str, Voice] = field(default_factory=dict)

    def voice(self, tag: str) -> Voice:
        """How the line speaks a language; English where it has no texts in it."""
        voice = self._voices.get(tag)
        if voice is None:
            load = self.catalogues.get(tag)
            voice = self._voices[tag] = Voice(load() if load else Catalogue(tag, {}))
        return voice

    def script(self, name: str, version: str = "") -> Script | None:
        """A flow, in the version asked for if that can still be had, else as it is live."""
        live = self.scripts.get(name)
        if live is None or not version or live.version == version:
            return live
        return self.older(name, version) or live

    def phrase(self, name: str) -> Line:
        return self.phrases[name]

    def words(self, voice: Voice, name: str) -> list[str]:
        """What may be typed for an everywhere-word in a language, English included."""
        return voice.typed(self.everywhere[name])

    def hints_of(self, voice: Voice, wish: str) -> list[str]:
        return voice.typed(self.wishes[wish].hints)

    def wish(self, voice: Voice, text: str) -> Wish | None:
        """What a free text asks for, if that can be told."""

        def make(voice: Voice) -> Hints[str]:
            return Hints((wish.name, voice.typed(wish.hints)) for wish in self.wishes.values())

        found = voice.table("wishes", make).best(text)
        return self._closer(voice, text, self.wishes[found]) if found else None

    def _closer(self, voice: Voice, text: str, wish: Wish) -> Wish:
        """The same wish with more said of it, if the text says so: "talk to an officer, a woman please"."""
        if wish.given:
            return wish
        closer = [one for one in self.wishes.values() if (one.go, one.step) == (wish.go, wish.step) and one.given]

        def make(voice: Voice) -> Hints[str]:
            return Hints((one.name, voice.typed(one.hints)) for one in closer)

        found = voice.table(("closer", wish.go, wish.step), make).best(text)
        return self.wishes[found] if found else wish

    def lines(self) -> Iterator[Line]:
        """Every string a translator must translate."""
        for script in self.scripts.values():
            yield from script.lines()
        yield from self.phrases.values()
        yield from self.everywhere.values()
        for wish in self.wishes.values():
            yield wish.label
            yield wish.hints


def load(folder: Path, locales: Path | None = None) -> Library:
    """The flows of a folder and the catalogues of another. Raises FlowsBroken with every mistake there is."""
    library, problems = read(folder)
    if library is None or problems:
        raise FlowsBroken(problems)
    if locales:
        library.catalogues = find_catalogues(locales)
    return library


def find_catalogues(locales: Path) -> dict[str, Callable[[], Catalogue]]:
    """The languages of a folder, each loaded when first spoken."""

    def loader(path: Path, tag: str) -> Callable[[], Catalogue]:
        return lambda: load_catalogue(path, tag)

    return {po.parts[-3]: loader(po, po.parts[-3]) for po in sorted(locales.glob("*/LC_MESSAGES/bot.po"))}


def read(folder: Path) -> tuple[Library | None, list[Problem]]:
    """The library, and every problem in its files, none hidden behind another."""
    return read_texts(texts_of(folder), folder.name)


def texts_of(folder: Path) -> dict[str, str]:
    """The flow files of a folder by name without `.yml`: flows, and the files of phrases, words and wishes."""
    return {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.yml"))}


def read_texts(texts: Mapping[str, str], folder: str = "flows") -> tuple[Library | None, list[Problem]]:
    """As `read`, of texts that may stand in no folder yet; `folder` is what problems call it."""
    problems: list[Problem] = []
    scripts: dict[str, Script] = {}
    sources: dict[str, str] = {}
    phrases: dict[str, Line] = {}
    everywhere: dict[str, Line] = {}
    wishes: dict[str, Wish] = {}
    labels: dict[str, Line] = {}
    for stem, text in sorted(texts.items()):
        shown = f"{folder}/{stem}.yml"
        match first_word(text):
            case "phrases":
                _add(phrases, _phrases(text, shown, problems), problems)
            case "words":
                _add(everywhere, _everywhere(text, shown, problems), problems)
            case "wishes":
                for name, wish in _wishes(text, shown, problems).items():
                    _add(labels, {name: wish.label}, problems)
                    wishes[name] = wish
            case _:
                script, wrong = parse(text, shown)
                problems += wrong
                if script is not None:
                    if script.name != stem:
                        problems.append(Problem(shown, 1, f"the flow is called `{script.name}`, the file `{stem}`"))
                    scripts[script.name] = script
                    sources[script.name] = text
    library = Library(scripts, phrases, everywhere, wishes, sources)
    if not problems:
        problems += check(library)
    return library, sorted(problems, key=lambda problem: (problem.file, problem.line))


def _add(known: dict[str, Line], own: Mapping[str, Line], problems: list[Problem]) -> None:
    """What one more file says. None may say again, in other words, what another one says."""
    for name, line in own.items():
        if name in known:
            problems.append(Problem(line.file, line.line, f"`{name}` stands in {known[name].file} too"))
        known.setdefault(name, line)


def check(library: Library) -> list[Problem]:
    """What is wrong between files: flows, steps, wishes and words that are named and not there."""
    problems: list[Problem] = []
    for script in library.scripts.values():
        for name, step in script.steps.items():
            at = script.lines_of_steps[name]
            for way in step.ways():
                problems += _no_flow(library, script.file, way.line or at, way.go, way.step)
            part = getattr(step, "part", "")
            if part:
                problems += _no_flow(library, script.file, at, part, "")
            for choice in getattr(step, "choices", ()):
                problems += [
                    Problem(script.file, choice.label.line, f"words.yml has no `{one}`")
                    for one in choice.shared if one not in library.everywhere
                ]  # fmt: skip
                if choice.wish and choice.wish not in library.wishes:
                    problems.append(Problem(script.file, choice.label.line, f"wishes.yml has no `{choice.wish}`"))
        if script.part or script.parts():
            problems += unsaved(script, _answers_of(library, script))
    for wish in library.wishes.values():
        problems += _no_flow(library, wish.hints.file, wish.hints.line, wish.go, wish.step)
    return problems or [*_circling(library), *_parts_in_themselves(library)]


def _circling(library: Library) -> Iterator[Problem]:
    """Ways through flows that lead back to their beginning without any wait; those inside one are told of there."""
    ways = {
        (name, step): [] if script.steps[step].waits else _next_of(library, script, script.steps[step])
        for name, script in library.scripts.items()
        for step in script.steps
    }
    for circle in circles(ways):
        flow, step = circle[0]
        also = sorted({name for name, _ in circle} - {flow})
        through = f" through {' and '.join(f'`{name}`' for name in also)}" if also else ""
        words = f"from `{step}` one goes round in circles{through} without ever being asked anything"
        script = library.scripts[flow]
        yield Problem(script.file, script.lines_of_steps[step], words)


def _next_of(library: Library, script: Script, step: Step) -> list[tuple[str, str]]:
    part = getattr(step, "part", "")
    if part:  # how it goes on after the part hangs on what the part asks
        return [(part, library.scripts[part].start)]
    return [
        (way.go, way.step or library.scripts[way.go].start) if way.go else (script.name, way.next)
        for way in step.ways()
    ]


def _parts_in_themselves(library: Library) -> Iterator[Problem]:
    for circle in circles({name: script.parts() for name, script in library.scripts.items()}):
        script = library.scripts[circle[0]]
        inner = next(name for name, step in script.steps.items() if getattr(step, "part", "") in circle)
        yield Problem(
            script.file, script.lines_of_steps[inner], f"`{inner}` walks a part that walks `{script.name}` again"
        )


def _answers_of(library: Library, script: Script) -> frozenset[str]:
    """What a flow and the parts below it save; for a part also what is saved above it."""
    names = _saved_below(library, script, set())
    for other in library.scripts.values() if script.part else ():
        if script.name in _parts_below(library, other, set()):
            names |= _saved_below(library, other, set())
    return names


def _saved_below(library: Library, script: Script, seen: set[str]) -> frozenset[str]:
    below = (library.scripts[name] for name in _parts_below(library, script, seen) if name in library.scripts)
    return script.saves().union(*(part.saves() for part in below))


def _parts_below(library: Library, script: Script, seen: set[str]) -> set[str]:
    for name in script.parts() - seen:
        seen.add(name)
        if name in library.scripts:
            _parts_below(library, library.scripts[name], seen)
    return seen


def _no_flow(library: Library, file: str, line: int, flow: str, step: str) -> Iterable[Problem]:
    if flow and flow not in library.scripts:
        yield Problem(file, line, f"there is no flow `{flow}`")
    elif step and step not in library.scripts[flow].steps:
        yield Problem(file, line, f"the flow `{flow}` has no step `{step}`")


def first_word(text: str) -> str:
    """What a flow file is: flow, phrases, words or wishes; nothing if it says nothing."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            return line.split(":", 1)[0].strip()
    return ""


def _phrases(text: str, file: str, problems: list[Problem]) -> dict[str, Line]:
    top = read_yaml(text, file, problems)
    if top is None:
        return {}
    group = top.text("phrases")
    top.text("about", "")
    inside = top.inside("texts")
    top.finish("a file of phrases")
    if inside is None:
        top.wrong("`texts` is missing")
        return {}
    return {name: Line(f"{group}.{name}", inside.text(name), file, inside.line_of(name)) for name in inside.names()}


_TYPED = (
    "Words a resident may type, alone in the text, separated by | . Add all that are natural, with and without marks."
)


def _everywhere(text: str, file: str, problems: list[Problem]) -> dict[str, Line]:
    top = read_yaml(text, file, problems)
    inside = _second(top) if top else None
    if inside is None:
        return {}
    return {
        name: Line(f"words.{name}", inside.text(name), file, inside.line_of(name), _TYPED) for name in inside.names()
    }


def _second(top: Fields) -> Fields | None:
    top.text("words")
    top.text("about", "")
    inside = top.inside("list")
    top.finish("a file of words")
    if inside is None:
        top.wrong("`list` is missing")
    return inside


_HINTS = (
    "What a resident may write anywhere in a text who wants this, separated by | ; a * at the start or end of a word"
    " stands for any letters. Not a translation: write what people really say, 10 to 25 of them."
)


def _wishes(text: str, file: str, problems: list[Problem]) -> dict[str, Wish]:
    top = read_yaml(text, file, problems)
    if top is None:
        return {}
    top.text("wishes")
    top.text("about", "")
    wishes = {}
    for one in top.each("list"):
        name = one.text("wish")
        label = Line(f"wishes.{name}", one.text("label"), file, one.line_of("label"))
        hints = Line(f"wishes.{name}.hints", one.text("hints"), file, one.line_of("hints"), _HINTS)
        given = tuple(one.pairs("with").items()) if "with" in one.names() else ()
        if name in wishes:
            one.wrong(f"`{name}` stands here twice", at="wish")
        for words in filter(None, (wrong_answer(answer) for answer, _ in given)):
            one.wrong(words, at="with")
        wishes[name] = Wish(name, label, hints, one.text("go"), one.text("step", ""), given)
        one.finish("a wish")
    top.finish("a file of wishes")
    return wishes

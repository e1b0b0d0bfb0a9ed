"""One advance from a wait to the next: what steps may ask and do, and how a resident moves between flows.

Limits hold for scripts that loop; what every flow is given without asking is in `everywhere`, what becomes of a
report in `telling`, and of who waits for an officer in `awaiting`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import PuenteError
from bot.flow import everywhere, naming, reports, telling, wording
from bot.flow.effects import Effect, Say
from bot.flow.facts import Facts
from bot.flow.library import REST, Library, Wish
from bot.flow.phrases import Voice, fill
from bot.flow.place import MOST_TRAIL, Frame, Place, Snapshot, copy
from bot.flow.reading import Line
from bot.flow.script import Script
from bot.flow.steps.base import END, STAY, Heard, Step, Way
from bot.flow.steps.deeds import Handoff
from bot.flow.steps.talk import Collect
from bot.text.fold import fold

MOST_STEPS = 50


class RunawayScript(PuenteError):
    """A script went on for fifty steps without waiting. The resident is handed to a person."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one text caused."""

    place: Place
    effects: tuple[Effect, ...]
    path: tuple[tuple[str, str], ...] = ()  # flow and step of every step entered, in order
    strings: tuple[str, ...] = ()  # contexts of the strings that were put into words, in order

    @property
    def text(self) -> str:
        return "\n\n".join(effect.text for effect in self.effects if isinstance(effect, Say))


class Walk:
    """One advance from a wait to the next. Steps are given this, and nothing else."""

    def __init__(self, library: Library, voice: Voice, facts: Facts, place: Place) -> None:
        self.library, self.voice, self.facts = library, voice, facts
        self.place = copy(place) if place.frames else Place(draft=place.draft)
        self.effects: list[Effect] = []
        self.path: list[tuple[str, str]] = []
        self.strings: list[str] = []
        self.complaint: tuple[Line, Mapping[str, str]] | None = None
        self._steps_taken = 0

    # What steps may ask and do

    @property
    def home(self) -> Frame:
        return self.place.home()

    @property
    def answers(self) -> dict[str, str]:
        answers = self.home.answers
        assert answers is not None
        return answers

    @property
    def scratch(self) -> dict[str, Any]:
        return self.place.top.scratch

    def tell(self, text: str) -> None:
        if text.strip():
            self.effects.append(Say(text.strip()))

    def say(self, *lines: Line, extra: Mapping[str, str] | None = None) -> None:
        self.tell("\n".join(self.fill(line, extra) for line in lines))

    def fill(self, line: Line, extra: Mapping[str, str] | None = None) -> str:
        self.strings.append(line.context)
        return fill(self.voice.text(line), lambda name: naming.named(self, name, extra or {}))

    def complain(self, line: Line, extra: Mapping[str, str] | None = None) -> None:
        """Say this, instead of the usual sentence, if the answer is not understood."""
        self.complaint = (line, extra or {})

    def save(self, name: str, value: str, in_summary: bool = False) -> None:
        self.answers[name] = value
        self.home.given.discard(name)
        if in_summary:
            if self.place.changing is None:  # an answer changed in the summary keeps its place there
                self.home.asked.pop(name, None)
            self.home.asked[name] = self.place.snapshot()

    def known(self, name: str) -> str | None:
        """An answer that came with the resident's own words, so that nobody asks for it again."""
        if name and name in self.home.given:
            self.home.given.discard(name)
            return self.answers.get(name)
        return None

    def value(self, name: str) -> str:
        """An answer, or one of the facts a branch may ask for."""
        if name == "officer_now":
            return self.facts.officer_now(self.voice.tag)
        if name == "may_text":
            return "yes" if self.facts.may_text else "no"
        if name == "report_kind":
            kinds = (script.report.kind for frame in self.place.frames if (script := self.script_of(frame)).report)
            return next(kinds, "")
        return self.answers.get(name) or self.facts.values.get(name, "")

    def about(self, name: str) -> Mapping[str, str]:
        """What is to be said of the meeting an answer names."""
        if not name:
            return {}
        found = self.facts.meeting(self.answers.get(name, ""))
        return wording.meeting(self, found) if found else {}

    def topic(self, kind: str) -> str:
        """What a kind of report is called."""
        for script in self.library.scripts.values():
            if script.report and script.report.kind == kind:
                return self.fill(script.report.topic)
        return kind

    def is_word(self, heard: Heard, name: str) -> bool:
        """Whether the text is one of an everywhere-word's."""
        return fold(heard.text) in self.voice.table(("word", name), lambda voice: self._folded(voice, name))

    def number_word(self, text: str) -> int | None:
        """`one`, `uno`: the number a word is, from zero to nine."""
        words = fold(text)
        table = self.voice.table("numbers", self._numbers) if words else {}
        return table.get(words)

    def speak(self, tag: str) -> None:
        """From here on in another language."""
        self.voice = self.library.voice(tag)

    def begin_part(self, name: str) -> None:
        """Walk a part, from its first step."""
        script = self.script(name)
        self.place.frames.append(Frame(name, script.version, script.start, answers=None))
        self.enter()

    def summary(self) -> list[tuple[str, str, str]]:
        """Answers of the report, in the order asked: name, label, and the answer as its resident reads it."""
        return reports.summary(self.library, self.voice, self.home, lambda line: self.fill(line))

    def expects(self, heard: Heard) -> bool:
        """Whether the open question takes this very text as one of its answers."""
        return bool(self.place.frames) and self.step().claims(self, heard)

    def takes_words(self) -> bool:
        """Whether the open question takes any words or things, not only one of its choices."""
        return bool(self.place.frames) and isinstance(self.step(), Collect | Handoff)

    # The advance itself

    def hear(self, heard: Heard) -> None:
        """One text at the step where the resident stands."""
        step = self.step()
        if heard.empty:
            self.say(self.library.phrase("empty"))
            return
        if not step.claims(self, heard) and everywhere.obeyed(self, step, heard):
            return
        before = self.place.snapshot()
        way = step.hear(self, heard)
        if way is None:
            everywhere.not_understood(self, step, heard)
            return
        self.place.misses = self.place.misses if way is STAY else 0
        if way is STAY:
            return
        self.remember(before)
        self.follow(way)

    def follow_wish(self, wish: Wish) -> None:
        """Go where a free text wants to go, with what it already said."""
        given = dict(wish.given)
        self.leave_to(Way(go=wish.go, step=wish.step, given=tuple(given.items())))

    def show_menu(self) -> None:
        self.leave_to(Way(go=REST[0]))

    def ask_again(self) -> None:
        """The open question once more; nothing where a resident rests at the menu."""
        if self.place.frames and (self.place.top.flow, self.place.top.step) != REST:
            self.enter()

    def interrupt(self, flow: str, given: Mapping[str, str] | None = None) -> None:
        """Stand another flow above the open question, which is asked again when it ends."""
        script = self.script(flow)
        frames = self.place.frames
        open_already = next((n for n, one in enumerate(frames) if one.interrupts and one.flow == flow), len(frames))
        del frames[open_already:]  # asked for twice, it is still one interruption
        frame = Frame(flow, script.version, script.start, dict(given or {}), set(given or {}), interrupts=True)
        self.place.frames.append(frame)
        self.enter()

    # Inside

    def follow(self, way: Way) -> None:
        if way.go:
            self.leave_to(way)
        elif way.next == END:
            self._end()
        else:
            if not self.changed():
                self.place.top.step = way.next
            self.enter()

    def changed(self) -> bool:
        """Back at the summary, if it was left to change an answer and nothing stands above that question."""
        if self.place.changing is None or any(frame.interrupts for frame in self.place.frames):
            return False
        self.place.restore(self.place.changing)
        self.place.changing = None
        return True

    def enter(self) -> None:
        """Enter steps until one waits."""
        self._steps_taken += 1
        if self._steps_taken > MOST_STEPS:
            raise RunawayScript(f"The flow {self.place.top.flow} goes on without ever waiting.")
        step = self.step()
        self.path.append((self.place.top.flow, self.place.top.step))
        way = step.enter(self)
        if way is not None and way is not STAY:
            self.follow(way)

    def leave_to(self, way: Way) -> None:
        """Another flow takes the place of all that is open; an unfinished report is set aside as a draft."""
        given = self._given(way)  # while the frame still stands whose answers it hands on
        over = self.place.top if self.place.frames and self.place.top.interrupts else None
        if over is not None and way.go == "officer":
            self.place.frames.pop()
            if self.place.frames:
                self.interrupt(way.go, given)
                return
        if way.go == "officer" and reports.open_report(self.library, self.place):
            self.interrupt(way.go, given)
            return
        draft = telling.set_aside(self)
        self.place.changing = None
        script = self.script(way.go)
        same = bool(self.place.frames) and self.place.frames[0].flow == way.go
        if way.go == REST[0] or not self.place.frames or draft or same:
            self.place.trail = []
        self.place.frames = [Frame(way.go, script.version, way.step or script.start, given, set(given))]
        if self.place.draft and telling.is_same(self, script, given):
            self.place.frames, self.place.trail = [], []
            self.interrupt("draft_back")
            return
        self.enter()

    def _given(self, way: Way) -> dict[str, str]:
        return {name: fill(value, lambda used: naming.named(self, used, {})) for name, value in way.given}

    def _end(self) -> None:
        """The flow on top is over: check a report, go back to the part's caller, to the open question, or to rest."""
        if self.changed():
            self.enter()
            return
        top = self.place.top
        script = self.script_of(top)
        if script.report and not top.scratch.get("filed"):
            self.begin_part("report_check")
            return
        self.place.frames.pop()
        if not self.place.frames:
            self.rest()
        elif top.answers is None:
            below = self.place.top
            caller = self.script_of(below).steps.get(below.step)
            if top.flow == "report_check" or below.scratch.get("filed") or caller is None:
                self._end_filed()
            else:
                self.follow(next(iter(caller.ways())))
        else:
            self.ask_again()

    def _end_filed(self) -> None:
        while self.place.frames and not self.place.top.interrupts:
            self.place.frames.pop()
        if self.place.frames:
            self.place.frames.pop()
        if not self.place.frames:
            self.rest()
        else:
            self.ask_again()

    def rest(self) -> None:
        """At the menu, without saying it."""
        script = self.script(REST[0])
        self.place.frames = [Frame(REST[0], script.version, REST[1])]
        self.place.trail = []

    def remember(self, before: Snapshot) -> None:
        self.place.trail = [*self.place.trail, before][-MOST_TRAIL:]

    def step(self) -> Step:
        """Where the resident stands. A step that is gone in every version leads back to the menu's rest."""
        top = self.place.top
        step = self.script_of(top).steps.get(top.step)
        if step is None:
            self.rest()
            step = self.script(REST[0]).steps[REST[1]]
        return step

    def script(self, name: str) -> Script:
        script = self.library.script(name)
        if script is None:
            raise KeyError(f"there is no flow {name}")
        return script

    def script_of(self, frame: Frame) -> Script:
        return self.library.script(frame.flow, frame.version) or self.script(REST[0])

    def _folded(self, voice: Voice, name: str) -> frozenset[str]:
        return frozenset(folded for word in self.library.words(voice, name) if (folded := fold(word)))

    def _numbers(self, voice: Voice) -> dict[str, int]:
        line = self.library.everywhere["numbers"]
        both = (line.english, voice.text(line))
        return {fold(word): n for words in both for n, word in enumerate(words.split("|"))}

    def turn(self) -> Turn:
        return Turn(self.place, tuple(self.effects), tuple(self.path), tuple(self.strings))

"""Steps that change something in the world: handoff, file, erase, amend, add_to, rsvp, miss, notice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow import telling
from bot.flow.effects import AddToReport, AnswerReport, CallOfficer, LeaveOfficer, NoteMiss, Rsvp, ShowNotice
from bot.flow.notices import notice_lines
from bot.flow.reading import Fields, Line
from bot.flow.steps.base import FILED_AS, STAY, At, Heard, Silent, Way, read_way
from bot.text.fold import choice_number

if TYPE_CHECKING:
    from bot.flow.walk import Walk


_TELL_AGAIN = 600  # seconds


@dataclass(frozen=True, slots=True)
class Handoff(Silent):
    """Pass the thread to an officer and wait. What is written meanwhile is kept for the officer."""

    key: ClassVar[str] = "handoff"
    waits: ClassVar[bool] = True
    reason: str
    about: str
    urgent: str
    files: bool
    any_language: bool
    gender: str
    sensitive: str
    speaker_only: bool
    say: Line
    closed: Line | None
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        closed = fields.text("closed", "")
        return cls(
            reason=fields.text("handoff"),
            about=fields.text("about", ""),
            urgent=fields.text("urgent", ""),
            files=fields.yes("files"),
            any_language=fields.yes("any_language"),
            gender=fields.text("gender", ""),
            sensitive=fields.text("sensitive", ""),
            speaker_only=fields.yes("speaker_only"),
            say=at.line(fields.text("say"), fields.line_of("say")),
            closed=at.line(closed, fields.line_of("closed"), "closed") if closed else None,
            way=read_way(fields),
        )

    def lines(self) -> Iterable[Line]:
        return (self.say, self.closed) if self.closed else (self.say,)

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        if self.files:
            telling.file(walk, complete=False, told=False)
        urgent, sensitive = _says_yes(walk, self.urgent), _says_yes(walk, self.sensitive)
        about = walk.answers.get(self.about, "") if self.about else ""
        gender = _wished_gender(walk, self.gender, self.about)
        walk.effects.append(
            CallOfficer(self.reason, about, urgent, self.any_language, gender, sensitive, self.speaker_only)
        )
        _answer_wish(walk, gender)
        queue = walk.facts.queue(walk.voice.tag)
        shut = walk.facts.officer_now(walk.voice.tag) == "closed"
        minutes = walk.fill(walk.library.phrase("minutes"), {"n": str(queue.minutes)})
        extra = {"num": str(queue.position), "wait": minutes}
        walk.say(self.closed if shut and self.closed else self.say, extra=extra)
        return None

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        if walk.scratch.get("offered") and (chosen := self._choose(walk, heard.text)):
            return chosen
        if gender := _wished_in(walk, heard.text):
            walk.effects.append(CallOfficer(f"wishes for a {gender}", gender=gender))
            _answer_wish(walk, gender)
            return STAY
        # Somebody who writes five texts to an officer need not be told five times that they are kept.
        now = walk.facts.now.timestamp()
        if now - float(walk.scratch.get("told", 0.0)) > _TELL_AGAIN:
            walk.scratch["told"] = now
            walk.say(walk.library.phrase("kept"))
        return STAY

    def _choose(self, walk: "Walk", text: str) -> Way | None:
        """What was offered to who waits long: to keep waiting, a call, or to leave."""
        match choice_number(text) or walk.number_word(text):
            case 1:
                walk.say(walk.library.phrase("wait_on"))
                return STAY
            case 2:
                walk.begin_part("call_back")
                return STAY
            case 3:
                return self.leave(walk)
            case _:
                return None

    def leave(self, walk: "Walk") -> Way:
        """The resident no longer wants to wait."""
        walk.effects.append(LeaveOfficer())
        walk.say(walk.library.phrase("left_officer"))
        return self.way


def _wished_gender(walk: "Walk", name: str, about: str) -> str:
    """Whom they wish for: as they chose or were understood before, else as they wrote when they said what it is about;
    woman, man, any, or nothing."""
    if not name:
        return ""
    return walk.answers.get(name) or (_wished_in(walk, walk.answers.get(about, "")) if about else "")


def _wished_in(walk: "Walk", text: str) -> str:
    """woman or man, if a free text wishes for such an officer."""
    wish = walk.library.wish(walk.voice, text) if text else None
    return dict(wish.given).get("gender", "") if wish else ""


def _answer_wish(walk: "Walk", gender: str) -> None:
    """Whom they wish for was understood, and whether somebody like that is here: never promised."""
    if gender not in ("woman", "man"):
        return
    here = walk.facts.wished_now(walk.voice.tag, gender) or walk.facts.officer_now(walk.voice.tag) == "closed"
    walk.say(walk.library.phrase("wish_noted" if here else "wish_away"))


def _says_yes(walk: "Walk", name: str) -> bool:
    """`yes` itself, or the name of an answer that is."""
    return name == "yes" or bool(name and walk.answers.get(name) == "yes")


@dataclass(frozen=True, slots=True)
class File(Silent):
    """File the report: `complete`, or `incomplete` with what was answered so far."""

    key: ClassVar[str] = "file"
    complete: bool
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        said = fields.text("file")
        if said not in ("complete", "incomplete"):
            fields.wrong("`file` is complete or incomplete", at="file")
        return cls(said == "complete", read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        telling.file(walk, complete=self.complete, told=True)
        return self.way


@dataclass(frozen=True, slots=True)
class Erase(Silent):
    """Drop the report: nothing was sent, nothing is kept."""

    key: ClassVar[str] = "erase"
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("erase") != "report":
            fields.wrong("`erase` takes `report`", at="erase")
        return cls(read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        telling.erase(walk)
        return self.way


@dataclass(frozen=True, slots=True)
class Amend(Silent):
    """List the answers of a report, ask which to change, ask that question again and come back."""

    key: ClassVar[str] = "amend"
    waits: ClassVar[bool] = True
    text: Line
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(at.line(fields.text("amend"), fields.line_of("amend")), read_way(fields))

    def lines(self) -> Iterable[Line]:
        return (self.text,)

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        numbered = [f"{n} {label}" for n, (_, label, _) in enumerate(walk.summary(), 1)]
        walk.tell("\n".join([walk.fill(self.text), *numbered]))
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        return bool(choice_number(heard.text))

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        number = choice_number(heard.text) or walk.number_word(heard.text)
        asked = walk.summary()
        if not number or number > len(asked):
            return None
        return telling.change(walk, asked[number - 1][0], self.way)


@dataclass(frozen=True, slots=True)
class AddTo(Silent):
    """Add words to a report that is filed, or the answer to what an officer asked about it."""

    key: ClassVar[str] = "add_to"
    number: str
    words: str
    question: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("add_to") != "report":
            fields.wrong("`add_to` takes `report`", at="add_to")
        return cls(fields.text("number"), fields.text("words"), fields.text("question", ""), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        number, words = walk.answers.get(self.number, ""), walk.answers.get(self.words, "")
        kind = walk.answers.get(FILED_AS, "")
        if self.question:
            walk.effects.append(AnswerReport(number, walk.answers.get(self.question, ""), words, kind))
        else:
            walk.effects.append(AddToReport(number, words, kind))
        return self.way


@dataclass(frozen=True, slots=True)
class RsvpStep(Silent):
    """Note that the resident comes to a meeting."""

    key: ClassVar[str] = "rsvp"
    meeting: str
    people: str
    need: str
    ask_after: str
    say: Line
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(
            meeting=fields.text("rsvp"),
            people=fields.text("people"),
            need=fields.text("need"),
            ask_after=fields.text("ask_after", ""),
            say=at.line(fields.text("say"), fields.line_of("say")),
            way=read_way(fields),
        )

    def lines(self) -> Iterable[Line]:
        return (self.say,)

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        code = walk.facts.new_code()
        people = int(walk.answers.get(self.people) or 0)
        meeting = walk.answers.get(self.meeting, "")
        after = walk.answers.get(self.ask_after) == "yes"
        walk.effects.append(Rsvp(meeting, people, walk.answers.get(self.need, ""), code, after))
        walk.say(self.say, extra={**walk.about(self.meeting), "code": code})
        return self.way


@dataclass(frozen=True, slots=True)
class Miss(Silent):
    """Note that the directory did not help, without a number: need, area and language only."""

    key: ClassVar[str] = "miss"
    need: str
    near: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(fields.text("miss"), fields.text("near", ""), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        # Only a place we know by name is kept: an address would say who asked.
        known = walk.facts.place(walk.answers.get(self.near, "")) if walk.answers.get(self.near) else None
        walk.effects.append(NoteMiss(walk.answers.get(self.need, ""), known[0] if known else ""))
        return self.way


@dataclass(frozen=True, slots=True)
class Notice(Silent):
    """Say a safety notice and go on."""

    key: ClassVar[str] = "notice"
    label: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        label = fields.text("notice")
        if label not in ("fire", "medical", "emergency", "crisis", "dv"):
            fields.wrong(f"there is no notice `{label}`", at="notice")
        return cls(label, read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        walk.say(
            *(
                walk.library.phrase(name)
                for name in notice_lines((self.label,), frozenset(), walk.facts, walk.voice.tag)
            )
        )
        walk.effects.append(ShowNotice(self.label))
        return self.way

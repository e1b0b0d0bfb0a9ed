"""Steps that show what the department's lists hold: find (resources), list (meetings), look_up (reports)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow import wording
from bot.flow.reading import Fields, Line
from bot.flow.steps.base import END, FILED_AS, At, Heard, Silent, Way, read_way
from bot.model import ReportStatus, Spot
from bot.text import report_number
from bot.text.fold import choice_number

if TYPE_CHECKING:
    from bot.flow.walk import Walk

AT_ONCE = 3  # a text says no more places than this


@dataclass(frozen=True, slots=True)
class Find(Silent):
    """Show places of help, three at a time, the best for this resident first."""

    key: ClassVar[str] = "find"
    need: str
    near: str
    item: Line
    no_more: Line
    unknown_place: Line
    note: Line
    way: Way
    none: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("find") != "resources":
            fields.wrong("`find` takes `resources`", at="find")
        return cls(
            need=fields.text("need"),
            near=fields.text("near"),
            item=at.line(fields.text("item"), fields.line_of("item"), "item"),
            no_more=at.line(fields.text("no_more"), fields.line_of("no_more"), "no_more"),
            unknown_place=at.line(fields.text("unknown_place"), fields.line_of("unknown_place"), "unknown_place"),
            note=at.line(fields.text("note"), fields.line_of("note"), "note"),
            way=read_way(fields),
            none=Way(fields.text("none"), line=fields.line_of("none")),
        )

    def lines(self) -> Iterable[Line]:
        return (self.item, self.no_more, self.unknown_place, self.note)

    def ways(self) -> Iterable[Way]:
        return (self.way, self.none)

    def enter(self, walk: "Walk") -> Way | None:
        near = walk.answers.get(self.near, "")
        spot = _spot(walk.answers.get(f"{self.near}_spot", ""))
        found = walk.facts.resources(walk.answers.get(self.need, ""), spot, walk.voice.tag)
        asked = [walk.answers.get(self.need, ""), near]
        shown = walk.scratch.get("shown", 0) if walk.scratch.get("for") == asked else 0
        page = found[shown : shown + AT_ONCE]
        if not page:
            if shown:
                walk.say(self.no_more)
            return Way(next=END) if shown else self.none
        walk.scratch.update({"for": asked, "shown": shown + len(page)})
        if near and spot is None and not shown:
            walk.say(self.unknown_place)
        items = [walk.fill(self.item, wording.resource(walk, one)) for one in page]
        walk.tell("\n\n".join(items if shown else [*items, walk.fill(self.note)]))
        return self.way


@dataclass(frozen=True, slots=True)
class List(Silent):
    """Show the next meetings and take the number of one."""

    key: ClassVar[str] = "list"
    waits: ClassVar[bool] = True
    intro: Line
    item: Line
    outro: Line
    save: str
    way: Way
    none: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("list") != "meetings":
            fields.wrong("`list` takes `meetings`", at="list")
        return cls(
            intro=at.line(fields.text("intro"), fields.line_of("intro"), "intro"),
            item=at.line(fields.text("item"), fields.line_of("item"), "item"),
            outro=at.line(fields.text("outro"), fields.line_of("outro"), "outro"),
            save=fields.text("save"),
            way=read_way(fields),
            none=Way(fields.text("none"), line=fields.line_of("none")),
        )

    def lines(self) -> Iterable[Line]:
        return (self.intro, self.item, self.outro)

    def ways(self) -> Iterable[Way]:
        return (self.way, self.none)

    def saves(self) -> Iterable[str]:
        return (self.save,)

    def enter(self, walk: "Walk") -> Way | None:
        meetings = walk.facts.meetings()[:AT_ONCE]
        if not meetings:
            return self.none
        walk.scratch["shown"] = [meeting.id for meeting in meetings]
        items = [f"{n} {walk.fill(self.item, wording.meeting(walk, one))}" for n, one in enumerate(meetings, 1)]
        walk.tell("\n".join([walk.fill(self.intro), *items, walk.fill(self.outro)]))
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        return bool(choice_number(heard.text))

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        number = choice_number(heard.text) or walk.number_word(heard.text)
        shown = walk.scratch.get("shown", [])
        if not number or number > len(shown):
            return None
        walk.save(self.save, shown[number - 1])
        return self.way


@dataclass(frozen=True, slots=True)
class LookUp(Silent):
    """Tell what became of a report: by its number, or from a list of this phone's last three."""

    key: ClassVar[str] = "look_up"
    waits: ClassVar[bool] = True
    number: str
    status: Line
    listing: Line
    way: Way
    none: Way
    again: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("look_up") != "report":
            fields.wrong("`look_up` takes `report`", at="look_up")
        return cls(
            number=fields.text("number"),
            status=at.line(fields.text("status"), fields.line_of("status"), "status"),
            listing=at.line(fields.text("list"), fields.line_of("list"), "list"),
            way=read_way(fields),
            none=Way(fields.text("none"), line=fields.line_of("none")),
            again=Way(fields.text("again"), line=fields.line_of("again")),
        )

    def lines(self) -> Iterable[Line]:
        return (self.status, self.listing)

    def ways(self) -> Iterable[Way]:
        return (self.way, self.none, self.again)

    def saves(self) -> Iterable[str]:
        return (self.number,)

    def enter(self, walk: "Walk") -> Way | None:
        number = walk.answers.get(self.number, "")
        if number:
            return self._tell(walk, number)
        reports = walk.facts.reports(None)[:AT_ONCE]
        if not reports:
            return self.none
        if len(reports) == 1:
            return self._tell(walk, reports[0].number)
        walk.scratch["shown"] = [report.number for report in reports]
        items = [f"\n{n} {_named(walk, report)}" for n, report in enumerate(reports, 1)]
        walk.say(self.listing, extra={"list": "".join(items)})
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        return bool(choice_number(heard.text))

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        number = choice_number(heard.text) or walk.number_word(heard.text)
        shown = walk.scratch.get("shown", [])
        if number and number <= len(shown):
            return self._tell(walk, shown[number - 1])
        typed = report_number.find(heard.text)
        return self._tell(walk, typed) if typed else None

    def _tell(self, walk: "Walk", number: str) -> Way:
        reports = walk.facts.reports(number)
        if not reports:
            # Whether the number exists on another phone is not ours to say.
            walk.say(walk.library.phrase("number_other_phone"))
            return self.again
        walk.answers[self.number] = number
        walk.answers[FILED_AS] = reports[0].kind
        status = walk.library.phrase("report_safe") if reports[0].safe_contact else self.status
        walk.say(status, extra=wording.report(walk, reports[0]))
        return self.way


def _named(walk: "Walk", report: ReportStatus) -> str:
    """Its number, and what it is about unless others may read this phone."""
    return report.number if report.safe_contact else f"{report.number} ({walk.topic(report.kind)})"


def _spot(text: str) -> Spot | None:
    if not text:
        return None
    latitude, _, longitude = text.partition(",")
    return Spot(float(latitude), float(longitude))

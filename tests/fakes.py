"""Stand-ins for the world around the core: facts from a table, a clock that is moved by hand, and a talk with both."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.flow.effects import Effect, Say, SpeakLanguage
from bot.flow.engine import advance, begin
from bot.flow.facts import Queue
from bot.flow.library import Library, Wish, check
from bot.flow.phrases import fill
from bot.flow.place import Place, from_json, to_json
from bot.flow.reading import Line
from bot.flow.script import parse
from bot.flow.steps.base import Heard
from bot.flow.walk import Turn, Walk
from bot.model import Meeting, ReportStatus, Resource, Spot
from bot.text import report_number

TOWN = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=TOWN)
VALUES = {
    "dept": "Maple Police", "city": "Maple", "phone": "555-010-0100", "url": "maple.example", "retention": "for 2 years",
    "review_days": "3", "complaint_days": "10", "record_law": "Records Act", "draft_days": "7", "privacy_variant": "A",
}  # fmt: skip


@dataclass
class MovableClock:
    """Tells the same moment until it is moved."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class TableFacts:
    """What scripts may ask, answered from its fields as the department would."""

    clock: MovableClock = field(default_factory=MovableClock)
    values: Mapping[str, str] = field(default_factory=lambda: VALUES)
    languages: Sequence[str] = ("en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr")
    text_911: str = "text-en"
    app_channel: bool = False
    hours: Sequence[tuple[int, int, int]] = tuple((weekday, 480, 1200) for weekday in range(5))
    spoken: Sequence[str] = ("en", "es")  # by the officers on shift
    genders: Sequence[str] = ("woman", "man")
    may_text: bool = True
    waiting: int = 0
    help: Sequence[Resource] = ()
    places: Mapping[str, Spot] = field(default_factory=dict)
    events: Sequence[Meeting] = ()
    filed: Sequence[ReportStatus] = ()
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.clock()

    def officer_now(self, tag: str) -> str:
        if self.next_opening() is not None:
            return "closed"
        return "yes" if tag in self.spoken else "no"

    def wished_now(self, tag: str, gender: str) -> bool:
        return tag in self.spoken and gender in self.genders

    def next_opening(self) -> datetime | None:
        minute = self.now.hour * 60 + self.now.minute
        if any(day == self.now.weekday() and opens <= minute < closes for day, opens, closes in self.hours):
            return None
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        coming = (
            midnight + timedelta(days=ahead, minutes=opens)
            for ahead in range(8)
            for day, opens, _ in self.hours
            if day == (midnight.weekday() + ahead) % 7 and (ahead or opens > minute)
        )
        return min(coming, default=None)

    def queue(self, tag: str) -> Queue:
        return Queue(self.waiting + 1, 10 * (self.waiting + 1))

    def resources(self, need: str, near: Spot | None, tag: str) -> Sequence[Resource]:
        wanted = set(need.split("+"))
        return [one for one in self.help if wanted & set(one.needs)]

    def place(self, text: str) -> tuple[str, Spot] | None:
        found = next((name for name in self.places if name.lower() in text.lower()), None)
        return (found, self.places[found]) if found else None

    def meetings(self) -> Sequence[Meeting]:
        return self.events

    def meeting(self, id: str) -> Meeting | None:
        return next((one for one in self.events if one.id == id), None)

    def reports(self, number: str | None) -> Sequence[ReportStatus]:
        return [one for one in self.filed if number in (None, one.number)]

    def new_report_number(self) -> str:
        chosen = next(self._numbers)
        return report_number.make(self.now.year, lambda signs: chosen % signs)

    def new_code(self) -> str:
        return f"{1000 + next(self._numbers)}"


@dataclass
class Talk:
    """A conversation with the core. Between every two texts its place is written as JSON and read again."""

    library: Library
    tag: str = "en"
    facts: TableFacts = field(default_factory=TableFacts)
    place: Place = field(default_factory=Place)
    effects: tuple[Effect, ...] = ()

    def begin(self, words: str = "") -> str:
        """A first text."""
        return self._keep(begin(self.library, self.library.voice(self.tag), self.facts, Heard(words)))

    def go(self, flow: str, step: str = "", **given: str) -> str:
        """Into a flow, as a wish would lead there."""
        walk = self.walk()
        walk.follow_wish(Wish("", Line("", ""), Line("", ""), flow, step, tuple(given.items())))
        return self._keep(walk.turn())

    def text(self, words: str = "", photos: int = 0, voice: bool = False, spot: Spot | None = None) -> str:
        """One text from the resident, and what is said to it."""
        return self.hear(Heard(words, photos, voice, spot))

    def hear(self, heard: Heard) -> str:
        return self._keep(advance(self.library, self.library.voice(self.tag), self.facts, self.place, heard))

    def walk(self) -> Walk:
        """For what the line does of itself: interrupting, greeting, handing back. Give its turn to `keep`."""
        return Walk(self.library, self.library.voice(self.tag), self.facts, self.place)

    def keep(self, walk: Walk) -> str:
        return self._keep(walk.turn())

    def phrase(self, name: str, **values: str) -> str:
        """What the line says under a name, in the language of the talk."""
        known = {**self.facts.values, **values}
        text = self.library.voice(self.tag).text(self.library.phrase(name))
        return fill(text, lambda used: known.get(used, ""))

    @property
    def at(self) -> tuple[str, str]:
        """Flow and step where the next text is heard."""
        return (self.place.top.flow, self.place.top.step) if self.place.frames else ("", "")

    @property
    def done(self) -> tuple[Effect, ...]:
        """The effects of the last turn but for what was said."""
        return tuple(effect for effect in self.effects if not isinstance(effect, Say))

    def _keep(self, turn: Turn) -> str:
        self.place = from_json(json.loads(json.dumps(to_json(turn.place))))
        self.effects = turn.effects
        self.tag = next((effect.tag for effect in turn.effects if isinstance(effect, SpeakLanguage)), self.tag)
        return turn.text


def with_texts(library: Library, *more: str) -> Library:
    """The library with other flows in it, as YAML; mistakes in them are an AssertionError."""
    scripts = dict(library.scripts)
    for text in more:
        script, problems = parse(text, "trial.yml")
        assert script is not None and not problems, [str(problem) for problem in problems]
        scripts[script.name] = script
    mixed = replace(library, scripts=scripts, catalogues=dict(library.catalogues), _voices={})
    assert not (problems := check(mixed)), [str(problem) for problem in problems]
    return mixed

"""The language-access report of a year: what was counted, and what a department writes beside it once a year (the four
factors, what it spends, what changes). Knows no page and no PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.desk.statistics import reading
from bot.desk.statistics.periods import Period
from bot.desk.statistics.tables import Cell, Row, Table, Unit, plain
from bot.errors import NotUsable
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events, staff, yearly

# What is asked for in words, by name, with what it should say.
TEXTS: Mapping[str, str] = {
    "coordinator": "Language access coordinator, and how to reach them",
    "importance": "How important these contacts are: what happens if they fail",
    "resources": "Resources and what they cost",
    "not_served": "Languages asked for that we do not serve, and what we do about it",
    "training": "Training of staff",
    "complaints": "Complaints: how many were upheld, and what was done",
    "changes": "Changes of the plan",
    "comments": "What communities say, in their own words and with their consent",
}
_LONGEST = 4000  # characters
_MOST_PEOPLE = 50_000_000
_LEVELS = (2, 3, 4)


@dataclass(frozen=True, slots=True)
class Written:
    """What the department writes. `people`: residents who speak a language and little English, by tag, with `en` for those
    who speak English; `spent` on interpreters, in whole dollars; `version` is what was read, 0 if nothing was written."""

    people: Mapping[str, int] = field(default_factory=dict)
    spent: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its heading, its paragraphs, its tables by name."""

    title: str
    texts: Sequence[str] = ()  # names in TEXTS
    tables: Sequence[str] = ()


# In the order of the outline that language-access plans are reviewed by.
SECTIONS = (
    Section("Who our residents are", ("importance", "resources"), ("reach", "contacts", "channels")),
    Section("Languages we serve", ("not_served",), ("gaps",)),
    Section("Staff and tests", ("training",), ("tests", "workforce", "pagings")),
    Section("Interpreters", (), ("language_match",)),
    Section("The same service for everybody", (), ("human_answers", "left", "asked_again", "safety_cards")),
    Section("Reports", (), ("reports", "reports_by_language")),
    Section("Complaints", ("complaints",), ("complaints",)),
    Section("What residents say of us", ("comments",), ("survey", "needed")),
    Section("Machine translation", (), ("machine_translation", "machine_where_sensitive")),
    Section("Meetings", (), ("meetings",)),
    Section("Changes of the plan", ("changes",), ()),
)
# Tables of this report alone: title, how it is counted.
OWN: Mapping[str, tuple[str, str]] = {
    "reach": ("Contacts for each thousand residents", "Who lives here is as the department wrote it; contacts are counted."),
    "tests": (
        "Tested officers",
        "By the level of a test that holds today: 2 answers and takes simple reports; 3 statements; 4 interrogation.",
    ),
}
_REACH, _LEVEL_WORDS = ("Residents", "Contacts", "For each thousand"), ("Level 2", "Level 3", "Level 4")
SENTENCES = (
    *TEXTS.values(), *(one.title for one in SECTIONS), *(words for both in OWN.values() for words in both),
    *_REACH, *_LEVEL_WORDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    sheet: reading.Sheet
    written: Written
    tables: Mapping[str, Table]
    languages: tuple[str, ...]


def report(hotline: Hotline, year: int) -> Report:
    """Raises NotUsable for a year that has not begun."""
    sheet = reading.sheet(hotline, Period(year, 1, 12))
    words = written(hotline, year)
    own = {"reach": _reach(sheet.tables["contacts"], words.people), "tests": _tests(hotline)}
    return Report(sheet, words, {**sheet.tables, **own}, tuple(hotline.config.department_languages))


def written(hotline: Hotline, year: int) -> Written:
    with hotline.db.read() as conn:
        body, version = yearly.of(conn, year)
    people = {str(tag): int(number) for tag, number in body.get("people", {}).items()}
    return Written(people, body.get("spent"), dict(body.get("texts", {})), version)


def keep(hotline: Hotline, officer: Officer, year: int, typed: Written) -> None:
    """In the place of the version that was read. Raises NotUsable, also if somebody else wrote meanwhile."""
    if not 2000 <= year <= hotline.today().year:
        raise NotUsable("There is no report of this year.")
    if any(not 0 <= number <= _MOST_PEOPLE for number in typed.people.values()) or (typed.spent or 0) < 0:
        raise NotUsable("Write whole numbers, without a minus.")
    if any(len(words) > _LONGEST for words in typed.texts.values()):
        raise NotUsable("This is longer than {most} letters.", most=_LONGEST)
    texts = {name: words.strip() for name, words in typed.texts.items() if name in TEXTS and words.strip()}
    body = {"people": {tag: number for tag, number in typed.people.items() if number}, "spent": typed.spent, "texts": texts}
    with hotline.db.write() as conn:
        at = hotline.instant()
        if not yearly.put(conn, year, body, officer.id, typed.version, at):
            raise NotUsable("Somebody changed this report meanwhile. Load the page again and look at what they wrote.")
        events.write(conn, f"officer:{officer.id}", "yearly report written", f"year:{year}", at)


def _reach(contacts: Table, people: Mapping[str, int]) -> Table:
    """Made of what may be shown already, so that no rate tells a hidden count."""
    known = {row.label: row.cells[0] for row in contacts.rows if not row.total}
    rows = []
    for tag in dict.fromkeys(("en", *known, *people)):
        if tag in people:
            cell = known.get(tag, Cell(Unit.COUNT, 0))
            rate = replace(cell, unit=Unit.RATE, value=None if cell.value is None else 1000 * cell.value / people[tag])
            rows.append(Row(tag, (plain(people[tag]), cell, rate)))
    return Table("language", _REACH, tuple(rows))


def _tests(hotline: Hotline) -> Table:
    with hotline.db.read() as conn:
        people = [one for one in staff.everybody(conn, hotline.today()) if one.role in (Role.OFFICER, Role.SUPERVISOR)]
    known = dict.fromkeys(tag for one in people for tag, level in sorted(one.languages.items()) if level in _LEVELS)
    rows = [
        Row(tag, tuple(plain(sum(one.languages.get(tag, 0) == level for one in people)) for level in _LEVELS))
        for tag in known if tag != "en"
    ]  # fmt: skip
    return Table("language", _LEVEL_WORDS, tuple(rows))

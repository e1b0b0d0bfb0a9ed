"""Every step type by its cases in `steps/<key>.yml`, and the manual's examples: small flows, and talks in them.

A talk has lines `resident:` (with `(photo)`, `(2 photos)`, `(voice)` or `(spot 37.30,-121.90)` before the words),
`bot:` with what is said, and `effect:` with what else is wanted, as Python shows it. `<name>` stands for a phrase.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml

from bot.flow.library import Library, load
from bot.flow.phrases import Catalogue
from bot.flow.steps import STEPS
from bot.flow.steps.base import Heard
from bot.model import Meeting, ReportStatus, Resource, Spot
from tests.fakes import MONDAY, TOWN, MovableClock, TableFacts, Talk, with_texts

HERE = Path(__file__).parent
CASES = HERE / "steps"
MANUAL = HERE.parent / "flows" / "README.md"
LIBRARY = load(HERE.parent / "flows")

ALL_WEEK = tuple((day, 0, 1440) for day in range(7))
HELP = [
    Resource(
        "1", "Open Table", "Free meals", "555-010-0111", ("en", "es"), ((0, 540, 1020),), ("food",), no_id_needed=True
    ),
    Resource("2", "Harvest House", "Groceries", "555-010-0112", ("en",), ((1, 540, 720),), ("food",)),
    Resource("3", "Corner Pantry", "Food boxes", "555-010-0113", ("vi",), ALL_WEEK, ("food",)),
    Resource("4", "Warm Plates", "Dinner", "555-010-0114", ("en",), (), ("food", "shelter")),
]
EVENTS = [
    Meeting("m1", "Coffee with officers", datetime(2026, 3, 12, 17, 30, tzinfo=TOWN), datetime(2026, 3, 12, 19, tzinfo=TOWN),
            "Main Library", "Ortiz", ("es", "vi")),
    Meeting("m2", "Bike safety", datetime(2026, 3, 14, 10, tzinfo=TOWN), datetime(2026, 3, 14, 11, tzinfo=TOWN),
            "City Park", "Lee", ("es",)),
]  # fmt: skip
FILED = [
    ReportStatus("26-K7P4M-3", "theft", datetime(2026, 3, 1, 9, tzinfo=TOWN), "reading"),
    ReportStatus("26-M5555-Y", "lost", datetime(2026, 2, 1, 9, tzinfo=TOWN), "closed"),
]


@dataclass
class Case:
    """One small flow, the world around it, and what is said in it."""

    about: str
    flow: str
    talk: str
    tag: str = "en"
    translations: dict[tuple[str, str], str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    strict: bool = True  # effects that no line names are a mistake

    def __str__(self) -> str:
        return self.about


def cases_of(path: Path) -> list[Case]:
    cases = []
    for one in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):
        says = {(said["in"], said["english"]): said["is"] for said in one.pop("says", ())}
        assert not set(one) - {"about", "flow", "talk", "tag", "facts"}, f"{path.name}: {sorted(one)}"
        cases.append(Case(**one, translations=says))
    return cases


def facts_of(said: dict[str, str]) -> TableFacts:
    unknown = set(said) - {"now", "spoken", "genders", "waiting", "empty", "app", "text_911", "hours"}
    assert not unknown, unknown
    facts = TableFacts(
        clock=MovableClock(datetime.fromisoformat(said["now"]).replace(tzinfo=TOWN) if "now" in said else MONDAY)
    )
    if "empty" not in said:
        facts.help, facts.events, facts.filed = HELP, EVENTS, FILED
        facts.places = {"Oak Street": Spot(37.30, -121.90)}
    facts.spoken = said.get("spoken", "en es").split()
    facts.genders = said.get("genders", "woman man").split()
    facts.waiting = int(said.get("waiting", "0"))
    facts.app_channel = "app" in said
    facts.text_911 = said.get("text_911", "text-en")
    if said.get("hours") == "never":
        facts.hours = ()
    return facts


def library_of(case: Case) -> Library:
    library = with_texts(LIBRARY, *re.split(r"^---\n", case.flow, flags=re.M))
    library.catalogues = {case.tag: lambda: Catalogue(case.tag, case.translations)} if case.tag != "en" else {}
    return library


def lines_of(talk: str) -> Iterator[tuple[str, str]]:
    """Who, and what: what follows without a name belongs to the line before."""
    said: list[tuple[str, list[str]]] = []
    for line in talk.splitlines():
        found = re.match(r"(bot|resident|effect):(?: (.*))?$", line)
        if found:
            said.append((found[1], [found[2] or ""]))
        elif line.strip():
            said[-1][1].append(line)
    return ((who, "\n".join(words).strip()) for who, words in said)


def heard(words: str) -> Heard:
    found = re.match(r"\((?:(\d+ )?photos?|(voice)|spot ([\d.-]+),([\d.-]+))\) ?(.*)", words, re.S)
    if not found:
        return Heard(words)
    photos, voice, latitude, longitude, rest = found.groups()
    if latitude:
        return Heard(rest, spot=Spot(float(latitude), float(longitude)))
    return Heard(rest, voice=bool(voice), photos=0 if voice else int(photos or 1))


def play(case: Case) -> None:
    """Walk the flow `trial` (or the first) and compare turn by turn."""
    talk = Talk(library_of(case), case.tag, facts_of(case.facts))
    flow = re.search(r"^flow: (\w+)", case.flow, re.M)
    assert flow
    script = list(lines_of(case.talk))
    said = ""
    if script[0][0] != "resident":
        said = talk.go(flow[1])
    at = 0
    while at < len(script):
        if script[at][0] == "resident":
            said = talk.hear(heard(script[at][1])) if talk.place.frames else talk.go(flow[1])
            at += 1
        expected: dict[str, list[str]] = {"bot": [], "effect": []}
        while at < len(script) and script[at][0] != "resident":
            expected[script[at][0]].append(script[at][1])
            at += 1
        where = f"{case.about}, before line {at + 1} of the talk"
        assert _flat(said) == _flat("\n".join(_phrases(talk, words) for words in expected["bot"])), where
        if case.strict or expected["effect"]:
            for got, wanted in zip_longest(map(repr, talk.done), expected["effect"]):
                assert got == wanted, where


def _flat(said: str) -> str:
    return "\n".join(line.strip() for line in said.splitlines() if line.strip())


def _phrases(talk: Talk, words: str) -> str:
    return re.sub(r"<(\w+)>", lambda name: talk.phrase(name[1], lang_en="English"), words)


@pytest.mark.parametrize("key", sorted(STEPS))
def test_every_step_type_has_cases_and_a_section(key: str) -> None:
    assert (CASES / f"{key}.yml").exists(), f"write tests/steps/{key}.yml"
    assert re.search(rf"^### `{key}`", MANUAL.read_text(encoding="utf-8"), re.M), (
        f"flows/README.md has no section for {key}"
    )


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yml")), ids=lambda path: path.stem)
def test_cases_are_of_their_type(path: Path) -> None:
    assert path.stem in STEPS
    cases = cases_of(path)
    assert len(cases) >= 2
    for case in cases:
        assert re.search(rf"^\s+{path.stem}:", case.flow, re.M), f"{case.about}: no `{path.stem}` in it"


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{p.stem}: {c}") for p in sorted(CASES.glob("*.yml")) for c in cases_of(p)]
)
def test_step(case: Case) -> None:
    play(case)


def manual_examples() -> Iterator[Case]:
    """Each section's flow (yaml) and the talk after it (text)."""
    text = MANUAL.read_text(encoding="utf-8")
    for title, body in re.findall(r"^### `(\w+)`.*?\n(.*?)(?=^##|\Z)", text, re.M | re.S):
        flow = re.search(r"^```yaml\n(.*?)^```", body, re.M | re.S)
        talk = re.search(r"^```text\n(.*?)^```", body, re.M | re.S)
        assert flow and talk, f"flows/README.md: `{title}` wants an example and a talk"
        yield Case(title, flow[1], talk[1], strict=False)


@pytest.mark.parametrize("case", list(manual_examples()) if MANUAL.exists() else [], ids=str)
def test_manual(case: Case) -> None:
    play(case)
    if case.about in STEPS:
        assert re.search(rf"^\s+{case.about}:", case.flow, re.M)

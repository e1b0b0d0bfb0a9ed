"""What a finding says of itself: the rule it is of, and where it stands. And a flow as long as none should be."""

import re
import time
from pathlib import Path

import pytest

from bot.flow.library import texts_of
from bot.flow.script import parse
from bot.studio.checking.checks import check_texts
from bot.studio.checking.findings import RULES, Finding
from tests.test_broken_flows import BROKEN, small_town

CHECKING = Path(__file__).parents[2] / "bot" / "studio" / "checking"
LONGEST = 20.0  # seconds of this process; two are promised, and machines differ


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return texts_of(small_town(tmp_path_factory.mktemp("town")))


def found(town: dict[str, str], name: str, text: str) -> set[Finding]:
    """What is found in one more file."""
    return set(check_texts(town | {name: text}, {})) - set(check_texts(town, {}))


def test_every_finding_is_of_a_rule_and_every_rule_finds() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in CHECKING.glob("*.py") if path.name != "findings.py")
    named = set(re.findall(r"\b(?:error|warning|found|say)\(\s*\"(\w+)\"", code)) | set(re.findall(r"yield \"(\w+)\", f?\"", code))
    assert named | {"file", "missing", "stale"} == set(RULES)
    assert all(re.fullmatch("[a-z_]+", rule) and words.endswith(".") for rule, words in RULES.items())


@pytest.mark.parametrize(
    "name, place",
    [
        ("asks_birth_date", ("forbidden_question", "asks_birth_date", "first", "")),
        ("carrier_word", ("carrier_word", "carrier_word", "first", "words")),
        ("unused_answer", ("unused_answer", "unused_answer", "first", "save")),
        ("stray_brace", ("braces", "stray_brace", "first", "")),
        ("too_hard", ("reading_grade", "too_hard", "first", "")),
        ("missing_next", ("file", "missing_next", "first", "next")),
        ("wrong_yes", ("file", "wrong_yes", "first", "skip")),
        ("nobody_saves", ("file", "nobody_saves", "first", "")),
        ("no_such_step", ("file", "no_such_step", "first", "next")),
        ("dead_end", ("file", "dead_end", "second", "")),
        ("missing_start", ("file", "missing_start", "", "start")),
        ("wish_to_nowhere", ("file", "", "", "")),
        ("branch_on_nothing", ("unknown_answer", "branch_on_nothing", "first", "branch")),
    ],
)
def test_where_a_finding_stands(town: dict[str, str], name: str, place: tuple[str, str, str, str]) -> None:
    path = next(path for path in BROKEN if path.stem == name)
    (one,) = found(town, name, path.read_text(encoding="utf-8"))
    assert (one.rule, one.flow, one.step, one.field) == place


def test_what_takes_many_segments_is_found_in_english_too(town: dict[str, str]) -> None:
    text = "flow: dear\nabout: x\nstart: first\nsteps:\n  first:\n    say: " + "Good day – and a good night. " * 8 + "\n    next: end\n"
    assert {(one.rule, one.blocks, one.problem.words) for one in found(town, "dear", text)} == {
        ("segments", False, "this text takes 4 segments; 3 are the most"),
        ("plain_letters", False, "– is no plain letter or mark, and may be dear to send"),
    }


def test_the_words_for_stop_must_hold_stop(town: dict[str, str]) -> None:
    weaker = town | {"words": town["words"].replace("  stop: stop\n", "  stop: halt\n").replace("  help: help|info\n", "  help: sos\n")}
    new = {one for one in check_texts(weaker, {}) if one not in set(check_texts(town, {}))}
    assert {(one.rule, one.blocks, one.problem.words, one.step) for one in new} == {
        ("safety_promise", True, "the words for `stop` must hold stop", "stop"),
        ("safety_promise", True, "the words for `help` must hold help", "help"),
    }


def long_flow(steps: int) -> str:
    """Texts, questions and branches in turn."""
    lines = ["flow: long", "about: Very long.", "start: s0", "steps:"]
    for at in range(steps):
        following = f"s{at + 1}" if at + 1 < steps else "end"
        lines.append(f"  s{at}:")
        match at % 3:
            case 0:
                lines += [f"    say: Here is text number {at}.", f"    next: {following}"]
            case 1:
                lines += [f"    ask: Do you agree with number {at}?", f"    save: a{at}", "    choices:"]
                lines += [f'      - {{label: "{word}", words: ${word.lower()}, next: {following}}}' for word in ("Yes", "No")]
            case _:
                lines += [f"    branch: a{at - 1}", "    cases:", f'      - {{is: "Yes", next: {following}}}', f"    otherwise: {following}"]
    return "\n".join(lines) + "\n"


def test_five_thousand_steps_are_read_and_checked(town: dict[str, str]) -> None:
    text = long_flow(5001)
    began = time.process_time()
    script, problems = parse(text, "flows/long.yml")
    new = found(town, "long", text)
    assert time.process_time() - began < LONGEST
    assert script is not None and not problems and len(script.steps) == 5001
    assert new == set()

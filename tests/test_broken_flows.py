"""Mistakes an admin makes, one a file: each is found at its line, in these words, and nothing else is.

The first line of each file in `broken_flows/` says what must be found, as `# line 7: words` or `# warning, line 7: words`.
"""

import re
import shutil
from pathlib import Path

import pytest

from bot.flow.reading import Problem
from bot.flow.steps import STEPS
from bot.studio.checking.checks import FLOWS, PHRASES, PROMISES, WORDS, check_folder

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "flows"
BROKEN = sorted((HERE / "broken_flows").glob("*.yml"))
MENU = """\
flow: menu
about: A small menu.
start: choose
steps:
  choose:
    ask: ""
    choices:
      - {label: Again, words: once more, next: choose}
"""
Found = tuple[set[Problem], set[Problem]]


def check(folder: Path) -> Found:
    errors, warnings = check_folder(folder, folder / "no locales")
    assert len(errors) == len(set(errors)) and len(warnings) == len(set(warnings))
    return set(errors), set(warnings)


def small_town(folder: Path) -> Path:
    """The shipped phrases and words with next to no flows, so that a check is quick."""
    flows = folder / "flows"
    flows.mkdir()
    for name in ("phrases.yml", "notices.yml", "words.yml"):
        shutil.copy(SHIPPED / name, flows)
    (flows / "menu.yml").write_text(MENU)
    return flows


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return check(small_town(tmp_path_factory.mktemp("whole")))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_one_mistake_is_found_and_no_other(path: Path, tmp_path: Path, before: Found) -> None:
    expected = re.match(r"# (warning, )?line (\d+): (.+)\n", path.read_text(encoding="utf-8"))
    assert expected, "the first line says what must be found"
    flows = small_town(tmp_path)
    shutil.copy(path, flows)
    errors, warnings = (found - known for found, known in zip(check(flows), before, strict=True))
    problem = Problem(f"flows/{path.name}", int(expected[2]), expected[3])
    assert (errors, warnings) == ((set(), {problem}) if expected[1] else ({problem}, set()))


def test_there_are_many_and_of_every_check() -> None:
    assert len(BROKEN) >= 60
    text = "".join(path.read_text(encoding="utf-8") for path in BROKEN)
    assert all(
        re.search(rf"^\s+{key}:", text, re.M) for key in ("say", "ask", "collect", "branch", "do", "go") if key in STEPS
    )


def edited(tmp_path: Path, name: str, pattern: str, instead: str) -> list[Problem]:
    """New errors of the whole shipped folder after one edit."""
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED, flows, ignore=shutil.ignore_patterns("*.md"))
    known, _ = check(flows)
    text = (flows / name).read_text(encoding="utf-8")
    changed, times = re.subn(pattern, instead, text, count=1, flags=re.M)
    assert times == 1
    (flows / name).write_text(changed, encoding="utf-8")
    return sorted(check(flows)[0] - known, key=str)


@pytest.mark.parametrize(
    "name, pattern, instead, expected",
    [
        # What keeps people alive cannot be removed ...
        ("notices.yml", r"^  em_fire: .*\n", "", [("notices.yml", 1, "the safety text `em_fire` is gone; it cannot be removed")]),
        # ... nor weakened,
        ("notices.yml", "call 1-800-222-1222", "call us", [("notices.yml", 0, "the safety text `em_poison` must say 1-800-222-1222")]),
        ("notices.yml", "HELP POLICE", "help", [("notices.yml", 0, "the safety text `em_911_text_en` must say HELP POLICE")]),
        # nor the ways out,
        ("words.yml", r"^  stop: stop\n", "", [("words.yml", 1, "the words for `stop` are gone, and the line needs them")]),
        ("words.yml", r"^  help: .*\n", "", [("words.yml", 1, "the words for `help` are gone, and the line needs them")]),
        ("words.yml", r"^  leave: x\|", "  leave: x|cancel|", [("words.yml", 0, "carriers take `cancel` for STOP")]),
        ("words.yml", r"^  skip: s\|", "  skip: s|back|", [("words.yml", 0, "`back` would be both `back` and `skip`")]),
        # nor what the line says by itself.
        ("phrases.yml", r"^  retry_1: .*\n", "", [("phrases.yml", 1, "the phrase `retry_1` is gone, and the line needs it")]),
        ("menu.yml", "^start: choose", "start: other", [("menu.yml", 3, "`start` names `other`, and there is no such step")]),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_away(
    tmp_path: Path, name: str, pattern: str, instead: str, expected: list[tuple[str, int, str]]
) -> None:
    found = [(Path(one.file).name, one.line, one.words) for one in edited(tmp_path, name, pattern, instead)]
    at_any_line = [
        (file, line if wanted[1] else 0, words) for (file, line, words), wanted in zip(found, expected, strict=True)
    ]
    assert at_any_line == expected


@pytest.mark.parametrize("name", FLOWS)
def test_flows_that_the_line_needs(tmp_path: Path, name: str) -> None:
    flows = small_town(tmp_path)
    (flows / "menu.yml").unlink()
    assert Problem(f"flows/{name}.yml", 1, f"the flow `{name}` is gone, and the line needs it") in check(flows)[0]


def test_every_name_that_the_code_asks_for_is_checked() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (HERE.parent / "bot").rglob("*.py"))
    asked = set(re.findall(r"(?:\.phrase|turn\.fill|turn\.say|self\.line|turn\.line)\(\s*[\"'](\w+)[\"']", code))
    assert asked - {*PHRASES, *PROMISES} == set()
    assert set(re.findall(r"is_word\(heard, \"(\w+)\"\)", code)) - set(WORDS) == set()


def test_shipped_flows_and_translations_can_go_live() -> None:
    errors, _ = check_folder(SHIPPED, HERE.parent / "locales")
    assert [str(problem) for problem in errors] == []

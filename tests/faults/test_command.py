"""`python -m bot storm`: it names what it can do, and its exit code says whether every promise was kept."""

from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.storm import storm
from bot.storm.day import Found
from bot.storm.residents import Crowd
from bot.storm.scripts import GREETING
from bot.storm.storm import STORMS, Kind
from bot.storm.town import Town
from tests.faults.conftest import Towns


def test_help_says_what_every_storm_does() -> None:
    said = CliRunner().invoke(main, ["storm", "--help"], terminal_width=300)

    rows = {row.split()[0]: row for row in said.output.splitlines() if row.strip()}
    assert all(kind.about in rows[name] for name, kind in STORMS.items())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fault", "weather"], "Faults are kills"),
        (["--target", "printer"], "targets are web"),
        (["--fault", "disk", "--database", "postgresql://nobody@/nowhere"], "leave out --database"),
    ],
)
def test_what_cannot_be_tried_is_told(words: list[str], told: str) -> None:
    done = CliRunner().invoke(main, ["storm", *words])

    assert (done.exit_code, told in done.output) == (1, True)


@pytest.mark.parametrize(("broken", "code"), [([], 0), (["a text came twice"], 1)])
def test_the_exit_code(monkeypatch: pytest.MonkeyPatch, towns: Towns, broken: list[str], code: int) -> None:
    """A whole storm but for the start of its town, of a fault that has its own to say."""

    def fault(town: Town, crowd: Crowd) -> Found:
        return Found(lambda: broken, "it rained")

    monkeypatch.setattr(storm, "running_town", lambda **wanted: nullcontext(towns["sqlite"]))
    monkeypatch.setitem(storm.STORMS, "rain", Kind("rain", lambda plan: fault, [GREETING]))  # type: ignore[misc]
    done = CliRunner().invoke(main, ["storm", "--fault", "rain", "--rate", "2"])

    rows = [row.split(maxsplit=1) for row in done.output.splitlines()]
    assert done.exit_code == code
    assert ["besides", "it rained"] in rows
    assert ["promises", broken[0] if broken else "kept"] in rows

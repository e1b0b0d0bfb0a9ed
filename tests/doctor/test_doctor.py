"""The doctor as a whole, on real databases and a real Redis: when all is well, what it leaves alone, clocks, and its command."""

import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import doctor
from bot.__main__ import main
from bot.config import read
from bot.doctor import Check, Signs, machines
from bot.doctor import settings as of_settings
from bot.doctor.machines import apart
from bot.doctor.signs import look
from bot.fake_twilio import FakeTwilio
from bot.hotline import Hotline
from bot.store.condition import PostgresState
from tests.doctor.ideal import SECRET, TOWN, signs, told, town, trouble
from tests.line import LINE, TOKEN


def test_a_town_that_is_set_up_is_good_throughout(line: Hotline) -> None:
    for who in ("worker", "scheduler"):
        line.queue.beat(who)

    found = doctor.examine(line.config)

    # The PostgreSQL of the tests does not wait for its disk, and the doctor sees it.
    assert trouble(found) == ({} if line.db.sqlite else {"durability": "bad"})
    names = {check.name for check in found}
    only = {"disk"} if line.db.sqlite else {"connections"}
    assert names >= {
        "public address", "department", "languages", "flows", "seal keys", "alarms", "database", "tables", "writing",
        "durability", "clock", "Redis", "Redis memory", "Redis disk", "worker", "scheduler", "Twilio account",
        "Twilio key", f"Twilio {LINE}", *only,
    }  # fmt: skip


def test_looking_changes_nothing(line: Hotline, tmp_path: Path) -> None:
    before = _everything(line, tmp_path)

    look(line.config)

    assert _everything(line, tmp_path) == before


def test_looking_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    folder = tmp_path / "var"

    found = told(doctor.examine(read({"DATA_DIR": str(folder)})))

    assert not folder.exists()
    assert (found["database"].state, found["database"].do) == ("bad", "Run: python -m bot migrate")
    assert found["Redis"].state == "warning"
    assert found["seal keys"].state == "good"


def _everything(line: Hotline, folder: Path) -> dict[str, object]:
    """Every file but SQLite's shared memory, or every row of what residents said."""
    files = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }
    return {**files, "rows": line.db.look_all("SELECT id, text FROM messages ORDER BY id", {})}


def test_a_check_that_breaks_is_said_and_keeps_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Signs) -> Iterable[Check]:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "CHECKS", [broken, of_settings.address])

    assert [check.state for check in doctor.judge(signs(town(tmp_path)))] == ["bad", "good"]


# Clocks


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, "good"), (1.5, "good"), (6, "warning"), (-20, "warning"), (60, "bad")]
)
def test_the_clock_against_twilios(tmp_path: Path, api: FakeTwilio, ahead: float, state: str) -> None:
    api.rest.ahead = ahead

    found = told(machines.clocks(look(town(tmp_path, TWILIO_API_URL=api.url))))["clock"]

    assert (found.state, "Twilio" in found.says) == (state, True), str(found)


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [(0, "good", "agrees"), (10, "warning", "behind the one of the database"), (-40, "bad", "ahead of")],
)
def test_the_clock_against_the_databases(tmp_path: Path, ahead: float, state: str, says: str) -> None:
    now = time.time()
    database = PostgresState(16, "0001", "on", "on", "", 97, (now, now + ahead, now))

    found = told(machines.clocks(signs(town(tmp_path), database=database)))["clock"]

    assert (found.state, says in found.says) == (state, True)


def test_what_the_asking_took_is_not_taken_for_a_wrong_clock() -> None:
    assert apart(10.0, 13.0, 14.0) == 0
    assert apart(10.9, 10.0, 11.0, grain=1.0) == 0  # Twilio tells whole seconds
    assert apart(10.0, 15.0, 12.0) == 3.0
    assert apart(10.0, 5.0, 12.0, grain=1.0) == -4.0


# The command


def test_the_command_prints_a_line_a_check_and_ends_with_one_if_any_is_bad(
    line: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**TOWN, "DATA_DIR": str(tmp_path), "DATABASE_URL": line.config.database,
                   "REDIS_URL": line.config.redis_url, "TWILIO_API_URL": line.config.twilio_api_url}  # fmt: skip
    monkeypatch.chdir(tmp_path)  # where there is no .env

    ran = CliRunner().invoke(main, ["doctor"], env=environment)

    states = [row.split(" ", 1)[0] for row in ran.output.splitlines()]
    assert set(states) <= {"good", "warning", "bad"}
    assert ran.exit_code == (1 if "bad" in states else 0) == (0 if line.db.sqlite else 1)
    for secret in (TOKEN, SECRET, TOWN["SEAL_KEYS"]):
        assert secret not in ran.output


def test_settings_that_cannot_be_read_are_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ran = CliRunner().invoke(main, ["doctor"], env={"PUENTE_ENV": "production"})

    assert ran.exit_code == 1
    assert ran.output.startswith("bad      settings: In production these settings must be filled: PUBLIC_URL")

"""The clock all processes go by: this machine's, put right by the database's."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import DatabaseUnreachable
from bot.hotline import clock as clock_of
from bot.store import clock, ids
from bot.store.database import Database
from bot.store.ids import made_at, new_id
from tests.line import settings

HOUR = 3_600_000  # ms


class Server:
    """A database whose clock is apart from ours, and that may be away."""

    def __init__(self, apart: int) -> None:
        self.apart, self.asked, self.away = apart, 0, False

    def time(self) -> int:
        self.asked += 1
        if self.away:
            raise DatabaseUnreachable("It is away.")
        return ours() + self.apart


def ours() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    one = Server(getattr(request, "param", HOUR))
    clock.follow(one.time)
    yield one
    clock.leave(one.time)
    assert abs(clock.milliseconds() - ours()) < 1000


@pytest.mark.parametrize("server", [HOUR, -HOUR, 5_000], indirect=True)
def test_we_go_by_the_database(server: Server, tmp_path: Path) -> None:
    the_line_has = clock_of(settings(tmp_path))().timestamp() * 1000

    assert clock.milliseconds() - ours() == pytest.approx(server.apart, abs=1000)
    assert the_line_has - ours() == pytest.approx(server.apart, abs=1000)


@pytest.mark.parametrize("server", [0, 1_500, 30 * 24 * HOUR, -30 * 24 * HOUR], indirect=True)
def test_what_is_near_is_the_same_and_what_is_a_month_away_was_never_set(server: Server) -> None:
    assert clock.milliseconds() - ours() == pytest.approx(0, abs=1000)
    assert server.asked == 1


def test_ids_are_made_by_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)  # and as it was afterwards: ids never go back
    first, second = new_id(), new_id()

    assert made_at(first) - ours() == pytest.approx(HOUR, abs=1000)
    assert first < second


def test_it_is_asked_now_and_then_and_whenever_our_own_was_set(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(1000):
        clock.milliseconds()
    assert server.asked == 1

    before = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: before() + 31)  # by which it looks as if ours was set, too
    clock.milliseconds()
    assert server.asked == 2


def test_while_it_is_away_the_difference_stays(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.milliseconds()
    server.away = True
    before, wall = time.monotonic, time.time
    monkeypatch.setattr(time, "monotonic", lambda: before() + 31)
    monkeypatch.setattr(time, "time", lambda: wall() + 31)

    assert clock.milliseconds() - ours() == pytest.approx(HOUR, abs=1000)
    clock.milliseconds()
    assert server.asked == 2  # not with every look


def test_a_real_database_says_what_time_it_is(postgres_url: str) -> None:
    db = Database(postgres_url)

    assert abs(clock.milliseconds() - ours()) < 1000
    assert abs(db.time() - ours()) < 60_000
    db.close()


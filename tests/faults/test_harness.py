"""The tools of these tests themselves: doors do what they say, and the oracle sees what is wrong."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from bot.storm import day, oracle
from bot.storm.oracle import Calm, Verdict
from bot.storm.proxy import Proxy
from bot.storm.residents import Crowd
from bot.storm.scripts import GREETING
from tests.faults.conftest import Towns

SHORT = 0.3  # seconds in which an answer would have come


@pytest.fixture
def door() -> Iterator[Proxy]:
    """In front of somebody who says everything back."""
    with echo() as port:
        proxy = Proxy(("127.0.0.1", port))
        yield proxy
        proxy.close()


@contextmanager
def echo() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(one: socket.socket) -> None:
        with one, suppress(OSError):
            while words := one.recv(100):
                one.sendall(words)

    def serve() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(one,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def ask(line: socket.socket) -> bytes:
    line.sendall(b"hello")
    return line.recv(100)


def call(door: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.port), timeout=10)


def test_a_door_lets_everything_through(door: Proxy) -> None:
    with call(door) as line:
        assert ask(line) == b"hello"


def test_a_slow_door(door: Proxy) -> None:
    door.latency = SHORT
    began = time.monotonic()
    with call(door) as line:
        assert ask(line) == b"hello"
    assert time.monotonic() - began >= 2 * SHORT


@pytest.mark.parametrize("trouble", ["deaf", "half_open"])
def test_a_door_that_swallows(door: Proxy, trouble: str) -> None:
    with call(door) as line:
        getattr(door, trouble)()
        line.settimeout(SHORT)
        with pytest.raises(TimeoutError):
            ask(line)
        getattr(door, trouble)(False)
        line.settimeout(10)
        assert line.recv(100) == b"hello"


def test_a_door_that_resets_who_is_there(door: Proxy) -> None:
    with call(door) as line:
        assert ask(line) == b"hello"
        door.reset()
        with pytest.raises(ConnectionResetError):
            ask(line)
    with call(door) as line:
        assert ask(line) == b"hello"


def test_a_shut_door(door: Proxy) -> None:
    door.refuse()
    with pytest.raises(ConnectionRefusedError):
        call(door)
    door.accept()
    with call(door) as line:
        assert ask(line) == b"hello"


def test_a_door_with_nobody_behind_resets_and_one_of_two_is_enough(door: Proxy) -> None:
    [there] = door.behind
    door.behind = [("127.0.0.1", 1), there]
    for _ in range(4):
        with call(door) as line:
            assert ask(line) == b"hello"
    door.behind = [("127.0.0.1", 1)]
    with call(door) as line, pytest.raises(ConnectionResetError):
        ask(line)


def test_the_oracle_sees_what_is_wrong(towns: Towns, calm: Calm) -> None:
    town = towns["sqlite"]
    crowd = Crowd(town, [GREETING])
    crowd.come(1)
    assert crowd.finish(day.PATIENCE)
    oracle.quiet(town, day.PATIENCE)
    [resident] = crowd.residents

    def judged(told: list[str], sids: list[str]) -> Verdict:
        crowd.residents[:] = [replace(resident, told=told, sids=sids)]
        return oracle.judge(town, crowd, calm)

    told, sids = list(resident.told), list(resident.sids)
    assert judged(told, sids).broken == []
    assert "too many" in judged([*told, told[-1]], sids).broken[0]
    assert "another order" in judged(told[::-1], sids).broken[0]
    assert "missing" in judged([*told[:-1], "something else"], sids).broken[0]
    assert judged(told[:-1], sids).stuck == 1
    assert judged(told, [*sids, "SM" + "0" * 32]).lost == ("SM" + "0" * 32,)

"""A text makes one effect, and two texts of one person never run at once: on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from bot.errors import Stale
from bot.hotline import Hotline
from bot.line import conversation
from bot.line.conversation import receive
from bot.model import Inbound, Outbound
from bot.store import messages, threads
from bot.store.ids import new_id


def text(words: str, sid: int, sender: str = "+15005550001", token: str = "") -> Inbound:
    return Inbound("twilio-sms", f"SM{sid:032x}", sender, "+15005550100", words, repeat_token=token)


def at_once(calls: list[Callable[[], Outbound | None]]) -> list[Outbound | None]:
    """All of them at the same instant."""
    barrier = threading.Barrier(len(calls))

    def call(one: Callable[[], Outbound | None]) -> Outbound | None:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def count(hotline: Hotline, table: str, where: str = "1 = 1") -> int:
    row = hotline.db.look(f"SELECT count(*) FROM {table} WHERE {where}", {})
    assert row
    return int(row[0])


def test_the_same_text_twenty_times_at_once_is_one_turn(hotline: Hotline) -> None:
    replies = at_once([lambda: receive(hotline, text("hello", 1)) for _ in range(20)])

    assert sum(reply is not None for reply in replies) == 1
    assert count(hotline, "messages", "direction = 'in'") == 1
    assert count(hotline, "messages", "direction = 'out'") == 1
    assert count(hotline, "residents") == 1


@pytest.fixture
def as_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that know nothing of each other, as processes do: only the database keeps them apart."""
    monkeypatch.setattr(conversation, "_one_at_a_time", lambda key: nullcontext())


@pytest.mark.usefixtures("as_processes")
def test_the_same_text_in_twenty_processes_is_one_turn(hotline: Hotline) -> None:
    receive(hotline, text("hello", 1))
    for n in range(5):
        replies = at_once([lambda n=n: receive(hotline, text("0", n + 2)) for _ in range(20)])  # type: ignore[misc]
        assert sum(reply is not None for reply in replies) == 1

    assert count(hotline, "messages", "direction = 'in'") == 6
    assert count(hotline, "messages", "direction = 'out'") == 6


@pytest.mark.usefixtures("as_processes")
def test_ten_texts_of_a_new_number_in_ten_processes_are_ten_turns_in_a_row(hotline: Hotline) -> None:
    at_once([lambda n=n: receive(hotline, text("0", n + 1)) for n in range(10)])  # type: ignore[misc]

    assert count(hotline, "residents") == count(hotline, "threads") == 1
    assert count(hotline, "messages", "direction = 'in'") == 10
    row = hotline.db.look("SELECT version FROM threads", {})
    assert row and row[0] == 10


@pytest.mark.usefixtures("as_processes")
def test_of_two_texts_at_once_the_second_meets_what_the_first_left(hotline: Hotline) -> None:
    """The line says another thing to the second text that it does not understand than to the first."""
    for n in range(10):
        sender = f"+1500555{n:04}"
        receive(hotline, text("hello", 3 * n + 1, sender))
        replies = at_once([
            lambda sid=3 * n + 2 + at, sender=sender: receive(hotline, text("qwzx", sid, sender))  # type: ignore[misc]
            for at in range(2)
        ])  # fmt: skip

        assert len({reply.text for reply in replies if reply}) == 2


def test_one_id_of_the_provider_is_kept_once_whoever_keeps_it(hotline: Hotline) -> None:
    receive(hotline, text("hello", 1))
    thread = _thread(hotline)

    with pytest.raises(Stale):
        hotline.db.keep([messages.received(hotline.keys, new_id(), thread, text("hello", 1), {}, "en", 1)])
    assert count(hotline, "messages", "direction = 'in'") == 1


def test_a_retry_of_the_same_delivery_is_given_the_same_reply(hotline: Hotline) -> None:
    replies = at_once([lambda: receive(hotline, text("hello", 1, token="t1")) for _ in range(20)])

    assert {reply.id for reply in replies if reply} == {next(reply.id for reply in replies if reply)}
    assert all(replies)
    assert count(hotline, "messages", "direction = 'out'") == 1


def test_another_delivery_of_a_kept_text_is_given_nothing(hotline: Hotline) -> None:
    first = receive(hotline, text("hello", 1, token="t1"))
    again = receive(hotline, text("hello", 1, token="t2"))

    assert first is not None
    assert again is None


def test_twenty_first_texts_of_a_new_number_at_once_are_twenty_turns_in_a_row(hotline: Hotline) -> None:
    replies = at_once([lambda n=n: receive(hotline, text("0", n + 1)) for n in range(20)])  # type: ignore[misc]

    assert count(hotline, "residents") == count(hotline, "threads") == 1
    assert count(hotline, "messages", "direction = 'in'") == 20
    assert 1 < sum(reply is not None for reply in replies) <= 6  # five answers, and that we have them all
    row = hotline.db.look("SELECT version FROM threads", {})
    assert row and row[0] == 20


def test_two_processes_cannot_write_over_each_other(hotline: Hotline) -> None:
    """The version of the thread guards it even where the lock of a process does not reach."""
    receive(hotline, text("hello", 1))
    digest = hotline.keys.digest("twilio-sms:+15005550001")
    seen = threads.look(hotline.db, hotline.keys, "twilio-sms", "SMnew", digest).thread
    assert seen
    receive(hotline, text("2", 2))

    with pytest.raises(Stale):
        hotline.db.keep([threads.keep_memory(hotline.keys, seen, seen.holder, None, "en")])


def test_every_private_field_is_sealed(hotline: Hotline) -> None:
    receive(hotline, text("my secret bicycle was stolen", 1, sender="+15005550077"))
    with hotline.db.read() as conn:
        kept = messages.of_thread(conn, hotline.keys, _thread(hotline))
    raw = [
        hotline.db.look_all(f"SELECT * FROM {table}", {}) for table in ("residents", "threads", "messages", "events")
    ]

    assert kept[0].text == "my secret bicycle was stolen"
    assert "5005550077" not in repr(raw)
    assert "secret" not in repr(raw)


def test_a_sealed_value_moved_to_another_row_is_refused(hotline: Hotline) -> None:
    receive(hotline, text("hello", 1))
    receive(hotline, text("goodbye", 2))
    rows = hotline.db.look_all("SELECT id, text FROM messages WHERE direction = 'in' ORDER BY id", {})

    with pytest.raises(ValueError, match="another row"):
        hotline.keys.open(bytes(rows[0][1]), f"messages.text:{rows[1][0]}")


def _thread(hotline: Hotline) -> int:
    row = hotline.db.look("SELECT id FROM threads", {})
    assert row
    return int(row[0])


def test_one_id_with_two_wordings_keeps_the_first_and_shows_the_second(hotline: Hotline) -> None:
    receive(hotline, text("hello", 1, token="t1"))
    for _ in range(3):
        assert receive(hotline, text("I want my report deleted", 1, token="t2")) is None
    with hotline.db.read() as conn:
        kept = messages.of_thread(conn, hotline.keys, _thread(hotline))

    told = [(one.text, one.state) for one in kept if one.direction == "in"]
    assert told == [("hello", "received"), ("I want my report deleted", "conflict")]
    assert count(hotline, "messages", "direction = 'out'") == 1
    assert count(hotline, "events", "verb = 'one text came with two wordings'") == 1


def test_a_repeat_in_the_same_words_is_no_conflict(hotline: Hotline) -> None:
    receive(hotline, text("hello", 1, token="t1"))
    receive(hotline, text("hello", 1, token="t2"))

    assert count(hotline, "messages", "direction = 'in'") == 1

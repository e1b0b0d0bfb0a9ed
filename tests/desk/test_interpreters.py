"""An interpreter for a talk with one resident: asked for, booked once, and kept with how the thread ended."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.duty import handoffs
from bot.desk.meetings import planning
from bot.desk.threads import interpreters
from bot.desk.threads.interpreters import Wish
from bot.errors import NotFound, NotUsable, NotYours, PuenteError, Stale
from tests.conftest import MONDAY
from tests.desk.post import Post

TOMORROW = MONDAY + timedelta(days=1)
AT_HOME = Wish("mam", "in person", TOMORROW, "12 Mill Street")


def held(post: Post) -> int:
    thread = post.asks()
    handoffs.claim(post.line, post["anna"], thread)
    return thread


def test_it_goes_from_asked_to_booked_to_done_and_the_service_stays_with_the_outcome(post: Post) -> None:
    thread = held(post)
    task = interpreters.ask(post.line, post["anna"], thread, AT_HOME)
    (listed,) = interpreters.to_find(post.line, post["santos"])
    assert (listed.id, listed.language, listed.state) == (task, "mam", "open")
    assert (listed.how, listed.place) == ("in person", "12 Mill Street")
    assert listed.officer == post["anna"].name and listed.starts_at == int(TOMORROW.timestamp() * 1000)

    with pytest.raises(NotUsable, match="which service"):
        interpreters.settle(post.line, post["santos"], task, "booked")
    interpreters.settle(post.line, post["santos"], task, "booked", " Lingua  Line ")
    (mine,) = interpreters.of_thread(post.line, post["anna"], thread)
    assert (mine.state, mine.service) == ("booked", "Lingua Line")
    interpreters.settle(post.line, post["anna"], task, "done")
    assert interpreters.to_find(post.line, post["santos"]) == []

    handoffs.close(post.line, post["anna"], thread, "interpreter call held", "interpreter in person")
    row = post.line.db.look("SELECT language_service, interpreter FROM handoffs WHERE thread_id = :id", {"id": thread})
    assert row and tuple(row) == ("interpreter in person", "Lingua Line")
    assert {"interpreter wanted", "interpreter booked", "interpreter was there"} <= set(post.trail(thread))
    assert planning.tasks(post.line) == []  # it is no meeting's


def test_a_thread_without_one_ends_without_one(post: Post) -> None:
    thread = held(post)
    interpreters.ask(post.line, post["anna"], thread, AT_HOME)  # never booked
    handoffs.close(post.line, post["anna"], thread, "answered", "none")

    row = post.line.db.look("SELECT interpreter FROM handoffs WHERE thread_id = :id", {"id": thread})
    assert row and row[0] is None


def test_of_two_who_book_one_does_and_others_neither_see_nor_touch_it(post: Post) -> None:
    thread = held(post)
    task = interpreters.ask(post.line, post["anna"], thread, replace(AT_HOME, how="phone"))
    assert interpreters.to_find(post.line, post["anna"])[0].place == ""  # a call has no place
    assert interpreters.to_find(post.line, post["bela"]) == []
    with pytest.raises(NotFound):
        interpreters.settle(post.line, post["bela"], task, "booked", "Mine")

    def book(login: str) -> str:
        try:
            interpreters.settle(post.line, post[login], task, "booked", f"Service of {login}")
        except PuenteError as refusal:
            return type(refusal).__name__
        return "booked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(book, ("anna", "santos"))) == ["Stale", "booked"]
    with pytest.raises(Stale):
        interpreters.settle(post.line, post["santos"], task, "open")


@pytest.mark.parametrize("wish", [
    replace(AT_HOME, when=MONDAY - timedelta(minutes=1)), replace(AT_HOME, place=""), replace(AT_HOME, how="by mail"),
    replace(AT_HOME, language="en"), replace(AT_HOME, language=""), replace(AT_HOME, place="x" * 121),
])  # fmt: skip
def test_what_cannot_be_booked_is_refused(post: Post, wish: Wish) -> None:
    with pytest.raises(NotUsable):
        interpreters.ask(post.line, post["anna"], held(post), wish)


def test_only_who_holds_the_thread_or_supervises_asks_and_the_place_is_sealed(post: Post) -> None:
    thread = held(post)
    with pytest.raises((NotYours, NotFound)):
        interpreters.ask(post.line, post["bela"], thread, AT_HOME)
    interpreters.ask(post.line, post["santos"], thread, AT_HOME)

    row = post.line.db.look("SELECT place, meeting_id FROM interpreter_tasks", {})
    assert row and b"Mill" not in bytes(row[0]) and row[1] is None

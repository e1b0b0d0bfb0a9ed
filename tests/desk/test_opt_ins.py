"""Who asked to hear of the next meeting is told once, on both databases, with three schedulers at work; and never after
STOP, at night, in the middle of something, or where somebody else may read the phone."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.desk.meetings import planning
from bot.desk.meetings.planning import Draft
from bot.hotline import Hotline
from bot.line import opted_in, window
from bot.model import Role
from bot.store import opt_ins
from bot.store.database import Database
from tests.conftest import MONDAY
from tests.desk.post import Post
from tests.line import Clock

WISH = ("hola buenas tardes", "4", "sí")


@pytest.fixture
def post(hotline: Hotline) -> Post:
    clock = Clock(MONDAY)
    made = Post(replace(hotline, now=clock), clock)
    made.hire("santos", role=Role.SUPERVISOR)
    return made


def plan(post: Post, *, published: bool = True) -> str:
    starts = datetime.combine(MONDAY.date() + timedelta(days=8), datetime.min.time(), MONDAY.tzinfo).replace(hour=18)
    draft = Draft("Tea and talk", "Library", "", "", (), starts, starts + timedelta(hours=1), published)
    return planning.add(post.line, post["santos"], draft)


def by_three(post: Post) -> int:
    with ThreadPoolExecutor(3) as pool:
        return sum(done.result() for done in [pool.submit(opted_in.tell, post.line) for _ in range(3)])


def held(post: Post) -> list[tuple[str, str, str | None]]:
    """(channel, language, why it is over) of each, the oldest first."""
    with post.line.db.read() as conn:
        rows = conn.execute(text("SELECT channel, language, why FROM opt_ins ORDER BY id")).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def test_yes_is_kept_with_its_words_and_told_once_when_a_meeting_is_published(post: Post) -> None:
    said, at = post.says("one", *WISH), post.line.instant()
    post.says("two", *WISH[:2], "no")
    thread = post.thread("one")
    assert "STOP" in said and held(post) == [("simulator", "es", None)]
    row = post.line.db.look("SELECT id, words, at, thread_id FROM opt_ins", {})
    assert row
    asked, words = json.loads(post.line.keys.open(bytes(row[1]), f"opt_ins.words:{row[0]}"))
    assert "¿Podemos escribirle" in asked and words == "sí"
    assert (row[2], row[3]) == (at, thread)

    assert by_three(post) == 0  # nothing is planned
    id_ = plan(post, published=False)
    assert by_three(post) == 0
    whole = planning.whole(post.line, id_).listed.meeting
    starts = datetime.fromtimestamp(whole.starts_at / 1000, MONDAY.tzinfo)
    draft = Draft(whole.title, whole.place, "", "", (), starts, starts + timedelta(hours=1), published=True)
    planning.change(post.line, post["santos"], id_, draft, whole.sequence)
    assert [by_three(post), by_three(post)] == [1, 0]

    (told,) = post.told(thread)
    assert "reunión" in told and "Tea and talk" in told
    assert post.told(post.thread("two")) == []
    assert held(post) == [("simulator", "es", "told")]
    assert "Tea and talk" in post.says("one", "1")  # and the number they answer with is that of the meeting


def test_stop_ends_it_for_good(post: Post) -> None:
    post.says("one", *WISH, "ALTO", "START")
    plan(post)

    assert by_three(post) == 0
    assert held(post) == [("simulator", "es", "stopped")]


def test_where_somebody_else_may_read_it_is_neither_asked_nor_told(post: Post) -> None:
    post.says("one", *WISH)
    thread = post.thread("one")
    with post.line.db.write() as conn:
        conn.execute(text("UPDATE threads SET safe_contact = true, version = version + 1 WHERE id = :id"), {"id": thread})
    assert "?" not in post.says("one", "4")
    plan(post)

    assert by_three(post) == 0
    assert post.told(thread) == [] and held(post)[0][2] == "careful"


def test_nobody_is_told_at_night_or_in_the_middle_of_something(post: Post) -> None:
    post.says("one", *WISH, "2")  # a report is being told
    plan(post)
    assert by_three(post) == 0
    post.says("one", "X", "0")
    post.clock.time = MONDAY.replace(hour=22)
    assert by_three(post) == 0
    post.clock.time = MONDAY.replace(hour=9) + timedelta(days=1)
    assert by_three(post) == 1


def change(post: Post, name: str, what: str, **values: object) -> None:
    with post.line.db.write() as conn:
        conn.execute(text(f"UPDATE threads SET {what} WHERE id = :id"), {"id": post.thread(name), **values})


def test_nobody_is_told_whom_the_line_does_not_answer_or_who_is_in_danger(post: Post, writes: list[Database]) -> None:
    for name in ("muted", "in danger"):
        post.says(name, *WISH)
    change(post, "muted", "muted_until = :later", later=post.line.instant() + 3_600_000)
    change(post, "in danger", "urgent = true")
    plan(post)
    writes.clear()

    assert by_three(post) == 0
    assert writes == [], "looking for whom to tell keeps nobody waiting"
    post.clock.pass_by(minutes=61)
    assert by_three(post) == 1
    assert [len(post.told(post.thread(name))) for name in ("muted", "in danger")] == [1, 0]


def test_whom_no_text_can_reach_now_is_not_looked_at_but_who_never_may_be_told_is_done_with(
    post: Post, writes: list[Database]
) -> None:
    for name in ("shut", "stopped", "careful"):
        post.says(name, *WISH)
        yesterday = post.line.instant() - window.DAY
        change(post, name, "channel = 'twilio-whatsapp', last_in_at = :at", at=yesterday)
    change(post, "stopped", "stopped = true")
    change(post, "careful", "safe_contact = true")
    plan(post)

    assert by_three(post) == 0
    assert [why for _, _, why in held(post)] == [None, "stopped", "careful"]
    writes.clear()
    assert by_three(post) == 0 and writes == []
    opened = post.line.instant() - window.DAY
    with post.line.db.read() as conn:
        assert opt_ins.holding(conn, opted_in.TOPIC, windowed=window.CHANNEL, opened=opened) == []
        (shut,) = opt_ins.holding(conn, opted_in.TOPIC, windowed=window.CHANNEL, opened=opened - window.DAY)
    assert shut.thread_id == post.thread("shut")

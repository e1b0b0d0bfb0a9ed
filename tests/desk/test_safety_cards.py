"""The card for dispatch: everything a person needs on the phone, and no word to the resident before dispatch was told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from bot.desk.duty import handoffs, rota
from bot.desk.paging import waves
from bot.desk.threads import opening, safety_cards
from bot.errors import DatabaseUnreachable, NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound, Role, Spot
from bot.store.database import Connection, Database
from tests.conftest import MONDAY
from tests.desk.post import OFFICER, Post, among, phrase
from tests.line import Clock

DANGER = "hay un hombre con una pistola en mi casa"


@pytest.fixture
def post(hotline: Hotline) -> Post:
    clock = Clock(MONDAY)
    made = Post(replace(hotline, now=clock), clock)
    made.hire("anna", "es")
    made.hire("cleo", "vi")
    made.hire("santos", role=Role.SUPERVISOR)
    return made


def test_who_opens_it_first_is_written_down_with_the_time_it_took(post: Post) -> None:
    thread = post.asks(DANGER)
    assert post.handoff(thread).search.seen_at is None
    post.clock.pass_by(seconds=100)

    card = safety_cards.opened(post.line, post["cleo"], thread)
    post.clock.pass_by(seconds=60)
    again = safety_cards.opened(post.line, post["anna"], thread)

    assert again.kept.seen_by == card.kept.seen_by == post["cleo"].name
    assert card.took == again.took == 100_000
    assert [one.text for one in card.words] == [DANGER]
    assert "emergency" in card.labels
    assert post.trail(thread).count("opened the safety card") == 1


def test_the_card_is_shown_also_when_nothing_can_be_written(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = post.asks(DANGER)

    @contextmanager
    def takes_no_changes(db: Database) -> Iterator[Connection]:
        raise DatabaseUnreachable("The disk is full.")
        yield

    monkeypatch.setattr(Database, "write", takes_no_changes)

    card = safety_cards.opened(post.line, post["cleo"], thread)
    opening.note(post.line, post["cleo"], thread)

    assert [one.text for one in card.words] == [DANGER]
    assert card.kept.seen_at is None


def test_a_card_nobody_has_seen_outlives_the_talk_it_came_up_in(post: Post) -> None:
    phone = "resident-in-a-talk"
    thread = post.asks(OFFICER, "S", phone=phone)
    handoffs.claim(post.line, post["anna"], thread)
    post.says(phone, DANGER)
    handoffs.close(post.line, post["anna"], thread, "answered")

    assert [(one.kind, one.officer_id) for one in post.handoffs(thread)] == [("safety", None)]
    waves.page(post.line, thread)
    assert "santos" in post.is_asked(thread)
    handoffs.claim(post.line, post["cleo"], thread)
    handoffs.close(post.line, post["cleo"], thread, "answered")
    assert post.handoffs(thread) == []


def test_a_card_somebody_has_seen_ends_with_the_talk(post: Post) -> None:
    phone = "resident-in-a-talk"
    thread = post.asks(OFFICER, "S", phone=phone)
    handoffs.claim(post.line, post["anna"], thread)
    post.says(phone, DANGER)
    safety_cards.opened(post.line, post["anna"], thread)
    handoffs.close(post.line, post["anna"], thread, "answered")

    assert post.handoffs(thread) == []


def test_the_last_place_a_resident_sent_is_shown_with_its_age(post: Post) -> None:
    phone = "resident-place"
    thread = post.asks(DANGER, phone=phone)
    spot = Spot(41.5, -90.5, "Casa")
    post.clock.pass_by(seconds=5)
    conversation.receive(post.line, Inbound("simulator", uuid4().hex, phone, "sim", "", spot=spot))
    sent = post.line.instant()
    post.clock.pass_by(minutes=3)

    card = safety_cards.opened(post.line, post["anna"], thread)

    assert card.where and card.where.spot == spot and card.where_at == sent


def test_the_resident_is_told_only_after_dispatch_and_once(post: Post) -> None:
    thread = post.asks(DANGER)
    with pytest.raises(NotYours, match="dispatch"):
        safety_cards.tell_read(post.line, post["anna"], thread)
    for number, clock in (("", "10:05"), ("E-26-118", "soon")):
        with pytest.raises(NotUsable):
            safety_cards.write_cad(post.line, post["anna"], thread, number, clock)
    assert post.told(thread) == []

    safety_cards.write_cad(post.line, post["anna"], thread, "E-26-118", "09:58")
    safety_cards.tell_read(post.line, post["anna"], thread)

    kept = safety_cards.opened(post.line, post["santos"], thread).kept
    assert (kept.cad_number, kept.cad_by) == ("E-26-118", post["anna"].name)
    assert kept.cad_at == int(MONDAY.replace(hour=9, minute=58).timestamp() * 1000)
    with pytest.raises(NotYours, match="already"):
        safety_cards.tell_read(post.line, post["santos"], thread)
    assert among(post.told(thread), phrase(post.line, "staff_read")) == 1


def test_a_time_later_than_now_was_yesterday(post: Post) -> None:
    thread = post.asks(DANGER)

    safety_cards.write_cad(post.line, post["anna"], thread, "E 1", "23:55")

    told = safety_cards.opened(post.line, post["anna"], thread).kept.cad_at
    assert told is not None and told < post.line.instant()


def test_no_card_for_who_must_not_see_the_thread_and_none_without_danger(post: Post) -> None:
    thread = post.asks(DANGER)
    rota.about(post.line, post["santos"], thread, post["anna"].id)
    for deed in (
        lambda: safety_cards.opened(post.line, post["anna"], thread),
        lambda: safety_cards.write_cad(post.line, post["anna"], thread, "E 1", "09:00"),
        lambda: safety_cards.opened(post.line, post["santos"], post.asks()),
    ):
        with pytest.raises(NotFound):
            deed()

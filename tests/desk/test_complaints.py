"""A complaint from the first text to its answer: whom it is about never sees it, other officers see the thread without its
words, and supervisors read it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from bot.desk.duty import handoffs
from bot.desk.reports import filed
from bot.desk.reports.filed import Step
from bot.desk.threads import opening, searching, views
from bot.desk.threads.searching import Query
from bot.errors import NotFound
from bot.line import conversation
from bot.model import Inbound, Media
from bot.store import attachments
from bot.store.casework import Wanted
from bot.store.database import carry_out
from tests.conftest import MONDAY
from tests.desk.post import Post

PHONE = "resident-who-complains"
BEFORE = ("quiero poner una queja contra la policía", "no", "sí", "sí", "1", "2", "ayer")
AFTER = ("Annason", "S", "S", "1", "1")
STORY = "No me dieron intérprete de mam"


def complain(post: Post) -> int:
    """A complaint with a picture, then a wait for an officer about something else; the thread's id."""
    post.says(PHONE, *BEFORE)
    picture = Media("ME" + "1" * 32, "image/jpeg")
    conversation.receive(post.line, Inbound("simulator", uuid4().hex, PHONE, "sim", STORY, media=(picture,)))
    assert "26-" in post.says(PHONE, *AFTER)
    post.says(PHONE, "quiero hablar con un oficial", "perdí mi teléfono")
    return post.thread(PHONE)


def test_it_is_kept_from_whom_it_is_about_and_its_words_from_every_officer(post: Post) -> None:
    thread = complain(post)

    assert post.seen_by(thread) == {"bela", "santos"}
    with pytest.raises(NotFound):
        views.view(post.line, post["anna"], thread)
    shown = views.view(post.line, post["bela"], thread)
    words = " ".join(one.text for one in shown.messages)
    assert "mam" not in words and "Annason" not in words and "queja" not in words
    assert "perdí mi teléfono" in words
    assert sum(bool(one.extra.get("withheld")) for one in shown.messages) >= 2 * len((*BEFORE, *AFTER))
    assert shown.reports == () and shown.so_far == ()
    whole = " ".join(one.text for one in views.view(post.line, post["santos"], thread).messages)
    assert STORY in whole and "Annason" in whole


def test_what_the_resident_writes_to_the_officer_afterwards_is_theirs_to_read(post: Post) -> None:
    thread = complain(post)
    handoffs.claim(post.line, post["bela"], thread)
    post.says(PHONE, "es un teléfono negro")

    assert views.view(post.line, post["bela"], thread).messages[-1].text == "es un teléfono negro"


def test_who_leaves_it_for_an_officer_is_heard_by_them_and_what_was_told_so_far_stays_hidden(post: Post) -> None:
    post.says(PHONE, *BEFORE, STORY, "oficial", "¿dónde está mi carro?")
    thread = post.thread(PHONE)
    handoffs.claim(post.line, post["bela"], thread)
    post.says(PHONE, "es rojo")

    shown = views.view(post.line, post["bela"], thread)
    heard = [one.text for one in shown.messages if one.direction == "in" and one.text]
    assert heard == ["¿dónde está mi carro?", "es rojo"]
    assert (shown.so_far, shown.flow) == ((), "")
    assert views.view(post.line, post["santos"], thread).so_far


def test_its_picture_report_and_number_are_for_supervisors(post: Post) -> None:
    thread = complain(post)
    with post.line.db.write() as conn:
        (one,) = (each for ones in attachments.of_thread(conn, thread).values() for each in ones)
        assert attachments.claim(conn, one, 1, 2)
        assert attachments.keep(conn, post.line.keys, one, b"a list", "text/plain", 1)
    with pytest.raises(NotFound):
        opening.attachment(post.line, post["bela"], thread, one.id)
    assert opening.attachment(post.line, post["santos"], thread, one.id).content == b"a list"

    assert searching.find(post.line, post["bela"], Query(topic="complaint")).threads == ()
    assert [found.id for found in searching.find(post.line, post["santos"], Query(topic="complaint")).threads] == [thread]
    assert filed.listed(post.line, post["bela"], Wanted()) == []
    (row,) = filed.listed(post.line, post["santos"], Wanted())
    days = post.line.config.department_complaint_days
    promised = datetime.combine(MONDAY.date() + timedelta(days=days + 1), datetime.min.time(), MONDAY.tzinfo)
    assert (row.kind, row.promised_at) == ("complaint", int(promised.timestamp() * 1000))


def test_an_office_outside_the_police_is_named_where_there_is_one(post: Post) -> None:
    config = replace(post.line.config, department_oversight="City Oversight", department_oversight_phone="555-555-0177")
    post.line = replace(post.line, config=config)
    post.says(PHONE, *BEFORE, STORY)
    said = post.says(PHONE, *AFTER)

    assert "City Oversight, 555-555-0177" in said
    assert "3 de diciembre" in said or "diciembre" in said  # Monday, November 23, and ten days


@pytest.mark.parametrize("asked", [True, False])
def test_what_is_added_to_it_is_kept_from_whom_it_names_too(post: Post, asked: bool) -> None:
    """Be it the answer to a supervisor's question or more that the resident wants to say."""
    number = post.says(PHONE, *BEFORE, STORY, "S", "S", "S", "1", "1").partition("26-")[2][:7]
    thread = post.thread(PHONE)
    (row,) = filed.listed(post.line, post["santos"], Wanted())
    if asked:
        step = Step("more", row.version, question="¿Cómo se llama el oficial?")
        assert filed.change(post.line, post["santos"], row.id, step) == "told"
        said = post.says(PHONE, "se llama Annason, placa 412")
    else:
        said = post.says(PHONE, "0", "6", f"26-{number}", "1", "se llama Annason, placa 412")
    assert number in said
    post.says(PHONE, "0", "quiero hablar con un oficial", "perdí mi teléfono")

    assert post.seen_by(thread) == {"bela", "santos"}
    words = " ".join(one.text for one in views.view(post.line, post["bela"], thread).messages)
    assert "Annason" not in words and "412" not in words and "perdí mi teléfono" in words
    (added,) = filed.view(post.line, post["santos"], row.id).case.additions
    assert "Annason" in added.words


@pytest.mark.parametrize("asked", [True, False])
def test_an_emergency_beside_it_is_read_by_every_officer(post: Post, asked: bool) -> None:
    """While a question about it is open, or after they looked up what became of it."""
    post.says(PHONE, *BEFORE, STORY, *AFTER)
    (row,) = filed.listed(post.line, post["santos"], Wanted())
    if asked:
        filed.change(post.line, post["santos"], row.id, Step("more", row.version, question="¿Cuándo fue?"))
    else:
        post.says(PHONE, "0", "6", row.number)
    words = "hay un hombre con pistola en mi casa ahora"
    assert "911" in post.says(PHONE, words)

    shown = views.view(post.line, post["bela"], post.thread(PHONE)).messages
    assert [one.text for one in shown if one.direction == "in"][-1] == words
    assert STORY not in " ".join(one.text for one in shown)


def test_thanks_bar_nobody(post: Post) -> None:
    post.says(PHONE, "quiero agradecer al oficial", "Annason", "me ayudó mucho", "1", "quiero hablar con un oficial", "S")

    assert post.seen_by(post.thread(PHONE)) == {"anna", "bela", "santos"}
    assert [row.kind for row in filed.listed(post.line, post["anna"], Wanted())] == ["thanks"]


def test_a_complaint_that_goes_on_is_no_secret_from_a_supervisor_who_is_named(post: Post) -> None:
    """Nor from anybody it is not about: the name decides, not the role."""
    post.says(PHONE, *BEFORE, STORY, "Santosson", "S", "S", "1", "1", "quiero hablar con un oficial", "S")
    thread = post.thread(PHONE)

    assert post.seen_by(thread) == {"anna", "bela"}
    with post.line.db.write() as conn:
        carry_out(conn, ("DELETE FROM bars", {}))
    assert "santos" in post.seen_by(thread)

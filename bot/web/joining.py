"""The forms by which an officer joins and parts the threads of one person, and answers when WhatsApp takes no answer."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import joining, whatsapp
from bot.errors import NotFound, NotUsable, NotYours, Stale
from bot.web import tongue
from bot.web.desk import LONGEST_TEXT, Refusal, thread_page
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("joining", __name__)


@pages.post("/desk/<int:thread_id>/join")
@may(Deed.THREADS)
def join(who: Session, thread_id: int) -> AnyResponse:
    """By the number both were written from; or by the handle of the other and a reason."""
    if "handle" not in request.form:
        return _do(who, thread_id, lambda: joining.join_number(hotline(), who.officer, thread_id))
    handle, reason = request.form["handle"], request.form.get("reason", "")
    return _do(who, thread_id, lambda: joining.join_by_decision(hotline(), who.officer, thread_id, handle, reason))


@pages.post("/desk/<int:thread_id>/part")
@may(Deed.THREADS)
def part(who: Session, thread_id: int) -> AnyResponse:
    return _do(who, thread_id, lambda: joining.part(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/later")
@may(Deed.THREADS)
def later(who: Session, thread_id: int) -> AnyResponse:
    """The approved template now, and the answer when the resident writes."""
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST_TEXT:
        sentence = _("A text has at most {most} characters; this one has {count}.")
        return _refuse(who, thread_id, sentence.format(most=f"{LONGEST_TEXT:,}", count=f"{len(words):,}"), 422)
    return _do(who, thread_id, lambda: whatsapp.answer_later(hotline(), who.officer, thread_id, words))


def _do(who: Session, thread_id: int, act: Callable[[], None]) -> AnyResponse:
    try:
        act()
    except (NotFound, NotUsable, NotYours, Stale) as refusal:
        return _refuse(who, thread_id, tongue.told(refusal), 422 if isinstance(refusal, NotUsable) else 409)
    return redirect(url_for("desk.thread", thread_id=thread_id), 303)


def _refuse(who: Session, thread_id: int, sentence: str, code: int) -> AnyResponse:
    """The thread with a sentence on what was not done; what was typed is still there."""
    typed = {name: request.form[name] for name in ("words", "handle", "reason") if name in request.form}
    refusal = Refusal(sentence, (request.endpoint or "").partition(".")[2], typed)
    try:
        return thread_page(who, thread_id, code=code, refusal=refusal)
    except NotFound:  # it is somebody else's to see by now
        return redirect(url_for("desk.show", done="gone"), 303)

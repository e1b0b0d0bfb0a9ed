"""The forms by which an officer joins and parts the threads of one person, and answers when WhatsApp takes no answer."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import joining, whatsapp
from bot.web.doors import hotline, may
from bot.web.work import act, act_on

pages = Blueprint("joining", __name__)


@pages.post("/desk/<int:thread_id>/join")
@may(Deed.THREADS)
def join(who: Session, thread_id: int) -> AnyResponse:
    """By the number both were written from; or by the handle of the other and a reason."""
    if "handle" not in request.form:
        return act(who, thread_id, lambda: joining.join_number(hotline(), who.officer, thread_id))
    handle, reason = request.form["handle"], request.form.get("reason", "")
    return act(who, thread_id, lambda: joining.join_by_decision(hotline(), who.officer, thread_id, handle, reason))


@pages.post("/desk/<int:thread_id>/part")
@may(Deed.THREADS)
def part(who: Session, thread_id: int) -> AnyResponse:
    return act(who, thread_id, lambda: joining.part(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/later")
@may(Deed.THREADS)
def later(who: Session, thread_id: int) -> AnyResponse:
    """The approved template now, and the answer when the resident writes."""
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    return act_on(words, who, thread_id, lambda: whatsapp.answer_later(hotline(), who.officer, thread_id, words))

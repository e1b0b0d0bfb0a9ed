"""The card for dispatch of a thread with danger in it: read on the phone with 911, and filled in there."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import opening, safety_cards
from bot.errors import NotUsable, NotYours, Stale
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("safety_cards", __name__)


@pages.get("/safety/<int:thread_id>")
@may(Deed.THREADS)
def show(who: Session, thread_id: int) -> AnyResponse:
    said = {"dispatch": _("Kept. The resident can be told now."), "read": _("The resident is told.")}
    return _page(who, thread_id, said=said.get(request.args.get("said", ""), ""))


@pages.post("/safety/<int:thread_id>/dispatch")
@may(Deed.THREADS)
def dispatch(who: Session, thread_id: int) -> AnyResponse:
    """Dispatch was told: its number, and when."""
    number, clock = request.form.get("number", ""), request.form.get("clock", "")
    try:
        safety_cards.write_cad(hotline(), who.officer, thread_id, number, clock)
    except NotUsable as refusal:
        return _page(who, thread_id, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("safety_cards.show", thread_id=thread_id, said="dispatch"), 303)


@pages.post("/safety/<int:thread_id>/read")
@may(Deed.THREADS)
def read(who: Session, thread_id: int) -> AnyResponse:
    """Tell the resident that a person has read it."""
    try:
        safety_cards.tell_read(hotline(), who.officer, thread_id)
    except (NotYours, Stale) as refusal:
        return _page(who, thread_id, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("safety_cards.show", thread_id=thread_id, said="read"), 303)


def _page(who: Session, thread_id: int, *, sentence: str = "", said: str = "", code: int = 200) -> AnyResponse:
    card = safety_cards.opened(hotline(), who.officer, thread_id)
    opening.note(hotline(), who.officer, thread_id)
    values = {
        "who": who, "department": hotline().config.department_name, "open_thread": thread_id, "card": card,
        "goal": safety_cards.GOAL // 60_000, "in_time": (card.took or 0) <= safety_cards.GOAL,
        "where": card.where, "sentence": sentence, "said": said, "typed": request.form, "now": f"{hotline().now():%H:%M}",
    }  # fmt: skip
    return make_response(render_template("safety_cards/card.html", **values), code)

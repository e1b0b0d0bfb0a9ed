"""A resident's number: asked for with a reason and a second factor, shown on a page of its own for ten minutes; and the
list in which supervisors read who asked."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import revealing
from bot.errors import NotFound, NotUsable, NotYours
from bot.web import doors, tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("revealing", __name__)


@pages.record_once
def _register(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["numbers_shown"] = _untold


def _untold(who: Session) -> int:
    """How many this person has still to look at: none for who is no supervisor."""
    return revealing.untold(hotline(), who.officer) if access.may(who.officer, Deed.SUPERVISE) else 0


@pages.get("/desk/<int:thread_id>/number")
@may(Deed.THREADS)
def show(who: Session, thread_id: int) -> AnyResponse:
    """The number while it may be seen; else the question for a reason, after the second factor: so that what is typed is
    not lost to it."""
    try:
        seen = revealing.shown(hotline(), who.officer, thread_id)
    except NotYours:
        return _page(who, thread_id)
    if seen is None and not doors.fresh_factor(who):
        return doors.confirm_first(url_for("revealing.show", thread_id=thread_id))
    return _page(who, thread_id)


@pages.post("/desk/<int:thread_id>/number")
@may(Deed.THREADS)
def ask(who: Session, thread_id: int) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if not doors.fresh_factor(who):
        return doors.confirm_first(url_for("revealing.show", thread_id=thread_id))
    try:
        revealing.reveal(hotline(), who.officer, thread_id, reason)
    except NotUsable as refusal:
        return _page(who, thread_id, tongue.told(refusal), reason, 422)
    except NotYours as refusal:
        return _page(who, thread_id, tongue.told(refusal), reason, 409)
    return redirect(url_for("revealing.show", thread_id=thread_id), 303)


def _page(who: Session, thread_id: int, sentence: str = "", typed: str = "", code: int = 200) -> AnyResponse:
    values = {
        "who": who, "thread_id": thread_id, "sentence": sentence, "typed": typed, "least": revealing.LEAST_REASON,
        "department": hotline().config.department_name, "open_thread": thread_id, "shown": None, "thread": None,
    }  # fmt: skip
    try:
        values["thread"] = revealing.thread_of(hotline(), who.officer, thread_id)
        values["shown"] = shown = revealing.shown(hotline(), who.officer, thread_id)
        values["number"] = revealing.written(shown.number) if shown else ""
    except NotYours as refusal:
        values["sentence"], code = tongue.told(refusal), 409
    return make_response(render_template("desk/number.html", **values), code)


@pages.get("/desk/numbers")
@may(Deed.SUPERVISE)
def told(who: Session) -> AnyResponse:
    """Which numbers were shown to whom, and why."""
    return _list(who, said=_("Noted.") if "noted" in request.args else "")


@pages.post("/desk/numbers/<int:reveal_id>")
@may(Deed.SUPERVISE)
def look_at(who: Session, reveal_id: int) -> AnyResponse:
    try:
        revealing.look_at(hotline(), who.officer, reveal_id)
    except NotFound as refusal:
        return _list(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("revealing.told", noted=""), 303)


def _list(who: Session, *, sentence: str = "", said: str = "", code: int = 200) -> AnyResponse:
    values = {
        "who": who, "reveals": revealing.told(hotline(), who.officer), "sentence": sentence, "said": said, "open_thread": 0,
        "department": hotline().config.department_name,
    }  # fmt: skip
    return make_response(render_template("desk/numbers.html", **values), code)

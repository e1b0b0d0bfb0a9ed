"""The supervisors' page: queues and load, what was late, what is to be decided; muting somebody, and agreeing to what another
asked for."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.statistics import reading
from bot.desk.supervision import approving, muting, queues, reviewing
from bot.desk.threads import revealing
from bot.errors import NotFound, NotUsable, NotYours
from bot.store.mutes import Mute
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("supervision", __name__)


@pages.record_once
def _register(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["mute_of"] = _mute_of


def _mute_of(who: Session, thread_id: int) -> Mute | None:
    """What stands beside a thread, for whoever may read it."""
    return muting.of_thread(hotline(), who.officer, thread_id)[1]


@pages.get("/supervise")
@may(Deed.SUPERVISE)
def show(who: Session) -> AnyResponse:
    said = {"lifted": _("The line answers again."), "muted": _("Muted."), "asked": _("Muted for a day. Another supervisor is "
            "asked to agree to the rest."), "decided": _("Decided."), "done": _("Noted.")}  # fmt: skip
    return _page(who, said=said.get(request.args.get("done", ""), ""))


@pages.get("/supervise/now")
@may(Deed.SUPERVISE)
def now(who: Session) -> AnyResponse:
    """Queues and load as they are, for a page that is open."""
    return make_response(render_template("supervision/now.html", who=who, **_now(who)))


def _page(who: Session, *, sentence: str = "", said: str = "", code: int = 200) -> AnyResponse:
    line, officer = hotline(), who.officer
    values = {
        "who": who, "department": line.config.department_name, "open_thread": 0, "sentence": sentence, "said": said,
        "approvals": approving.open_ones(line, officer), "wishes": approving.wishes(line, officer),
        "mutes": muting.holding(line, officer),
        "reviews": [one for one in reviewing.listed(line, officer) if not one.verdict],
        "late_reports": queues.late_reports(line), "said_of_us": len(reading.tasks(line)),
        "reveals": [one for one in revealing.told(line, who.officer) if one.made_at >= line.instant() - queues.WEEK],
    }  # fmt: skip
    return make_response(render_template("supervision/page.html", **values, **_now(who)), code)


def _now(who: Session) -> dict[str, object]:
    return {"standing": queues.stand(hotline(), who.officer)}


@pages.get("/supervise/mute/<int:thread_id>")
@may(Deed.SUPERVISE)
def mute(who: Session, thread_id: int) -> AnyResponse:
    return _mute(who, thread_id)


@pages.post("/supervise/mute/<int:thread_id>")
@may(Deed.SUPERVISE)
def put_mute(who: Session, thread_id: int) -> AnyResponse:
    hours = request.form.get("hours", "")
    try:
        asks = muting.mute(
            hotline(), who.officer, thread_id, request.form.get("reason", ""), int(hours) if hours.isdecimal() else 0
        )
    except NotUsable as refusal:
        return _mute(who, thread_id, tongue.told(refusal), 422)
    return redirect(url_for("supervision.show", done="asked" if asks else "muted"), 303)


def _mute(who: Session, thread_id: int, sentence: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    thread, holds = muting.of_thread(line, who.officer, thread_id)
    values = {
        "who": who, "department": line.config.department_name, "open_thread": thread_id, "sentence": sentence,
        "thread": thread, "mute": holds, "typed": request.form, "spans": muting.SPANS, "alone": muting.ALONE // muting.HOUR,
        "least": muting.LEAST_REASON, "most": muting.MOST_REASON,
    }  # fmt: skip
    return make_response(render_template("supervision/mute.html", **values), code)


@pages.post("/supervise/mute/<int:thread_id>/lift")
@may(Deed.SUPERVISE)
def lift(who: Session, thread_id: int) -> AnyResponse:
    try:
        muting.lift(hotline(), who.officer, thread_id)
    except NotFound as refusal:
        return _page(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("supervision.show", done="lifted"), 303)


@pages.get("/desk/<int:thread_id>/records")
@may(Deed.THREADS)
def records(who: Session, thread_id: int) -> AnyResponse:
    """Asking that something of a thread is deleted or blacked out."""
    return _records(who, thread_id)


@pages.post("/desk/<int:thread_id>/records")
@may(Deed.THREADS)
def ask(who: Session, thread_id: int) -> AnyResponse:
    try:
        approving.ask(hotline(), who.officer, thread_id, request.form.get("kind", ""), request.form.get("reason", ""))
    except NotUsable as refusal:
        return _records(who, thread_id, tongue.told(refusal), 422)
    if access.may(who.officer, Deed.SUPERVISE):
        return redirect(url_for("supervision.show"), 303)
    return redirect(url_for("desk.thread", thread_id=thread_id), 303)


def _records(who: Session, thread_id: int, sentence: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    thread, _mute = muting.of_thread(line, who.officer, thread_id)
    values = {
        "who": who, "department": line.config.department_name, "open_thread": thread_id, "sentence": sentence,
        "thread": thread, "typed": request.form, "kinds": approving.KINDS, "least": approving.LEAST_REASON,
        "most": approving.MOST_REASON,
    }  # fmt: skip
    return make_response(render_template("supervision/records.html", **values), code)


@pages.post("/supervise/approvals/<int:approval_id>")
@may(Deed.SUPERVISE)
def decide(who: Session, approval_id: int) -> AnyResponse:
    """`answer` is agree, refuse, or done: what was agreed to has been carried out."""
    answer = request.form.get("answer", "")
    try:
        if answer == "done":
            approving.mark_done(hotline(), who.officer, approval_id)
        else:
            approving.decide(hotline(), who.officer, approval_id, agree=answer == "agree")
    except (NotFound, NotYours) as refusal:
        return _page(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("supervision.show", done="done" if answer == "done" else "decided"), 303)

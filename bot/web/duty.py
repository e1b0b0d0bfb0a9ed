"""Pages on who works when: the plan of a week, one person with their languages and limits, the end of a shift; and what
officers are asked on top of their list."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.duty import handing_over, rota
from bot.desk.identity.accounts import Session
from bot.desk.paging import waves
from bot.errors import NotFound, NotUsable, NotYours, Stale
from bot.model import Officer, Skill
from bot.store import pagings
from bot.store.duty import Limits
from bot.store.handovers import Summary
from bot.store.pagings import Paging
from bot.web import tongue
from bot.web.doors import frame, hotline, may, onward
from bot.web.tongue import gettext as _

pages = Blueprint("duty", __name__)
_LONGEST_LINE = 500  # characters of a line of a summary


@pages.record
def _on_lists(state: BlueprintSetupState) -> None:
    """What stands on top of the list of threads of each officer, and beside each thread."""
    state.app.jinja_env.globals["asked_of"] = asked_of
    state.app.jinja_env.globals["shift_ends"] = lambda who: handing_over.ends_soon(hotline(), who.officer)
    state.app.jinja_env.globals["staff_to_keep_from"] = staff_to_keep_from
    state.app.jinja_env.globals["kept_from"] = lambda thread_id: rota.kept_from(hotline(), thread_id)


def asked_of(who: Session) -> list[Paging]:
    """What this person is asked or told now."""
    with hotline().db.read() as conn:
        return pagings.of_staff(conn, who.officer.id)


def staff_to_keep_from(who: Session) -> Sequence[Officer]:
    """For supervisors: whom a thread may be a complaint about."""
    return rota.everybody(hotline()) if access.may(who.officer, Deed.SUPERVISE) else ()


# The week


@pages.get("/duty")
@may(Deed.DUTY)
def show(who: Session) -> AnyResponse:
    return _week(who)


@pages.post("/duty/plan")
@may(Deed.DUTY)
def plan(who: Session) -> AnyResponse:
    form = request.form
    try:
        rota.plan(
            hotline(), who.officer, form.get("staff", 0, int), form.get("kind", ""), _day(form.get("day", "")),
            _minute(form.get("begins", "")), _minute(form.get("ends", "")), weekly=form.get("weekly") == "yes",
        )  # fmt: skip
    except (NotUsable, NotFound) as refusal:
        return _week(who, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("duty.show", week=form.get("day", ""), kept="plan"), 303)


@pages.post("/duty/plan/<int:shift_id>/off")
@may(Deed.DUTY)
def unplan(who: Session, shift_id: int) -> AnyResponse:
    try:
        day = _day(request.form.get("day", ""))
        rota.unplan(hotline(), who.officer, shift_id, day, all_later=request.form.get("which") == "later")
    except (NotUsable, NotFound, Stale) as refusal:
        return _week(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("duty.show", week=request.form.get("day", ""), kept="off"), 303)


def _week(who: Session, *, sentence: str = "", code: int = 200) -> AnyResponse:
    try:
        day = date.fromisoformat(request.values.get("week", "") or request.form.get("day", ""))
    except ValueError:
        day = hotline().today()
    week = rota.week(hotline(), day)
    said = {"plan": _("Planned."), "off": _("Taken off the plan.")}
    return _page(
        who, "duty/week.html", week=week, today=hotline().today(), step=timedelta(days=7), typed=request.form,
        offered=hotline().config.department_languages, now=rota.here_now(hotline()), tests=rota.running_out(hotline()),
        sentence=sentence, said=said.get(request.args.get("kept", ""), ""), code=code,
    )  # fmt: skip


# One person


@pages.get("/duty/people/<int:staff_id>")
@may(Deed.DUTY)
def person(who: Session, staff_id: int) -> AnyResponse:
    return _person(who, staff_id)


@pages.post("/duty/people/<int:staff_id>/languages")
@may(Deed.DUTY)
def keep_skill(who: Session, staff_id: int) -> AnyResponse:
    form = request.form
    skill = Skill(
        tag=form.get("tag", "").strip(), level=form.get("level", -1, int), dialect=form.get("dialect", "").strip()[:60],
        speaks="speaks" in form, reads="reads" in form, writes="writes" in form, test=form.get("test", "").strip()[:120],
        tested_on=form.get("tested_on", "").strip(), expires_on=form.get("expires_on", "").strip(),
    )  # fmt: skip
    try:
        rota.keep_skill(hotline(), who.officer, staff_id, skill)
    except NotUsable as refusal:
        return _person(who, staff_id, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("duty.person", staff_id=staff_id, kept=""), 303)


@pages.post("/duty/people/<int:staff_id>/languages/<tag>/off")
@may(Deed.DUTY)
def drop_skill(who: Session, staff_id: int, tag: str) -> AnyResponse:
    rota.drop_skill(hotline(), who.officer, staff_id, tag)
    return redirect(url_for("duty.person", staff_id=staff_id, kept=""), 303)


@pages.post("/duty/people/<int:staff_id>/limits")
@may(Deed.DUTY)
def set_limits(who: Session, staff_id: int) -> AnyResponse:
    form = request.form
    told = Limits(form.get("gender", ""), form.get("most_threads", 0, int), form.get("phone", ""))
    try:
        rota.set_limits(hotline(), who.officer, staff_id, told)
    except NotUsable as refusal:
        return _person(who, staff_id, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("duty.person", staff_id=staff_id, kept=""), 303)


def _person(who: Session, staff_id: int, *, sentence: str = "", code: int = 200) -> AnyResponse:
    officer, limits = rota.person(hotline(), staff_id)
    edited = next((one for one in officer.skills if one.tag == request.args.get("tag")), None)
    return _page(
        who, "duty/person.html", person=officer, limits=limits, edited=edited, typed=request.form, today=hotline().today(),
        soon=rota.WARN_DAYS, works=officer.role in rota.WORKS, sentence=sentence,
        said=_("Kept.") if "kept" in request.args else "", code=code,
    )  # fmt: skip


# The end of a shift


@pages.get("/duty/handover")
@may(Deed.THREADS)
def handover(who: Session) -> AnyResponse:
    """One's open threads, with what the line knows of each."""
    return _handover(who)


@pages.post("/duty/handover/<int:thread_id>")
@may(Deed.THREADS)
def hand_over(who: Session, thread_id: int) -> AnyResponse:
    form = request.form
    lines = {name: form.get(name, "").strip()[:_LONGEST_LINE] for name in ("who", "what", "asked", "promised", "next")}
    try:
        told = Summary(**lines, next_on=_day(form["next_on"]).isoformat() if form.get("next_on") else "")
        handing_over.hand_over(hotline(), who.officer, thread_id, told, form.get("to", None, int), checked=True)
    except NotUsable as refusal:
        return _handover(who, sentence=tongue.told(refusal), code=422)
    except (NotYours, NotFound, Stale) as refusal:
        return _handover(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("duty.handover", kept=""), 303)


def _handover(who: Session, *, sentence: str = "", code: int = 200) -> AnyResponse:
    found = handing_over.open_threads(hotline(), who.officer)
    typed = request.view_args.get("thread_id") if request.view_args else None
    return _page(
        who, "duty/handover.html", found=found, ends=handing_over.ends_soon(hotline(), who.officer), typed=request.form,
        typed_for=typed, sentence=sentence, said=_("Handed over; the resident is told.") if "kept" in request.args else "",
        code=code,
    )  # fmt: skip


# What officers say of themselves, and are asked


@pages.post("/duty/busy")
@may(Deed.THREADS)
def busy(who: Session) -> AnyResponse:
    rota.set_busy(hotline(), who.officer, request.form.get("busy") == "yes")
    return redirect(onward(url_for("desk.show")), 303)


@pages.post("/duty/asked/<int:thread_id>/decline")
@may(Deed.THREADS)
def decline(who: Session, thread_id: int) -> AnyResponse:
    try:
        waves.decline(hotline(), who.officer, thread_id)
    except NotFound:
        pass  # somebody took it meanwhile, so that nobody need decline it
    return redirect(onward(url_for("desk.show")), 303)


@pages.post("/duty/told/<int:paging_id>")
@may(Deed.THREADS)
def read(who: Session, paging_id: int) -> AnyResponse:
    """What one was told is read."""
    rota.read(hotline(), who.officer, paging_id)
    return redirect(onward(url_for("desk.show")), 303)


@pages.post("/duty/thread/<int:thread_id>/know")
@may(Deed.THREADS)
def know(who: Session, thread_id: int) -> AnyResponse:
    """This officer knows the resident, or somebody it is about."""
    rota.know_them(hotline(), who.officer, thread_id)
    return redirect(url_for("desk.show", done="passed"), 303)


@pages.post("/duty/thread/<int:thread_id>/about")
@may(Deed.SUPERVISE)
def about(who: Session, thread_id: int) -> AnyResponse:
    """The thread is a complaint about somebody who works here."""
    rota.about(hotline(), who.officer, thread_id, request.form.get("staff", 0, int))
    return redirect(url_for("desk.thread", thread_id=thread_id), 303)


@pages.post("/duty/thread/<int:thread_id>/again")
@may(Deed.SUPERVISE)
def show_again(who: Session, thread_id: int) -> AnyResponse:
    """A thread was kept from somebody by mistake."""
    rota.show_again(hotline(), who.officer, thread_id, request.form.get("staff", 0, int))
    return redirect(url_for("desk.thread", thread_id=thread_id), 303)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise NotUsable("A day is like 2027-03-12.") from None


def _minute(typed: str) -> int:
    hour, _colon, minute = typed.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) <= 24 and int(minute) < 60):
        raise NotUsable("A shift has a beginning and an end, like 08:00 and 16:00.")
    return int(hour) * 60 + int(minute)


def _page(who: Session, template: str, *, code: int = 200, **values: object) -> AnyResponse:
    return make_response(render_template(template, **frame(who), **values), code)

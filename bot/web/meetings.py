"""Pages of community meetings: what is planned, who comes in counts, interpreters to be found, calendars of others; and
the calendar that anybody may subscribe to."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.meetings import calendars, planning, public_calendar
from bot.desk.meetings.planning import Draft
from bot.errors import NotUsable, Stale
from bot.store.meetings import Planned
from bot.text.language_names import english_name
from bot.web import tongue
from bot.web.doors import frame, hotline, may, open_to_all
from bot.web.tongue import gettext as _

pages = Blueprint("meetings", __name__)
_SOON = 30 * 86_400_000  # ms that the list looks ahead
_SUBSCRIBE_FOR = 300  # seconds that a subscriber may keep what they read

NEEDS: Mapping[str, str] = {
    "interpreter": "Interpreter", "child_care": "Child care", "wheelchair": "Wheelchair", "ride": "A ride",
    "phone_interpreter": "Interpreter by phone", "call_after": "A call after it",
}  # fmt: skip
REASONS: Mapping[str, str] = {
    "call after it": "asked for a call after it", "tomorrow": "could not be reminded by text",
    "changed": "could not be told of the change by text", "cancelled": "could not be told by text that it is called off",
    "no_interpreter": "could not be told by text that there is no interpreter",
}  # fmt: skip
USEFUL: Mapping[str, str] = {"yes": "Useful", "little": "A little", "no": "Not useful"}
FAILURES: Mapping[str, str] = {
    "unreadable": "What came is no whole calendar, or came empty.",
    "private address": "The address leads into a private network.",
    "address": "The address cannot be used.", "too large": "It is larger than 1 MB.", "late": "It took too long.",
    "connection": "It does not answer.",
}  # fmt: skip


@pages.record
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(meeting_needs=NEEDS, meeting_reasons=REASONS, meeting_useful=USEFUL)
    state.app.jinja_env.filters["meeting_time"] = _when
    state.app.jinja_env.filters["language_name"] = english_name
    state.app.jinja_env.filters["calendar_failure"] = _failure


@pages.get("/meetings")
@may(Deed.MEETINGS)
def show(who: Session) -> AnyResponse:
    said = {"kept": _("The meeting is kept."), "off": _("The meeting is called off. Who said they come is told.")}
    told = next((said[name] for name in said if name in request.args), "")
    coming, tasks = planning.upcoming(hotline()), planning.tasks(hotline())
    soon = hotline().instant() + _SOON
    listed = [one for one in coming if "all" in request.args or one.meeting.starts_at < soon or one.coming.residents]
    values: dict[str, Any] = {
        "listed": listed,
        "tasks": tasks,
        "said": told,
        "due": planning.INTERPRETER_BEFORE,
        "at": hotline().instant(),
    }
    return _page(who, "meetings/list.html", "list", later=len(coming) - len(listed), **values)


@pages.get("/meetings/past")
@may(Deed.MEETINGS)
def past(who: Session) -> AnyResponse:
    return _page(who, "meetings/past.html", "past", listed=planning.past(hotline()))


@pages.get("/meetings/one")
@may(Deed.MEETINGS)
def one(who: Session) -> AnyResponse:
    whole = planning.whole(hotline(), request.args.get("meeting", ""))
    said = (
        _("The meeting is kept. Who said they come is told of a new time or place.") if "kept" in request.args else ""
    )
    values: dict[str, Any] = {
        "whole": whole,
        "meeting": whole.listed.meeting,
        "due": planning.INTERPRETER_BEFORE,
        "at": hotline().instant(),
    }
    return _page(who, "meetings/one.html", "list", said=said, **values)


@pages.get("/meetings/new")
@may(Deed.MEETINGS)
def new(who: Session) -> AnyResponse:
    return _form(who, None, {"starts": "18:00", "ends": "19:30", "published": "yes", "weeks": "1"}, ())


@pages.post("/meetings/new")
@may(Deed.MEETINGS)
def add(who: Session) -> AnyResponse:
    try:
        id_ = planning.add(hotline(), who.officer, _typed(), request.form.get("weeks", 1, int))
    except NotUsable as refusal:
        return _form(who, None, request.form, _tags(), sentence=tongue.told(refusal), code=422)
    return redirect(url_for("meetings.one", meeting=id_), 303)


@pages.get("/meetings/edit")
@may(Deed.MEETINGS)
def edit(who: Session) -> AnyResponse:
    listed = planning.whole(hotline(), request.args.get("meeting", "")).listed
    return _form(who, listed, _as_typed(listed.meeting), listed.meeting.interpreters)


@pages.post("/meetings/edit")
@may(Deed.MEETINGS)
def change(who: Session) -> AnyResponse:
    id_ = request.form.get("meeting", "")
    try:
        planning.change(hotline(), who.officer, id_, _typed(), request.form.get("sequence", 0, int))
    except (NotUsable, Stale) as refusal:
        listed = planning.whole(hotline(), id_).listed
        code = 409 if isinstance(refusal, Stale) else 422
        return _form(who, listed, request.form, _tags(), sentence=tongue.told(refusal), code=code)
    return redirect(url_for("meetings.one", meeting=id_, kept=""), 303)


@pages.post("/meetings/cancel")
@may(Deed.MEETINGS)
def cancel(who: Session) -> AnyResponse:
    planning.cancel(hotline(), who.officer, request.form.get("meeting", ""))
    return redirect(url_for("meetings.show", off=""), 303)


@pages.post("/meetings/interpreter")
@may(Deed.MEETINGS)
def settle(who: Session) -> AnyResponse:
    """An interpreter is booked, or cannot be had."""
    planning.settle(hotline(), who.officer, request.form.get("task", 0, int), request.form.get("booked") == "yes")
    back = request.form.get("meeting", "")
    return redirect(url_for("meetings.one", meeting=back) if back else url_for("meetings.show"), 303)


@pages.get("/meetings/calendars")
@may(Deed.SUPERVISE)
def sources(who: Session) -> AnyResponse:
    return _sources(who, {})


@pages.post("/meetings/calendars")
@may(Deed.SUPERVISE)
def bring(who: Session) -> AnyResponse:
    """A calendar to read from now on, or a file to read once."""
    name, file = request.form.get("name", ""), request.files.get("file")
    try:
        if file is not None and file.filename:
            calendars.bring(hotline(), who.officer, name, file.read(calendars.MOST_BYTES + 1))
        else:
            calendars.subscribe(hotline(), who.officer, name, request.form.get("url", ""))
    except NotUsable as refusal:
        return _sources(who, request.form, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("meetings.sources", brought=""), 303)


@pages.post("/meetings/calendars/<int:calendar_id>/remove")
@may(Deed.SUPERVISE)
def remove(who: Session, calendar_id: int) -> AnyResponse:
    calendars.remove(hotline(), who.officer, calendar_id)
    return redirect(url_for("meetings.sources"), 303)


@pages.get("/meetings.ics")
@open_to_all
def subscribe() -> AnyResponse:
    """What is published, for any calendar program. Nothing of a person is in it but the name of the officer who hosts."""
    line = hotline()
    found = planning.published(line)
    body = public_calendar.write(line.config.department_name, found, line.instant())
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={_SUBSCRIBE_FOR}"
    answer.headers["Content-Disposition"] = 'inline; filename="meetings.ics"'
    return answer


def _form(
    who: Session,
    listed: object,
    typed: Mapping[str, str],
    tags: tuple[str, ...],
    *,
    sentence: str = "",
    code: int = 200,
) -> AnyResponse:
    offered = sorted({*hotline().config.department_languages, *tags} - {"en"}, key=english_name)
    values: dict[str, Any] = {
        "listed": listed,
        "typed": typed,
        "tags": tags,
        "offered": offered,
        "longest": planning.LONGEST,
    }
    return _page(
        who, "meetings/edit.html", "list", code=code, sentence=sentence, most_weeks=planning.MOST_WEEKS, **values
    )


def _sources(who: Session, typed: Mapping[str, str], *, sentence: str = "", code: int = 200) -> AnyResponse:
    said = _("It is read in a moment. Load the page again to see how it went.") if "brought" in request.args else ""
    values: dict[str, Any] = {
        "found": calendars.everything(hotline()),
        "typed": typed,
        "sentence": sentence,
        "said": said,
    }
    return _page(who, "meetings/calendars.html", "calendars", code=code, **values)


def _typed() -> Draft:
    """Raises NotUsable where a day or an hour cannot be read."""
    form = request.form
    zone = hotline().config.timezone
    try:
        day = date.fromisoformat(form.get("day", ""))
        starts, ends = (
            datetime.combine(day, time.fromisoformat(form.get(name, "")), zone) for name in ("starts", "ends")
        )
    except ValueError:
        raise NotUsable("Choose a day, and when it begins and ends.") from None
    words = {name: " ".join(form.get(name, "").split()) for name in ("title", "place", "officer")}
    about = form.get("about", "").replace("\r\n", "\n").strip()
    return Draft(
        **words, about=about, interpreters=_tags(), starts=starts, ends=ends, published=form.get("published") == "yes"
    )


def _tags() -> tuple[str, ...]:
    return tuple(dict.fromkeys(request.form.getlist("interpreter")))


def _as_typed(meeting: Planned) -> Mapping[str, str]:
    zone = hotline().config.timezone
    starts, ends = (datetime.fromtimestamp(at / 1000, zone) for at in (meeting.starts_at, meeting.ends_at))
    return {
        "title": meeting.title, "place": meeting.place, "officer": meeting.officer, "about": meeting.about,
        "day": starts.date().isoformat(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}",
        "published": "yes" if meeting.published else "",
    }  # fmt: skip


def _when(meeting: Planned) -> str:
    """ "Tue, Nov 24, 6:00 PM to 7:30 PM", in the department's time."""
    zone = hotline().config.timezone
    starts, ends = (datetime.fromtimestamp(at / 1000, zone) for at in (meeting.starts_at, meeting.ends_at))
    day = f"{_(f'{starts:%a}')}, {_(f'{starts:%b}')} {starts.day}"
    return _("%(day)s, %(starts)s to %(ends)s") % {"day": day, "starts": _hour(starts), "ends": _hour(ends)}


def _hour(when: datetime) -> str:
    return f"{when:%I:%M %p}".lstrip("0")


def _failure(code: str) -> str:
    return _(FAILURES.get(code, "It answered with {code}.")).replace("{code}", code)


def _page(who: Session, template: str, here: str, *, code: int = 200, **values: object) -> AnyResponse:
    line = hotline()
    shared = frame(who) | {
        "here": here,
        "may_supervise": access.may(who.officer, Deed.SUPERVISE), "public_address": f"{line.config.url}/meetings.ics",
    }  # fmt: skip
    return make_response(render_template(template, **shared, **values), code)

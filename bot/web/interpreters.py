"""Pages of interpreters for one resident: asked for beside the thread, and booked where those for meetings are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import interpreters
from bot.desk.threads.interpreters import Wish
from bot.desk.threads.views import view
from bot.errors import NotUsable, NotYours, Stale
from bot.store.interpreters import BOOKED, DONE, IN_PERSON, NONE, OPEN, PHONE, Task
from bot.text.language_names import VOICE_ONLY, english_name
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("interpreters", __name__)

HOWS: Mapping[str, str] = {PHONE: "By phone", IN_PERSON: "In person"}
STATES: Mapping[str, str] = {OPEN: "Asked for", BOOKED: "Booked", DONE: "Was there", NONE: "Cannot be had"}


@pages.record
def _beside(state: BlueprintSetupState) -> None:
    """What stands beside each thread, and among the interpreters for meetings."""
    state.app.jinja_env.globals.update(
        interpreter_hows=HOWS, interpreter_states=STATES, interpreters_of=_of_thread, interpreters_to_find=_to_find,
        interpreter_services=lambda: hotline().config.department_interpreters,
    )  # fmt: skip
    state.app.jinja_env.filters["moment"] = _moment


@pages.get("/desk/<int:thread_id>/interpreter")
@may(Deed.THREADS)
def form(who: Session, thread_id: int) -> AnyResponse:
    return _page(who, thread_id, {})


@pages.post("/desk/<int:thread_id>/interpreter")
@may(Deed.THREADS)
def ask(who: Session, thread_id: int) -> AnyResponse:
    try:
        interpreters.ask(hotline(), who.officer, thread_id, _typed())
    except (NotUsable, NotYours) as refusal:
        return _page(who, thread_id, request.form, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("interpreters.form", thread_id=thread_id, kept=""), 303)


@pages.post("/interpreters/<int:task_id>")
@may(Deed.THREADS)
def settle(who: Session, task_id: int) -> AnyResponse:
    """Booked with a service, done, or not to be had."""
    back = request.form.get("thread", 0, int)
    try:
        interpreters.settle(
            hotline(), who.officer, task_id, request.form.get("state", ""), request.form.get("service", "")
        )
    except (NotUsable, Stale) as refusal:
        if not back:
            raise
        code = 409 if isinstance(refusal, Stale) else 422
        return _page(who, back, {}, sentence=tongue.told(refusal), code=code)
    return redirect(url_for("interpreters.form", thread_id=back) if back else url_for("meetings.show"), 303)


def _page(
    who: Session, thread_id: int, typed: Mapping[str, str], *, sentence: str = "", code: int = 200
) -> AnyResponse:
    line = hotline()
    thread = view(line, who.officer, thread_id).thread
    tags = {*line.config.department_languages, *VOICE_ONLY, thread.language or "en"} - {"en"}
    html = render_template(
        "interpreters/ask.html", who=who, department=line.config.department_name, open_thread=thread_id, thread=thread,
        typed={"language": thread.language or "", "how": PHONE, **typed}, sentence=sentence,
        offered=sorted(tags, key=english_name), longest=interpreters.LONGEST,
        said=_("It is on the list of interpreters to be found.") if "kept" in request.args else "",
    )  # fmt: skip
    return make_response(html, code)


def _typed() -> Wish:
    """Raises NotUsable where a day or an hour cannot be read."""
    form = request.form
    try:
        day, clock = date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("time", ""))
    except ValueError:
        raise NotUsable("Choose a day and a time.") from None
    when = datetime.combine(day, clock, hotline().config.timezone)
    return Wish(form.get("language", ""), form.get("how", ""), when, " ".join(form.get("place", "").split()))


def _of_thread(who: Session, thread_id: int) -> Sequence[Task]:
    return interpreters.of_thread(hotline(), who.officer, thread_id)


def _to_find(who: Session) -> Sequence[Task]:
    return interpreters.to_find(hotline(), who.officer)


def _moment(at: int) -> str:
    """ "Nov 24, 6:00 PM", in the department's time."""
    when = datetime.fromtimestamp(at / 1000, hotline().config.timezone)
    return f"{_(f'{when:%b}')} {when.day}, {f'{when:%I:%M %p}'.lstrip('0')}"

"""Reports at the desk: the list with its filters and as a table for other programs, one report, and its way from state to
state. Every form works without scripts."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.reports import city, filed, news
from bot.desk.reports.filed import ReportView, Step
from bot.desk.reports.news import Preview
from bot.desk.reports.states import OPEN, STATES
from bot.errors import NotUsable, Stale, Unsure
from bot.model import Role
from bot.store import casework
from bot.store.casework import Wanted
from bot.text.language_names import direction, english_name
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("reports", __name__)
_DAYS = (7, 30, 90)
_ASKED = {"state": "open", "kind": "", "language": "", "days": "", "late": "", "mine": ""}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What was told, after a change and in its history.
_TOLD = {
    "told": "The resident is told.",
    "later": "The resident is told later: in the morning, or when no officer writes with them any more.",
    "city": "It goes to the city. The resident is told once the city has it.",
    "stopped": "The resident was not told: they sent STOP. Consider a call.",
    "safe contact": "The resident was not told: others may read this phone.",
    "no contact": "The resident was not told: they asked not to be contacted. They can look with 6.",
    "window": "The resident was not told: on WhatsApp nothing can be written a day after their last text.",
    "overtaken": "The resident was not told: the report had moved on.",
    "refused": "The city did not take it. The resident was told nothing.",
}
_UNTOLD = {
    "stopped": "This resident sent STOP and cannot be texted. Consider a call.",
    "safe contact": "Others may read this phone, so nothing of this report is texted. If the resident asks, they read only"
    " that we have it.",
    "no contact": "This resident asked not to be contacted about the report. They can look with 6.",
    "window": "On WhatsApp nothing can be written a day after the resident's last text, so they will not be told by text.",
}


@dataclass(frozen=True, slots=True)
class Ahead:
    """A state that may follow: what the resident would read, and the same in English for who fills it in."""

    state: str
    preview: str
    english: str


@pages.get("/reports")
@may(Deed.REPORTS)
def show(who: Session) -> AnyResponse:
    """The list: what somebody has to do something about, unless asked otherwise; the first promised day first."""
    with hotline().db.read() as conn:
        kinds, languages = casework.kinds_and_languages(conn)
    found = filed.listed(hotline(), who.officer, _wanted(who))
    values = {
        "rows": found, "now": hotline().instant(), "kinds": [kind for kind in kinds if access.may_read(who.officer, kind)],
        "languages": [(tag, english_name(tag)) for tag in languages], "days": _DAYS, "most": casework.MOST_LISTED,
        "asked": {name: request.args.get(name, default) for name, default in _ASKED.items()}, "states": STATES,
        "may_set_up": who.officer.role is Role.ADMIN,
    }  # fmt: skip
    return make_response(render_template("reports/list.html", **frame(who), **values))


def _wanted(who: Session) -> Wanted:
    state, days = request.args.get("state", "open"), request.args.get("days", 0, int)
    states: Sequence[str] = OPEN if state == "open" else (state,) if state in STATES else ()
    return Wanted(
        states=states,
        kind=request.args.get("kind", ""),
        language=request.args.get("language", ""),
        since=filed.filed_within(hotline(), days) if days in _DAYS else 0,
        late=request.args.get("late") == "yes",
        officer_id=who.officer.id if request.args.get("mine") == "yes" else 0,
    )


@pages.get("/reports.csv")
@may(Deed.REPORTS, fresh=True)
def export(who: Session) -> Response:
    """The list as asked for. No word of a resident, and no cell that a spreadsheet would run."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(
        ("number", "kind", "state", "complete", "language", "filed", "promised", "late", "changed", "officer", "city")
    )
    now = hotline().instant()
    for row in filed.listed(hotline(), who.officer, _wanted(who)):
        late = "yes" if row.late(now) else "no"
        cells = (
            row.number, row.kind, row.state, "yes" if row.complete else "no", row.language or "", _day(row.filed_at),
            _day(row.promised_at), late, _day(row.changed_at), row.officer, row.city,
        )  # fmt: skip
        sheet.writerow([_harmless(cell) for cell in cells])
    answer = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="reports-{hotline().today().isoformat()}.csv"'
    return answer


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _day(instant: int | None) -> str:
    if instant is None:
        return ""
    return datetime.fromtimestamp(instant / 1000, hotline().config.timezone).strftime("%Y-%m-%d %H:%M")


@pages.get("/reports/<int:report_id>")
@may(Deed.REPORTS)
def one(who: Session, report_id: int) -> AnyResponse:
    outcome = request.args.get("told", "")
    said = f"{_('The report is changed.')} {_(_TOLD[outcome])}" if outcome in _TOLD else ""
    return make_response(_page(who, filed.view(hotline(), who.officer, report_id), said=said))


@pages.post("/reports/<int:report_id>/change")
@may(Deed.REPORTS)
def change(who: Session, report_id: int) -> AnyResponse:
    """A refusal is a sentence above the form, with what was typed still in it."""
    unsure = False
    try:
        outcome = filed.change(hotline(), who.officer, report_id, _step())
    except (NotUsable, Unsure) as refusal:
        sentence, code, unsure = tongue.told(refusal), 422, isinstance(refusal, Unsure)
    except Stale as refusal:
        sentence, code = tongue.told(refusal), 409
    else:
        return redirect(url_for("reports.one", report_id=report_id, told=outcome), 303)
    view = filed.view(hotline(), who.officer, report_id)
    return make_response(_page(who, view, sentence=sentence, typed=request.form, unsure=unsure), code)


def _step() -> Step:
    form = request.form
    return Step(
        state=form.get("state", ""),
        version=form.get("version", 0, int),
        reason=form.get("reason", ""),
        reason_is=form.get("reason_is", ""),
        question=form.get("question", ""),
        question_is=form.get("question_is", ""),
        police_number=form.get("police_number", ""),
        officer_id=form.get("officer", 0, int),
        agency=form.get("agency", ""),
        agency_phone=form.get("agency_phone", ""),
        sent_there=form.get("sent_there") == "yes",
        to_city=form.get("to_city") == "yes",
        for_city=form.get("for_city", ""),
        place_for_city=form.get("place_for_city", ""),
        all_the_same=form.get("all_the_same") == "yes",
    )


def _page(
    who: Session, view: ReportView, *, sentence: str = "", said: str = "", typed: Mapping[str, str] | None = None,
    unsure: bool = False,
) -> str:  # fmt: skip
    library, preview = hotline().library, news.previewing(hotline(), view.case.row)
    row = view.case.row
    values = {
        "view": view, "row": row, "now": hotline().instant(), "states": STATES, "typed": typed or {}, "unsure": unsure,
        "untold": _(_UNTOLD[view.untold]) if view.untold else "", "told_words": _TOLD,
        "ahead": [_ahead(preview, view.language, state) for state in view.next], "longest": filed.LONGEST_WORDS,
        "longest_for_city": city.LONGEST, "longest_place": city.LONGEST_PLACE,
        "reasons": {
            state: [(name, library.phrase(name).english) for name in names] for state, names in filed.REASONS.items()
        },
        "for_city": "; ".join(f"{question}: {answer}" for question, answer in view.case.chosen),
        "reader": english_name(view.language), "reader_direction": direction(view.language),
        "step_words": _STEP_WORDS, "button_words": _BUTTON_WORDS, "city_words": _CITY_WORDS, "things": _THINGS,
        # In English, where it was one of our own sentences.
        "said_words": {one.id: preview("en", one.phrase, one.said) for one in view.case.changes if one.phrase},
    }  # fmt: skip
    return render_template("reports/one.html", **frame(who), **values, sentence=sentence, said=said)


_STEP_WORDS = {
    "reading": "Say that it is being read", "more": "Ask for one more thing", "accepted": "Accept as an official report",
    "officer": "Give to an officer", "sent": "Send to another office", "not_police": "Not a police matter", "closed": "Close",
}  # fmt: skip
_BUTTON_WORDS = {
    "reading": "I am reading it", "more": "Ask the resident", "accepted": "Accept", "officer": "Give",
    "sent": "Send to another office", "not_police": "Say why and close", "closed": "Say why and close",
}  # fmt: skip
_CITY_WORDS = {
    "sending": "on its way to the city", "token": "the city has it and is giving it a number", "open": "open at the city",
    "closed": "closed at the city", "refused": "the city did not take it",
    "unsure": "the city did not say whether it has this: ask there before you send it again",
    "withdrawn": "taken back; the city is no longer asked about it",
}  # fmt: skip
_THINGS = {"image": "Picture", "audio": "Voice note", "video": "Video"}
_BLANK = "____"
_EXAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "reading": ("report_reading", {}),
    "more": (news.QUESTION, {"question": _BLANK}),
    "accepted": ("report_accepted", {"code": _BLANK}),
    "officer": ("report_officer", {"officer": _BLANK}),
    "sent": ("report_sent", {"name": _BLANK, "phone": _BLANK}),
    "not_police": ("report_not_police", {"reason": _BLANK}),
    "closed": ("report_closed", {"reason": _BLANK}),
}


def _ahead(preview: Preview, language: str, state: str) -> Ahead:
    phrase, said = _EXAMPLES[state]
    return Ahead(state, preview(language, phrase, said), preview("en", phrase, said))


def kind_words(kind: str) -> str:
    """A kind of report, as its flow calls it."""
    for script in hotline().library.scripts.values():
        if script.report and script.report.kind == kind:
            return script.report.topic.english
    return kind.replace("_", " ").capitalize()


@pages.record
def _register(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters["kind_words"] = kind_words

"""Pages of statistics: a month, a quarter or a year in charts and tables, each table as CSV, what residents said of us,
and the language-access report of a year."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.statistics import figures, periods, reading, yearly
from bot.desk.statistics.figures import Statistic
from bot.desk.statistics.periods import Period
from bot.desk.statistics.tables import Table
from bot.errors import NotUsable
from bot.web import charts, figure_words, tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("statistics", __name__)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"
)  # fmt: skip
_SPANS = {1: "Month", 3: "Quarter", 12: "Year"}
_QUESTIONS: Mapping[str, str] = {
    "help": "How was our help? 1 Bad to 5 Very good", "understood": "Did you understand us well? 1 No to 5 Very well",
    "words": "What they added",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.record
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters["figure"] = figure_words.figure
    state.app.jinja_env.globals.update(
        row_words=figure_words.label, period_words=period_words, chart=_chart, questions=_QUESTIONS, spans=_SPANS
    )


@pages.get("/statistics")
@may(Deed.STATISTICS)
def show(who: Session) -> AnyResponse:
    period = _period()
    sheet = reading.sheet(hotline(), period)
    listed = [(_(title), [one for one in reading.statistics() if one.group == group])
              for group, title in figures.GROUPS.items()]  # fmt: skip
    return _page(who, "statistics/page.html", "figures", sheet=sheet, listed=listed, **_choice(period))


@pages.get("/statistics/table/<name>.csv")
@may(Deed.STATISTICS)
def table(who: Session, name: str) -> Response:
    """One table, with what is hidden called so."""
    found = reading.sheet(hotline(), period := _period()).tables.get(name) or abort(404)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow((found.rows_are or "row", *found.columns))
    for row in found.rows:
        cells = (row.label if not row.total else "all", *map(figure_words.bare, row.cells))
        sheet.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    answer = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{period.code}.csv"'
    return answer


@pages.get("/statistics/survey")
@may(Deed.SUPERVISE)
def survey(who: Session) -> AnyResponse:
    """What somebody is to read: words that residents added, and low scores."""
    said = _("It is read.") if "read" in request.args else ""
    return _page(who, "statistics/survey.html", "survey", tasks=reading.tasks(hotline()), said=said)


@pages.post("/statistics/survey/<int:task_id>/read")
@may(Deed.SUPERVISE)
def read(who: Session, task_id: int) -> AnyResponse:
    reading.settle(hotline(), who.officer.id, task_id)
    return redirect(url_for("statistics.survey", read="yes"), 303)


@pages.get("/statistics/report")
@may(Deed.STATISTICS)
def report(who: Session) -> AnyResponse:
    year = _year()
    said = _("The report is kept.") if "kept" in request.args else ""
    return _page(who, "statistics/report.html", "report", said=said, year=year, **_report(year))


@pages.get("/statistics/report.pdf")
@may(Deed.STATISTICS)
def pdf(who: Session) -> Response:
    from bot.web import report_pdf  # reportlab costs every process some megabytes

    year = _year()
    made = report_pdf.drawn(yearly.report(hotline(), year), hotline().config.department_name, hotline().today())
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="language-access-{year}.pdf"'
    return answer


@pages.get("/statistics/report/edit")
@may(Deed.SUPERVISE)
def edit(who: Session) -> AnyResponse:
    year = _year()
    return _form(who, year, _as_typed(yearly.written(hotline(), year)))


@pages.post("/statistics/report/edit")
@may(Deed.SUPERVISE)
def keep(who: Session) -> AnyResponse:
    year = request.form.get("year", 0, int)
    try:
        yearly.keep(hotline(), who.officer, year, _typed())
    except NotUsable as refusal:
        return _form(who, year, request.form, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("statistics.report", year=year, kept="yes"), 303)


def period_words(period: Period) -> str:
    """A period as it is called."""
    if period.months == 12:
        return str(period.year)
    if period.months == 3:
        return _("Quarter %(n)s of %(year)s") % {"n": (period.month + 2) // 3, "year": period.year}
    return f"{_(_MONTHS[period.month - 1])} {period.year}"


def _period() -> Period:
    """What the address asks for, else the last whole month; this one if nothing is counted before it."""
    wanted = request.args.get("period", "")
    try:
        found = periods.read(wanted) if wanted else None
    except NotUsable:
        abort(404)
    if found:
        return found if found.first <= hotline().today() else abort(404)
    now = periods.around(hotline().today())
    return now.previous() if reading.first_period(hotline(), now) < now.previous().next().first else now


def _choice(period: Period) -> dict[str, Any]:
    """Where one can go from a period."""
    today, first = hotline().today(), reading.first_period(hotline(), period)
    spans = {months: periods.around(min(period.last, today), months) for months in _SPANS}
    return {
        "period": period, "around": spans,
        "before": period.previous() if period.previous().last >= first else None,
        "after": period.next() if period.next().first <= today else None,
    }  # fmt: skip


def _chart(one: Statistic, found: Table) -> Markup:
    """A picture of one column of a table; nothing where there is nothing to see."""
    rows = [row for row in found.rows if not row.total]
    if one.drawn is None or not any(row.cells[one.drawn].value for row in rows):
        return Markup("")
    bars = [
        charts.Bar(figure_words.label(found.rows_are, row), (cell := row.cells[one.drawn]).value, figure_words.figure(cell),
                   first=found.rows_are == "language" and row.label == "en")
        for row in rows
    ]  # fmt: skip
    draw = charts.upright if one.upright else charts.lying
    return draw(f"chart-{one.name}", _(one.title), _(found.columns[one.drawn]), bars)


def _year() -> int:
    """The year the address asks for, else this one."""
    year = request.args.get("year", hotline().today().year, int)
    return year if 2000 <= year <= hotline().today().year else abort(404)


def _report(year: int) -> dict[str, Any]:
    found = yearly.report(hotline(), year)
    return {"found": found, "sections": yearly.SECTIONS, "texts": yearly.TEXTS, "titles": titles()}


def titles() -> Mapping[str, tuple[str, str]]:
    """Name of a table -> what it is called, and how it is counted."""
    return {one.name: (one.title, one.about) for one in reading.statistics()} | dict(yearly.OWN)


def _form(who: Session, year: int, typed: Mapping[str, str], *, sentence: str = "", code: int = 200) -> AnyResponse:
    tags = dict.fromkeys(("en", *hotline().config.department_languages, *yearly.written(hotline(), year).people))
    page = _page(who, "statistics/edit.html", "report", year=year, typed=typed, tags=tags, texts=yearly.TEXTS,
                 sentence=sentence)  # fmt: skip
    page.status_code = code
    return page


def _typed() -> yearly.Written:
    """Raises NotUsable."""
    try:
        people = {
            name.removeprefix("people-"): int(value.replace(",", "").strip() or 0)
            for name, value in request.form.items() if name.startswith("people-")
        }  # fmt: skip
        spent = request.form.get("spent", "").replace(",", "").replace("$", "").strip()
        texts = {name: request.form.get(name, "") for name in yearly.TEXTS}
        return yearly.Written(people, int(spent) if spent else None, texts, request.form.get("version", 0, int))
    except ValueError as error:
        raise NotUsable("Write whole numbers, without a minus.") from error


def _as_typed(written: yearly.Written) -> Mapping[str, str]:
    people = {f"people-{tag}": str(number) for tag, number in written.people.items()}
    spent = "" if written.spent is None else str(written.spent)
    return {**people, **written.texts, "spent": spent, "version": str(written.version)}


def _page(who: Session, template: str, here: str, **values: Any) -> AnyResponse:
    return make_response(render_template(
        template, who=who, department=hotline().config.department_name, open_thread=0, here=here, today=hotline().today(),
        may_supervise=access.may(who.officer, Deed.SUPERVISE), **values,
    ))  # fmt: skip

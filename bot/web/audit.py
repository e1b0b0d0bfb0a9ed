"""The audit trail as a page and as a table to take along. Shows ids, handles and deeds; nothing a resident said."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.supervision import trail
from bot.desk.supervision.trail import Query, Told, Trail
from bot.errors import NotUsable
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("audit", __name__)
_DAYS = 7  # that are shown unless others are asked for
_ASKED = ("person", "thread", "verb", "from", "to", "line")
_COLUMNS = ("time (UTC)", "who", "deed", "about", "id", "sensitive thread", "note")


@pages.get("/audit")
@may(Deed.AUDIT)
def show(who: Session) -> AnyResponse:
    line, sentence, code = hotline(), "", 200
    try:
        found = trail.read(line, who.officer, _query())
    except NotUsable as refusal:
        sentence, found, code = tongue.told(refusal), Trail((), None), 422
    except (ValueError, OverflowError):
        sentence, found, code = _("Write days as year, month and day, like 2026-11-23."), Trail((), None), 422
    people, verbs = trail.choices(line)
    asked = {name: words for name, words in request.args.items() if name in _ASKED}
    values = {
        "who": who, "department": line.config.department_name, "open_thread": 0, "sentence": sentence,
        "asked": asked | {"from": asked.get("from", _first().isoformat())}, "trail": found, "people": people, "verbs": verbs,
        "may_open": access.may(who.officer, Deed.SUPERVISE),
        "older": _address("audit.show", asked | {"before": str(found.more)}) if found.more else "",
        "export": _address("audit.export", asked),
    }  # fmt: skip
    return make_response(render_template("audit/page.html", **values), code)


@pages.get("/audit.csv")
@may(Deed.AUDIT)
def export(who: Session) -> AnyResponse:
    """The same lines, as far as a table takes them; they leave as they are read."""
    try:
        lines = trail.export(hotline(), who.officer, _query())
    except (ValueError, OverflowError, NotUsable):
        return make_response(_("Nothing fits."), 422)
    answer = Response(_table(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{hotline().today():%Y-%m-%d}.csv"'
    return answer


def _address(endpoint: str, asked: Mapping[str, str]) -> str:
    return f"{url_for(endpoint)}?{urlencode(asked)}"


def _query() -> Query:
    """Raises ValueError."""
    said = {name: value.strip()[:100] for name, value in request.args.to_dict().items()}
    return Query(
        person=_id(said.get("person", "")),
        thread=said.get("thread", ""),
        verb=said.get("verb", ""),
        since=_day(said.get("from", "")) if "from" in said else _first(),
        until=_day(said.get("to", "")),
        everything="line" in said,
        before=_id(said.get("before", "")),
    )


def _id(words: str) -> int | None:
    return int(words) if words.isdecimal() and int(words) <= trail.LARGEST_ID else None


def _first() -> date:
    return hotline().today() - timedelta(days=_DAYS)


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


def _table(lines: Iterator[Told]) -> Iterator[str]:
    yield "\ufeff" + _row(_COLUMNS)  # by which spreadsheets know how it is written
    for one in lines:
        at = datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        yield _row((at, one.who, one.verb, one.what, one.subject, "yes" if one.sensitive else "", one.note))


def _row(cells: tuple[str, ...]) -> str:
    """Cells that a spreadsheet would take for a formula are told to be words."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells])
    return out.getvalue()

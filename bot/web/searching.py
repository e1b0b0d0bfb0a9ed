"""The page on which threads are looked for."""

from datetime import date

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import searching
from bot.desk.threads.searching import Query
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("searching", __name__)


@pages.get("/desk/search")
@may(Deed.THREADS)
def show(who: Session) -> AnyResponse:
    """The form; what was found, once something was asked for."""
    line, found, sentence, code = hotline(), None, "", 200
    try:
        query = _query()
        found = None if query.empty else searching.find(line, who.officer, query)
    except (ValueError, OverflowError):
        sentence, code = _("Write days as year, month and day, like 2026-11-23."), 422
    values = {
        **frame(who), "asked": request.args.to_dict(), "sentence": sentence, "found": found,
        "topics": searching.topics(line), "languages": line.config.department_languages, "most": searching.MOST,
    }  # fmt: skip
    return make_response(render_template("desk/search.html", **values), code)


def _query() -> Query:
    """Raises ValueError."""
    said = {name: request.args.get(name, "").strip()[:100] for name in ("q", "topic", "language", "from", "to")}
    return Query(said["q"], said["topic"], said["language"], _day(said["from"]), _day(said["to"]))


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None

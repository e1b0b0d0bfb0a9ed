"""The pages of second looks: which closed threads were drawn, each with its conversation and the form, and what was found."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.supervision import reviewing
from bot.errors import NotFound, NotUsable, NotYours
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("reviewing", __name__)


@pages.get("/supervise/reviews")
@may(Deed.SUPERVISE)
def show(who: Session) -> AnyResponse:
    line = hotline()
    values = {
        "who": who, "department": line.config.department_name, "open_thread": 0,
        "said": _("Reviewed. Thank you.") if "done" in request.args else "",
        "reviews": reviewing.listed(line, who.officer), "months": reviewing.months(line),
    }  # fmt: skip
    return make_response(render_template("supervision/reviews.html", **values))


@pages.get("/supervise/reviews/<int:review_id>")
@may(Deed.SUPERVISE)
def one(who: Session, review_id: int) -> AnyResponse:
    return _one(who, review_id)


@pages.post("/supervise/reviews/<int:review_id>")
@may(Deed.SUPERVISE)
def put(who: Session, review_id: int) -> AnyResponse:
    form = request.form
    try:
        reviewing.review(
            hotline(), who.officer, review_id, form.get("verdict", ""), _count("needless"), _count("missed"),
            form.get("note", "").replace("\r\n", "\n"),
        )  # fmt: skip
    except NotUsable as refusal:
        return _one(who, review_id, tongue.told(refusal), 422)
    except (NotYours, NotFound) as refusal:
        return _one(who, review_id, tongue.told(refusal), 409)
    return redirect(url_for("reviewing.show", done=""), 303)


def _count(name: str) -> int:
    """-1 for what is no number."""
    typed = request.form.get(name, "0").strip() or "0"
    return int(typed) if typed.isdecimal() and len(typed) < 6 else -1


def _one(who: Session, review_id: int, sentence: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    values = {
        "who": who, "department": line.config.department_name, "open_thread": 0, "sentence": sentence,
        "page": reviewing.opened(line, who.officer, review_id), "typed": request.form, "verdicts": reviewing.VERDICTS,
        "most": reviewing.MOST_NOTICES, "longest": reviewing.MOST_NOTE,
    }  # fmt: skip
    return make_response(render_template("supervision/review.html", **values), code)

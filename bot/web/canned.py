"""The page of replies kept ready: what is shipped, and the department's own, language by language."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import canned
from bot.errors import NotUsable
from bot.web import tongue
from bot.web.doors import frame, hotline, may

pages = Blueprint("canned", __name__)


@pages.get("/desk/replies")
@may(Deed.SUPERVISE)
def show(who: Session) -> AnyResponse:
    return _page(who)


@pages.post("/desk/replies")
@may(Deed.SUPERVISE)
def add(who: Session) -> AnyResponse:
    """A new one, in English."""
    try:
        canned.add(hotline(), who.officer, _typed("title"), _typed("words"))
    except NotUsable as refusal:
        return _page(who, tongue.told(refusal), 422)
    return redirect(url_for("canned.show"), 303)


@pages.post("/desk/replies/<int:canned_id>")
@may(Deed.SUPERVISE)
def put(who: Session, canned_id: int) -> AnyResponse:
    """Its words in one language, and who reviewed them."""
    try:
        canned.put(hotline(), who.officer, canned_id, _typed("language"), _typed("words"), _typed("reviewed_by"))
    except NotUsable as refusal:
        return _page(who, tongue.told(refusal), 422, canned_id)
    return redirect(url_for("canned.show", _anchor=f"reply-{canned_id}"), 303)


@pages.post("/desk/replies/<int:canned_id>/drop")
@may(Deed.SUPERVISE)
def drop(who: Session, canned_id: int) -> AnyResponse:
    canned.drop(hotline(), who.officer, canned_id)
    return redirect(url_for("canned.show"), 303)


def _page(who: Session, sentence: str = "", code: int = 200, at: int = 0) -> AnyResponse:
    """`at`: the reply whose form was refused; what was typed stands there again."""
    line = hotline()
    values = {
        **frame(who), "sentence": sentence, "at": at,
        "own": canned.own(line), "shipped": canned.shipped(line), "places": canned.PLACES, "typed": request.form,
        "languages": [tag for tag in line.config.department_languages if tag != "en"], "longest": canned.LONGEST,
    }  # fmt: skip
    return make_response(render_template("canned/page.html", **values), code)


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()

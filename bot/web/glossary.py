"""The page of the glossary: names that are kept in every language, and words that are always said the same way."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import NotUsable
from bot.store.terms import EVERYWHERE
from bot.studio.translating import glossary, progress
from bot.web import tongue
from bot.web.doors import frame, hotline, may

pages = Blueprint("glossary", __name__)


@pages.get("/studio/glossary")
@may(Deed.WORDINGS)
def show(who: Session) -> AnyResponse:
    return _page(who)


@pages.post("/studio/glossary")
@may(Deed.WORDINGS)
def put(who: Session) -> AnyResponse:
    """A term of a language, or a name where no language is chosen."""
    form = request.form
    tag, term, wording, note = (form.get(name, "") for name in ("language", "term", "wording", "note"))
    try:
        glossary.put(hotline(), who.officer, tag, term, wording, note)
    except NotUsable as refusal:
        return _page(who, tongue.told(refusal), 422)
    return redirect(url_for("glossary.show"), 303)


@pages.post("/studio/glossary/<int:term_id>/drop")
@may(Deed.WORDINGS)
def drop(who: Session, term_id: int) -> AnyResponse:
    glossary.drop(hotline(), who.officer, term_id)
    return redirect(url_for("glossary.show"), 303)


def _page(who: Session, sentence: str = "", code: int = 200) -> AnyResponse:
    known = glossary.every(hotline())
    values = {
        **frame(who), "sentence": sentence, "typed": request.form, "tags": progress.tags(hotline()),
        "longest": glossary.LONGEST,
        "names": [one for one in known if one.tag == EVERYWHERE], "terms": [one for one in known if one.tag != EVERYWHERE],
    }  # fmt: skip
    return make_response(render_template("wordings/glossary.html", **values), code)

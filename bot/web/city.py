"""Other systems of the city: the pages where admins say what goes there and what may be seen from there, and the list of
what they sent us."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.reports import city, open311
from bot.errors import NotUsable, Stale
from bot.store.city import Route
from bot.store.published import Service
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("city", __name__, url_prefix="/reports")


@pages.get("/city")
@may(Deed.CHANNELS)
def show(who: Session) -> AnyResponse:
    return _page(who, said=_("Saved.") if "saved" in request.args else "")


@pages.post("/city/route")
@may(Deed.CHANNELS, fresh=True)
def set_route(who: Session) -> AnyResponse:
    """Where a kind of report goes; with the button for it, nowhere any more."""
    kind = _typed("kind")
    if _typed("drop"):
        return _do(who, lambda: city.drop_route(hotline(), who.officer, kind))
    names = ("agency", "agency_phone", "endpoint", "jurisdiction", "service_code", "api_key")
    return _do(who, lambda: city.set_route(hotline(), who.officer, Route(kind, *map(_typed, names))))


@pages.post("/city/service")
@may(Deed.CHANNELS, fresh=True)
def set_service(who: Session) -> AnyResponse:
    """What others may see of a kind of report; with the button for it, nothing any more."""
    kind = _typed("kind")
    if _typed("drop"):
        return _do(who, lambda: open311.drop_service(hotline(), who.officer, kind))
    one = Service(kind, _typed("code"), _typed("name"), _typed("about"), _typed("area"), _typed("takes") == "yes")
    return _do(who, lambda: open311.set_service(hotline(), who.officer, one))


@pages.post("/city/key")
@may(Deed.CHANNELS, fresh=True)
def give_key(who: Session) -> AnyResponse:
    """A new key stands on this one page, and nowhere afterwards."""
    try:
        key = open311.give_key(hotline(), who.officer, _typed("name"))
    except NotUsable as refusal:
        return _page(who, sentence=tongue.told(refusal), code=422)
    return _page(who, key=key)


@pages.post("/city/key/<int:key_id>/end")
@may(Deed.CHANNELS, fresh=True)
def end_key(who: Session, key_id: int) -> AnyResponse:
    return _do(who, lambda: open311.end_key(hotline(), who.officer, key_id))


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _do(who: Session, act: Callable[[], None]) -> AnyResponse:
    try:
        act()
    except NotUsable as refusal:
        return _page(who, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("city.show", saved=""), 303)


def _page(who: Session, *, sentence: str = "", said: str = "", key: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    kinds = {
        script.report.kind: script.report.topic.english for script in line.library.scripts.values() if script.report
    }
    values = {
        "kinds": kinds, "shown_kinds": open311.kinds(line), "at_home": open311.AT_HOME, "typed": request.form,
        "routes": {one.kind: one for one in city.routes(line)}, "keys": open311.keys(line),
        "services": {one.kind: one for one in open311.services(line)}, "key": key, "ours": f"{line.config.url}/open311/v2",
        **frame(who), "sentence": sentence, "said": said,
    }  # fmt: skip
    return make_response(render_template("reports/city.html", **values), code)


@pages.get("/inbox")
@may(Deed.REPORTS)
def inbox(who: Session) -> AnyResponse:
    """What other systems sent."""
    return _inbox(who)


@pages.post("/inbox/<int:id_>")
@may(Deed.REPORTS)
def move(who: Session, id_: int) -> AnyResponse:
    try:
        open311.move(hotline(), who.officer, id_, _typed("was"), _typed("state"), _typed("reason"))
    except NotUsable as refusal:
        return _inbox(who, sentence=tongue.told(refusal), code=422)
    except Stale as refusal:
        return _inbox(who, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("city.inbox"), 303)


def _inbox(who: Session, *, sentence: str = "", code: int = 200) -> AnyResponse:
    line, closed = hotline(), request.args.get("closed") == "yes"
    values = {
        "found": open311.inbox(line, closed=closed), "closed": closed, "names": open311.kinds(line),
        "reasons": [(name, line.library.phrase(name).english) for name in open311.REASONS],
        **frame(who), "sentence": sentence,
    }  # fmt: skip
    return make_response(render_template("reports/inbox.html", **values), code)

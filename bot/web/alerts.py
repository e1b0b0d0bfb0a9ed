"""How an officer is told that a thread waits: by sound, by a notice of their browser, and by push while no page is open.
None of these says who wrote or what."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.channels.web_push import Address
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.paging import pushing
from bot.errors import NotFound, PuenteError
from bot.web import browsers, tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("alerts", __name__)
_DONE = {
    "removed": "That browser is no longer told.",
    "tried": "Your browsers are being told. It takes a few seconds.",
}


@pages.get("/desk/alerts")
@may(Deed.THREADS)
def show(who: Session) -> AnyResponse:
    """What this browser does, and in which browsers one is told."""
    said = _DONE.get(request.args.get("done", ""), "")
    values = {
        "department": hotline().config.department_name, "open_thread": 0, "said": _(said) if said else "",
        "found": pushing.mine(hotline(), who.officer), "key": pushing.key(hotline().config).public,
    }  # fmt: skip
    return make_response(render_template("alerts/page.html", who=who, **values))


@pages.get("/desk/alerts-worker.js")
@may(Deed.THREADS)
def worker(who: Session) -> AnyResponse:
    """What runs in the browser while no page does. It brings its sentences along, in the language of who signed in."""
    answer = make_response(render_template("alerts/worker.js"))
    answer.content_type = "text/javascript; charset=utf-8"
    answer.headers["Service-Worker-Allowed"] = url_for("desk.show")
    return answer


@pages.post("/desk/alerts/browsers")
@may(Deed.THREADS)
def add(who: Session) -> AnyResponse:
    """This browser wants to be told, and says how. A script asks; the sentence of a refusal is for people."""
    address = Address(*(request.form.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    try:
        pushing.add(hotline(), who, address, browsers.name(request.headers.get("User-Agent", "")))
    except PuenteError as refusal:
        return make_response(tongue.told(refusal), 422, {"Content-Type": "text/plain; charset=utf-8"})
    return make_response("", 204)


@pages.post("/desk/alerts/browsers/forget")
@may(Deed.THREADS)
def forget(who: Session) -> AnyResponse:
    """This browser no longer wants to be told."""
    pushing.forget(hotline(), who.officer, request.form.get("endpoint", ""))
    return make_response("", 204)


@pages.post("/desk/alerts/browsers/<int:browser_id>/remove")
@may(Deed.THREADS)
def remove(who: Session, browser_id: int) -> AnyResponse:
    try:
        pushing.remove(hotline(), who.officer, browser_id)
    except NotFound:
        abort(404)
    return redirect(url_for("alerts.show", done="removed"), 303)


@pages.post("/desk/alerts/try")
@may(Deed.THREADS)
def trial(who: Session) -> AnyResponse:
    """Tell all of one's own browsers that this is how it looks."""
    pushing.push(hotline(), [who.officer.id], pushing.TRIAL)
    return redirect(url_for("alerts.show", done="tried"), 303)

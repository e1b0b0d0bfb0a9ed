"""One's own phone, for answering threads by SMS: proved, switched off, and what became of the last text to it."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.relay import phones
from bot.desk.relay.phones import OwnPhone
from bot.errors import NotUsable
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("relay", __name__)
_DONE = {
    "asked": "A code is on its way to your phone.",
    "on": "Threads come to your phone now while you are on shift or on call.",
    "off": "No thread comes to your phone any more. Those you hold stay yours, here at the desk.",
}
_STATES = {
    "queued": "waiting to be sent", "submitting": "being sent", "accepted": "sent", "sending": "being sent", "sent": "sent",
    "delivered": "delivered", "read": "read",
}  # fmt: skip
_NOT = "did not arrive"


@pages.record
def _on_account(state: BlueprintSetupState) -> None:
    """For the account's page and the list of threads."""
    state.app.jinja_env.globals["own_phone"] = own_phone


def own_phone(who: Session) -> OwnPhone | None:
    """None where it is of no use."""
    line = hotline()
    if not line.config.relay or not access.may(who.officer, Deed.THREADS):
        return None
    return phones.mine(line, who.officer)


@pages.get("/account/phone")
@may(Deed.THREADS)
def show(who: Session) -> AnyResponse:
    said = _DONE.get(request.args.get("done", ""), "")
    return _page(who, said=_(said) if said else "")


@pages.post("/account/phone")
@may(Deed.THREADS, fresh=True)
def ask(who: Session) -> AnyResponse:
    try:
        phones.ask(hotline(), who.officer, request.form.get("phone", ""))
    except NotUsable as refusal:
        return _page(who, sentence=tongue.told(refusal))
    return redirect(url_for("relay.show", done="asked"), 303)


@pages.post("/account/phone/code")
@may(Deed.THREADS)
def confirm(who: Session) -> AnyResponse:
    try:
        phones.confirm(hotline(), who.officer, request.form.get("code", ""))
    except NotUsable as refusal:
        return _page(who, sentence=tongue.told(refusal))
    return redirect(url_for("relay.show", done="on"), 303)


@pages.post("/account/phone/off")
@may(Deed.THREADS)
def end(who: Session) -> AnyResponse:
    phones.end(hotline(), who.officer)
    return redirect(url_for("relay.show", done="off"), 303)


def _page(who: Session, *, said: str = "", sentence: str = "") -> AnyResponse:
    line = hotline()
    phone = phones.mine(line, who.officer)
    values = {
        "who": who, "department": line.config.department_name, "open_thread": 0, "said": said, "sentence": sentence,
        "phone": phone, "last": _(_STATES.get(phone.last[0], _NOT)) if phone.last else "",
        "typed": request.form.get("phone", ""), "line_number": next(iter(line.config.line_numbers), ""),
    }  # fmt: skip
    return make_response(render_template("relay/page.html", **values), 422 if sentence else 200)

"""One's own account: how the desk reads, the password, second factors, and where one is signed in."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity import accounts, second_factors, sessions
from bot.desk.identity.accounts import Session
from bot.desk.identity.passwords import LEAST, LEAST_OF_ADMINS, MOST
from bot.errors import PuenteError
from bot.model import Role
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.signin import caller
from bot.web.tongue import TONGUES
from bot.web.tongue import gettext as _

pages = Blueprint("account", __name__)
_DONE = {
    "tongue": "The desk is shown in the language you chose.",
    "password": "Your password is changed. You are signed out everywhere else.",
    "session": "That session has ended.",
    "others": "You are signed out everywhere else.",
    "factor added": "Your second factor is set up.",
    "factor removed": "The second factor is removed.",
}


@pages.get("/account")
@may(Deed.OWN_ACCOUNT)
def show(who: Session) -> AnyResponse:
    said = _DONE.get(request.args.get("done", ""), "")
    return _page(who, said=_(said) if said else "")


@pages.post("/account/tongue")
@may(Deed.OWN_ACCOUNT)
def choose_tongue(who: Session) -> AnyResponse:
    wanted = request.form.get("tongue", "")
    accounts.set_tongue(hotline(), who.officer, wanted if wanted in TONGUES else "")
    return redirect(url_for("account.show", done="tongue"), 303)


@pages.post("/account/password")
@may(Deed.OWN_ACCOUNT, fresh=True)
def change_password(who: Session) -> AnyResponse:
    form = request.form
    if form.get("new", "") != form.get("again", ""):
        return _page(who, sentence=_("The two passwords are not the same."))
    try:
        accounts.change_password(hotline(), who, form.get("old", ""), form.get("new", ""), caller())
    except PuenteError as refusal:
        return _page(who, sentence=tongue.told(refusal))
    return redirect(url_for("account.show", done="password"), 303)


@pages.post("/account/sessions/end")
@may(Deed.OWN_ACCOUNT)
def end_session(who: Session) -> AnyResponse:
    sessions.end(hotline(), who, request.form.get("session", ""))
    return redirect(url_for("account.show", done="session"), 303)


@pages.post("/account/sessions/end-others")
@may(Deed.OWN_ACCOUNT)
def end_others(who: Session) -> AnyResponse:
    sessions.end_others(hotline(), who)
    return redirect(url_for("account.show", done="others"), 303)


def _page(who: Session, *, said: str = "", sentence: str = "") -> AnyResponse:
    line = hotline()
    values = {
        **frame(who), "said": said, "sentence": sentence,
        "sessions": sessions.mine(line, who), "mine": second_factors.mine(line, who.officer),
        "latest": accounts.latest(line, who.officer), "has_password": accounts.has_password(line, who.officer),
        "least": LEAST_OF_ADMINS if who.officer.role == Role.ADMIN else LEAST, "most": MOST,
    }  # fmt: skip
    return make_response(render_template("account/page.html", **values), 422 if sentence else 200)

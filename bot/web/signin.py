"""Signing in and out. Who may is decided elsewhere; here are the form, the cookie and the way on."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import accounts
from bot.desk.access import Deed
from bot.desk.accounts import Session
from bot.errors import SignInRefused
from bot.web import menu, statics, tongue
from bot.web.doors import cookie_name, from_here, hotline, may, open_to_all, session, set_cookie
from bot.web.wording import FILTERS

pages = Blueprint("signin", __name__)


@pages.record
def _looks(state: BlueprintSetupState) -> None:
    """What the pages of every blueprint need: how values are worded, and where stylesheets are."""
    state.app.jinja_env.filters.update(FILTERS)
    statics.register(state.app)
    tongue.register(state.app)
    menu.register(state.app)


@pages.get("/signin")
@open_to_all
def show() -> AnyResponse:
    """The form, or straight on for whoever is signed in already."""
    if session() is not None:
        return redirect(_onward(), 303)
    said = "You are signed out." if "out" in request.args else ""
    return _form("", said=said)


@pages.post("/signin")
@open_to_all
def enter() -> AnyResponse:
    """Check and let in. A form of another site must not sign somebody in as somebody else."""
    if not from_here():
        abort(403)
    login = request.form.get("login", "")
    try:
        token, _ = accounts.sign_in(hotline(), login, request.form.get("password", ""))
    except SignInRefused as refusal:
        return _form(login, sentence=str(refusal), code=422)
    return set_cookie(make_response(redirect(_onward(), 303)), token)


@pages.post("/signout")
@may(Deed.OWN_ACCOUNT)
def leave(who: Session) -> AnyResponse:
    accounts.sign_out(hotline(), who)
    answer = make_response(redirect(url_for("signin.show", out=""), 303))
    secure = hotline().config.url.startswith("https://")
    answer.delete_cookie(cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def _form(login: str, *, sentence: str = "", said: str = "", code: int = 200) -> Response:
    values = {"department": hotline().config.department_name, "onward": _onward()}
    return make_response(render_template("signin.html", login=login, sentence=sentence, said=said, **values), code)


def _onward() -> str:
    """Where to go after signing in: a path of our own, else the desk."""
    wanted = request.values.get("next", "")
    # Browsers read a backslash as a slash and skip tabs and line ends, so "/\t/evil" is another host to them.
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if plain and not urlsplit(wanted).netloc else url_for("desk.show")

"""To the department's own identity provider and back. What it said is judged elsewhere; here are the two addresses."""

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Stage
from bot.desk.identity import signing_in, single_sign_on
from bot.desk.identity.accounts import Session, plain_login
from bot.desk.identity.single_sign_on import Vouched
from bot.errors import PuenteError, SignInRefused
from bot.hotline import Hotline
from bot.web import browsers, doors, tongue
from bot.web.doors import hotline, onward, open_to_all, session
from bot.web.signin import let_in

pages = Blueprint("issuer", __name__)


@pages.get("/signin/elsewhere")
@open_to_all
def leave() -> AnyResponse:
    """Off to the provider; with `again` whoever is signed in only shows once more that it is they."""
    line, who = _line_with_provider(), session()
    again = who.token_hash if who and who.stage == Stage.WHOLE and "again" in request.args else ""
    try:
        address, aside = single_sign_on.ask(line, _back(), onward(""), again)
    except PuenteError as refusal:
        return _refused(refusal)
    return doors.keep_aside(make_response(redirect(address, 303)), aside)


@pages.get("/signin/elsewhere/back")
@open_to_all
def back() -> AnyResponse:
    """The browser comes back with a code, which only we can turn into what the provider says."""
    line = _line_with_provider()
    try:
        said = single_sign_on.answer(
            line, _back(), doors.aside(), request.args.get("state", ""), request.args.get("code", "")
        )
        answer = _confirmed(said) if said.question.session else _signed_in(said)
    except PuenteError as refusal:
        answer = _refused(refusal)
    return doors.drop_aside(answer)


def _signed_in(said: Vouched) -> AnyResponse:
    browser = browsers.name(request.user_agent.string)
    token, who = signing_in.sign_in_elsewhere(hotline(), said.login, browser, second_factor=said.second_factor)
    return let_in(token, who, said.question.onward)


def _confirmed(said: Vouched) -> AnyResponse:
    """Only the very person who left, in the very session; and a second factor is what is asked for."""
    who = _who_left(said)
    if not (said.second_factor or hotline().config.development):
        raise SignInRefused("The identity provider did not ask for a second factor.")
    signing_in.prove(hotline(), who, signing_in.ISSUER)
    return redirect(said.question.onward or "/", 303)


def _who_left(said: Vouched) -> Session:
    who = session()
    if who is None or who.token_hash != said.question.session or plain_login(said.login) != who.officer.login:
        raise SignInRefused("This was another person. Please sign in again.")
    return who


def _refused(refusal: PuenteError) -> AnyResponse:
    values = {"department": hotline().config.department_name, "onward": onward(""), "elsewhere": True, "login": ""}
    return make_response(render_template("signin.html", sentence=tongue.told(refusal), said="", **values), 422)


def _line_with_provider() -> Hotline:
    line = hotline()
    if not single_sign_on.is_on(line):
        abort(404)
    return line


def _back() -> str:
    """From our own settings, never from what the browser says of its address."""
    return hotline().config.url + url_for("issuer.back")

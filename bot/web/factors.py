"""Setting up second factors: an app, a passkey, codes on paper. At the first sign-in in production nothing else can be
reached; later on the account's page leads here."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed, Stage
from bot.desk.identity import passkeys, second_factors, signing_in
from bot.desk.identity.accounts import Session
from bot.errors import NotFound, PuenteError, SignInRefused
from bot.web import tongue
from bot.web.doors import hotline, may, onward
from bot.web.signin import come_back, risen, site

pages = Blueprint("factors", __name__)


@pages.get("/account/factor")
@may(Deed.ENROL, fresh=True)
def enrol(who: Session) -> AnyResponse:
    """The choice between an app and a passkey, and the app that was begun."""
    return _page(who)


@pages.post("/account/factor/app")
@may(Deed.ENROL, fresh=True)
def begin_app(who: Session) -> AnyResponse:
    second_factors.begin_app(hotline(), who.officer)
    return redirect(url_for("factors.enrol", next=onward("") or None, _anchor="app"), 303)


@pages.post("/account/factor/app/code")
@may(Deed.ENROL, fresh=True)
def confirm_app(who: Session) -> AnyResponse:
    """The app counts once it has shown a right code."""
    line, form = hotline(), request.form
    try:
        codes = second_factors.confirm_app(line, who, form.get("code", ""), form.get("name", ""))
    except (SignInRefused, NotFound) as refusal:
        return _page(who, tongue.told(refusal), 422)
    return _done(who, codes, "app")


@pages.post("/account/factor/passkey/options")
@may(Deed.ENROL, fresh=True)
def passkey_options(who: Session) -> AnyResponse:
    """What the browser must be asked for."""
    where = site()
    if where is None:
        abort(404)
    return Response(passkeys.to_add(hotline(), who, where), content_type="application/json")


@pages.post("/account/factor/passkey")
@may(Deed.ENROL, fresh=True)
def add_passkey(who: Session) -> AnyResponse:
    where, form = site(), request.form
    if where is None:
        abort(404)
    try:
        codes = passkeys.add(hotline(), who, where, form.get("credential", ""), form.get("name", ""))
    except SignInRefused as refusal:
        return _page(who, tongue.told(refusal), 422)
    return _done(who, codes, "passkey")


@pages.post("/account/factor/<int:factor_id>/remove")
@may(Deed.OWN_ACCOUNT, fresh=True)
def remove(who: Session, factor_id: int) -> AnyResponse:
    second_factors.drop(hotline(), who, factor_id)
    return redirect(url_for("account.show", done="factor removed"), 303)


@pages.post("/account/factor/paper")
@may(Deed.OWN_ACCOUNT, fresh=True)
def paper(who: Session) -> AnyResponse:
    """New codes on paper; the old ones no longer count."""
    try:
        return _codes(who, second_factors.new_paper(hotline(), who))
    except PuenteError as refusal:
        return _page(who, tongue.told(refusal), 409)


def _done(who: Session, codes: list[str], kind: str) -> AnyResponse:
    """Whoever set up a factor has thereby given it: a first sign-in is whole."""
    token = signing_in.prove(hotline(), who, kind)
    who = risen(token, who)
    answer = _codes(who, codes) if codes else redirect(onward(url_for("account.show", done="factor added")), 303)
    return come_back(who, answer, token)


def _codes(who: Session, codes: list[str]) -> AnyResponse:
    """The only time these are shown."""
    values = {"who": who, "department": hotline().config.department_name, "codes": codes, "onward": onward("/")}
    return make_response(render_template("account/codes.html", **values))


def _page(who: Session, sentence: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    app = second_factors.begun_app(line, who.officer)
    values = {
        "who": who, "department": line.config.department_name, "onward": onward(""), "sentence": sentence, "app": app,
        "picture": _picture(app.address) if app else "", "can_passkey": site() is not None,
        "first": who.stage == Stage.ENROL,
    }  # fmt: skip
    return make_response(render_template("account/factor.html", **values), code)


def _picture(address: str) -> str:
    """The address of an app's secret as a QR code, in an address itself: it is in no file and no other request."""
    import segno

    return segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#13294b")

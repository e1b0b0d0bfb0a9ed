"""Signing in and out, step by step. Who may is decided elsewhere; here are the forms, the cookies and the way on."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed, Stage
from bot.desk.identity import accounts, passkeys, sessions, signing_in, single_sign_on
from bot.desk.identity.accounts import Session
from bot.desk.identity.lockout import Caller
from bot.desk.identity.passkeys import Site
from bot.desk.identity.passwords import LEAST, LEAST_OF_ADMINS, MOST
from bot.errors import NotFound, PuenteError, SignInRefused
from bot.web import browsers, doors, menu, statics, tongue
from bot.web.doors import from_here, hotline, may, onward, open_to_all, session
from bot.web.tongue import gettext as _
from bot.web.wording import FILTERS

pages = Blueprint("signin", __name__)


@pages.record
def _looks(state: BlueprintSetupState) -> None:
    """What the pages of every blueprint need: how values are worded, and where stylesheets are."""
    state.app.jinja_env.filters.update(FILTERS)
    statics.register(state.app)
    tongue.register(state.app)
    menu.register(state.app)


@pages.get("/")
@open_to_all
def root() -> AnyResponse:
    """To where somebody begins."""
    who = session()
    return redirect(_next_step(who) if who else url_for("signin.show"), 303)


@pages.get("/signin")
@open_to_all
def show() -> AnyResponse:
    """The form, or straight on for whoever is signed in already."""
    who = session()
    if who is not None:
        return redirect(_next_step(who), 303)
    return _form("", said=_("You are signed out.") if "out" in request.args else "")


@pages.post("/signin")
@open_to_all
def enter() -> AnyResponse:
    """Check and let in. A form of another site must not sign somebody in as somebody else."""
    if not from_here():
        abort(403)
    login = request.form.get("login", "")
    try:
        token, who = signing_in.sign_in(hotline(), login, request.form.get("password", ""), caller())
    except SignInRefused as refusal:
        return _form(login, sentence=tongue.told(refusal), code=422)
    return let_in(token, who)


@pages.get("/signin/second")
@may(Deed.GIVE_FACTOR)
def second(who: Session) -> AnyResponse:
    """The second step."""
    if who.stage == Stage.WHOLE:
        return redirect(_next_step(who), 303)
    return _asked_for_factor(who, "signin/second.html")


@pages.post("/signin/second")
@may(Deed.GIVE_FACTOR)
def give(who: Session) -> AnyResponse:
    return _prove(who, "signin/second.html", _given(who))


@pages.post("/signin/passkey")
@may(Deed.GIVE_FACTOR)
def passkey(who: Session) -> AnyResponse:
    """What the browser must ask a passkey to sign."""
    where = site()
    if where is None:
        abort(404)
    return Response(passkeys.to_use(hotline(), who, where), content_type="application/json")


@pages.get("/signin/confirm")
@may(Deed.OWN_ACCOUNT)
def confirm(who: Session) -> AnyResponse:
    """Whoever does something grave shows once more that it is they."""
    return _asked_for_factor(who, "signin/confirm.html")


@pages.post("/signin/confirm")
@may(Deed.OWN_ACCOUNT)
def confirmed(who: Session) -> AnyResponse:
    return _prove(who, "signin/confirm.html", _given(who))


@pages.post("/signout")
@may(Deed.SIGN_OUT)
def leave(who: Session) -> AnyResponse:
    sessions.sign_out(hotline(), who)
    return doors.drop_cookie(make_response(redirect(url_for("signin.show", out=""), 303)))


@pages.get("/welcome")
@open_to_all
def welcome() -> AnyResponse:
    """Where one-time links lead. Their code stands behind the #, so that our server learns it only from the form."""
    return _welcome_form()


@pages.post("/welcome")
@open_to_all
def choose() -> AnyResponse:
    """A password, by a one-time link. It signs nobody in: the second factor is asked for as always."""
    if not from_here():
        abort(403)
    code, password = request.form.get("code", "").strip().rpartition("#")[2], request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _welcome_form(code, _("The two passwords are not the same."))
    try:
        officer = accounts.choose_password(hotline(), code, password)
    except (NotFound, PuenteError) as refusal:
        return _welcome_form(code, tongue.told(refusal))
    return doors.drop_cookie(_form(officer.login, said=_("Your password is set. Sign in with it.")))


def caller() -> Caller:
    """From where this request comes, as far as guessing is counted."""
    return Caller(doors.place(), doors.device(), browsers.name(request.user_agent.string))


def site() -> Site | None:
    """Our address, as far as passkeys can be bound to it; in development also this machine by its name."""
    line = hotline()
    own = passkeys.site(line.config.url)
    if own is None and line.config.development and request.host.partition(":")[0] == "localhost":
        return passkeys.site(request.host_url)
    return own


def let_in(token: str, who: Session, where: str = "") -> AnyResponse:
    """The cookie of a session, and on to the next step, or `where` the person wanted to go."""
    return come_back(who, redirect(_next_step(who, where), 303), token)


def come_back(who: Session, answer: AnyResponse, token: str) -> AnyResponse:
    """Cookies for a step of signing in that was taken; `token` is empty if the session goes on under its old one. A browser
    somebody signed in with is known from then on."""
    if token:
        doors.set_cookie(answer, token)
    if who.stage == Stage.WHOLE:
        doors.set_device(answer, signing_in.remember(hotline(), who, doors.device()))
    return answer


def risen(token: str, who: Session) -> Session:
    """The session as it is after a step was taken."""
    return (sessions.session(hotline(), token) if token else None) or who


def _given(who: Session) -> Callable[[], str]:
    """What to check of what the form brought: a passkey's signature, a code, or in development the password."""
    form, line = request.form, hotline()
    if form.get("credential"):
        where = site()

        def signed() -> str:
            if where is None:
                raise SignInRefused("Passkeys cannot be used at this address.")
            passkeys.use(line, who, where, form["credential"])
            return signing_in.prove(line, who, "passkey")

        return signed
    if "password" in form:
        return lambda: signing_in.give_password(line, who, form["password"], caller())
    return lambda: signing_in.give_code(line, who, form.get("code", ""), caller())


def _prove(who: Session, template: str, check: Callable[[], str]) -> AnyResponse:
    try:
        token = check()
    except SignInRefused as refusal:
        return _asked_for_factor(who, template, sentence=tongue.told(refusal), code=422)
    return let_in(token, risen(token, who))


def _asked_for_factor(who: Session, template: str, *, sentence: str = "", code: int = 200) -> Response:
    line = hotline()
    elsewhere = single_sign_on.is_on(line) and (who.factor == signing_in.ISSUER or not who.has_factor)
    values = {
        "who": who, "department": line.config.department_name, "onward": onward(""), "sentence": sentence,
        "has_passkey": site() is not None and passkeys.any_of(line, who), "elsewhere": elsewhere,
    }  # fmt: skip
    return make_response(render_template(template, **values), code)


def _next_step(who: Session, where: str = "") -> str:
    """Where to go with a session that has come so far."""
    where = where or onward("")
    if who.stage == Stage.FACTOR:
        return url_for("signin.second", next=where or None)
    if who.stage == Stage.ENROL:
        return url_for("factors.enrol", next=where or None)
    return where or menu.first(who)


def _form(login: str, *, sentence: str = "", said: str = "", code: int = 200) -> Response:
    line = hotline()
    values = {
        "department": line.config.department_name, "onward": onward(""), "elsewhere": single_sign_on.is_on(line)
    }  # fmt: skip
    return make_response(render_template("signin.html", login=login, sentence=sentence, said=said, **values), code)


def _welcome_form(code: str = "", sentence: str = "") -> Response:
    values = {
        "department": hotline().config.department_name, "code": code, "sentence": sentence, "least": LEAST,
        "least_of_admins": LEAST_OF_ADMINS, "most": MOST,
    }  # fmt: skip
    return make_response(render_template("signin/welcome.html", **values), 422 if sentence else 200)

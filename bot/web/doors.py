"""What every door promises: who may pass, and that a form was sent by our own page."""

import functools
import hmac
import ipaddress
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import abort, current_app, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed, Stage
from bot.desk.identity import sessions
from bot.desk.identity.accounts import Session
from bot.hotline import Hotline
from bot.latest import Latest

View = Callable[..., Any]
_KNOWN_FOR = 180 * 86_400  # seconds that a browser is known


def hotline() -> Hotline:
    """The line this server serves, as it is live now."""
    if "line" not in g:  # one for the whole request, whatever is published meanwhile
        g.line = latest()()
    return cast(Hotline, g.line)


def latest() -> Latest:
    """What gives this server its line."""
    return cast(Latest, current_app.extensions["hotline"])


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; a browser refuses it over plain http."""
    return "__Host-puente" if hotline().config.url.startswith("https://") else "puente"


def session() -> Session | None:
    """Who is signed in with this request."""
    if "session" not in g:
        looks_by_itself = request.path == "/desk/live" or (request.method == "GET" and "HX-Request" in request.headers)
        token = request.cookies.get(cookie_name(), "")
        g.session = sessions.session(hotline(), token, active=not looks_by_itself)
    return cast("Session | None", g.session)


def frame(who: Session) -> dict[str, object]:
    """What every page of the desk that is a sheet of its own wants to know: frame.html."""
    return {"who": who, "department": hotline().config.department_name, "open_thread": 0}


def may(deed: Deed, *, fresh: bool = False) -> Callable[[View], View]:
    """Only for staff who may do this. A page asks others to sign in; anything else is refused. `fresh`: and only if they
    gave a second factor within the last five minutes, else they are asked for it first. Whoever sent a form comes back to
    the page that its field `back` names, and presses again."""

    def protect(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who = session()
            if who is None:
                return _sign_in_first()
            if not access.reaches(who.stage, deed):
                return _go_on(who.stage)
            if not access.may(who.officer, deed):
                abort(403)
            if request.method != "GET":
                check_form(who.csrf)
            if fresh and who.stage == Stage.WHOLE and not fresh_factor(who):
                return confirm_first(request.full_path if request.method == "GET" else request.form.get("back", ""))
            return view(who, *args, **kwargs)

        guarded.rule = deed  # type: ignore[attr-defined]
        return guarded

    return protect


def fresh_factor(who: Session) -> bool:
    """Whether this person proved within the last five minutes that it is they."""
    return sessions.is_fresh(hotline(), who)


def confirm_first(back: str) -> AnyResponse:
    """Ask for the second factor once more, and then come back to this path of ours."""
    return send_to(url_for("signin.confirm", next=back.rstrip("?")))


def send_to(address: str) -> AnyResponse:
    """The browser goes there, whoever asked: a page, a form, or htmx."""
    if request.headers.get("HX-Request") != "true":
        return redirect(address, 303)
    answer = make_response("", 204)
    answer.headers["HX-Redirect"] = address
    return answer


def _sign_in_first() -> AnyResponse:
    if _shows_a_page():
        return redirect(url_for("signin.show", next=request.full_path.rstrip("?")))
    return abort(401)


def _go_on(stage: Stage) -> AnyResponse:
    """To the step of signing in that is still to be taken."""
    if _shows_a_page():
        step = "signin.second" if stage == Stage.FACTOR else "factors.enrol"
        return redirect(url_for(step, next=request.full_path.rstrip("?")))
    return abort(401)


def _shows_a_page() -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def open_to_all(view: View) -> View:
    """For everybody, signed in or not: said on purpose, since a page without a rule is shown to nobody."""
    view.rule = "open to all"  # type: ignore[attr-defined]
    return view


def deny_without_rule() -> None:
    """Before every request: a page nobody wrote a rule for is for nobody."""
    endpoint = request.endpoint
    if endpoint and endpoint != "static" and not hasattr(current_app.view_functions[endpoint], "rule"):
        abort(403)


def check_form(secret: str) -> None:
    """Refuse a form that our own page did not send."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not from_here() or not hmac.compare_digest(sent.encode(), secret.encode()):
        abort(403)


def from_here() -> bool:
    """Whether the browser says that the request comes from our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def onward(otherwise: str) -> str:
    """Where a form or address says to go next: a path of our own, else there."""
    wanted = request.values.get("next", "")
    # Browsers read a backslash as a slash and skip tabs and line ends, so "/\t/evil" is another host to them.
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if plain and not urlsplit(wanted).netloc else otherwise


def set_cookie(response: AnyResponse, token: str) -> AnyResponse:
    _set(response, cookie_name(), token, 12 * 3600)
    return response


def drop_cookie(response: AnyResponse) -> AnyResponse:
    _drop(response, cookie_name())
    return response


def device() -> str:
    """The token by which this browser is known as one that somebody signed in with."""
    return request.cookies.get(f"{cookie_name()}-known", "")


def set_device(response: AnyResponse, token: str) -> AnyResponse:
    _set(response, f"{cookie_name()}-known", token, _KNOWN_FOR)
    return response


def keep_aside(response: AnyResponse, words: str) -> AnyResponse:
    """Something sealed that comes back from the identity provider with its answer."""
    _set(response, f"{cookie_name()}-aside", words, 600)
    return response


def aside() -> str:
    return request.cookies.get(f"{cookie_name()}-aside", "")


def drop_aside(response: AnyResponse) -> AnyResponse:
    _drop(response, f"{cookie_name()}-aside")
    return response


def place() -> str:
    """Where in the network a request comes from, as network_of() has it. What proxies say counts only as far as
    TRUSTED_PROXIES stand in front of us."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    behind = hotline().config.trusted_proxies
    return network_of(hops[-behind] if behind and len(hops) >= behind else request.remote_addr or "")


def network_of(address: str) -> str:
    """An IPv4 address, or the half of an IPv6 address that is one household's, however a proxy writes it, without a port;
    what is no address as it stands."""
    bare = address.rpartition(":")[0] if address.count(":") == 1 else address.removeprefix("[").partition("]")[0]
    try:
        ip = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return address
    old = ip.ipv4_mapped if ip.version == 6 else ip
    return str(old or ipaddress.ip_network(f"{ip}/64", strict=False))


def _set(response: AnyResponse, name: str, value: str, seconds: int) -> None:
    secure = hotline().config.url.startswith("https://")
    response.set_cookie(name, value, httponly=True, secure=secure, samesite="Lax", path="/", max_age=seconds)


def _drop(response: AnyResponse, name: str) -> None:
    secure = hotline().config.url.startswith("https://")
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")

"""What every door promises: who may pass, and that a form was sent by our own page."""

import functools
import hmac
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, redirect, request, url_for

from bot.desk import access, accounts
from bot.desk.access import Deed
from bot.desk.accounts import Session
from bot.hotline import Hotline

View = Callable[..., Any]


def hotline() -> Hotline:
    """The line this server serves."""
    return cast(Hotline, current_app.extensions["hotline"])


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; a browser refuses it over plain http."""
    return "__Host-puente" if hotline().config.url.startswith("https://") else "puente"


def session() -> Session | None:
    """Who is signed in with this request."""
    if "session" not in g:
        looks_by_itself = request.path == "/desk/live" or (request.method == "GET" and "HX-Request" in request.headers)
        token = request.cookies.get(cookie_name(), "")
        g.session = accounts.session(hotline(), token, active=not looks_by_itself)
    return cast("Session | None", g.session)


def may(deed: Deed) -> Callable[[View], View]:
    """Only for staff who may do this. A page asks others to sign in; anything else is refused."""

    def protect(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who = session()
            if who is None:
                if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                    return redirect(url_for("signin.show", next=request.full_path.rstrip("?")))
                abort(401)
            if not access.may(who.officer, deed):
                abort(403)
            if request.method != "GET":
                check_form(who.csrf)
            return view(who, *args, **kwargs)

        guarded.rule = deed  # type: ignore[attr-defined]
        return guarded

    return protect


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


def set_cookie(response: Response, token: str) -> Response:
    secure = hotline().config.url.startswith("https://")
    response.set_cookie(cookie_name(), token, httponly=True, secure=secure, samesite="Lax", path="/", max_age=12 * 3600)
    return response

"""The Flask application: its pages, the headers every answer carries, and errors as sentences."""

import logging
import uuid

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bot.config import Config
from bot.errors import DatabaseUnreachable, NotFound, PuenteError
from bot.hotline import Hotline, build, warm
from bot.latest import Latest
from bot.logs import set_up
from bot.web import (
    account,
    alerts,
    attachments,
    audit,
    canned,
    city,
    communities,
    desk,
    directory,
    directory_files,
    doors,
    duty,
    factors,
    flows,
    glossary,
    health,
    interpreters,
    issuer,
    joining,
    live,
    meetings,
    metrics,
    open311,
    relay,
    reports,
    revealing,
    reviewing,
    safety_cards,
    searching,
    signin,
    simulator,
    staff,
    statistics,
    studio,
    supervision,
    teams,
    tongue,
    trying,
    watching,
    whatsapp,
    wording_sheets,
    wordings,
    work,
)
from bot.web.headers import HEADERS, MOST_BYTES
from bot.web.hooks import Hooks

_log = logging.getLogger(__name__)


def create(hotline: Hotline) -> Flask:
    """An application over a line. Tests give it a line of other parts."""
    app = Flask(__name__)
    app.extensions["hotline"] = latest = Latest(hotline)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for pages in (
        health.pages, metrics.pages, signin.pages, issuer.pages, factors.pages, account.pages, staff.pages,
        desk.pages, live.pages, alerts.pages, watching.pages, communities.pages, meetings.pages, interpreters.pages,
        attachments.pages, joining.pages, revealing.pages, searching.pages, whatsapp.pages,
        work.pages, canned.pages, teams.pages, duty.pages, safety_cards.pages,
        reports.pages, city.pages, open311.pages, relay.pages,
        supervision.pages, reviewing.pages, audit.pages, statistics.pages,
        studio.pages, flows.pages, trying.pages,
        wordings.pages, wording_sheets.pages, glossary.pages, directory.pages, directory_files.pages,
    ):  # fmt: skip
        app.register_blueprint(pages)
    if hotline.config.development:
        app.register_blueprint(simulator.pages)
    app.before_request(doors.deny_without_rule)
    app.after_request(_headers)
    app.wsgi_app = Hooks(latest, app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to put WSGI in front
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    return app


def serve(config: Config) -> Flask:
    """The application as the settings want it, for a server: everything is read before the first text comes."""
    set_up()
    hotline = build(config)
    warm(hotline)
    return create(hotline)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure or request.headers.get("X-Forwarded-Proto") == "https":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


_SENTENCES = {
    400: "This request cannot be understood.",
    401: "Please sign in again.",
    403: "This is not for you to see or do. If you had the page open for long, load it again.",
    404: "There is nothing here.",
    405: "This cannot be done this way.",
    413: "This is larger than we take.",
    500: "Something went wrong.",
    503: "The line cannot do this at the moment. Please try again in a minute.",
}


def _http_error(error: HTTPException) -> tuple[str, int] | tuple[str, int, dict[str, str]] | Response:
    if error.code and 300 <= error.code < 400:
        return Response(error.get_response().get_data(), error.code, dict(error.get_response().headers))
    code = error.code or 500
    page, _ = _page(_SENTENCES.get(code, _SENTENCES[500]), code)
    if isinstance(error, MethodNotAllowed):
        return page, code, {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return page, code


def _unexpected(error: Exception) -> tuple[str, int]:
    if isinstance(error, DatabaseUnreachable):
        return _page(_SENTENCES[503], 503)
    if isinstance(error, NotFound):
        return _page(_SENTENCES[404], 404)
    if isinstance(error, PuenteError):
        return _page(tongue.told(error), 409)
    mark = uuid.uuid4().hex[:8]
    _log.error("a page failed (%s): %s on %s", mark, type(error).__name__, request.endpoint)
    sentence = tongue.gettext("Something went wrong here. If you tell us about it, name this: {mark}.")
    return _page(sentence.format(mark=mark), 500)


def _page(sentence: str, code: int) -> tuple[str, int]:
    return render_template("error.html", sentence=tongue.gettext(sentence), code=code), code

"""The page on which admins enter WhatsApp's approved templates, and read who allowed WhatsApp, and when."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import whatsapp
from bot.errors import NotUsable
from bot.store.templates import STATES
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("whatsapp", __name__)


@pages.get("/whatsapp")
@may(Deed.CHANNELS)
def show(who: Session) -> AnyResponse:
    return _page(who, said=_("Saved.") if "saved" in request.args else "")


@pages.post("/whatsapp")
@may(Deed.CHANNELS)
def put(who: Session) -> AnyResponse:
    """One language's template; without an id it has none any more."""
    language, state = request.form.get("language", ""), request.form.get("state", "")
    sid = request.form.get("content_sid", "")
    try:
        whatsapp.set_template(hotline(), who.officer, language, sid, state)
    except NotUsable as refusal:
        return _page(who, sentence=tongue.told(refusal), typed={language: (sid, state)}, code=422)
    return redirect(url_for("whatsapp.show", saved="") + f"#template-{language}", 303)


def _page(
    who: Session, *, sentence: str = "", said: str = "", typed: dict[str, tuple[str, str]] | None = None, code: int = 200
) -> AnyResponse:
    config, line = hotline().config, hotline()
    known = {one.language: one for one in whatsapp.listed(line)}
    rows = [(tag, known.get(tag), whatsapp.wording(line, tag)) for tag in config.department_languages]
    values = {
        "who": who, "rows": rows, "states": STATES, "typed": typed or {}, "allowed": config.whatsapp_allowed,
        "sentence": sentence, "said": said, "department": config.department_name, "open_thread": 0,
    }  # fmt: skip
    return make_response(render_template("whatsapp/page.html", **values), code)

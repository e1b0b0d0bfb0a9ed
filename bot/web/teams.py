"""The page of teams: which there are, and who is in them."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.duty import teams
from bot.desk.identity.accounts import Session
from bot.desk.threads import notes
from bot.errors import NotUsable
from bot.web import tongue
from bot.web.doors import frame, hotline, may

pages = Blueprint("teams", __name__)


@pages.get("/desk/teams")
@may(Deed.SUPERVISE)
def show(who: Session) -> AnyResponse:
    return _page(who)


@pages.post("/desk/teams")
@may(Deed.SUPERVISE)
def add(who: Session) -> AnyResponse:
    try:
        teams.add(hotline(), who.officer, request.form.get("name", "").strip())
    except NotUsable as refusal:
        return _page(who, tongue.told(refusal), 422)
    return redirect(url_for("teams.show"), 303)


@pages.post("/desk/teams/<int:team_id>")
@may(Deed.SUPERVISE)
def members(who: Session, team_id: int) -> AnyResponse:
    """Who is in it from now on."""
    wanted = frozenset(int(one) for one in request.form.getlist("member") if one.isdecimal())
    teams.set_members(hotline(), who.officer, team_id, wanted)
    return redirect(url_for("teams.show"), 303)


def _page(who: Session, sentence: str = "", code: int = 200) -> AnyResponse:
    line = hotline()
    people = sorted([*notes.people(line, who.officer), who.officer], key=lambda one: one.name)
    values = {
        **frame(who), "sentence": sentence, "people": people,
        "teams": teams.everyone(line), "typed": request.form,
    }  # fmt: skip
    return make_response(render_template("teams/page.html", **values), code)

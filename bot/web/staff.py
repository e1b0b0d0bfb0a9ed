"""Who works here, for admins: inviting, roles, links to hand over, shutting accounts. Every change asks for a second factor
given within five minutes."""

from collections.abc import Callable

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity import accounts
from bot.desk.identity.accounts import Session
from bot.errors import NotFound, PuenteError
from bot.model import Role
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("staff", __name__)
_DONE = {
    "changed": "Kept.",
    "shut": "The account is shut, and its sessions have ended.",
    "opened": "The account is open again.",
    "unlocked": "The account is unlocked.",
    "factors": "The second factors are removed. A new one is set up at the next sign-in.",
}


@pages.get("/staff")
@may(Deed.STAFF)
def show(who: Session) -> AnyResponse:
    """Everybody, with what an admin looks for: role, second factor, last seen, and whether the account is locked or shut."""
    line = hotline()
    people = accounts.everybody(line)
    admins = sum(one.officer.role == Role.ADMIN and not one.disabled for one in people)
    values = _frame(who) | {
        "people": people, "locked": accounts.locked(line, [one.officer for one in people]), "admins": admins,
    }  # fmt: skip
    return make_response(render_template("staff/page.html", **values))


@pages.get("/staff/new")
@may(Deed.STAFF, fresh=True)
def new(who: Session) -> AnyResponse:
    return make_response(render_template("staff/new.html", **_frame(who), typed={}))


@pages.post("/staff")
@may(Deed.STAFF, fresh=True)
def invite(who: Session) -> AnyResponse:
    """A new account and the link to hand over, which is shown this once."""
    form = request.form
    try:
        role = Role(form.get("role", ""))
        officer, link = accounts.invite(
            hotline(), who.officer, form.get("login", ""), form.get("name", ""), role, form.get("badge", "")
        )
    except (PuenteError, ValueError) as refusal:
        sentence = tongue.told(refusal) if isinstance(refusal, PuenteError) else _("Choose a role.")
        return make_response(render_template("staff/new.html", **_frame(who, sentence=sentence), typed=form), 422)
    return _link_page(who, officer.id, link)


@pages.get("/staff/<int:officer_id>")
@may(Deed.STAFF)
def person(who: Session, officer_id: int) -> AnyResponse:
    said = _DONE.get(request.args.get("done", ""), "")
    return _person_page(who, officer_id, said=_(said) if said else "")


@pages.post("/staff/<int:officer_id>")
@may(Deed.STAFF, fresh=True)
def change(who: Session, officer_id: int) -> AnyResponse:
    """Role and badge."""
    role, badge = request.form.get("role", ""), request.form.get("badge", "")
    if role not in list(Role):
        return _person_page(who, officer_id, sentence=_("Choose a role."), code=422)
    return _act(
        who, officer_id, "changed", lambda: accounts.set_role(hotline(), who.officer, officer_id, Role(role), badge)
    )


@pages.post("/staff/<int:officer_id>/shut")
@may(Deed.STAFF, fresh=True)
def shut(who: Session, officer_id: int) -> AnyResponse:
    return _act(who, officer_id, "shut", lambda: accounts.set_disabled(hotline(), who.officer, officer_id, True))


@pages.post("/staff/<int:officer_id>/open")
@may(Deed.STAFF, fresh=True)
def open_again(who: Session, officer_id: int) -> AnyResponse:
    return _act(who, officer_id, "opened", lambda: accounts.set_disabled(hotline(), who.officer, officer_id, False))


@pages.post("/staff/<int:officer_id>/unlock")
@may(Deed.STAFF, fresh=True)
def unlock(who: Session, officer_id: int) -> AnyResponse:
    return _act(who, officer_id, "unlocked", lambda: accounts.unlock(hotline(), who.officer, officer_id))


@pages.post("/staff/<int:officer_id>/factors")
@may(Deed.STAFF, fresh=True)
def drop_factors(who: Session, officer_id: int) -> AnyResponse:
    return _act(who, officer_id, "factors", lambda: accounts.drop_factors(hotline(), who.officer, officer_id))


@pages.post("/staff/<int:officer_id>/link")
@may(Deed.STAFF, fresh=True)
def link(who: Session, officer_id: int) -> AnyResponse:
    """A one-time link to hand over, which is shown this once."""
    line = hotline()
    listed = accounts.find(line, officer_id)
    return _link_page(who, officer_id, accounts.link(line, who.officer, listed.officer))


def _act(who: Session, officer_id: int, done: str, act: Callable[[], None]) -> AnyResponse:
    try:
        act()
    except NotFound:
        raise
    except PuenteError as refusal:
        return _person_page(who, officer_id, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("staff.person", officer_id=officer_id, done=done), 303)


def _person_page(
    who: Session, officer_id: int, *, sentence: str = "", said: str = "", link: str = "", code: int = 200
) -> AnyResponse:
    line = hotline()
    listed = accounts.find(line, officer_id)
    values = _frame(who, sentence=sentence, said=said) | {
        "person": listed, "officer": listed.officer, "locked": accounts.locked(line, [listed.officer]), "link": link,
        "latest": accounts.latest(line, listed.officer), "duty": _duty(officer_id),
    }  # fmt: skip
    return make_response(render_template("staff/person.html", **values), code)


def _link_page(who: Session, officer_id: int, link: str) -> AnyResponse:
    return _person_page(who, officer_id, link=link)


def _duty(officer_id: int) -> str:
    """Where languages, shifts and limits of this person are, if such a page is there."""
    return url_for("duty.person", staff_id=officer_id) if "duty.person" in current_app.view_functions else ""


def _frame(who: Session, *, sentence: str = "", said: str = "") -> dict[str, object]:
    return frame(who) | {"sentence": sentence, "said": said, "roles": list(Role)}

"""The studio's overview, and its releases: what is live, what is worked on, who changed what, and the way back."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import FlowsBroken, NotUsable
from bot.live_texts import CATALOGUE, DEPARTMENT, FLOW, live
from bot.store import releases as store
from bot.store.releases import Changed
from bot.studio.editing.differences import Differences, differences
from bot.studio.editing.forms import read_form
from bot.studio.releasing import drafts, releases
from bot.text.language_names import spoken_name
from bot.web import tongue
from bot.web.doors import frame, hotline, latest, may
from bot.web.tongue import gettext as _

pages = Blueprint("studio", __name__)


@pages.record
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["document_name"] = document_name
    state.app.jinja_env.globals["release_state"] = release_state


def document_name(kind: str, name: str) -> str:
    """What people call a document."""
    if kind == CATALOGUE:
        return spoken_name(name)
    return _("Settings of the department") if kind == DEPARTMENT else name


def release_state(state: str) -> str:
    return {
        "asked": _("waits for a second person"),
        "planned": _("planned"),
        "live": _("went live"),
        "refused": _("refused"),
        "withdrawn": _("withdrawn"),
        "failed": _("could not go live"),
    }.get(state, state)


@pages.get("/studio")
@may(Deed.FLOWS)
def show(who: Session) -> AnyResponse:
    line = hotline()
    today, worked_on = live(line.db), {(one.kind, one.name): one for one in drafts.every(line)}
    with line.db.read() as conn:
        waiting, changed = store.open_ones(conn), store.live_versions(conn)
    scripts = line.library.scripts
    flows = [
        (name, scripts[name].about if name in scripts else "", len(scripts[name].steps) if name in scripts else 0)
        for name in today.flows
    ]
    new = [one for one in worked_on.values() if one.kind == FLOW and one.name not in today.flows]
    found = render_template(
        "studio/overview.html", **frame(who), here="flows", flows=flows, new=new, drafts=worked_on, waiting=waiting,
        changed=changed, number=today.number, mine=who.officer.id,
    )  # fmt: skip
    return AnyResponse(found, mimetype="text/html")


@pages.get("/studio/releases")
@may(Deed.FLOWS)
def history(who: Session) -> AnyResponse:
    with hotline().db.read() as conn:
        found = store.newest_first(conn)
    said = {"restored": _("It is live as it was then."), "live": _("It is live.")}.get(request.args.get("said", ""), "")
    return _page(who, "studio/releases.html", here="releases", found=found, said=said)


@pages.get("/studio/releases/<int:release_id>")
@may(Deed.FLOWS)
def one(who: Session, release_id: int) -> AnyResponse:
    return _release(who, release_id)


@pages.post("/studio/releases/<int:release_id>/decide")
@may(Deed.FLOWS)
def decide(who: Session, release_id: int) -> AnyResponse:
    agree = request.form.get("agree") == "yes"
    try:
        releases.decide(hotline(), who.officer, release_id, agree=agree, why=request.form.get("why", ""))
    except NotUsable as refusal:
        return _release(who, release_id, sentence=tongue.told(refusal), code=422)
    latest().read()
    return redirect(url_for("studio.one", release_id=release_id), 303)


@pages.post("/studio/releases/<int:release_id>/withdraw")
@may(Deed.FLOWS)
def withdraw(who: Session, release_id: int) -> AnyResponse:
    try:
        releases.withdraw(hotline(), who.officer, release_id)
    except NotUsable as refusal:
        return _release(who, release_id, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("studio.one", release_id=release_id), 303)


@pages.post("/studio/restore/<int:number>")
@may(Deed.FLOWS)
def restore(who: Session, number: int) -> AnyResponse:
    """All, or the one document the form names, as it was live after that release; 0: as shipped."""
    kind, name = request.form.get("kind", ""), request.form.get("name", "")
    try:
        made = releases.restore(hotline(), who.officer, number, (kind, name) if name else None)
    except (NotUsable, FlowsBroken) as refusal:
        with hotline().db.read() as conn:
            found = store.newest_first(conn)
        sentence = tongue.told(refusal) if isinstance(refusal, NotUsable) else str(refusal)
        return _page(who, "studio/releases.html", 422, here="releases", found=found, sentence=sentence)
    latest().read()
    if made.state != "live":
        return redirect(url_for("studio.one", release_id=made.id), 303)
    return redirect(url_for("studio.history", said="restored"), 303)


def _release(who: Session, release_id: int, *, sentence: str = "", code: int = 200) -> AnyResponse:
    with hotline().db.read() as conn:
        found = store.one(conn, release_id)
    if found is None:
        abort(404)
    changes = [(one, _differences(one)) for one in found.documents]
    before = found.number - 1 if found.number else None
    return _page(
        who, "studio/release.html", code, here="releases", found=found, changes=changes, before=before,
        sentence=sentence, mine=who.officer.id,
    )  # fmt: skip


def _differences(changed: Changed) -> Differences | None:
    """In sentences, where both versions are flows that can be read as forms."""
    was = Changed(changed.kind, changed.name, changed.was, "")
    if changed.kind != FLOW or not (changed.was and changed.version):
        return None
    with hotline().db.read() as conn:
        bodies = [*store.bodies(conn, [was]).values(), *store.bodies(conn, [changed]).values()]
    try:
        return differences(*(read_form(body) for body in bodies))
    except (FlowsBroken, NotUsable):
        return None


def _page(who: Session, template: str, code: int = 200, **more: object) -> AnyResponse:
    return AnyResponse(render_template(template, **frame(who), **more), code, mimetype="text/html")


def due_at(typed: str) -> int | None:
    """An instant in ms from a form's date and time in the department's zone; None for now. Raises NotUsable."""
    if not typed:
        return None
    try:
        moment = datetime.fromisoformat(typed).replace(tzinfo=hotline().config.timezone)
    except ValueError as error:
        raise NotUsable("Write the day and the time.") from error
    return int(moment.timestamp() * 1000)

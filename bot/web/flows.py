"""The page of one flow: its steps as forms, the same flow as YAML, what is wrong with it, and publishing. Form and YAML are
two views of one draft, so that they always agree."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import FlowsBroken, NotUsable
from bot.flow.library import first_word
from bot.live_texts import FLOW, live
from bot.studio.checking.checks import check_texts
from bot.studio.checking.findings import Finding
from bot.studio.editing import flow_file
from bot.studio.editing.differences import differences
from bot.studio.editing.forms import FlowForm, changed_step, read_form, write_form
from bot.studio.editing.spans import Tree
from bot.studio.editing.step_fields import HEAD, KINDS, REPORT
from bot.studio.releasing import drafts, rehearsing, releases, standing
from bot.studio.releasing.drafts import Desk, Overtaken
from bot.web import flow_fields, tongue
from bot.web.doors import frame, hotline, latest, may
from bot.web.studio import due_at
from bot.web.tongue import gettext as _

pages = Blueprint("flows", __name__)
_NAME = 60  # characters
_BEGUN = "about: Write what it is for.\nstart: first\nsteps:\n  first:\n    say: Write this.\n    next: end\n"


@pages.record
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        step_kinds=KINDS, shown_field=flow_fields.shown, warning_name=releases.name_of,
        is_usual=flow_fields.is_usual,
        rehearsal_name=releases.rehearsal_name,
    )


@pages.get("/studio/flows/<name>")
@may(Deed.FLOWS)
def show(who: Session, name: str) -> AnyResponse:
    return _page(who, _desk(who, name), said=_said(request.args.get("said", "")))


def _said(code: str) -> str:
    return {
        "kept": _("The draft is kept. Residents get it once you publish."),
        "discarded": _("The draft is thrown away. This is what is live."),
        "taken": _("The draft goes on from what is live now."),
    }.get(code, "")


@pages.post("/studio/flows/<name>/yaml")
@may(Deed.FLOWS)
def put_yaml(who: Session, name: str) -> AnyResponse:
    body = request.form.get("body", "").replace("\r\n", "\n")
    return _keep(who, name, lambda text: body, typed=body, view="yaml")


@pages.post("/studio/flows/<name>/step")
@may(Deed.FLOWS)
def put_step(who: Session, name: str) -> AnyResponse:
    """One step's form. Its new name, if it has one, is led to from everywhere in the flow."""
    step = request.form.get("step", "")
    posted = {key: value for key, value in request.form.items() if isinstance(value, str)}

    def change(text: str) -> str:
        form = read_form(text)
        old = form.step(step)
        if old is None:
            raise NotUsable("There is no step {step} any more.", step=step)
        changed = changed_step(form, step, flow_fields.values_of(KINDS[old.kind].fields, posted))
        new = posted.get("name", "").strip() or step
        return write_form(text, _renamed(changed, step, new))

    return _keep(who, name, change, step=posted.get("name", "").strip() or step)


def _renamed(form: FlowForm, old: str, new: str) -> FlowForm:
    return replace(form, steps=tuple(replace(one, name=new) if one.name == old else one for one in form.steps))


@pages.post("/studio/flows/<name>/head")
@may(Deed.FLOWS)
def put_head(who: Session, name: str) -> AnyResponse:
    posted = {key: value for key, value in request.form.items() if isinstance(value, str)}

    def change(text: str) -> str:
        form = read_form(text)
        head = {**form.head, **flow_fields.values_of(HEAD, posted)}
        report = flow_fields.values_of(REPORT, posted, "r") if posted.get("is_report") == "yes" else None
        return write_form(text, replace(form, head=head, report=report))

    return _keep(who, name, change, step="")


@pages.post("/studio/flows/<name>/steps")
@may(Deed.FLOWS)
def change_steps(who: Session, name: str) -> AnyResponse:
    """Add, remove or move a step."""
    form = request.form
    step, after, kind = (form.get(key, "").strip() for key in ("step", "after", "kind"))
    deeds: Mapping[str, Callable[[str], str]] = {
        "add": lambda text: flow_file.add_step(text, step, _first_fields(kind), after),
        "remove": lambda text: flow_file.remove_step(text, step),
        "move": lambda text: flow_file.move_step(text, step, after),
    }
    deed = form.get("deed", "")
    if deed not in deeds:
        abort(400)
    return _keep(who, name, deeds[deed], step="" if deed == "remove" else step)


def _first_fields(kind: str) -> dict[str, Tree]:
    """A new step, as short as its kind can be; what is wrong with it the page then tells."""
    if kind not in KINDS:
        raise NotUsable("Choose what the step does.")
    asked = KINDS[kind].fields
    fields: dict[str, Tree] = {asked[0].name: asked[0].options[0] if asked[0].options else "Write this."}
    if kind == "ask":
        fields["choices"] = [{"label": "Yes", "next": "end"}, {"label": "No", "next": "end"}]
    elif any(one.name == "next" for one in asked):
        fields["next"] = "end"
    return fields


@pages.post("/studio/flows")
@may(Deed.FLOWS)
def create(who: Session) -> AnyResponse:
    """A new flow, as a draft."""
    name = request.form.get("name", "").strip().lower().replace(" ", "_")
    try:
        if not name.replace("_", "").isalnum() or not name.isascii() or not name[0].isalpha() or len(name) > _NAME:
            raise NotUsable("A flow's name is small letters, digits and _, and begins with a letter.")
        if live(hotline().db).document(FLOW, name) is not None:
            raise NotUsable("There is a flow {name} already.", name=name)
        drafts.save(hotline(), who.officer, FLOW, name, f"flow: {name}\n{_BEGUN}", 0)
    except NotUsable as refusal:
        return redirect(url_for("studio.show", refused=tongue.told(refusal)), 303)
    return redirect(url_for("flows.show", name=name), 303)


@pages.post("/studio/flows/<name>/discard")
@may(Deed.FLOWS)
def discard(who: Session, name: str) -> AnyResponse:
    try:
        drafts.discard(hotline(), FLOW, name, request.form.get("revision", 0, int))
    except NotUsable as refusal:
        return _page(who, _desk(who, name), sentence=tongue.told(refusal), code=409)
    if live(hotline().db).document(FLOW, name) is None:
        return redirect(url_for("studio.show"), 303)
    return redirect(url_for("flows.show", name=name, said="discarded"), 303)


@pages.post("/studio/flows/<name>/take-up")
@may(Deed.FLOWS)
def take_up(who: Session, name: str) -> AnyResponse:
    drafts.take_up(hotline(), FLOW, name)
    return redirect(url_for("flows.show", name=name, said="taken"), 303)


@pages.get("/studio/flows/<name>/publish")
@may(Deed.FLOWS)
def before_publishing(who: Session, name: str) -> AnyResponse:
    return _publishing(who, name)


@pages.post("/studio/flows/<name>/publish")
@may(Deed.FLOWS)
def publish(who: Session, name: str) -> AnyResponse:
    desk = _desk(who, name)
    if desk.draft is None or desk.draft.revision != request.form.get("revision", 0, int):
        return _publishing(who, name, sentence=_("Somebody changed this draft meanwhile. Look at it first."), code=409)
    try:
        made = releases.publish(
            hotline(), who.officer, {(FLOW, name): desk.body}, request.form.get("note", ""),
            bases={(FLOW, name): desk.draft.base}, acknowledged=request.form.getlist("seen"),
            due_at=due_at(request.form.get("due", "")),
        )  # fmt: skip
    except NotUsable as refusal:
        return _publishing(who, name, sentence=tongue.told(refusal), code=422)
    except FlowsBroken:
        return _publishing(who, name, sentence=_("This cannot go live. What keeps it from that stands below."), code=422)
    latest().read()
    if made.state == "live":
        return redirect(url_for("studio.history", said="live"), 303)
    return redirect(url_for("studio.one", release_id=made.id), 303)


@pages.get("/studio/flows/<name>/publish/rehearsals")
@may(Deed.FLOWS)
def rehearse(who: Session, name: str) -> AnyResponse:
    """The part of the page that takes some seconds."""
    desk = _desk(who, name)
    try:
        red = rehearsing.red(hotline(), {(FLOW, name): desk.body})
    except FlowsBroken:
        red = ()
    return _answer("studio/red.html", 200, red=red, typed=request.form)


def _publishing(who: Session, name: str, *, sentence: str = "", code: int = 200) -> AnyResponse:
    line, desk = hotline(), _desk(who, name)
    looked = releases.look_over(line, {(FLOW, name): desk.body})
    changed = None
    if not looked.errors and desk.live and first_word(desk.body) == "flow":
        changed = differences(read_form(desk.live), read_form(desk.body))
    # Played by the page itself once it is shown; at once where it was sent, for then it was played before.
    red = rehearsing.red(line, {(FLOW, name): desk.body}) if request.method == "POST" and not looked.errors else None
    asked = releases.needs_second(line.config, {(FLOW, name): desk.body})
    here = standing.at_steps(line, name, changed.noticed) if changed else 0
    return _answer(
        "studio/publish.html", code, **frame(who), here="flows", desk=desk, looked=looked, changed=changed,
        stand_there=here, asked=asked, red=red, sentence=sentence, typed=request.form,
    )  # fmt: skip


def _desk(who: Session, name: str) -> Desk:
    desk = drafts.on_desk(hotline(), who.officer, FLOW, name)
    if not desk.body:
        abort(404)
    return desk


def _keep(
    who: Session, name: str, change: Callable[[str], str], *, typed: str | None = None, step: str = "", view: str = ""
) -> AnyResponse:
    """Change the draft as it was seen, and show what was typed again if that cannot be."""
    desk, seen = _desk(who, name), request.form.get("revision", 0, int)
    try:
        drafts.save(hotline(), who.officer, FLOW, name, change(desk.body), seen)
    except Overtaken as late:
        return _page(who, desk, sentence=tongue.told(late), theirs=late.theirs, typed=typed, view=view, code=409)
    except NotUsable as refusal:
        return _page(who, desk, sentence=tongue.told(refusal), typed=typed, view=view, code=422)
    except FlowsBroken as broken:
        sentence = _("This cannot be read: {problem}").format(problem=str(broken.problems[0]))
        return _page(who, desk, sentence=sentence, typed=typed, view=view, code=422)
    return redirect(url_for("flows.show", name=name, step=step or None, view=view or None, said="kept"), 303)


def _page(
    who: Session, desk: Desk, *, sentence: str = "", said: str = "", typed: str | None = None, theirs: str = "",
    view: str = "", code: int = 200,
) -> AnyResponse:  # fmt: skip
    line = hotline()
    form, unreadable = _form(desk.body)
    wanted = request.values.get("step", "")
    view = view or request.args.get("view", "") or ("form" if form else "yaml")
    found = _found(desk)
    return _answer(
        "studio/flow.html", code, **frame(who), here="flows", desk=desk, form=form, unreadable=unreadable, view=view,
        step=form.step(wanted) if form else None, wanted=wanted, head_fields=HEAD, report_fields=REPORT,
        body=typed if typed is not None else desk.body, theirs=theirs, found=found,
        wrong=_by_step(found), standing=standing.by_step(line, desk.name), sentence=sentence, said=said,
        posted=request.form if sentence else {}, flow_names=sorted(line.library.scripts),
    )  # fmt: skip


def _form(body: str) -> tuple[FlowForm | None, str]:
    """The draft as forms; or why it can only be shown as YAML."""
    if first_word(body) != "flow":
        return None, ""
    try:
        return read_form(body), ""
    except (FlowsBroken, NotUsable) as broken:
        return None, str(broken)


def _found(desk: Desk) -> list[Finding]:
    """What is wrong with this file among the live ones. Other languages are looked at before publishing."""
    texts = {**live(hotline().db).flows, desk.name: desk.body}
    file = f"flows/{desk.name}.yml"
    found = {one for one in check_texts(texts, {}) if one.problem.file == file}
    return sorted(found, key=lambda one: (not one.blocks, one.problem.line, one.problem.words))


def _by_step(found: list[Finding]) -> Mapping[str, bool]:
    """Steps with something wrong, and whether it keeps the flow from going live."""
    steps: dict[str, bool] = {}
    for one in found:
        if one.step:
            steps[one.step] = steps.get(one.step, False) or one.blocks
    return steps


def _answer(template: str, code: int, **more: object) -> AnyResponse:
    return AnyResponse(render_template(template, **more), code, mimetype="text/html")

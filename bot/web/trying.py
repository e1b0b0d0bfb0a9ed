"""A phone beside a draft: what residents would be told, in any language and channel, before anybody is. What was typed
lies in the page and is played from the beginning each time, so that nothing is kept and no text leaves the house."""

import json
from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import FlowsBroken, NotUsable
from bot.hotline import Hotline
from bot.live_texts import FLOW, library_of, live
from bot.studio.releasing import drafts
from bot.studio.trying import rehearsals, staff_side
from bot.studio.trying.rehearsal_files import EVERY, Move, Rehearsal, written
from bot.studio.trying.sandbox import ON_DUTY, Pause, Play, Preset, Reply, Said, play
from bot.text.language_names import direction
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("trying", __name__)
_MOST = 200_000  # characters of what was said so far, as the page sends it back
OFFICERS = {
    "yes": "one speaks every language", "others": "only some who speak English", "none": "nobody is on duty",
    "closed": "outside our hours",
}  # fmt: skip


@pages.get("/studio/flows/<name>/try")
@may(Deed.FLOWS)
def show(who: Session, name: str) -> AnyResponse:
    return _page(who, name, Preset(), [])


@pages.post("/studio/flows/<name>/try")
@may(Deed.FLOWS)
def go_on(who: Session, name: str) -> AnyResponse:
    """One more text, an officer's answer or a pause; or one fewer; or from the beginning with other presets."""
    preset, said = _preset(), _said_so_far()
    words = request.form.get("words", "").strip()
    match request.form.get("deed", ""):
        case "text" if words:
            said.append(words)
        case "officer" if words:
            said.append(Reply(words))
        case "pause":
            said.append(Pause(60))
        case "undo":
            said = said[:-1]
        case "anew":
            said = []
        case "save":
            return _save(who, name, preset, said)
    return _page(who, name, preset, said)


def _preset() -> Preset:
    form = request.form
    return Preset(
        language=form.get("language", ""), channel=form.get("channel", "sms"), officers=form.get("officers", "yes"),
        opted_out=form.get("opted_out") == "yes", muted=form.get("muted") == "yes",
        window_shut=form.get("window_shut") == "yes", open_report=form.get("open_report", ""),
    )  # fmt: skip


def _said_so_far() -> list[Said]:
    """As this page wrote it into its form. Raises 400 for anything else."""
    text = request.form.get("said", "[]")
    if len(text) > _MOST:
        abort(413)
    try:
        rows = json.loads(text)
        return [_one(kind, words) for kind, words in rows]
    except (ValueError, TypeError):
        abort(400)


def _one(kind: str, words: str) -> Said:
    if kind == "pause":
        return Pause(int(words))
    return Reply(str(words)) if kind == "officer" else str(words)


def _as_json(said: Sequence[Said]) -> str:
    kinds = {Reply: "officer", Pause: "pause"}
    rows = [(kinds.get(type(one), "text"), str(getattr(one, "minutes", getattr(one, "words", one)))) for one in said]
    return json.dumps(rows, ensure_ascii=False)


def _played(line: Hotline, body: str, name: str, preset: Preset, said: list[Said]) -> Play:
    library = library_of(live(line.db).changed({(FLOW, name): body}))
    return play(line, library, preset, said)


def _page(
    who: Session, name: str, preset: Preset, said: list[Said], *, sentence: str = "", done: str = "", code: int = 200
) -> AnyResponse:
    line = hotline()
    desk = drafts.on_desk(line, who.officer, FLOW, name)
    if not desk.body:
        abort(404)
    played = None
    try:
        played = _played(line, desk.body, name, preset, said)
    except NotUsable as refusal:
        sentence, code = sentence or tongue.told(refusal), 422
    except FlowsBroken as broken:
        sentence, code = _("This draft cannot be spoken yet: {problem}").format(problem=str(broken.problems[0])), 422
    reports = [one for one, script in sorted(line.library.scripts.items()) if script.report]
    found = render_template(
        "studio/try.html", **frame(who), here="flows", desk=desk, preset=preset, played=played, said=_as_json(said),
        sentence=sentence, done=done, languages=line.config.department_languages, officers=OFFICERS, on_duty=ON_DUTY,
        reports=reports, staff=staff_side.found, direction=direction, walked=dict.fromkeys(played.path) if played else {},
    )  # fmt: skip
    return AnyResponse(found, code, mimetype="text/html")


def _save(who: Session, name: str, preset: Preset, said: list[Said]) -> AnyResponse:
    """What was tried, as a rehearsal that expects what the line says to it now."""
    line, title = hotline(), request.form.get("title", "").strip().lower().replace(" ", "_")
    desk = drafts.on_desk(line, who.officer, FLOW, name)
    try:
        library = library_of(live(line.db).changed({(FLOW, name): desk.body}))
        moves = tuple(Move(one if isinstance(one, Reply | Pause) else {EVERY: one}, {}) for one in said)
        if not moves:
            raise NotUsable("Try something first.")
        told = not preset.language
        languages = (preset.language,) if preset.language else ()
        begun = Rehearsal(title, request.form.get("about", "").strip() or title, preset, told, languages, moves)
        kept = rehearsals.record(line, library, begun)
        rehearsals.save(line, who.officer, title, written(kept))
    except NotUsable as refusal:
        return _page(who, name, preset, said, sentence=tongue.told(refusal), code=422)
    except FlowsBroken as broken:
        return _page(who, name, preset, said, sentence=str(broken.problems[0]), code=422)
    return redirect(url_for("trying.rehearsed", said="saved"), 303)


@pages.get("/studio/rehearsals")
@may(Deed.FLOWS)
def rehearsed(who: Session) -> AnyResponse:
    """All that there are; with `played`, how they go on what is live, in English and one more language at most."""
    line = hotline()
    known, problems = rehearsals.all_of(line)
    tag = request.args.get("language", "")
    outcomes = {}
    if "play" in request.args:
        outcomes = {one.name: one for one in rehearsals.run_all(line, line.library, (tag or "en",))}
    said = {
        "saved": _("The rehearsal is kept. It is played before anything is published."),
        "gone": _("The rehearsal is taken away."),
    }.get(request.args.get("said", ""), "")
    found = render_template(
        "studio/rehearsals.html", **frame(who), here="rehearsals", known=known, problems=problems, outcomes=outcomes,
        languages=line.config.department_languages, tag=tag, said=said,
    )  # fmt: skip
    return AnyResponse(found, mimetype="text/html")


@pages.post("/studio/rehearsals/<name>/away")
@may(Deed.FLOWS)
def take_away(who: Session, name: str) -> AnyResponse:
    if name not in rehearsals.all_of(hotline())[0]:
        abort(404)
    rehearsals.save(hotline(), who.officer, name, "")
    return redirect(url_for("trying.rehearsed", said="gone"), 303)

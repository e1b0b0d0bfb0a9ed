"""Pages on how to write to residents: notes on communities, general rules, and cases to practise on. A short form of the
notes stands beside each thread."""

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.communities import practising, shelf
from bot.desk.communities.shelf import GENERAL, Draft, Notes
from bot.desk.identity.accounts import Session
from bot.errors import NotUsable, Stale
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("communities", __name__)

# What each part is called, and what it is for when it is written.
TITLES: Mapping[str, tuple[str, str]] = {
    "greet": ("A greeting", "One a line: language tag | words | what they mean. Like: es | Buenos días | Good morning"),
    "names": ("Names", "How names are built, and what to ask about them."),
    "example": ("For example", "One example."),
    "address": ("Forms of address", ""),
    "ask": ("Questions to ask", ""),
    "contact": ("How they may want to be reached", ""),
    "care": ("Handle with care", "Fears and subjects. Possible ones, not facts about the person."),
    "avoid": ("What not to write or ask", ""),
    "sources": ("Where this comes from", ""),
    "rules": ("With everybody", ""),
    "not_in_chat": ("Not in a chat", "What is never done by text, and what is done instead."),
}
_FIELDS = "part-"


@pages.record
def _beside_threads(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["writing_to"] = writing_to
    state.app.jinja_env.globals["part_titles"] = TITLES
    state.app.jinja_env.globals["greetings"] = shelf.greetings


def writing_to(tag: str | None) -> tuple[Notes, list[Notes]]:
    """The general notes, and those on communities whose language this may be."""
    known = shelf.everything(hotline())
    return known[GENERAL], shelf.fitting(known.values(), tag)


@pages.get("/communities")
@may(Deed.LEARN)
def show(who: Session) -> AnyResponse:
    known = shelf.everything(hotline())
    found = [one for one in known.values() if one.name != GENERAL]
    return _page(who, "communities/list.html", found=found, here="list")


@pages.get("/communities/<name>")
@may(Deed.LEARN)
def one(who: Session, name: str) -> AnyResponse:
    known = shelf.everything(hotline())
    notes = shelf.notes(hotline(), name)
    saved = _("The notes are kept.") if "kept" in request.args else ""
    here, past = "general" if name == GENERAL else "list", shelf.history(hotline(), name)
    general = known[GENERAL]
    return _page(who, "communities/notes.html", here=here, notes=notes, general=general, history=past, said=saved)


@pages.get("/communities/<name>/edit")
@may(Deed.EDIT_LEARNING)
def edit(who: Session, name: str) -> AnyResponse:
    notes = shelf.notes(hotline(), name)
    return _editing(who, notes, Draft(notes.title, notes.languages, notes.parts, notes.read_by), notes.version)


@pages.post("/communities/<name>/edit")
@may(Deed.EDIT_LEARNING)
def change(who: Session, name: str) -> AnyResponse:
    notes, version = shelf.notes(hotline(), name), request.form.get("version", 0, int)
    typed = _typed(notes)
    try:
        shelf.change(hotline(), who.officer, name, typed, version)
    except (NotUsable, Stale) as refusal:
        code = 409 if isinstance(refusal, Stale) else 422
        return _editing(who, notes, typed, version, sentence=tongue.told(refusal), code=code)
    return redirect(url_for("communities.one", name=name, kept=""), 303)


@pages.post("/communities/<name>/restore")
@may(Deed.EDIT_LEARNING)
def restore(who: Session, name: str) -> AnyResponse:
    shelf.restore(hotline(), who.officer, name, request.form.get("version", 0, int))
    return redirect(url_for("communities.one", name=name, kept=""), 303)


@pages.get("/communities/practice")
@may(Deed.LEARN)
def practice(who: Session) -> AnyResponse:
    done = practising.progress(hotline(), who.officer)
    cases = practising.cases()
    next_one = next((name for name in cases if name not in done or not done[name].correct), None)
    right = sum(attempt.correct for attempt in done.values())
    return _page(who, "communities/practice.html", here="practice", cases=cases, done=done, next=next_one, right=right)


@pages.get("/communities/practice/<name>")
@may(Deed.LEARN)
def case(who: Session, name: str) -> AnyResponse:
    return _case(who, name)


@pages.post("/communities/practice/<name>")
@may(Deed.LEARN)
def answer(who: Session, name: str) -> AnyResponse:
    try:
        practising.answer(hotline(), who.officer, name, request.form.get("choice", 0, int))
    except NotUsable as refusal:
        return _case(who, name, sentence=tongue.told(refusal), code=422)
    return redirect(url_for("communities.case", name=name, answered=""), 303)


@pages.get("/communities/practised")
@may(Deed.SUPERVISE)
def practised(who: Session) -> AnyResponse:
    learners = practising.learners(hotline())
    return _page(who, "communities/practised.html", here="practised", learners=learners, count=len(practising.cases()))


def _case(who: Session, name: str, *, sentence: str = "", code: int = 200) -> AnyResponse:
    asked, names = practising.case(name), list(practising.cases())
    at = names.index(name)
    tried = practising.progress(hotline(), who.officer).get(name) if "answered" in request.args else None
    notes, following = shelf.notes(hotline(), asked.notes), names[at + 1] if at + 1 < len(names) else None
    return _page(
        who, "communities/case.html", here="practice", code=code, case=asked, number=at + 1, count=len(names),
        tried=tried, sentence=sentence, following=following, notes=notes,
    )  # fmt: skip


def _editing(
    who: Session, notes: Notes, draft: Draft, version: int, *, sentence: str = "", code: int = 200
) -> AnyResponse:
    return _page(
        who, "communities/edit.html", here="list", code=code, notes=notes, draft=draft, version=version,
        sentence=sentence, fields=_FIELDS,
    )  # fmt: skip


def _typed(notes: Notes) -> Draft:
    form = request.form
    parts = {part: _lines(form.get(_FIELDS + part, "")) for part in notes.order}
    tags = tuple(form.get("languages", "").replace(",", " ").split())
    return Draft(form.get("title", "").strip(), tags, parts, form.get("read_by", "").strip())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _page(who: Session, template: str, *, code: int = 200, **values: object) -> AnyResponse:
    shared = frame(who) | {
        "may_edit": access.may(who.officer, Deed.EDIT_LEARNING), "may_supervise": access.may(who.officer, Deed.SUPERVISE),
    }  # fmt: skip
    return make_response(render_template(template, **shared, **values), code)

"""The officers' desk: the list of threads, and one thread. Every form works without scripts; with htmx the same routes
answer with fragments of the same pages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.duty import handing_over, passing
from bot.desk.identity import accounts
from bot.desk.identity.accounts import Session
from bot.desk.threads import (
    canned,
    composing,
    machine_replies,
    notes,
    opening,
    outcomes,
    replies,
    showing,
    translation,
    views,
)
from bot.desk.threads.views import ThreadView
from bot.errors import NotFound
from bot.model import Holder, Officer
from bot.store.handoffs import Handoff
from bot.text.mask import mask
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("desk", __name__)
LONGEST_TEXT = 1600  # characters; what a phone service takes at once


@dataclass(frozen=True, slots=True)
class Card:
    """One thread in the list, with all its open hand-offs."""

    first: Handoff
    reasons: tuple[str, ...]
    about: str
    safety: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the list."""

    title: str
    cards: tuple[Card, ...]


@pages.get("/desk")
@may(Deed.THREADS)
def show(who: Session) -> AnyResponse:
    """The list, with no thread open."""
    return make_response(render_template("desk/page.html", **_page(who)))


@pages.get("/desk/list")
@may(Deed.THREADS)
def shelves(who: Session) -> AnyResponse:
    """The list alone, for a page that is open."""
    values = _page(who) | {"open_thread": request.args.get("thread", 0, int)}
    return _unless_known(render_template("desk/list.html", **values))


@pages.get("/desk/<int:thread_id>")
@may(Deed.THREADS)
def thread(who: Session, thread_id: int) -> AnyResponse:
    """One thread. `use`: a reply kept ready, which then stands in the composer."""
    notes.read_by(hotline(), who.officer, thread_id)
    return thread_page(who, thread_id)


@pages.get("/desk/<int:thread_id>/conversation")
@may(Deed.THREADS)
def conversation(who: Session, thread_id: int) -> AnyResponse:
    """What changes in a thread while it is open. What is being typed stays as it is, unless the holder changed."""
    try:
        view = views.view(hotline(), who.officer, thread_id)
    except NotFound:
        return make_response(render_template("desk/gone.html"))
    notes.read_by(hotline(), who.officer, thread_id)
    changed_hands = request.args.get("standing") != _standing(view)
    return _unless_known(_fragments(who, view, with_actions=changed_hands))


@pages.post("/desk/shift")
@may(Deed.THREADS)
def shift(who: Session) -> AnyResponse:
    """Come on shift or go off it; who goes with threads in hand hands them over first."""
    comes = request.form.get("on_shift") == "yes"
    accounts.set_on_shift(hotline(), who.officer, comes)
    if not comes and handing_over.holds_threads(hotline(), who.officer):
        return redirect(url_for("duty.handover"), 303)
    here = request.form.get("thread", "")
    return redirect(url_for("desk.thread", thread_id=int(here)) if here.isdecimal() else url_for("desk.show"), 303)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not done: the sentence that says so, the deed, what was typed for it, and whether it may be said again."""

    sentence: str
    deed: str
    typed: Mapping[str, str]
    unsure: bool = False


def thread_page(who: Session, thread_id: int, *, code: int = 200, refusal: Refusal | None = None) -> Response:
    """The whole page of a thread."""
    view = views.view(hotline(), who.officer, thread_id)
    values = _page(who) | _thread(view) | _shown(who, view) | _actions(who, view, refusal) | {"open_thread": thread_id}
    return make_response(render_template("desk/page.html", **values), code)


def fragments(who: Session, thread_id: int, refusal: Refusal | None = None) -> str:
    """What a deed changes in the page of a thread."""
    return _fragments(who, views.view(hotline(), who.officer, thread_id), refusal, with_actions=True)


def _fragments(who: Session, view: ThreadView, refusal: Refusal | None = None, *, with_actions: bool) -> str:
    values = _thread(view) | _shown(who, view) | {"who": who, "typed": refusal.typed if refusal else {}}
    html = render_template("desk/conversation.html", **values)
    if not with_actions:
        return html
    return html + render_template("desk/actions.html", **(values | _actions(who, view, refusal)), apart=True)


def _page(who: Session) -> dict[str, object]:
    cards = _cards(views.open_for(hotline(), who.officer))
    waiting = sum(card.first.officer_id is None for card in cards)
    named = notes.mentioned_in(hotline(), who.officer)
    return {
        "who": who, "shelves": _shelves(cards, who.officer, named), "waiting": waiting, "done": request.args.get("done", ""),
        "department": hotline().config.department_name, "open_thread": 0,
    }  # fmt: skip


def _thread(view: ThreadView) -> dict[str, object]:
    handoff = view.handoffs[0] if view.handoffs else None
    reasons = tuple(dict.fromkeys(one.reason for one in view.handoffs if one.reason))
    about = next((mask(one.about) for one in view.handoffs if one.about), "")
    return {
        "view": view, "thread": view.thread, "standing": _standing(view), "handoff": handoff, "reasons": reasons,
        "about": about,
    }  # fmt: skip


def _shown(who: Session, view: ThreadView) -> dict[str, object]:
    """What is shown beyond the thread itself. Whoever is shown it has opened it."""
    opening.note(hotline(), who.officer, view.thread.id)
    shown = showing.show(hotline(), who.officer, view)
    if shown.machine.waits:
        translation.ring(hotline(), view.thread.id)
    return {"shown": shown}


def _actions(who: Session, view: ThreadView, refusal: Refusal | None) -> dict[str, object]:
    """What stands below a conversation: what can be done, what was typed and is not sent, what was just not done."""
    line, thread_id = hotline(), view.thread.id
    drafts = composing.drafts(line, who.officer, thread_id)
    typed = {"words": _with_ready(who, thread_id, drafts.reply), "note": drafts.note}
    if refusal:
        typed |= refusal.typed
    may_pass = view.mine or (_standing(view) == "other" and access.may(who.officer, Deed.SUPERVISE))
    waiting_text = replies.waiting(line, who.officer, thread_id) if view.mine else None
    translates = view.mine and machine_replies.may_offer(line, view.thread)
    return {
        "refusal": refusal, "typed": typed, "waiting_text": waiting_text,
        "others": composing.typing(line, who.officer, thread_id), "began": line.instant(), "may_pass": may_pass,
        "tells": views.is_told(view.thread, view.handoffs, line.instant()),
        "targets": passing.targets(line, who.officer, thread_id) if may_pass else None,
        "people": notes.people(line, who.officer),
        "outcomes": outcomes.OUTCOMES, "services": outcomes.SERVICES, "longest": LONGEST_TEXT, "translates": translates,
        "offer": machine_replies.offered(line, who.officer, view.thread) if translates else None,
    }  # fmt: skip


def _with_ready(who: Session, thread_id: int, typed: str) -> str:
    """What was typed, with the reply kept ready that was asked for at its end."""
    wanted = request.args.get("use")
    if not wanted:
        return typed
    found = [one.words for one in canned.ready(hotline(), who.officer, thread_id) if one.key == wanted]
    return "\n\n".join(filter(None, [typed, *found]))


def _standing(view: ThreadView) -> str:
    """Whose turn it is, as far as the buttons depend on it."""
    if view.mine:
        return "mine"
    if view.thread.holder == Holder.OFFICER:
        return "other"
    return "waiting" if any(one.officer_id is None for one in view.handoffs) else "bot"


def _cards(found: Iterable[Handoff]) -> list[Card]:
    """Threads in the order of their first hand-off: urgent ones, then by age."""
    threads: dict[int, list[Handoff]] = {}
    for handoff in found:
        threads.setdefault(handoff.thread_id, []).append(handoff)
    return [
        Card(
            first=ones[0],
            reasons=tuple(dict.fromkeys(one.reason for one in ones if one.reason)),
            about=next((mask(one.about) for one in ones if one.about), ""),
            safety=any(one.kind == "safety" for one in ones),
            urgent=any(one.urgent for one in ones),
        )
        for ones in threads.values()
    ]


def _shelves(cards: Iterable[Card], officer: Officer, named: Collection[int]) -> list[Shelf]:
    """Every thread on one shelf; those with nothing on them are left out. `named`: threads with a note that names the
    officer and is not read."""
    titles: dict[str, list[Card]] = {
        _("Safety: read first"): [], _("You are named in a note"): [], _("Waiting"): [], _("With you"): [],
        _("With other officers"): [],
    }  # fmt: skip
    safety, mentions, waiting, mine, others = titles.values()
    for card in cards:
        if card.first.thread_id in named:
            mentions.append(card)
        elif card.first.officer_id == officer.id:
            mine.append(card)
        elif card.first.officer_id is not None:
            others.append(card)
        else:
            (safety if card.safety else waiting).append(card)
    return [Shelf(title, tuple(on_it)) for title, on_it in titles.items() if on_it]


def _unless_known(html: str) -> AnyResponse:
    """Nothing, if the page shows this very content already: what is selected or played there is left alone."""
    known = request.args.get("mark")
    return make_response("", 204) if known and f'name="mark" value="{known}"' in html else make_response(html)


def fragment_wanted() -> bool:
    """Whether an open page asks, for a part of itself."""
    return request.headers.get("HX-Request") == "true"

"""The officers' desk: the list of threads, one thread, and what can be done with it. Every form works without scripts;
with htmx the same routes answer with fragments of the same pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk import accounts, handoffs
from bot.desk.access import Deed
from bot.desk.accounts import Session
from bot.desk.handoffs import ThreadView
from bot.errors import NotFound, NotYours, Stale, TakenAlready
from bot.model import Holder, Officer
from bot.store.handoffs import Handoff
from bot.text.mask import mask
from bot.web.doors import hotline, may

pages = Blueprint("desk", __name__)
LONGEST_TEXT = 1600  # characters; what a phone service takes at once
OUTCOMES = (
    "answered", "resource given", "report taken", "officer will follow up", "transferred to 911", "no answer", "other"
)  # fmt: skip


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
    return _thread_page(who, thread_id)


@pages.get("/desk/<int:thread_id>/conversation")
@may(Deed.THREADS)
def conversation(who: Session, thread_id: int) -> AnyResponse:
    """What changes in a thread while it is open. What is being typed stays as it is, unless the holder changed."""
    try:
        view = handoffs.view(hotline(), who.officer, thread_id)
    except NotFound:
        return make_response(render_template("desk/gone.html"))
    changed_hands = request.args.get("standing") != _standing(view)
    return _unless_known(_fragments(who, view, with_actions=changed_hands))


@pages.post("/desk/<int:thread_id>/claim")
@may(Deed.THREADS)
def claim(who: Session, thread_id: int) -> AnyResponse:
    return _act(who, thread_id, lambda: handoffs.claim(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/reply")
@may(Deed.THREADS)
def reply(who: Session, thread_id: int) -> AnyResponse:
    words = request.form.get("words", "").replace("\r\n", "\n").strip()
    if not words:
        return _refuse(who, thread_id, "There is nothing to send yet. Write a text first.", 422)
    if len(words) > LONGEST_TEXT:
        sentence = f"A text has at most {LONGEST_TEXT:,} characters; this one has {len(words):,}."
        return _refuse(who, thread_id, sentence, 422)
    return _act(who, thread_id, lambda: handoffs.reply(hotline(), who.officer, thread_id, words))


@pages.post("/desk/<int:thread_id>/close")
@may(Deed.THREADS)
def close(who: Session, thread_id: int) -> AnyResponse:
    outcome = request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        return _refuse(who, thread_id, "Choose how this ended.", 422)
    try:
        handoffs.close(hotline(), who.officer, thread_id, outcome)
    except (NotYours, Stale) as refusal:
        return _refuse(who, thread_id, str(refusal), 409)
    return _redirect(url_for("desk.show", closed=""))


@pages.post("/desk/shift")
@may(Deed.THREADS)
def shift(who: Session) -> AnyResponse:
    """Come on shift or go off it."""
    accounts.set_on_shift(hotline(), who.officer, request.form.get("on_shift") == "yes")
    here = request.form.get("thread", "")
    return redirect(url_for("desk.thread", thread_id=int(here)) if here.isdecimal() else url_for("desk.show"), 303)


def _act(who: Session, thread_id: int, act: Callable[[], None]) -> AnyResponse:
    """Do it, and show the thread as it is then; a refusal is a sentence in its place."""
    try:
        act()
    except (TakenAlready, NotYours, Stale) as refusal:
        return _refuse(who, thread_id, str(refusal), 409)
    if not _fragment_wanted():
        return redirect(url_for("desk.thread", thread_id=thread_id), 303)
    return make_response(_fragments(who, handoffs.view(hotline(), who.officer, thread_id), with_actions=True))


def _refuse(who: Session, thread_id: int, sentence: str, code: int) -> AnyResponse:
    """The thread with a sentence on what was not done; what was typed is still there."""
    typed = request.form.get("words", "")
    if not _fragment_wanted():
        return _thread_page(who, thread_id, sentence=sentence, typed=typed, code=code)
    view = handoffs.view(hotline(), who.officer, thread_id)
    return make_response(_fragments(who, view, with_actions=True, sentence=sentence, typed=typed), code)


def _thread_page(who: Session, thread_id: int, *, sentence: str = "", typed: str = "", code: int = 200) -> Response:
    view = handoffs.view(hotline(), who.officer, thread_id)
    values = _page(who) | _thread(view) | {"open_thread": thread_id, "sentence": sentence, "typed": typed}
    return make_response(render_template("desk/page.html", **values), code)


def _fragments(who: Session, view: ThreadView, *, with_actions: bool, sentence: str = "", typed: str = "") -> str:
    values = _thread(view) | {"who": who, "sentence": sentence, "typed": typed}
    html = render_template("desk/conversation.html", **values)
    return html + render_template("desk/actions.html", **values, apart=True) if with_actions else html


def _page(who: Session) -> dict[str, object]:
    cards = _cards(handoffs.open_for(hotline(), who.officer))
    waiting = sum(card.first.officer_id is None for card in cards)
    return {
        "who": who, "shelves": _shelves(cards, who.officer), "waiting": waiting, "closed": "closed" in request.args,
        "department": hotline().config.department_name, "open_thread": 0,
    }  # fmt: skip


def _thread(view: ThreadView) -> dict[str, object]:
    handoff = view.handoffs[0] if view.handoffs else None
    reasons = tuple(dict.fromkeys(one.reason for one in view.handoffs if one.reason))
    about = next((mask(one.about) for one in view.handoffs if one.about), "")
    return {
        "view": view, "thread": view.thread, "standing": _standing(view), "handoff": handoff, "reasons": reasons,
        "about": about, "outcomes": OUTCOMES, "longest": LONGEST_TEXT,
    }  # fmt: skip


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


def _shelves(cards: Iterable[Card], officer: Officer) -> list[Shelf]:
    """Every thread on one shelf; those with nothing on them are left out."""
    titles: dict[str, list[Card]] = {"Safety: read first": [], "Waiting": [], "With you": [], "With other officers": []}
    safety, waiting, mine, others = titles.values()
    for card in cards:
        if card.first.officer_id == officer.id:
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


def _fragment_wanted() -> bool:
    return request.headers.get("HX-Request") == "true"


def _redirect(url: str) -> AnyResponse:
    if not _fragment_wanted():
        return redirect(url, 303)
    answer = make_response("", 204)
    answer.headers["HX-Redirect"] = url
    return answer

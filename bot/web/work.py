"""What officers do on a thread, each deed a form: claim, answer, take back, note, pass on, release, close; and what they
have typed so far. Decides nothing."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.duty import handoffs, passing
from bot.desk.duty.passing import Target
from bot.desk.identity.accounts import Session
from bot.desk.threads import canned, composing, joining, machine_replies, notes, outcomes, replies
from bot.errors import NotFound, NotTranslated, NotUsable, NotYours, PuenteError, Stale, TakenAlready, Unsure
from bot.web import tongue
from bot.web.desk import LONGEST_TEXT, Refusal, fragment_wanted, fragments, thread_page
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("work", __name__)
_TYPED = ("words", "note", "passing", "target", "outcome", "service", "why", "handle", "reason")


@pages.post("/desk/<int:thread_id>/claim")
@may(Deed.THREADS)
def claim(who: Session, thread_id: int) -> AnyResponse:
    def take() -> None:
        handoffs.claim(hotline(), who.officer, thread_id)
        joining.follow(hotline(), who.officer, thread_id)

    return act(who, thread_id, take)


@pages.post("/desk/<int:thread_id>/reply")
@may(Deed.THREADS)
def reply(who: Session, thread_id: int) -> AnyResponse:
    words = _typed("words")
    if not words:
        return refuse(who, thread_id, _("There is nothing to send yet. Write a text first."), 422)
    by = request.form.get("by", "")

    def send() -> None:
        if by.isdecimal() and int(by) != thread_id:
            joining.reply(hotline(), who.officer, thread_id, int(by), words)
        else:
            replies.reply(hotline(), who.officer, thread_id, words, wait=_moment())

    return act_on(words, who, thread_id, send)


@pages.post("/desk/<int:thread_id>/translate")
@may(Deed.THREADS)
def translate(who: Session, thread_id: int) -> AnyResponse:
    """What was written in English, by a machine in the resident's language, to be looked at before it is sent."""
    words = _typed("words")
    return act_on(words, who, thread_id, lambda: machine_replies.make(hotline(), who.officer, thread_id, words))


@pages.post("/desk/<int:thread_id>/translate/send")
@may(Deed.THREADS)
def send_translation(who: Session, thread_id: int) -> AnyResponse:
    offer = request.form.get("offer", 0, int)
    return act(
        who, thread_id, lambda: machine_replies.send(hotline(), who.officer, thread_id, offer, wait=_moment())
    )


@pages.post("/desk/<int:thread_id>/translate/drop")
@may(Deed.THREADS)
def drop_translation(who: Session, thread_id: int) -> AnyResponse:
    return act(who, thread_id, lambda: machine_replies.drop(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/meet")
@may(Deed.THREADS)
def meet(who: Session, thread_id: int) -> AnyResponse:
    """One press: what cannot be done in a chat is offered by phone or face to face."""
    return act(who, thread_id, lambda: replies.offer_meeting(hotline(), who.officer, thread_id, wait=_moment()))


@pages.post("/desk/<int:thread_id>/undo")
@may(Deed.THREADS)
def undo(who: Session, thread_id: int) -> AnyResponse:
    return act(who, thread_id, lambda: replies.undo(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/note")
@may(Deed.THREADS)
def note(who: Session, thread_id: int) -> AnyResponse:
    return act(who, thread_id, lambda: notes.write(hotline(), who.officer, thread_id, _typed("note")))


@pages.post("/desk/<int:thread_id>/release")
@may(Deed.THREADS)
def release(who: Session, thread_id: int) -> AnyResponse:
    return _let_go(who, thread_id, "released", lambda: passing.release(hotline(), who.officer, thread_id))


@pages.post("/desk/<int:thread_id>/transfer")
@may(Deed.THREADS)
def transfer(who: Session, thread_id: int) -> AnyResponse:
    target, sure = _target(request.form.get("target", "")), request.form.get("sure") == "yes"
    words = _typed("passing")

    def pass_on() -> None:
        passing.transfer(hotline(), who.officer, thread_id, target, words, sure=sure)

    return _let_go(who, thread_id, "passed", pass_on)


@pages.post("/desk/<int:thread_id>/close")
@may(Deed.THREADS)
def close(who: Session, thread_id: int) -> AnyResponse:
    outcome, service, why = _typed("outcome"), _typed("service"), _typed("why")

    def end() -> None:
        outcomes.check(outcome, service, why)
        handoffs.close(hotline(), who.officer, thread_id, outcome, service, why)

    return _let_go(who, thread_id, "closed", end)


@pages.post("/desk/<int:thread_id>/draft")
@may(Deed.THREADS)
def draft(who: Session, thread_id: int) -> AnyResponse:
    """What is being typed, kept. 204; 409 if it was typed into a form whose words are sent already."""
    kind, began = request.form.get("kind", ""), request.form.get("began", 0, int)
    if kind not in composing.KINDS:
        return make_response("", 422)
    try:
        kept = composing.keep(hotline(), who.officer, thread_id, kind, _typed("words"), began)
    except NotYours:
        kept = False
    return make_response("", 204 if kept else 409)


@pages.get("/desk/<int:thread_id>/typing")
@may(Deed.THREADS)
def typing(who: Session, thread_id: int) -> AnyResponse:
    """Who else is typing in the thread."""
    others = composing.typing(hotline(), who.officer, thread_id)
    return make_response(render_template("desk/typing.html", others=others, thread_id=thread_id))


@pages.get("/desk/<int:thread_id>/ready")
@may(Deed.THREADS)
def ready(who: Session, thread_id: int) -> AnyResponse:
    """The replies kept ready, in the resident's language; the list alone for a page that is open."""
    values = {
        "who": who, "thread_id": thread_id, "ready": canned.ready(hotline(), who.officer, thread_id),
        "department": hotline().config.department_name, "open_thread": 0,
    }  # fmt: skip
    name = "desk/ready.html" if fragment_wanted() else "desk/ready_page.html"
    return make_response(render_template(name, **values))


def _moment() -> int:
    """Milliseconds in which a text can be taken back."""
    return hotline().config.desk_undo_seconds * 1000


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _target(told: str) -> Target:
    kind, _colon, name = told.partition(":")
    if kind == "language" and name:
        return Target(language=name)
    if kind in ("officer", "team") and name.isdecimal():
        return Target(officer_id=int(name)) if kind == "officer" else Target(team_id=int(name))
    return Target()


def act(who: Session, thread_id: int, deed: Callable[[], object]) -> AnyResponse:
    """Do it, and show the thread as it is then; a refusal is a sentence in its place."""
    try:
        deed()
    except (NotFound, TakenAlready, NotYours, Stale, NotUsable, NotTranslated) as refusal:
        return _refused(who, thread_id, refusal)
    if not fragment_wanted():
        return redirect(url_for("desk.thread", thread_id=thread_id), 303)
    return make_response(fragments(who, thread_id))


def act_on(words: str, who: Session, thread_id: int, deed: Callable[[], object]) -> AnyResponse:
    """The same with an answer's words, if they are not too long for one text."""
    if len(words) > LONGEST_TEXT:
        sentence = _("A text has at most {most} characters; this one has {count}.")
        return refuse(who, thread_id, sentence.format(most=f"{LONGEST_TEXT:,}", count=f"{len(words):,}"), 422)
    return act(who, thread_id, deed)


def _let_go(who: Session, thread_id: int, done: str, deed: Callable[[], object]) -> AnyResponse:
    """Do it, and go back to the list: the thread may no longer be this officer's to see."""
    try:
        deed()
        joining.follow(hotline(), who.officer, thread_id)
    except (NotFound, NotYours, Stale, NotUsable, Unsure) as refusal:
        return _refused(who, thread_id, refusal)
    url = url_for("desk.show", done=done)
    if not fragment_wanted():
        return redirect(url, 303)
    answer = make_response("", 204)
    answer.headers["HX-Redirect"] = url
    return answer


def _refused(who: Session, thread_id: int, refusal: PuenteError) -> AnyResponse:
    code = 422 if isinstance(refusal, NotUsable) else 409
    return refuse(who, thread_id, tongue.told(refusal), code, unsure=isinstance(refusal, Unsure))


def refuse(who: Session, thread_id: int, sentence: str, code: int, *, unsure: bool = False) -> AnyResponse:
    """The thread with a sentence on what was not done; what was typed is still there."""
    typed = {name: request.form[name] for name in _TYPED if name in request.form}
    refusal = Refusal(sentence, (request.endpoint or "").partition(".")[2], typed, unsure)
    try:
        if not fragment_wanted():
            return thread_page(who, thread_id, code=code, refusal=refusal)
        return make_response(fragments(who, thread_id, refusal), code)
    except NotFound:  # it is somebody else's to see by now
        return redirect(url_for("desk.show", done="gone"), 303)

"""What one text leads to: safety first, then the words that always work, then language, then the flow. Writes nothing."""

import logging
from dataclasses import replace

from bot.flow import engine, telling
from bot.flow.effects import CallOfficer, CancelRsvp
from bot.flow.engine import resting
from bot.flow.place import Place
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line import guarding, languages, meetings, muting, rationing
from bot.line.turning import Decision, Turning
from bot.model import Holder, Inbound
from bot.store.threads import Memory, Thread
from bot.text.fold import choice_number, fold
from bot.text.language_model.masking import is_tapback
from bot.text.safety import LABELS, Finding

_log = logging.getLogger(__name__)
WISH = "asks to see or delete their data"  # why an officer is called for DELETE
_COMES_BACK = 12 * 3_600_000  # ms of silence after which an open report is greeted
_BESIDE_THUMB = " \n\ufe0f🏻🏼🏽🏾🏿"  # colours of skin, and the sign that asks for a picture
_STALE = 600_000  # ms after which a text is too old for an answer of the line itself
_APOLOGY_AGAIN = 43_200_000  # ms
_A_NIGHT = 43_200_000  # ms
_LIMITED_AT_MOST = 300_000  # ms: a limit further away was set before the clock was put back
_LONGEST_KEYWORD = 60  # characters


def decide(hotline: Hotline, thread: Thread | None, inbound: Inbound, limited_until: int = 0) -> Decision:
    """What a text leads to. While answers are limited, until an instant in ms, only danger is answered."""
    turn = Turning(hotline, thread, inbound, thread.memory if thread else Memory())
    if "quarantined" in turn.memory.notices:
        turn.memory.notices = {name: at for name, at in turn.memory.notices.items() if name != "quarantined"}
    _decide(turn, limited=turn.at < limited_until <= turn.at + _LIMITED_AT_MOST)
    return turn.decision


def quarantine(hotline: Hotline, thread: Thread | None, inbound: Inbound) -> Decision:
    """For a text that could not be understood or kept, tried again and again: danger in it is still met, a person reads
    it, and the next text is heard as if it had never come."""
    memory = thread.memory if thread else Memory()
    again = memory.notices.get("quarantined")
    turn = Turning(hotline, thread, inbound, memory)
    try:
        finding = guarding.look(turn)
        noticed = finding is not None and not turn.decision.stopped and guarding.notify(turn, finding)
    except Exception as error:
        _log.error("danger could not be looked for: %s at %s", type(error).__name__, where(error))
        noticed = bool(turn.decision.safety)  # then the notice was said before it failed
        turn = turn if noticed else Turning(hotline, thread, inbound, memory)
    if not noticed and not turn.decision.stopped:
        turn.say("tech_down")
        turn.memory.recent = memory.recent  # what harmed is not read again together with what comes next
    turn.memory.notices = {**turn.memory.notices, "quarantined": turn.at}
    if again is not None:  # the last one too: perhaps it is where they stand: they begin anew
        turn.memory.place = Place(draft=memory.place.draft)
    turn.decision.effects.append(CallOfficer("the line could not read a text", any_language=True))
    turn.wait_for_officer()
    turn.decision.quarantined = True
    return turn.decision


def _decide(turn: Turning, *, limited: bool) -> None:
    if turn.thread and turn.thread.memory.nine and choice_number(turn.inbound.text) == 9 and not turn.decision.stopped:
        guarding.resume(turn)
        return
    if turn.inbound.recovered and turn.at - (turn.inbound.sent_at or 0) > _STALE:
        _keep_late(turn)
        return
    if is_tapback(turn.inbound.text):
        return  # kept, and met with silence: nobody typed it, and what it quotes is ours
    finding = guarding.look(turn)
    keyword = _keyword(turn)
    if turn.decision.stopped and keyword != "start":
        guarding.only_watch(turn, finding)
    elif finding and keyword not in ("stop", "start", "delete") and guarding.notify(turn, finding):
        pass  # also where the word for help, alone, is a cry
    elif muting.is_muted(turn):
        _keep_muted(turn, keyword)
    else:
        _answer(turn, finding, keyword, limited=limited)


def _answer(turn: Turning, finding: Finding | None, keyword: str | None, *, limited: bool) -> None:
    """What is no danger, as far as the line may answer it."""
    before = turn.memory.place
    with_officer = turn.decision.holder == Holder.OFFICER and keyword is None
    quiet = not with_officer and (limited or rationing.is_quiet(turn))
    if keyword in ("stop", "start", "delete") or (keyword == "help" and not quiet):
        _obey(turn, keyword)
    elif quiet:
        pass
    elif (turn.decision.effects or guarding.is_number(turn, finding)) and _asked_back(turn, finding):
        pass  # told what not to send and asked what they need: that is the answer
    elif turn.decision.holder == Holder.OFFICER:
        if not limited:
            _tell_of_hours(turn)  # the text is the officer's; the bot is silent, but for this
    else:
        _converse(turn)
        if turn.decision.holder == Holder.WAITING:
            _tell_of_hours(turn)
    if quiet:
        rationing.keep_quiet(turn, limited=limited)
        return
    if not turn.decision.text and turn.decision.holder == Holder.BOT and not turn.decision.stopped and keyword is None:
        turn.say("thanks")  # no text is met with silence
    rationing.hold_back_idle(turn, before)


def _keep_muted(turn: Turning, keyword: str | None) -> None:
    """A supervisor muted this resident: the text is kept, or is the officer's who holds the thread. What the law gives them
    still counts, each once: STOP, START, and the wish to be forgotten."""
    rationing.hush(turn)
    waits = turn.decision.holder == Holder.WAITING
    if keyword == "stop" or (keyword == "start" and turn.decision.stopped) or (keyword == "delete" and not waits):
        _obey(turn, keyword)


def _tell_of_hours(turn: Turning) -> None:
    """Who writes to an officer, or waits for one, at night is told once a night when officers answer; whoever asks for one
    just now is told so by the flow."""
    if turn.town.open_now() or turn.at - turn.memory.notices.get("after_hours", -_A_NIGHT) < _A_NIGHT:
        return
    if not any(isinstance(effect, CallOfficer) for effect in turn.decision.effects):
        turn.say("after_hours")
    turn.memory.notices = {**turn.memory.notices, "after_hours": turn.at}


def _keep_late(turn: Turning) -> Decision:
    """A text that an outage kept from us: an officer reads it, and whoever sent it hears once that it came late. What
    was said long ago answers no question of now; only STOP, START and the wish to be forgotten still count."""
    finding, keyword = guarding.look(turn), _keyword(turn)
    if turn.decision.stopped and keyword != "start":
        guarding.only_watch(turn, finding)
    elif keyword in ("stop", "start", "delete"):
        _obey(turn, keyword)
    else:
        guarding.settle_language(turn)
        if finding and finding.label != "sensitive":
            turn.flag(finding.labels, "came late")
        if muting.is_muted(turn):
            return turn.decision
        turn.decision.effects.append(CallOfficer("a text came late, after an outage", any_language=True))
        turn.wait_for_officer()
        if turn.at - turn.memory.notices.get("came_late", -_APOLOGY_AGAIN) >= _APOLOGY_AGAIN:
            turn.say("came_late")
            turn.memory.notices = {**turn.memory.notices, "came_late": turn.at}
    return turn.decision


def _keyword(turn: Turning) -> str | None:
    """stop, start, help or delete, if the whole text says so."""
    text, place = turn.inbound.text, turn.memory.place
    if turn.inbound.opt_out.lower() in ("stop", "start", "help"):
        return turn.inbound.opt_out.lower()
    if len(text) > _LONGEST_KEYWORD:
        return None
    expected = Walk(turn.hotline.library, turn.voice, turn.town, place).expects(turn.heard)
    keyword = turn.hotline.keywords.match(text, _likeliest(turn), expected)
    if keyword is None and turn.decision.stopped and fold(text) == "yes":
        return "start"  # Twilio opts back in on YES too
    return keyword


def _likeliest(turn: Turning) -> str:
    """The resident's language, or before that is known the one their texts look most like."""
    if turn.memory.standing.tag:
        return turn.memory.standing.tag
    seen = turn.memory.evidence_of_language or turn.guesses()
    return seen[0][0] if seen else "en"


def _obey(turn: Turning, keyword: str) -> None:
    if keyword != "stop":
        guarding.settle_language(turn)
    told = bool(turn.inbound.opt_out)  # Twilio has already answered it
    was_stopped = turn.decision.stopped
    match keyword:
        case "stop":
            if not told:
                own = turn.voice_of(_likeliest(turn))
                turn.tell(turn.fill("stopped", own if own.has(turn.line("stopped")) else turn.voice))
            turn.decision.stopped = True
            turn.decision.notes.append(("opted out", ""))
        case "start" if was_stopped or turn.thread is None:
            turn.decision.stopped = False
            turn.decision.notes.append(("opted in", ""))
            turn.say("started")
        case "start" if turn.decision.holder == Holder.BOT:
            turn.walk(lambda walk: walk.show_menu())
        case "help" if not told:
            turn.say("help")
        case "delete":
            turn.say("privacy_asked")
            turn.decision.effects.append(CallOfficer(WISH, any_language=True))
            turn.wait_for_officer()


def _converse(turn: Turning) -> None:
    _take_thumb(turn)
    if not turn.inbound.text.strip() and not turn.heard.empty and not _takes_things(turn):
        _receive_thing(turn)
    elif turn.memory.among:
        languages.answered(turn)
    elif languages.asked_for(turn) or not languages.settle(turn) or _does_not_come(turn):
        pass
    elif not turn.memory.place.frames:
        turn.begin(turn.inbound.text, menu=turn.memory.notices.keys().isdisjoint(LABELS))
    elif _comes_back(turn):
        goes_on = "draft_remind" in turn.memory.notices and choice_number(turn.inbound.text) == 2  # as it told them
        turn.walk(lambda walk: walk.ask_again() if goes_on else telling.greet(walk))
    elif turn.decision.holder == Holder.BOT and _courtesy(turn):
        pass
    else:
        turn.walk(lambda walk: walk.hear(turn.heard))


def _take_thumb(turn: Turning) -> None:
    """A thumb up is the word for yes where a question takes one."""
    if turn.inbound.text.strip(_BESIDE_THUMB) == "👍":
        yes = replace(turn.heard, text=turn.hotline.library.words(turn.voice, "yes")[0])
        if Walk(turn.hotline.library, turn.voice, turn.town, turn.memory.place).expects(yes):
            turn.heard = yes


def _comes_back(turn: Turning) -> bool:
    """After a long silence, with a report left open."""
    away = turn.at - turn.thread.last_in_at if turn.thread else 0
    if away <= _COMES_BACK or turn.decision.holder != Holder.BOT:
        return False
    return engine.report_is_open(turn.hotline.library, turn.memory.place)


def _asked_back(turn: Turning, finding: Finding | None) -> bool:
    """After the text on what not to send: the greeting if it was not said yet, the open question again. False if the
    text says or answers something more."""
    wish = turn.hotline.library.wish(turn.voice, turn.inbound.text)
    if turn.decision.holder != Holder.BOT or (wish is not None and not wish.name.startswith("about_")):
        return False
    walk = Walk(turn.hotline.library, turn.voice, turn.town, turn.memory.place)
    if not turn.memory.place.frames:
        turn.tell(turn.fill("welcome", turn.voice))
        turn.walk(lambda walk: None)
    elif (walk.takes_words() and not guarding.is_number(turn, finding)) or walk.expects(turn.heard):
        return False
    else:
        turn.walk(lambda walk: walk.ask_again())
    return True


def _receive_thing(turn: Turning) -> None:
    """A picture, a voice note or a place that answers no question: said to have come, and what is it about?"""
    if turn.heard.voice:
        turn.decision.effects.append(CallOfficer("sent a voice note"))
        turn.wait_for_officer()
    name = "got_voice" if turn.heard.voice else "got_place" if turn.heard.spot else "got_photo"
    known = turn.memory.standing.tag
    for tag in [known] if known else turn.town.languages[:2]:
        turn.tell(turn.fill(name, turn.voice_of(tag)))
    if known is None:
        languages.offer(turn)


def _takes_things(turn: Turning) -> bool:
    """Whether the open question can be answered by a picture, a voice note or a place."""
    return Walk(turn.hotline.library, turn.voice, turn.town, turn.memory.place).takes_words()


def _courtesy(turn: Turning) -> bool:
    """A greeting or thanks is no answer: it is returned, and the open question asked again."""
    words = fold(turn.inbound.text) or turn.inbound.text.strip()
    walk = Walk(turn.hotline.library, turn.voice, turn.town, turn.memory.place)
    if walk.expects(turn.heard):
        return False
    if words in _words(turn, "hello"):
        turn.walk(lambda walk: walk.show_menu() if resting(walk.place) else walk.ask_again())
        return True
    if words in _words(turn, "thanks") and not walk.takes_words():
        turn.say("thanks")
        return True
    return False


def _words(turn: Turning, name: str) -> frozenset[str]:
    library = turn.hotline.library
    return turn.voice.table(
        ("courtesy", name), lambda voice: frozenset(fold(word) or word for word in library.words(voice, name))
    )


def _does_not_come(turn: Turning) -> bool:
    """`NO K7P`: the resident cannot come to a meeting after all."""
    word, _, code = turn.inbound.text.strip().partition(" ")
    if not code or len(code) > 8 or turn.thread is None:
        return False
    words = map(fold, turn.hotline.library.words(turn.voice, "not_coming"))
    found = meetings.rsvp_by_code(turn.hotline, turn.thread.resident_id, code) if fold(word) in words else None
    if found is None:
        return False
    turn.decision.effects.append(CancelRsvp(code))
    turn.say("rsvp_cancelled", {"title": found.title})
    return True


def where(error: Exception) -> str:
    """File and line of the error, never its message: that may hold a resident's words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"

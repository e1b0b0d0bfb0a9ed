"""A decision as the statements that keep it: the thread, the text, the reply, and a row for each effect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.flow import engine
from bot.flow.effects import (
    AddToReport,
    AnswerReport,
    AnswerSurvey,
    CallOfficer,
    CancelRsvp,
    ChangeRsvp,
    Effect,
    FileReport,
    LeaveOfficer,
    NoteMiss,
    OptIn,
    RateMeeting,
    Rsvp,
)
from bot.hotline import Hotline
from bot.line import complaints, meetings, promises, resources
from bot.line.handles import new_handle
from bot.line.turning import Decision
from bot.model import Holder, Inbound, Outbound
from bot.store import attachments, bars, events, handoffs, messages, opt_ins, reports, surveys, threads
from bot.store.database import Statement
from bot.store.ids import new_id
from bot.text import sms

_MOST_ATTACHED = 10  # of one text: no provider passes on more


@dataclass(frozen=True, slots=True)
class Write:
    """What is kept of a turn in one go. The first statement is the guard."""

    thread_id: int
    statements: tuple[Statement, ...]
    replies: tuple[Outbound, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the rows of an effect belong."""

    hotline: Hotline
    resident_id: int
    thread_id: int
    language: str | None
    at: int
    channel: str = ""
    words: str = ""  # of the text that caused them


def write(
    hotline: Hotline, thread: threads.Thread | None, inbound: Inbound, address_hash: str, decision: Decision
) -> Write:
    """The statements of a turn, in the order in which they must be carried out."""
    at = hotline.instant()
    thread_id = thread.id if thread else new_id()
    resident_id = thread.resident_id if thread else new_id()
    kept = Kept(hotline, resident_id, thread_id, decision.language, at, inbound.channel, inbound.text)
    statements = list(_thread(kept, thread, inbound, address_hash, decision))
    inbound_id = new_id()
    statements.append(_inbound(kept, inbound_id, thread, inbound, decision))
    for place, media in enumerate(inbound.media[:_MOST_ATTACHED]):
        statements.append(attachments.attached(inbound_id, place, media, at))
    replies = tuple(_replies(kept, inbound_id, inbound, decision, statements))
    called = [effect for effect in decision.effects if isinstance(effect, CallOfficer)]
    for effect in decision.effects:
        if effect not in called[:-1]:  # called twice in one turn is one call, with the last reason
            statements += rows(kept, effect)
    if decision.safety:
        reason = f"safety: {', '.join(label for label in decision.safety if label != 'sensitive')}"
        statements.append(_opening(kept, "safety", CallOfficer(reason, urgent=True)))
    if decision.stopped and thread and not thread.stopped:
        statements.append(opt_ins.ending(thread_id, at))
    for verb, note in decision.notes:
        statements.append(events.event("line", verb, f"thread:{thread_id}", at, note))
    return Write(thread_id, tuple(statements), replies)


def _thread(
    kept: Kept, thread: threads.Thread | None, inbound: Inbound, address_hash: str, decision: Decision
) -> Iterator[Statement]:
    keys = kept.hotline.keys
    draft_days = kept.hotline.config.department_draft_days
    values = {
        "id": kept.thread_id,
        "line": inbound.line,
        "holder": decision.holder.value,
        "language": decision.language,
        "state": keys.seal(threads.memory_to_json(decision.memory), f"threads.state:{kept.thread_id}"),
        "stopped": decision.stopped,
        "urgent": decision.urgent,
        "safe_contact": decision.safe_contact,
        "last_in_at": kept.at,
        "draft_until": kept.at + draft_days * 86_400_000 if _has_draft(kept.hotline, decision) else None,
        **threads.standing_at(decision.memory.place),
    }
    if thread:
        yield threads.UPDATE_THREAD, {**values, "version": thread.version}
        return
    yield (
        threads.INSERT_RESIDENT,
        {
            "id": kept.resident_id,
            "handle": new_handle(kept.hotline.chance),
            "address_hash": address_hash,
            "address": keys.seal(inbound.sender, f"residents.address:{kept.resident_id}"),
            "created_at": kept.at,
        },
    )
    yield threads.INSERT_THREAD, {**values, "resident_id": kept.resident_id, "channel": inbound.channel}


def _has_draft(hotline: Hotline, decision: Decision) -> bool:
    """A report set aside, or one that is being told and may never be finished."""
    place = decision.memory.place
    return place.draft is not None or engine.report_is_open(hotline.library, place)


def _inbound(
    kept: Kept, id_: int, thread: threads.Thread | None, inbound: Inbound, decision: Decision
) -> Statement:
    # A voice note is no answer that words are kept of: an officer hears it.
    surveyed = not inbound.media and any(isinstance(effect, AnswerSurvey) for effect in decision.effects)
    state = "quarantined" if decision.quarantined else messages.APART if surveyed else "received"
    extra: dict[str, object] = {}
    if decision.holder != Holder.OFFICER and _tells_complaint(kept.hotline, thread, decision):
        extra["about"] = complaints.TOLD
    if inbound.spot:
        extra["spot"] = [inbound.spot.latitude, inbound.spot.longitude, inbound.spot.label]
    if inbound.profile_name:
        extra["profile"] = inbound.profile_name
    return messages.received(kept.hotline.keys, id_, kept.thread_id, inbound, extra, kept.language, kept.at, state)


def _tells_complaint(hotline: Hotline, thread: threads.Thread | None, decision: Decision) -> bool:
    """Whether a text began, went on with or ended a complaint, or added to one that was filed. What else is written while
    somebody may add to it is no part of it: an emergency is read by every officer."""
    added = [effect for effect in decision.effects if isinstance(effect, AddToReport | AnswerReport)]
    if any(effect.kind == complaints.KIND for effect in added):
        return True
    places = (*((thread.memory.place,) if thread else ()), decision.memory.place)
    return any(complaints.is_told(hotline.library, place) for place in places)


def _replies(
    kept: Kept, inbound_id: int, inbound: Inbound, decision: Decision, statements: list[Statement]
) -> Iterator[Outbound]:
    """The reply in pieces the channel takes: the first rides on the webhook's answer, the rest are sent after it."""
    text = sms.plain(decision.text)
    if not text:
        return
    channel = kept.hotline.channels[inbound.channel]
    first_state = "queued" if decision.reply_by_rest else "delivered" if inbound.channel == "simulator" else "offered"
    for n, part in enumerate(channel.split(text)):
        reply = Outbound(new_id(), kept.thread_id, inbound.channel, inbound.sender, inbound.line, part, (part,))
        state = first_state if n == 0 or inbound.channel == "simulator" else "queued"
        statements.append(messages.answered(kept.hotline.keys, reply, inbound_id, kept.language, state, kept.at))
        yield reply


def _opening(kept: Kept, kind: str, call: CallOfficer) -> Statement:
    return handoffs.opening(
        kept.hotline.keys, id=new_id(), thread_id=kept.thread_id, kind=kind, reason=call.reason, about=call.about,
        language=kept.language, any_language=call.any_language, urgent=call.urgent, at=kept.at, gender=call.gender,
        sensitive=call.sensitive, speaker_only=call.speaker_only,
    )  # fmt: skip


def _call_officer(kept: Kept, effect: CallOfficer) -> list[Statement]:
    return [
        _opening(kept, "officer", effect),
        events.event("line", "called an officer", f"thread:{kept.thread_id}", kept.at, effect.reason),
    ]


def _leave_officer(kept: Kept) -> list[Statement]:
    return [
        handoffs.leaving(kept.thread_id, kept.at),
        events.event("line", "resident left the queue", f"thread:{kept.thread_id}", kept.at),
    ]


def _file_report(kept: Kept, effect: FileReport) -> list[Statement]:
    return [
        reports.filing(
            kept.hotline.keys, number=effect.number, resident_id=kept.resident_id, thread_id=kept.thread_id,
            kind=effect.kind, complete=effect.complete, answers=effect.answers, language=kept.language, at=kept.at,
            facts=effect.facts, public_id=None if effect.facts.private else promises.public_id(),
            promised_at=_promised(kept, effect),
        ),
        events.event("line", "report filed", f"thread:{kept.thread_id}", kept.at, effect.number),
        *_not_shown_to(kept, effect.kind, effect.answers),
    ]  # fmt: skip


def _promised(kept: Kept, effect: FileReport) -> int | None:
    if not effect.facts.told:
        return None
    config = kept.hotline.config
    days = config.department_complaint_days if effect.kind == complaints.KIND else config.department_review_days
    return promises.answer_by(config, kept.at, days)


def _not_shown_to(kept: Kept, kind: str, answers: Sequence[tuple[str, str]]) -> list[Statement]:
    """A complaint is kept from the officers it names. `answers` are question and answer."""
    if kind != complaints.KIND:
        return []
    found: list[Statement] = []
    for staff_id in complaints.about(kept.hotline, answers):
        found.append(bars.putting(kept.thread_id, staff_id, complaints.KIND, None, kept.at))
        found.append(events.event("line", "kept from", f"thread:{kept.thread_id}", kept.at, f"officer:{staff_id}"))
    return found


def _add_to_report(kept: Kept, effect: AddToReport | AnswerReport) -> list[Statement]:
    question = effect.question if isinstance(effect, AnswerReport) else ""
    return [
        reports.adding(
            kept.hotline.keys, number=effect.number, resident_id=kept.resident_id, words=effect.words, at=kept.at,
            question=question, language=kept.language,
        ),
        *reports.reading_again(
            kept.hotline.keys, number=effect.number, resident_id=kept.resident_id, at=kept.at,
            promised_at=promises.review_by(kept.hotline.config, kept.at) if question else None,
        ),
        events.event("line", "report added to", f"thread:{kept.thread_id}", kept.at, effect.number),
        *_not_shown_to(kept, effect.kind, [("", effect.words)]),
    ]  # fmt: skip


def _rsvp(kept: Kept, effect: Rsvp) -> Statement:
    return meetings.rsvp(
        kept.resident_id,
        effect.meeting_id,
        people=effect.people,
        need=effect.need,
        language=kept.language,
        code=effect.code,
        ask_after=effect.ask_after,
        at=kept.at,
    )


def _answer_survey(kept: Kept, effect: AnswerSurvey) -> Statement:
    today = kept.hotline.today().isoformat()
    return surveys.answering(kept.hotline.keys, effect.question, effect.answer, kept.language, today)


def _opt_in(kept: Kept, effect: OptIn) -> list[Statement]:
    return [
        opt_ins.keeping(
            kept.hotline.keys, kept.thread_id, effect.topic, channel=kept.channel, language=kept.language,
            asked=effect.asked, said=kept.words, at=kept.at,
        ),
        events.event("line", "wishes to be told", f"thread:{kept.thread_id}", kept.at, effect.topic),
    ]  # fmt: skip


def rows(kept: Kept, effect: Effect) -> list[Statement]:
    """What an effect leaves in the database. Those that only change the thread or are only said leave nothing more."""
    match effect:
        case CallOfficer():
            return _call_officer(kept, effect)
        case LeaveOfficer():
            return _leave_officer(kept)
        case FileReport():
            return _file_report(kept, effect)
        case AddToReport() | AnswerReport():
            return _add_to_report(kept, effect)
        case NoteMiss():
            return [resources.miss(effect.need, effect.near, kept.language)]
        case Rsvp():
            return [_rsvp(kept, effect)]
        case CancelRsvp():
            return [meetings.cancel_rsvp(kept.resident_id, effect.code)]
        case ChangeRsvp():
            return [meetings.change_rsvp(kept.resident_id, effect.code, effect.need)]
        case AnswerSurvey():
            return [_answer_survey(kept, effect)]
        case OptIn():
            return _opt_in(kept, effect)
        case RateMeeting():
            rated = meetings.rate(
                kept.hotline.keys, effect.meeting_id, effect.useful, effect.words, kept.language, kept.at
            )
            return [rated]
        case _:
            return []

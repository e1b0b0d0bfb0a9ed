"""What an officer finds after a text, in English words: hand-offs, reports, who comes to a meeting. Plays nothing."""

from bot.flow.effects import (
    AddToReport,
    AnswerReport,
    CallOfficer,
    CancelRsvp,
    Effect,
    FileReport,
    LeaveOfficer,
    NoteMiss,
    OptIn,
    Rsvp,
    ShowNotice,
    SpeakLanguage,
)
from bot.studio.trying.sandbox import Exchange


def found(exchange: Exchange) -> list[str]:
    """One line for each thing."""
    card = [f"safety card: {', '.join(exchange.dangers)}"] if exchange.dangers else []
    return [*card, *filter(None, map(_line, exchange.done))]


def kinds(exchange: Exchange) -> tuple[str, ...]:
    """The same without a resident's words, which differ from one language to another."""
    return (*exchange.dangers, *map(_kind, exchange.done))


def _line(effect: Effect) -> str:
    match effect:
        case CallOfficer():
            return f"hand-off: {effect.reason}{_wishes(effect)}{f' ({effect.about})' if effect.about else ''}"
        case LeaveOfficer():
            return "no longer waits for an officer"
        case FileReport():
            told = "; ".join(f"{question}: {answer}" for question, answer in effect.answers)
            return f"report {effect.number}, {effect.kind}, {'complete' if effect.complete else 'incomplete'}: {told}"
        case AddToReport(number, words) | AnswerReport(number, _, words):
            return f"added to report {number}: {words}"
        case Rsvp():
            return f"comes to a meeting: {effect.meeting_id}, {effect.people} more, needs {effect.need or 'nothing'}"
        case CancelRsvp(code):
            return f"does not come after all: {code}"
        case NoteMiss(need, near):
            return f"found no help: {need}{f' near {near}' if near else ''}"
        case OptIn(topic):
            return f"may be told of {topic}"
        case SpeakLanguage() | ShowNotice():
            return ""  # the language stands beside the text, the notice on the safety card
        case _:
            return type(effect).__name__


def _wishes(call: CallOfficer) -> str:
    wished = [
        name for name, is_so in (
            ("urgent", call.urgent), ("any language", call.any_language), ("sensitive", call.sensitive),
            ("rather waits than has an interpreter", call.speaker_only),
        ) if is_so
    ]  # fmt: skip
    return "".join(f", {name}" for name in [*wished, *([f"wishes for: {call.gender}"] if call.gender else [])])


def _kind(effect: Effect) -> str:
    match effect:
        case CallOfficer():
            return f"hand-off: {effect.reason}{_wishes(effect)}"
        case FileReport():
            return f"report {effect.kind}, {'complete' if effect.complete else 'incomplete'}"
        case _:
            return type(effect).__name__

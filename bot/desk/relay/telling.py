"""What is texted to an officer: put into words and kept to be sent. Knows no number; a resident is a handle here."""

from bot.desk.threads.views import read_by
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import attachments, messages, relays
from bot.store import handoffs as handoff_rows
from bot.store.database import Connection
from bot.store.messages import Message
from bot.store.relay_threads import OnPhone
from bot.text import safety, sms
from bot.text.language_names import english_name

CHANNEL = "twilio-sms"
URGENT = "URGENT: possible danger. Call dispatch or 911 now; this line calls nobody. The safety card is at the desk."
_JUST_NOW = 120_000  # ms between a text and the card that was opened for it, or for those before it
_LAST = 3  # texts that whoever takes a thread is given
_LONGEST = 300  # characters of each of them


def tell(
    conn: Connection, hotline: Hotline, staff_id: int, kind: str, words: str,
    *, thread_id: int | None = None, about_id: int | None = None,
) -> None:  # fmt: skip
    """Keep a text to an officer, in the pieces the channel takes, to be sent."""
    line = next(iter(hotline.config.line_numbers), "")
    parts = hotline.channels[CHANNEL].split(sms.plain(words))
    for part in parts:
        relays.told(
            conn, hotline.keys, staff_id, kind, CHANNEL, line, part, hotline.instant(),
            thread_id=thread_id, about_id=about_id if part is parts[0] else None,
        )  # fmt: skip


def language(tag: str | None) -> str:
    return english_name(tag) if tag else "language not known"


def mark(one: OnPhone) -> str:
    """How a thread is called on a phone; as it is marked there."""
    return f"#{one.number} {one.handle}"


def given(conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone) -> tuple[list[str], int]:
    """What a resident wrote since an officer was given their texts last, each as it is passed on; and up to which id that
    is."""
    said = [text for text in messages.of_thread(conn, hotline.keys, one.thread_id, after=one.seen_id) if _came(text)]
    if not said:
        return [], one.seen_id
    readable = read_by(officer, said)
    came = attachments.of_thread(conn, one.thread_id)
    cards = [card for card in handoff_rows.of_thread(conn, hotline.keys, one.thread_id) if card.kind == "safety"]
    words = []
    for text in readable:
        danger = _tells_of_danger(hotline, text, one.language) or any(
            0 <= text.created_at - card.opened_at < _JUST_NOW for card in cards
        )
        passed = f"{mark(one)}: {_shown(text, len(came.get(text.id, ())))}"
        words.append(f"{URGENT}\n{passed}" if danger else passed)
    return words, said[-1].id


def packet(conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone, *, alone: bool) -> tuple[str, int]:
    """What whoever takes a thread must know, and up to which text they know it."""
    said = messages.of_thread(conn, hotline.keys, one.thread_id)
    open_ones = handoff_rows.of_thread(conn, hotline.keys, one.thread_id)
    lines = [f"You have {mark(one)} ({language(one.language)})."]
    if any(card.kind == "safety" for card in open_ones):
        lines.insert(0, URGENT)
    lines += [f"Why: {each.reason}" for each in open_ones if each.kind == "officer"]
    came = attachments.of_thread(conn, one.thread_id)
    last = [text for text in read_by(officer, said) if _came(text)][-_LAST:]
    lines += [f"They: {_shown(text, len(came.get(text.id, ())))[:_LONGEST]}" for text in last]
    if alone:
        lines.append("What you write goes to them now. #help lists more.")
    else:
        lines.append(f"You have several: begin each text with its mark, like #{one.number} hello.")
    return "\n".join(lines), max((text.id for text in said), default=1)


def _came(text: Message) -> bool:
    return text.direction == "in" and text.state in ("received", "quarantined")


def _shown(text: Message, pictures: int) -> str:
    parts = [text.text] if text.text else []
    if text.extra.get("spot"):
        parts.append("[a place on the map: see the desk]")
    if pictures:
        parts.append(f"[{pictures} picture, voice note or file: see the desk]")
    return " ".join(parts) or "[an empty text]"


def _tells_of_danger(hotline: Hotline, text: Message, tag: str | None) -> bool:
    found = safety.look(text.text, tag, hotline.lexicon) if text.text else None
    return found is not None and any(label != "sensitive" for label in found.labels)

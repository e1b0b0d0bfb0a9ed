"""What is texted to an officer: put into words and kept to be sent. Knows no number; a resident is a handle here."""

from collections.abc import Mapping
from operator import attrgetter

from bot.desk.threads.joining import seen_together
from bot.desk.threads.views import read_by
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import attachments, messages, relays
from bot.store import handoffs as handoff_rows
from bot.store.database import Connection
from bot.store.handoffs import Handoff
from bot.store.messages import Message
from bot.store.relay_threads import CAME, OnPhone
from bot.text import safety, sms
from bot.text.language_names import english_name

CHANNEL = "twilio-sms"
URGENT = "URGENT: possible danger. Call dispatch or 911 now; this line calls nobody. The safety card is at the desk."
CAREFUL = "CAREFUL: somebody else may read the resident's phone. Write nothing that could put them in danger."
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
    for place, part in enumerate(parts):
        kept = relays.told(
            conn, hotline.keys, staff_id, kind, CHANNEL, line, part, hotline.instant(),
            thread_id=thread_id, about_id=None if place else about_id,
        )  # fmt: skip
        if not kept:  # somebody else told them of it meanwhile
            return


def language(tag: str | None) -> str:
    return english_name(tag) if tag else "language not known"


def mark(one: OnPhone) -> str:
    """How a thread is called on a phone; as it is marked there."""
    return f"#{one.number} {one.handle}"


def given(conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone) -> tuple[list[str], int]:
    """What a resident wrote since an officer was given their texts last, each as it is passed on; and up to which id that
    is."""
    texts, pictures, open_ones = _together(conn, hotline, officer, one, after=one.seen_id)
    said = [text for text in texts if _came(text)]
    cards = [card for card in open_ones if card.kind == "safety"]
    marked = f"{mark(one)} [careful]" if one.careful else mark(one)
    words = []
    for text in read_by(officer, said):
        danger = _tells_of_danger(hotline, text, one.language) or any(
            0 <= text.created_at - card.opened_at < _JUST_NOW for card in cards
        )
        passed = f"{marked}: {_shown(text, pictures.get(text.id, 0))}"
        words.append(f"{URGENT}\n{passed}" if danger else passed)
    return words, said[-1].id if said else one.seen_id


def packet(conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone, *, alone: bool) -> tuple[str, int]:
    """What whoever takes a thread must know, and up to which text they know it."""
    said, pictures, open_ones = _together(conn, hotline, officer, one)
    lines = [CAREFUL] if one.careful else []
    lines += [URGENT] if any(card.kind == "safety" for card in open_ones) else []
    lines.append(f"You have {mark(one)} ({language(one.language)}).")
    lines += [f"Why: {each.reason}" for each in open_ones if each.kind == "officer"]
    came = [text for text in read_by(officer, said) if _came(text)]
    earlier = len(came) - _LAST
    lines += [f"[{earlier} earlier {'text' if earlier == 1 else 'texts'}: see the desk]"] if earlier > 0 else []
    lines += [f"They: {_cut(_shown(text, pictures.get(text.id, 0)))}" for text in came[-_LAST:]]
    if alone:
        lines.append("What you write goes to them now. #help lists more.")
    else:
        lines.append(f"You have several: begin each text with its mark, like #{one.number} hello.")
    return "\n".join(lines), max((text.id for text in said), default=1)


def _together(
    conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone, after: int = 0
) -> tuple[list[Message], Mapping[int, int], list[Handoff]]:
    """Texts of the thread and of the one it is joined to, as they were written; how many pictures came with each, by its id;
    and what is open in both. Raises NotFound for what is not for this officer."""
    ids = [each.id for each in seen_together(conn, hotline, officer, one.thread_id)]
    ids = [id_ for id_ in ids if id_ in (one.thread_id, one.joined_id)]
    texts = [text for id_ in ids for text in messages.of_thread(conn, hotline.keys, id_, after=after)]
    pictures = {text_id: len(ones) for id_ in ids for text_id, ones in attachments.of_thread(conn, id_).items()}
    open_ones = [each for id_ in ids for each in handoff_rows.of_thread(conn, hotline.keys, id_)]
    return sorted(texts, key=attrgetter("id")), pictures, open_ones


def _came(text: Message) -> bool:
    return text.direction == "in" and text.state in CAME


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} … (more at the desk)"


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

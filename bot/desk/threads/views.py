"""What staff see of threads: the list, one thread with all that is known of it, and whose it is to see. Changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.desk import access
from bot.errors import NotFound
from bot.flow import engine
from bot.hotline import Hotline
from bot.line import complaints
from bot.model import Officer, Role
from bot.store import attachments, bars, messages, notes, reports, staff, threads
from bot.store import handoffs as store
from bot.store.attachments import Attachment
from bot.store.database import Connection
from bot.store.handoffs import WITH_INTERPRETER, Handoff
from bot.store.messages import Message
from bot.store.notes import Note
from bot.store.reports import Report
from bot.store.threads import Thread
from bot.text import mask

_DAY = 86_400_000  # ms


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Everything an officer may see of a thread. The resident's number is not in it."""

    thread: Thread
    messages: tuple[Message, ...]
    attachments: Mapping[int, tuple[Attachment, ...]]  # what came with a text, by the text's id
    handoffs: tuple[Handoff, ...]
    reports: tuple[Report, ...]
    so_far: tuple[tuple[str, str], ...]  # what the bot asked and was answered in the flow that is open
    flow: str
    officer: str
    mine: bool
    notes: Mapping[int, tuple[Note, ...]]  # of staff, by the text they stand before; 0: after the last


def is_told(thread: Thread, handoffs: Iterable[Handoff], at: int) -> bool:
    """Whether the line says in a thread who comes and goes. Where somebody else may read the phone, only to who asked for
    an officer, and within a day of their last text."""
    if not thread.safe_contact:
        return True
    return any(one.kind == "officer" for one in handoffs) and at - (thread.last_in_at or 0) <= _DAY


def open_for(hotline: Hotline, officer: Officer) -> list[Handoff]:
    """What waits or is being answered, as far as it is this person's: urgent first, then by age."""
    with hotline.db.read() as conn:
        found = store.all_open(conn, hotline.keys)
    return [handoff for handoff in found if may_see(officer, handoff)]


def may_see(officer: Officer, handoff: Handoff) -> bool:
    """Officers see what is theirs, their languages, what is in no known language, and every safety card; what was passed on
    to one officer or to a team only they. Nobody sees what is about them, or comes from somebody they know; nor does a
    supervisor. Once nobody who speaks it was free, all who may answer with an interpreter see it."""
    if officer.id in handoff.barred:
        return False
    if officer.role in (Role.SUPERVISOR, Role.ADMIN) or handoff.officer_id == officer.id or handoff.kind == "safety":
        return officer.role != Role.TRANSLATOR
    if officer.role != Role.OFFICER:
        return False
    if handoff.for_officer_id is not None:
        return handoff.for_officer_id == officer.id
    if handoff.team_id is not None:
        return officer.id in handoff.members
    if handoff.any_language or handoff.language in (None, "en") or handoff.search.route in WITH_INTERPRETER:
        return True
    return officer.speaks(handoff.language or "en")


def view(hotline: Hotline, officer: Officer, thread_id: int) -> ThreadView:
    """Raises NotFound for a thread that is not there, or not for this person."""
    with hotline.db.read() as conn:
        thread, handoffs = seen_by(conn, hotline, officer, thread_id)
        said = read_by(officer, messages.of_thread(conn, hotline.keys, thread_id))
        came = shown_with(said, attachments.of_thread(conn, thread_id))
        filed = filed_for(officer, reports.of_thread(conn, hotline.keys, thread_id))
        written = notes.of_thread(conn, hotline.keys, thread_id)
        names = {one.id: one.name for one in staff.everybody(conn, hotline.today())}
    holder = names.get(thread.officer_id or 0, "")
    so_far, flow = engine.told_so_far(hotline.library, thread.memory.place)
    if complaints.is_open(hotline.library, thread.memory.place) and not complaints.may_read(officer):
        so_far, flow = (), ""
    return ThreadView(
        thread, tuple(said), came, tuple(handoffs), tuple(filed), tuple((a, mask.mask(b)) for a, b in so_far),
        flow, holder, thread.officer_id == officer.id, between(said, written),
    )  # fmt: skip


def between(said: Sequence[Message], written: Sequence[Note]) -> Mapping[int, tuple[Note, ...]]:
    """Notes by the id of the text they were written before; 0 if none came after them."""
    found: dict[int, tuple[Note, ...]] = {}
    for note in written:
        after = next((one.id for one in said if one.id > note.id), 0)
        found[after] = (*found.get(after, ()), note)
    return found


def read_by(officer: Officer, said: Sequence[Message]) -> list[Message]:
    """Texts as this person may read them: private numbers masked, and the words of a complaint kept for supervisors."""
    return [_masked(one) for one in complaints.withheld(officer, said)]


def shown_with(
    said: Sequence[Message], came: Mapping[int, tuple[Attachment, ...]]
) -> Mapping[int, tuple[Attachment, ...]]:
    """What came with those texts that somebody may read."""
    kept_back = {one.id for one in said if one.extra.get(complaints.WITHHELD)}
    return {id_: ones for id_, ones in came.items() if id_ not in kept_back}


def filed_for(officer: Officer, filed: Sequence[Report]) -> list[Report]:
    """Reports as this person may read them: of kinds that are theirs to read, with private numbers masked."""
    return [
        replace(
            one,
            answers=tuple((question, mask.mask(words)) for question, words in one.answers),
            additions=tuple(mask.mask(words) for words in one.additions),
        )
        for one in filed
        if access.may_read(officer, one.kind)
    ]


def _masked(message: Message) -> Message:
    return replace(message, text=mask.mask(message.text)) if message.direction == "in" else message


def seen_by(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> tuple[Thread, list[Handoff]]:
    """A thread and its open hand-offs. Raises NotFound for a thread that is not there, or not for this person."""
    thread = threads.read(conn, hotline.keys, thread_id)
    handoffs = store.of_thread(conn, hotline.keys, thread_id)
    supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN)
    if officer.id in bars.of_thread(conn, thread_id):
        raise NotFound("There is no such thread.")
    if not supervises and thread.officer_id != officer.id and not any(may_see(officer, one) for one in handoffs):
        raise NotFound("There is no such thread.")
    return thread, handoffs

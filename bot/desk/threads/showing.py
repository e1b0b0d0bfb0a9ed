"""What a thread's page shows beyond the thread itself: what the same person wrote on another channel, where the spots lie
that they sent, and until when WhatsApp lets them be answered. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.threads import joining, locating, translation, whatsapp
from bot.desk.threads.joining import Beside
from bot.desk.threads.locating import Whereabouts
from bot.desk.threads.translation import Machine
from bot.desk.threads.views import ThreadView, between, filed_for, read_by, shown_with
from bot.desk.threads.whatsapp import Window
from bot.hotline import Hotline
from bot.model import Officer, Role, Spot
from bot.store import attachments, messages, notes, reports
from bot.store.attachments import Attachment
from bot.store.messages import Message
from bot.store.notes import Note
from bot.store.reports import Report


@dataclass(frozen=True, slots=True)
class Shown:
    """Texts of both channels in the order they were written, with all that came with them."""

    messages: tuple[Message, ...]
    attachments: Mapping[int, tuple[Attachment, ...]]
    reports: tuple[Report, ...]
    notes: Mapping[int, tuple[Note, ...]]  # of staff, by the text they stand before; 0: after the last
    spots: Mapping[int, Whereabouts]  # by the text they came with
    beside: Beside | None
    window: Window | None
    may_reveal: bool  # ask for the number, join and part
    machine: Machine  # translations of the texts, and how the translator is

    @property
    def joined(self) -> bool:
        return self.beside is not None and self.beside.join is not None


def show(hotline: Hotline, officer: Officer, view: ThreadView) -> Shown:
    """Of a view that this officer was given."""
    thread, said, came, filed = view.thread, list(view.messages), dict(view.attachments), list(view.reports)
    written = [note for each in view.notes.values() for note in each]
    with hotline.db.read() as conn:
        beside = joining.beside(conn, hotline, officer, thread)
        if beside and beside.join:
            there = read_by(officer, messages.of_thread(conn, hotline.keys, beside.thread.id))
            said += there
            came |= shown_with(there, attachments.of_thread(conn, beside.thread.id))
            filed += filed_for(officer, reports.of_thread(conn, hotline.keys, beside.thread.id))
            written += notes.of_thread(conn, hotline.keys, beside.thread.id)
        window = whatsapp.of(conn, hotline, thread)
        said.sort(key=lambda message: message.id)
        machine = translation.shown(conn, hotline, [thread.id, *([beside.thread.id] if beside and beside.join else [])], said)
    written.sort(key=lambda note: note.id)
    spots = {message.id: _where(hotline, message) for message in said if message.extra.get("spot")}
    supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN)
    return Shown(
        tuple(said), came, tuple(filed), between(said, written), spots, beside, window, view.mine or supervises,
        machine,
    )


def _where(hotline: Hotline, message: Message) -> Whereabouts:
    latitude, longitude, label = message.extra["spot"]
    return locating.locate(hotline, Spot(latitude, longitude, label))

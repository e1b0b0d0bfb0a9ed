"""A question the line asks by itself: whether it may, and how it stands in nobody's way."""

from collections.abc import Mapping

from bot.errors import Stale
from bot.flow.effects import Say
from bot.flow.engine import resting
from bot.flow.place import Place
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line import window
from bot.line.saying import say
from bot.line.town import Town
from bot.model import Holder
from bot.store import reports, threads
from bot.store.database import Connection, carry_out
from bot.store.threads import Thread


def why_not(thread: Thread, at: int) -> str | None:
    """Why a resident cannot be told something by text without having asked; None if they can."""
    if thread.stopped:
        return "stopped"
    if thread.safe_contact:
        return "careful"
    return "window" if window.is_shut(thread.channel, thread.last_in_at, at) else None


def is_free(thread: Thread, flow: str, at: int) -> bool:
    """Whether a question of this flow would stand in nobody's way and its answer be answered; one of it that was never
    answered does not stand in the way."""
    place = thread.memory.place
    below = Place(place.frames[:-1]) if place.frames and place.top.flow == flow else place
    return thread.holder == Holder.BOT and thread.muted_until <= at and resting(below)


def may_ask(conn: Connection, thread: Thread, flow: str, at: int) -> bool:
    """Whether a question that could be left out may be asked now: not in danger, and not while a complaint waits."""
    return is_free(thread, flow, at) and not thread.urgent and not reports.complaint_is_open(conn, thread.id)


def walk(hotline: Hotline, thread: Thread, flow: str) -> Walk:
    """Where the resident stands, with a question of this flow that was never answered taken back."""
    place = thread.memory.place
    if place.frames and place.top.flow == flow and place.top.interrupts:
        place.frames.pop()
    voice = hotline.library.voice(thread.language or "en")
    return Walk(hotline.library, voice, Town(hotline, thread.channel, thread.resident_id), place)


def ask(hotline: Hotline, conn: Connection, thread: Thread, flow: str, given: Mapping[str, str]) -> str:
    """Stand the flow above whatever is open, and keep that; the words to send. Raises Stale if the thread changed."""
    asking = walk(hotline, thread, flow)
    asking.interrupt(flow, given)
    words = "\n\n".join(effect.text for effect in asking.effects if isinstance(effect, Say))
    thread.memory.place = asking.place
    kept = threads.keep_memory(hotline.keys, thread, thread.holder, thread.officer_id, thread.language)
    if not carry_out(conn, kept):
        raise Stale("The thread changed.")
    return words


def write(hotline: Hotline, conn: Connection, thread: Thread, words: str) -> None:
    """Keep words to be sent. Whoever calls has them delivered after the commit."""
    say(conn, hotline, thread, hotline.instant(), [words])

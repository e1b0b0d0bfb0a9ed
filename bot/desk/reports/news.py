"""What residents are told of their reports: one text for each change, in their language, by day, and once whoever else is
told that it takes longer than was said. Decides no change."""

from collections.abc import Callable, Mapping
from datetime import date

from bot.desk.threads.changing import keep
from bot.errors import Stale
from bot.flow import wording
from bot.flow.effects import Say
from bot.flow.reading import Line
from bot.flow.steps.base import FILED_AS
from bot.flow.steps.talk import Collect
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line import promises, window
from bot.line.saying import say
from bot.line.town import Town
from bot.model import Holder
from bot.store import casework, events, threads
from bot.store.casework import Change, Row
from bot.store.database import Connection
from bot.store.threads import Thread

_WAKING = range(8, 20)  # hours in which nobody is woken by a text that can wait
_TRIES = 5
QUESTION = "report_question"  # the flow that asks one more thing, and the phrase of such a change


def untold(row: Row, now: int) -> str:
    """Why a resident cannot be texted of their report: stopped, safe contact, no contact, window; empty if they can."""
    if row.stopped:
        return "stopped"
    if row.safe_contact:
        return "safe contact"
    if row.contact == "none":
        return "no contact"
    shuts_at = window.shuts_at(row.channel, row.last_in_at)
    return "window" if shuts_at is not None and now >= shuts_at else ""


Preview = Callable[[str, str, Mapping[str, str]], str]  # language, phrase, what it is filled with


def previewing(hotline: Hotline, row: Row) -> Preview:
    """Says what the resident of a report would read."""
    with hotline.db.read() as conn:
        thread = threads.read(conn, hotline.keys, row.thread_id)

    def preview(tag: str, phrase: str, said: Mapping[str, str]) -> str:
        walk = _walk(hotline, thread, tag)
        if phrase == QUESTION:
            return walk.fill(_asking(walk), {"number": row.number, "question": question(walk, said)})
        return _filled(walk, row.number, phrase, said)

    return preview


def tell(hotline: Hotline, change_id: int) -> str:
    """Say what is to be said of a change: `told`, `later` (at night, or while an officer writes with them), or why not."""
    if hotline.now().hour not in _WAKING:
        return "later"
    for _ in range(_TRIES):
        try:
            with hotline.db.write() as conn:
                outcome, thread_id = _tell(conn, hotline, change_id)
        except Stale:
            continue
        if outcome == "told" and thread_id:
            hotline.queue.put("deliver", thread_id)
            hotline.queue.announce(thread_id)
        return outcome
    return "later"


def _tell(conn: Connection, hotline: Hotline, change_id: int) -> tuple[str, int]:
    at = hotline.instant()
    change = casework.change(conn, hotline.keys, change_id)
    row = casework.row(conn, change.report_id) if change else None
    if change is None or row is None or change.telling != "due":
        return "told", 0  # by somebody else
    why = untold(row, at) or ("overtaken" if change.phrase == QUESTION and row.state != "more" else "")
    if why:
        casework.settle(conn, change_id, "due", "untold", why)
        events.write(conn, "line", "report change not told", f"report:{row.id}", at, why)
        return why, row.thread_id
    thread = threads.read(conn, hotline.keys, row.thread_id)
    if change.phrase == QUESTION and thread.holder != Holder.BOT:
        return "later", row.thread_id
    if not casework.settle(conn, change_id, "due", "told"):
        return "told", 0
    say(conn, hotline, thread, at, [_words(conn, hotline, thread, row, change)])
    events.write(conn, "line", "told of a report", f"thread:{thread.id}", at, f"{row.number} {change.state}")
    return "told", thread.id


def _words(conn: Connection, hotline: Hotline, thread: Thread, row: Row, change: Change) -> str:
    """The text; a question also stands the resident at it, so that their next text is its answer."""
    walk = _walk(hotline, thread, thread.language or row.language or "en")
    if change.phrase != QUESTION:
        return _filled(walk, row.number, change.phrase, change.said)
    given = {"number": row.number, "question": question(walk, change.said), FILED_AS: row.kind}
    walk.interrupt(QUESTION, given)
    thread.memory.place = walk.place
    keep(conn, hotline, thread, thread.holder, thread.officer_id)
    return "\n\n".join(effect.text for effect in walk.effects if isinstance(effect, Say))


def _walk(hotline: Hotline, thread: Thread, tag: str) -> Walk:
    town = Town(hotline, thread.channel, thread.resident_id)
    return Walk(hotline.library, hotline.library.voice(tag), town, thread.memory.place)


def _filled(walk: Walk, number: str, phrase: str, said: Mapping[str, str]) -> str:
    values = {**said, "num": number}
    if said.get("reason_is"):
        values["reason"] = walk.fill(walk.library.phrase(said["reason_is"]))
    if said.get("on"):
        values["date"] = wording.day(walk, date.fromisoformat(said["on"]))
    return walk.fill(walk.library.phrase(phrase), values)


def question(walk: Walk, said: Mapping[str, str]) -> str:
    """What is asked: an officer's own words, or one of the questions of the flows, in the language of the walk."""
    flow, _, name = said.get("question_is", "").partition("/")
    script = walk.library.script(flow) if flow else None
    step = script.steps.get(name) if script else None
    return walk.fill(step.text) if isinstance(step, Collect) else said.get("question", "")


def _asking(walk: Walk) -> Line:
    step = walk.script(QUESTION).steps["ask"]
    assert isinstance(step, Collect)
    return step.text


def tell_due(hotline: Hotline) -> int:
    """What could not be told at once, as at night; how many were."""
    if hotline.now().hour not in _WAKING:
        return 0
    with hotline.db.read() as conn:
        waiting = casework.to_tell(conn)
    return sum(tell(hotline, change_id) == "told" for change_id in waiting)


def tell_late(hotline: Hotline) -> int:
    """Reports of which nobody heard anything by the day they were promised: their residents are told so once, with
    another day; how many reports that were."""
    now = hotline.instant()
    if hotline.now().hour not in _WAKING:
        return 0
    with hotline.db.read() as conn:
        broken = casework.broken_promises(conn, now)
    return sum(_tell_late(hotline, report_id, version) for report_id, version in broken)


def _tell_late(hotline: Hotline, report_id: int, version: int) -> bool:
    at = hotline.instant()
    day = promises.new_date(hotline.config, at)
    with hotline.db.write() as conn:
        if not casework.put_off(conn, report_id, version, promises.end_of(day), at):
            return False
        row = casework.row(conn, report_id)
        assert row
        change_id = casework.note_change(
            conn, hotline.keys, report_id, row.state, at,
            officer_id=None, phrase="report_late", said={"on": day.date().isoformat()},
        )  # fmt: skip
        events.write(conn, "line", "report is late", f"report:{report_id}", at, row.number)
    tell(hotline, change_id)
    return True

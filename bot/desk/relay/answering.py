"""What officers write on their phones, carried out: each text once, in the order they came, with the same use cases as at the
desk. What was done and that it was done are one transaction. Nothing is guessed: a text of which it is not certain whom it is
for waits until its writer says so."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.duty import handoffs, passing
from bot.desk.paging import waves
from bot.desk.relay import commands, offering, phones, telling
from bot.desk.relay.commands import Command, Deed
from bot.desk.threads import joining, replies
from bot.errors import DatabaseUnreachable, NotFound, PuenteError, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import duty as plans
from bot.store import events, joins, messages, pagings, relay_phones, relay_threads, relays, staff
from bot.store import handoffs as handoff_rows
from bot.store.database import Connection
from bot.store.relay_threads import OnPhone
from bot.store.relays import Relay
from bot.text.language_model.masking import is_tapback

_log = logging.getLogger(__name__)
_AT_ONCE = 50  # texts of one officer, in one round
_HELD_FOR = 15 * 60_000  # ms after which nobody is sure any more what was meant
_JUST_ENDED = 10 * 60_000  # ms in which a text may still have been meant for a thread that is over
_OUTCOMES = {
    "a": "answered", "b": "resource given", "c": "report taken", "d": "officer will follow up",
    "e": "to another city agency", "f": "no answer from the resident", "g": "spam or abuse",
}  # fmt: skip


class _DoneAlready(Exception):
    """Somebody else carried this text out meanwhile."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text that is being carried out."""

    hotline: Hotline
    officer: Officer
    relay: Relay
    open: tuple[OnPhone, ...]  # what its writer was offered, or has on the phone

    @property
    def on(self) -> list[OnPhone]:
        return [one for one in self.open if one.state == "on"]

    @property
    def offered(self) -> list[OnPhone]:
        return [one for one in self.open if one.state == "offered"]

    def settle(self, conn: Connection, *told: str, thread_id: int | None = None, state: str = "done") -> None:
        """In the transaction that carries it out. Raises _DoneAlready."""
        if not relays.settle(conn, self.relay.id, "received", state, self.hotline.instant(), thread_id):
            raise _DoneAlready
        for words in filter(None, told):
            telling.tell(conn, self.hotline, self.officer.id, "told", words, thread_id=thread_id)

    def refuse(self, *told: str) -> None:
        """Nothing is done but to say so."""
        with self.hotline.db.write() as conn:
            self.settle(conn, *told)


def carry_out(hotline: Hotline) -> int:
    """Whatever officers have written; how many texts that were."""
    with hotline.db.read() as conn:
        waiting = relays.to_carry_out(conn)
    return sum(_carry_out_of(hotline, staff_id) for staff_id in waiting)


def _carry_out_of(hotline: Hotline, staff_id: int) -> int:
    """Two who do this at once carry nothing out twice: one of them finds it done and stops."""
    for done in range(_AT_ONCE):
        with hotline.db.read() as conn:
            relay = relays.next_received(conn, hotline.keys, staff_id)
            officer = staff.find(conn, staff_id, hotline.today()) if relay else None
            mine = tuple(relay_threads.open_of(conn, staff_id)) if relay else ()
        if relay is None or officer is None:
            return done
        text = Text(hotline, officer, relay, mine)
        try:
            _carry_out_or_say_why_not(text)
        except (_DoneAlready, Stale):
            return done  # the next round looks again
    return _AT_ONCE


def _carry_out_or_say_why_not(text: Text) -> None:
    try:
        _carry_out(text)
    except (_DoneAlready, Stale, DatabaseUnreachable):
        raise
    except PuenteError as refusal:
        text.refuse(f"Not done. {refusal}")
    except Exception as error:  # it must not keep back what follows it
        _log.error("a text from an officer's phone failed: %s", type(error).__name__)
        text.refuse("Something went wrong here. Nothing was passed on; please use the desk.")


def _carry_out(text: Text) -> None:
    relay, hotline = text.relay, text.hotline
    if _changes_phone(text):
        return
    if relay.kind == "late":
        text.refuse("A text of yours reached this line late. It was not passed on; write it again if it still holds.")
    elif is_tapback(relay.text):
        text.refuse()  # nobody typed it
    elif not relay.text.strip():
        text.refuse("Pictures, voice notes and files are not passed on. Nothing was sent." if relay.media else "")
    else:
        command = commands.read(relay.text)
        with hotline.db.read() as conn:
            here = text.officer.id in offering.on_duty(conn, hotline)
        if not here and command.deed not in (Deed.HELP, Deed.LIST, Deed.WHO):
            text.refuse("You are not on shift or on call. Nothing was passed on.")
        else:
            _DEEDS[command.deed](text, command)


def _changes_phone(text: Text) -> bool:
    """STOP and START, on which the provider acts, too."""
    hotline, officer, kind = text.hotline, text.officer, text.relay.kind
    with hotline.db.read() as conn:
        phone = relay_phones.of_staff(conn, officer.id)
    stopped = phone is None or phone.state != "on"
    if kind == "stop" or (stopped and kind not in ("start", "yes")):
        with hotline.db.write() as conn:
            text.settle(conn)  # whoever cannot be answered is not obeyed either
            if kind == "stop":
                phones.change(conn, hotline, officer.id, "stopped", "line", "sent STOP from their phone")
    elif stopped or kind == "start":
        with hotline.db.write() as conn:
            phones.change(conn, hotline, officer.id, "on", "line", "sent START from their phone")
            text.settle(conn, "Threads come to this phone again. #help lists what you can write.")
    else:
        return False
    return True


# Words to residents


def _write(text: Text, command: Command) -> None:
    """Without a mark: to the one thread that is open, if it is certain that it is the one that was meant."""
    hotline, on = text.hotline, text.on
    if not on:
        hint = f" Reply {_or(text.offered)} to take it." if text.offered else " #list shows your threads."
        text.refuse(f"No thread is open on this phone. Nothing was sent.{hint}")
        return
    with hotline.db.read() as conn:
        ended = relay_threads.ended_since(conn, text.officer.id, hotline.instant() - _JUST_ENDED)
    if len(on) > 1 or ended:
        _hold(text, "")
    else:
        _send(text, on[0], command.words)


def _write_to(text: Text, command: Command) -> None:
    one = _numbered(text, command.number)
    if one is None or one.state == "over":
        gone = f"{telling.mark(one)} is closed here" if one else f"There is no #{command.number}"
        text.refuse(f"{gone}. Nothing was sent. #list shows your threads.")
    elif one.state == "offered":
        text.refuse(f"#{one.number} is not on this phone yet. Nothing was sent. Reply #{one.number} alone to take it.")
    else:
        _send(text, one, command.words)


def _bare(text: Text, command: Command) -> None:
    """A number alone: it takes what was offered under it, unless it may as well be a word to a resident."""
    offered = next((one for one in text.offered if one.number == command.number), None)
    if not text.on and offered:
        _take(text, offered)
    elif offered:
        _hold(text, f"Reply #{offered.number} alone to take that one. ")
    else:
        _write(text, Command(Deed.WRITE, 0, command.words))


def _send(text: Text, one: OnPhone, words: str) -> None:
    pictures = "The picture was not passed on, only your words." if text.relay.media else ""
    replies.reply(
        text.hotline, text.officer, one.thread_id, words,
        also=lambda conn: text.settle(conn, pictures, thread_id=one.thread_id),
    )  # fmt: skip


def _hold(text: Text, hint: str) -> None:
    with text.hotline.db.write() as conn:
        whom = _or(text.on)
        text.settle(conn, f"Not sent yet: to whom? {hint}Reply {whom} to send it there, or #drop.", state="held")


def _or(ones: list[OnPhone]) -> str:
    return " or ".join(telling.mark(one) for one in ones)


def _numbered(text: Text, number: int) -> OnPhone | None:
    with text.hotline.db.read() as conn:
        return relay_threads.numbered(conn, text.officer.id, number)


# A mark alone


def _mark(text: Text, command: Command) -> None:
    """Takes what was offered; or sends what is held; or goes on here with what they hold already."""
    one = _numbered(text, command.number)
    if one is None:
        text.refuse(f"There is no #{command.number}. #list shows your threads.")
    elif one.state == "over":
        text.refuse(f"{telling.mark(one)} is not open to you any more.")
    elif one.state == "offered":
        _take(text, one)
    else:
        _send_held(text, one)


def _take(text: Text, one: OnPhone) -> None:
    """Of two officers who take one exactly one gets it. Raises TakenAlready, which says who has it."""

    def also(conn: Connection) -> None:
        alone = not [other for other in text.on if other.thread_id != one.thread_id]
        words, seen_id = telling.packet(conn, text.hotline, text.officer, one, alone=alone)
        relay_threads.take(conn, one, seen_id)
        events.write(
            conn, f"officer:{text.officer.id}", "answers by phone", f"thread:{one.thread_id}", text.hotline.instant()
        )
        text.settle(conn, words, thread_id=one.thread_id)

    try:
        handoffs.claim(text.hotline, text.officer, one.thread_id, also)
        joining.follow(text.hotline, text.officer, one.thread_id)
    except NotFound:
        text.refuse(f"#{one.number} is not open any more.")


def _send_held(text: Text, one: OnPhone) -> None:
    hotline, at = text.hotline, text.hotline.instant()
    with hotline.db.read() as conn:
        held = relays.held(conn, hotline.keys, text.officer.id)
    fresh = [each for each in held if at - each.created_at <= _HELD_FOR]
    for each in fresh:
        replies.reply(hotline, text.officer, one.thread_id, each.text.strip(), also=_no_longer_held(text, each, one))
    with hotline.db.write() as conn:
        for each in held:
            relays.settle(conn, each.id, "held", "done", at)
        said = (
            [f"Sent to {telling.mark(one)}."] if fresh else [] if held else [f"{telling.mark(one)} is on this phone."]
        )
        if len(fresh) < len(held):
            said.append("What was held for more than 15 minutes was not sent.")
        text.settle(conn, " ".join(said), thread_id=one.thread_id)


def _no_longer_held(text: Text, held: Relay, one: OnPhone) -> Callable[[Connection], None]:
    def also(conn: Connection) -> None:
        if not relays.settle(conn, held.id, "held", "done", text.hotline.instant(), one.thread_id):
            raise _DoneAlready

    return also


# Control words


def _the_one(text: Text, command: Command) -> OnPhone | None:
    """The thread that a control word is about; without a number, the only one. None: it was refused."""
    found = [one for one in text.on if one.number == command.number or not command.number]
    if len(found) == 1:
        return found[0]
    word = command.deed.value
    text.refuse(
        f"Which one? Write #{word} with its number: {_or(text.on)}." if text.on else "No such thread is on this phone."
    )
    return None


def _back(text: Text, command: Command) -> None:
    one = _the_one(text, command)
    if one is None:
        return

    def also(conn: Connection) -> None:
        at = text.hotline.instant()
        relay_threads.end(conn, one.id, at)
        for each in handoff_rows.of_thread(conn, text.hotline.keys, one.thread_id):
            pagings.answer(conn, each.id, text.officer.id, "declined", at)  # they are not asked for it again
        text.settle(conn, f"{telling.mark(one)} is back in the queue.", thread_id=one.thread_id)

    passing.release(text.hotline, text.officer, one.thread_id, also)
    joining.follow(text.hotline, text.officer, one.thread_id)


def _close(text: Text, command: Command) -> None:
    """How it ended must be said, as at the desk; a safety card is closed there only."""
    one = _the_one(text, command)
    if one is None:
        return
    hotline, outcome = text.hotline, _OUTCOMES.get(command.words)
    with hotline.db.read() as conn:
        ids = [one.thread_id, joins.other(conn, one.thread_id)]  # the other is closed with it
        found = [each for id_ in filter(None, ids) for each in handoff_rows.of_thread(conn, hotline.keys, id_)]
    if any(each.kind == "safety" for each in found):
        text.refuse(f"{telling.mark(one)} has a safety card: close it at the desk, once dispatch was told.")
    elif outcome is None:
        choices = "; ".join(f"{letter} {words}" for letter, words in _OUTCOMES.items())
        text.refuse(f"How did {telling.mark(one)} end? Reply #close {one.number} and a letter: {choices}.")
    else:

        def also(conn: Connection) -> None:
            relay_threads.end(conn, one.id, hotline.instant())
            text.settle(conn, f"{telling.mark(one)} is closed: {outcome}.", thread_id=one.thread_id)

        service = "certified officer" if text.officer.speaks(one.language or "en") else "none"
        handoffs.close(hotline, text.officer, one.thread_id, outcome, service, also=also)
        joining.follow(hotline, text.officer, one.thread_id)


def _no(text: Text, command: Command) -> None:
    one = next((one for one in text.offered if command.number in (0, one.number)), None)
    if one is None or (not command.number and len(text.offered) > 1):
        text.refuse("Which one? Write #no with its number; #list shows who waits.")
        return
    try:
        waves.decline(text.hotline, text.officer, one.thread_id)
    except NotFound:
        pass  # they are not asked any more
    with text.hotline.db.write() as conn:
        relay_threads.end(conn, one.id, text.hotline.instant())
        text.settle(conn, f"#{one.number} goes to others.")


def _drop(text: Text, command: Command) -> None:
    with text.hotline.db.write() as conn:
        held = relays.held(conn, text.hotline.keys, text.officer.id)
        for each in held:
            relays.settle(conn, each.id, "held", "done", text.hotline.instant())
        text.settle(conn, "Dropped; nothing was sent." if held else "Nothing was held.")


def _list(text: Text, command: Command) -> None:
    hotline, at = text.hotline, text.hotline.instant()
    with hotline.db.write() as conn:
        shown = offering.listed(conn, text.officer, at)
        held = {thread for _, thread in plans.held_by(conn, {text.officer.id})}
        lines = [_line(conn, one, at, mine=one.thread_id in held) for one in shown]
        missing = len(held - {one.thread_id for one in shown})
        lines += [f"{missing} more of yours only at the desk: every number here is taken."] if missing else []
        text.settle(conn, "\n".join(lines) or "No thread is open for you.")


def _line(conn: Connection, one: OnPhone, at: int, *, mine: bool) -> str:
    if not mine:
        return f"#{one.number} waits for you ({telling.language(one.language)})"
    since = messages.unanswered_since(conn, one.thread_id)
    waits = f"waits for your answer, {(at - since) // 60_000} min" if since is not None else "answered"
    where = "" if one.state == "on" else f"; only at the desk, reply #{one.number} to go on here"
    return f"{telling.mark(one)} ({telling.language(one.language)}): {waits}{where}"


def _who(text: Text, command: Command) -> None:
    with text.hotline.db.read() as conn:
        here = text.officer.id in offering.on_duty(conn, text.hotline)
    if not text.on:
        whom = "No thread is open on this phone."
    elif len(text.on) > 1:
        whom = f"Open: {_or(text.on)}. A text without a mark is held until you say to whom."
    else:
        whom = f"A text without a mark goes to {telling.mark(text.on[0])}."
    text.refuse(f"You are {text.officer.name}, {'on' if here else 'off'} duty. {whom}")


def _help(text: Text, command: Command) -> None:
    text.refuse(commands.HELP)


def _unknown(text: Text, command: Command) -> None:
    text.refuse("This begins with # and is no word I know. Nothing was sent. #help lists them.")


_DEEDS: dict[Deed, Callable[[Text, Command], None]] = {
    Deed.WRITE: _write, Deed.WRITE_TO: _write_to, Deed.MARK: _mark, Deed.BARE: _bare, Deed.BACK: _back,
    Deed.CLOSE: _close, Deed.NO: _no, Deed.LIST: _list, Deed.WHO: _who, Deed.DROP: _drop, Deed.HELP: _help,
    Deed.UNKNOWN: _unknown,
}  # fmt: skip

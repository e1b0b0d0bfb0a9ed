"""What comes to an officer's phone unasked: threads to take, what residents write, that a thread is theirs no more, that a
text did not arrive, and at the end of a shift what is open. Rounds, each piece of them claimed in the database."""

import logging

from bot.desk.relay import telling
from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.line import duty
from bot.model import Officer
from bot.store import duty as plans
from bot.store import relay_phones, relay_threads, relays, staff
from bot.store.database import Connection
from bot.store.relay_threads import Asked, OnPhone

_log = logging.getLogger(__name__)
_NEWS = 600_000  # ms in which an offer is one
_TOLD_OF = 4 * 3_600_000  # ms: of a text older than that nobody is told that it did not arrive


def offer(hotline: Hotline) -> int:
    """Ask by phone those who are asked at the desk, if they are on shift or on call; how many texts that makes. Whose phone
    has no number left for it is asked at the desk alone."""
    at, told = hotline.instant(), 0
    with hotline.db.read() as conn:
        asked = relay_threads.to_offer(conn, at - _NEWS)
        here = on_duty(conn, hotline) if asked else {}
    for one in asked:
        if one.staff_id not in here:
            continue
        with hotline.db.write() as conn:
            number = relay_threads.next_number(conn, one.staff_id)
            if number and relay_threads.offer(conn, one, number, at):
                telling.tell(
                    conn, hotline, one.staff_id, "offer", _offer(hotline, one, number), thread_id=one.thread_id
                )
                told += 1
    return told


def _offer(hotline: Hotline, asked: Asked, number: int) -> str:
    """Nothing of the resident but the language, and what sort of matter it is."""
    urgent = "URGENT. " if asked.urgent else ""
    matter = f"{telling.URGENT} Topic: safety." if asked.kind == "safety" else f"{urgent}Topic: {asked.reason}."
    return (
        f"{hotline.config.department_name} #{number}: a resident waits. Language: {telling.language(asked.language)}. "
        f"{matter} Reply #{number} to take it, #no {number} if you cannot."
    )


def on_duty(conn: Connection, hotline: Hotline) -> dict[int, Officer]:
    """Who is on shift or on call, by id."""
    there = duty.hands(conn, hotline)
    return {hand.officer.id: hand.officer for hand in there if hand.officer.on_shift or hand.on_call}


def pass_on(hotline: Hotline) -> int:
    """What residents wrote in threads that are on a phone, each text once; in how many threads."""
    with hotline.db.read() as conn:
        waiting = relay_threads.unseen(conn)
    passed = 0
    for one in waiting:
        try:
            passed += _pass_on(hotline, one)
        except DatabaseUnreachable:
            raise
        except Exception as error:  # one thread's trouble is not its neighbours'
            _log.error("thread %s was not passed on to a phone: %s", one.thread_id, type(error).__name__)
    return passed


def _pass_on(hotline: Hotline, one: OnPhone) -> bool:
    with hotline.db.read() as conn:
        officer = staff.find(conn, one.staff_id, hotline.today())
        words, seen_id = telling.given(conn, hotline, officer, one) if officer else ([], 0)
    if not words:
        return False
    with hotline.db.write() as conn:
        if not relay_threads.see(conn, one, seen_id):
            return False
        for each in words:
            telling.tell(conn, hotline, one.staff_id, "text", each, thread_id=one.thread_id)
    return True


def say_not_arrived(hotline: Hotline) -> None:
    """An officer who writes from a phone sees no state of a text: they are told of what did not arrive."""
    since = hotline.instant() - _TOLD_OF
    with hotline.db.read() as conn:
        found = [
            (one, id_)
            for one in relay_threads.all_on(conn)
            for id_ in relays.not_arrived(conn, one.thread_id, one.staff_id, since)
        ]
    for one, message_id in found:
        with hotline.db.write() as conn:
            if message_id not in relays.not_arrived(conn, one.thread_id, one.staff_id, since):
                continue
            words = (
                f"Your last text to {telling.mark(one)} may not have arrived. See the desk before you write it again."
            )
            telling.tell(conn, hotline, one.staff_id, "told", words, thread_id=one.thread_id, about_id=message_id)


_NOW = {
    "bot": "It is closed.",
    "waiting": "It waits for others again.",
    "officer": "Another officer has it.",
}


def say_lost(hotline: Hotline) -> None:
    """Threads that an officer holds no more, by whatever way: nothing goes to and fro any longer, and they are told."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        lost, offered = relay_threads.lost(conn), relay_threads.offered_no_more(conn)
    for one, holder in lost:
        with hotline.db.write() as conn:
            if relay_threads.end(conn, one.id, at):
                words = f"{telling.mark(one)} is no longer yours. {_NOW[holder]} What you write to it is not passed on."
                telling.tell(conn, hotline, one.staff_id, "told", words, thread_id=one.thread_id)
    for id_ in offered:
        with hotline.db.write() as conn:
            relay_threads.end(conn, id_, at)


def sign_off(hotline: Hotline) -> None:
    """Whoever goes off duty is told once what they leave open; from then on nothing they write is passed on."""
    with hotline.db.read() as conn:
        phones = relay_phones.all_on(conn)
        here = on_duty(conn, hotline) if phones else {}
    for phone in phones:
        now = phone.staff_id in here
        if now == phone.on_duty:
            continue
        with hotline.db.write() as conn:
            if relay_phones.set_on_duty(conn, phone.staff_id, now) and not now:
                telling.tell(conn, hotline, phone.staff_id, "told", _good_bye(conn, phone.staff_id))


def _good_bye(conn: Connection, staff_id: int) -> str:
    held = {thread for _, thread in plans.held_by(conn, {staff_id})}
    yours = [one for one in relay_threads.open_of(conn, staff_id) if one.thread_id in held and one.state == "on"]
    lines = ["You are off shift. What you write here is not passed on until you are back."]
    if yours:
        lines.append(
            f"Still open and yours: {', '.join(map(telling.mark, yours))}. Hand them over at the desk, or call."
        )
    elif held:
        lines.append(f"{len(held)} of your threads are still open at the desk.")
    else:
        lines.append("None of your threads is open.")
    return "\n".join(lines)


def listed(conn: Connection, officer: Officer, at: int) -> list[OnPhone]:
    """Every thread an officer holds or is offered, each with a number as far as there are any; those they hold first."""
    held = [thread for _, thread in plans.held_by(conn, {officer.id})]
    for thread_id in held:
        relay_threads.give_number(conn, officer.id, thread_id, at)
    found = relay_threads.open_of(conn, officer.id)
    return sorted(found, key=lambda one: (one.thread_id not in held, one.number))

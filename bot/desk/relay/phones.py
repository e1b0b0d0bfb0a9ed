"""An officer's own phone: proved by a code that is sent to it, switched on and off by its owner, ended by STOP."""

import secrets
from dataclasses import dataclass, replace

from bot.desk.duty import rota
from bot.desk.relay import telling
from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import duty, events, guesses, relay_phones, relay_threads, relays
from bot.store.database import Connection

LASTS = 10 * 60_000  # ms in which a code can be typed in
_ASKED_TOO_OFTEN = "There were too many codes. Wait 15 minutes."


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """What its owner sees of it. `state`: none, asked, on, stopped, off."""

    number: str
    state: str
    since: int
    last: tuple[str, int] | None  # what became of the last text to it, and when, ms


def mine(hotline: Hotline, officer: Officer) -> OwnPhone:
    """Raises NotFound where the department has not turned this on."""
    _must_be_on(hotline)
    with hotline.db.read() as conn:
        number = duty.limits(conn, hotline.keys, officer.id).phone
        kept = relay_phones.of_staff(conn, officer.id)
        last = relays.latest_out(conn, officer.id) if kept else None
    if kept is None or not number:
        return OwnPhone(number, "none", 0, None)
    late = kept.state == "asked" and hotline.instant() - kept.since > LASTS
    return OwnPhone(number, "off" if late else kept.state, kept.since, last)


def ask(hotline: Hotline, officer: Officer, number: str) -> None:
    """Send a code to a number; until it is typed in, nothing else is sent there. Raises NotUsable, NotFound."""
    _must_be_on(hotline)
    if not hotline.config.line_numbers:
        raise NotUsable("This line has no number that it could text from.")
    with hotline.db.read() as conn:
        known = duty.limits(conn, hotline.keys, officer.id)
    if "".join(number.split()) != known.phone:
        rota.set_limits(hotline, officer, officer.id, replace(known, phone=number))
    at, code = hotline.instant(), f"{secrets.randbelow(1_000_000):06}"
    with hotline.db.write() as conn:
        if not duty.limits(conn, hotline.keys, officer.id).phone:
            raise NotUsable("A phone number begins with + and the country, like +1 555 555 0190.")
        if guesses.take(conn, f"relay codes:{officer.id}", at) is None:
            raise NotUsable(_ASKED_TOO_OFTEN)
        relay_phones.ask(conn, officer.id, _digest(hotline, officer, code), at)
        relay_threads.end_all(conn, officer.id, at)
        words = f"your code is {code}. With it your phone answers threads. Not you? Ignore this."
        telling.tell(conn, hotline, officer.id, "code", f"{hotline.config.department_name}: {words}")
        events.write(conn, f"officer:{officer.id}", "asked for a code to their phone", f"staff:{officer.id}", at)
    hotline.queue.put("relay", 0)


def confirm(hotline: Hotline, officer: Officer, code: str) -> None:
    """From here on threads come to this phone. Raises NotUsable if it is not the code, NotFound."""
    _must_be_on(hotline)
    at, typed = hotline.instant(), "".join(code.split())
    with hotline.db.write() as conn:
        if guesses.take(conn, f"relay code:{officer.id}", at) is None:
            raise NotUsable(_ASKED_TOO_OFTEN)
    with hotline.db.write() as conn:
        if not relay_phones.prove(conn, officer.id, _digest(hotline, officer, typed), at - LASTS, at):
            raise NotUsable("That is not the code, or it is older than ten minutes.")
        guesses.forget(conn, f"relay code:{officer.id}")
        telling.tell(conn, hotline, officer.id, "told", _WELCOME)
        events.write(conn, f"officer:{officer.id}", "answers from their own phone", f"staff:{officer.id}", at)
    hotline.queue.put("relay", 0)


_WELCOME = (
    "This phone answers threads now, while you are on shift or on call. Residents never see its number, nor you theirs. "
    "SMS is not sealed: delete what you need no more. #help lists what you can write; STOP ends it."
)


def end(hotline: Hotline, officer: Officer) -> None:
    """No thread comes to this phone any more; those they hold stay theirs, at the desk. Raises NotFound."""
    _must_be_on(hotline)
    with hotline.db.write() as conn:
        change(conn, hotline, officer.id, "off", f"officer:{officer.id}", "no longer answers from their own phone")


def change(conn: Connection, hotline: Hotline, staff_id: int, state: str, actor: str, verb: str) -> None:
    """Whoever is not texted has no thread on the phone."""
    at = hotline.instant()
    if relay_phones.set_state(conn, staff_id, state, at):
        relay_threads.end_all(conn, staff_id, at)
        events.write(conn, actor, verb, f"staff:{staff_id}", at)


def _must_be_on(hotline: Hotline) -> None:
    if not hotline.config.relay:
        raise NotFound("This department has not turned on answering from one's own phone.")


def _digest(hotline: Hotline, officer: Officer, code: str) -> str:
    return hotline.keys.digest(f"relay code:{officer.id}:{code}")

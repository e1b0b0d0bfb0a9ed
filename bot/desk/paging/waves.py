"""Who is asked to take a hand-off, one wave after the other, until somebody does. Whom to ask is decided in routing; nobody
is told anything of the resident here."""

from collections.abc import Collection, Sequence

from bot.desk.paging import pushing
from bot.desk.paging.routing import Need, Route, next_wave
from bot.errors import NotFound
from bot.hotline import Hotline
from bot.line import duty
from bot.line.duty import Hand
from bot.line.town import Town
from bot.model import Officer
from bot.store import events, pagings
from bot.store import handoffs as store
from bot.store.database import Connection
from bot.store.handoffs import Handoff

ACCEPT = 5 * 60_000  # ms in which whoever is asked should take it
ACCEPT_URGENT = 60_000
ASKED_TO_TAKE = "waits"


def page(hotline: Hotline, thread_id: int) -> int:
    """Ask the first ones for what waits in a thread and nobody was asked for yet, once; how many hand-offs that were."""
    paged, at, told = 0, hotline.instant(), set[int]()
    with hotline.db.write() as conn:
        unasked = [one for one in store.of_thread(conn, hotline.keys, thread_id) if one.paged_at is None]
        there = duty.hands(conn, hotline) if unasked else []
        for handoff in unasked:
            if pagings.ring_again(conn, handoff.id, at):
                told.update(pagings.asked_now(conn, handoff.id) if handoff.officer_id is None else ())
            elif not pagings.start_over(conn, handoff.id, at):
                continue
            elif handoff.officer_id is None:
                told.update(_ask(conn, hotline, handoff, there, 0, at))
            if handoff.officer_id is not None and handoff.urgent:
                told.add(handoff.officer_id)  # something new in what they hold, and danger is in it
            paged += 1
    if paged:
        ring(hotline, thread_id, told, urgent=any(one.urgent for one in unasked))
    return paged


def page_forgotten(hotline: Hotline) -> int:
    """Hand-offs nobody was rung for, what is urgent first."""
    with hotline.db.read() as conn:
        forgotten = dict.fromkeys(one.thread_id for one in store.all_open(conn) if one.paged_at is None)
    return sum(page(hotline, thread_id) for thread_id in forgotten)


def ask_next(hotline: Hotline) -> int:
    """For what nobody took in time the next ones are asked; for how many hand-offs that was."""
    at, asked = hotline.instant(), 0
    with hotline.db.read() as conn:
        late = [one for one in store.all_open(conn) if _is_late(one, at)]
        there = duty.hands(conn, hotline) if late else []
        late = [one for one in late if next_wave(need(hotline, one), there, pagings.asked(conn, one.id))]
    for handoff in late:
        with hotline.db.write() as conn:
            told = _ask(conn, hotline, handoff, there, handoff.search.wave, at)
        if told:
            asked += 1
            ring(hotline, handoff.thread_id, told, urgent=handoff.urgent)
    return asked


def decline(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Whoever was asked cannot take it now; when nobody else is asked any more, the next ones are. Raises NotFound."""
    at, told, declined, urgent = hotline.instant(), set[int](), False, False
    with hotline.db.write() as conn:
        for handoff in store.of_thread(conn, hotline.keys, thread_id):
            urgent = urgent or handoff.urgent
            if not pagings.answer(conn, handoff.id, officer.id, "declined", at):
                continue
            declined = True
            if handoff.officer_id is None and not pagings.who_is_asked(conn, handoff.id):
                told.update(_ask(conn, hotline, handoff, duty.hands(conn, hotline), handoff.search.wave, at))
        if not declined:
            raise NotFound("You were not asked to take this thread.")
        events.write(conn, f"officer:{officer.id}", "cannot take it now", f"thread:{thread_id}", at)
    ring(hotline, thread_id, told, urgent=urgent)


def forget(hotline: Hotline) -> None:
    """Nobody is asked any more for what is closed or was taken."""
    with hotline.db.read() as conn:
        if not pagings.done(conn):
            return
    with hotline.db.write() as conn:
        pagings.forget(conn, hotline.instant())


def need(hotline: Hotline, handoff: Handoff) -> Need:
    """What a hand-off wants of whoever takes it."""
    return Need(
        language=handoff.language,
        gender=handoff.search.gender,
        sensitive=handoff.search.sensitive,
        urgent=handoff.urgent,
        safety=handoff.kind == "safety",
        any_language=handoff.any_language,
        speaker_only=handoff.search.speaker_only and not handoff.any_language,
        open_now=Town(hotline, handoff.channel, None).open_now(),
        for_officer=handoff.for_officer_id,
        team=handoff.members if handoff.team_id is not None else None,
        barred=handoff.barred,
    )


def _is_late(handoff: Handoff, at: int) -> bool:
    if handoff.officer_id is not None or handoff.paged_at is None:
        return False
    patience = ACCEPT_URGENT if handoff.urgent else ACCEPT
    return handoff.search.wave == 0 or at - (handoff.search.wave_at or 0) >= patience


def _ask(
    conn: Connection, hotline: Hotline, handoff: Handoff, there: Sequence[Hand], wave: int, at: int
) -> Collection[int]:
    """The staff ids of the next wave; none if nobody is left, or another process was faster."""
    found = next_wave(need(hotline, handoff), there, pagings.asked(conn, handoff.id))
    if found is None or not pagings.begin_wave(conn, handoff.id, wave, found.route, at):
        return ()
    until = at + (ACCEPT_URGENT if handoff.urgent else ACCEPT)
    pagings.ask(conn, handoff.id, found.staff_ids, ASKED_TO_TAKE, at, until)
    note = f"{found.route}: {len(found.staff_ids)}"
    events.write(conn, "line", "asked who takes it", f"thread:{handoff.thread_id}", at, note)
    if handoff.for_officer_id is not None and found.route != Route.PASSED_ON:
        events.write(conn, "line", "no longer waits for one officer", f"thread:{handoff.thread_id}", at)
    return found.staff_ids


def ring(hotline: Hotline, thread_id: int, staff_ids: Collection[int], *, urgent: bool) -> None:
    """After the commit: open desks look again, and who was asked is told wherever they are."""
    hotline.queue.announce(thread_id)
    if staff_ids:
        pushing.push(hotline, staff_ids, pushing.URGENT if urgent else pushing.WAITS)
        if hotline.config.relay:
            hotline.queue.put("relay", thread_id)

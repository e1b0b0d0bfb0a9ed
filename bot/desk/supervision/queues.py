"""How the work stands: who waits in which language and since when, what falls on each officer, what was taken late. Changes
nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median

from bot.desk.threads.views import open_for
from bot.hotline import Hotline
from bot.line import duty
from bot.line.duty import ANSWERS, Hand
from bot.model import Officer, Role
from bot.store import bars, figures, load
from bot.store.handoffs import Handoff
from bot.store.load import Late

WEEK = 7 * 86_400_000  # ms
MANY_CRISES = 3  # threads about danger in a row, after which somebody else should take the next
_SHIFT = 12 * 3_600_000  # ms: what is longer ago was in another shift
_FEW = 3  # waits from which something can be said of a language
_ANSWER = (Role.OFFICER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Queue:
    """One language. `oldest` is since when the first waits, `usual` for how long residents waited last week (the middle
    one), both ms; None if nobody does, or too few did."""

    language: str | None
    waiting: int
    urgent: int
    oldest: int | None
    late: bool  # somebody waits so long that supervisors were told
    taken: int
    usual: int | None
    unequal: bool  # longer than who writes English
    here: tuple[Officer, ...]  # who is on shift and tested in it
    on_call: tuple[Officer, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What falls on one person."""

    officer: Officer
    on_call: bool
    threads: int
    texts: int  # since midnight
    crises: int  # threads about danger that they took one after the other, up to the last

    @property
    def wants_rest(self) -> bool:
        return self.crises >= MANY_CRISES


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it, as of an instant in ms."""

    at: int
    queues: tuple[Queue, ...]
    loads: tuple[Load, ...]
    late: tuple[Late, ...]

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.queues)

    @property
    def urgent(self) -> int:
        return sum(one.urgent for one in self.queues)

    @property
    def oldest(self) -> int | None:
        return min((one.oldest for one in self.queues if one.oldest is not None), default=None)


def stand(hotline: Hotline, officer: Officer) -> Standing:
    """How it stands, as far as it is this supervisor's to see."""
    at = hotline.instant()
    found = open_for(hotline, officer)
    with hotline.db.read() as conn:
        hands = duty.hands(conn, hotline)
        waits = load.waits_since(conn, at - WEEK)
        texts = load.texts_since(conn, hotline.midnight(hotline.today()))
        taken = load.taken_since(conn, at - _SHIFT)
        hidden = bars.of_staff(conn, officer.id)
        late = [one for one in load.late_since(conn, at - WEEK) if one.thread_id not in hidden]
    usual = {tag: int(median(waited)) for tag, waited in waits.items() if len(waited) >= _FEW}
    threads = _threads(found)
    spoken = {ones[0].language for ones in threads} | usual.keys() | {"en"}
    queues = [_queue(tag, [ones for ones in threads if ones[0].language == tag], hands, usual) for tag in spoken]
    queues.sort(key=lambda one: (-one.urgent, one.oldest or at, -one.waiting, one.language or ""))
    return Standing(at, tuple(queues), tuple(_loads(hands, texts, taken)), tuple(late))


def late_reports(hotline: Hotline) -> int:
    """How many residents were promised a day that went by."""
    with hotline.db.read() as conn:
        return figures.late_reports(conn, hotline.instant()).count


def _threads(found: Iterable[Handoff]) -> list[list[Handoff]]:
    """The open hand-offs of each thread together."""
    threads: dict[int, list[Handoff]] = {}
    for handoff in found:
        threads.setdefault(handoff.thread_id, []).append(handoff)
    return list(threads.values())


def _queue(
    tag: str | None, threads: Sequence[Sequence[Handoff]], hands: Sequence[Hand], usual: Mapping[str | None, int]
) -> Queue:
    waiting = [ones for ones in threads if any(one.officer_id is None for one in ones)]
    left = [one for ones in waiting for one in ones if one.officer_id is None]
    able = [hand for hand in hands if hand.officer.role in _ANSWER and hand.level(tag) >= ANSWERS]
    english = usual.get("en")
    return Queue(
        language=tag,
        waiting=len(waiting),
        urgent=sum(any(one.urgent for one in ones) for ones in waiting),
        oldest=min((one.opened_at for one in left), default=None),
        late=any(one.search.escalated_at for one in left),
        taken=len(threads) - len(waiting),
        usual=usual.get(tag),
        unequal=tag != "en" and english is not None and usual.get(tag, 0) > english,
        here=tuple(hand.officer for hand in able if hand.officer.on_shift),
        on_call=tuple(hand.officer for hand in able if hand.on_call and not hand.officer.on_shift),
    )


def _loads(hands: Iterable[Hand], texts: Mapping[int, int], taken: Mapping[int, list[bool]]) -> list[Load]:
    """Who is here or has something in hand; most in hand first."""
    found = []
    for hand in hands:
        who = hand.officer
        crises = sum(1 for _ in takewhile(bool, taken.get(who.id, ())))
        one = Load(who, hand.on_call, hand.in_hand, texts.get(who.id, 0), crises)
        if who.role in _ANSWER and (who.on_shift or one.on_call or one.threads or one.texts):
            found.append(one)
    return sorted(found, key=lambda one: (-one.threads, not one.officer.on_shift, one.officer.name))

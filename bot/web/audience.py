"""The open desks of one process: one listener on Redis for all of them, and what each is told. Knows no HTTP.

A desk is told that something changed, never what. Who comes back after a cut is told what it missed, if that is still
known here, else to look at everything: the pages, and so the database, are what it missed.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue

from bot.desk.identity.accounts import Session
from bot.desk.threads.watching import Sight, sight, still_signed_in
from bot.hotline import Hotline
from bot.model import Officer
from bot.queue import Change

_log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds between looks at who is still signed in
_MOST_PAST = 1000  # changes that are known for those who come back
_MOST_SIGHTS = 2000  # threads of which is known whose list they stood in
_LONGEST_PAUSE = 5.0  # seconds between attempts to listen; with Redis away desks look at everything as often
_LATE = 6.0  # seconds in which other processes may still be quiet after they failed to reach Redis


@dataclass(frozen=True, slots=True)
class News:
    """What one desk is told. `thread_id`: what changed, 0 if that is not theirs to know. `lists`: the list may have
    changed; `opens`: so may the thread. `mark`: where to go on after a cut."""

    mark: str
    thread_id: int
    lists: bool
    opens: bool


LOOK = News("", 0, True, True)  # something may have been missed: look at everything
END = News("", 0, False, False)


@dataclass(frozen=True, slots=True)
class _Past:
    """A change with whose desk showed the thread after it, and before it; None if that is not known."""

    change: Change
    now: Sight
    before: Sight | None

    def news_for(self, officer: Officer) -> News | None:
        stood = self.now.elsewhere if self.before is None else self.before.lists(officer)
        lists, opens = stood or self.now.lists(officer), self.now.opens(officer)
        if not (lists or opens):
            return None
        return News(self.change.mark, self.change.thread_id if opens else 0, lists, opens)


@dataclass(eq=False, slots=True)
class Seat:
    """One open page: who is in front of it, and what they are to be told."""

    officer: Officer
    session: str  # its token's hash
    news: SimpleQueue[News] = field(default_factory=SimpleQueue)


class Audience:
    """Its two threads start with the first open page and then stay."""

    def __init__(self, line: Hotline, stopping: threading.Event) -> None:
        self._line, self._stopping = line, stopping
        self._guard = threading.Lock()
        self._seats: set[Seat] = set()
        self._past: deque[_Past] = deque(maxlen=_MOST_PAST)
        self._sights: OrderedDict[int, Sight] = OrderedDict()
        self._threads: tuple[threading.Thread, ...] = ()
        self._look_again_at: float | None = None
        self.newest = ""  # the mark of the last change that all seats were told

    def join(self, who: Session, after: str, most: int) -> Seat | None:
        """A seat, with what was missed since the mark `after`; None when all are taken."""
        seat = Seat(who.officer, who.token_hash)
        with self._guard:
            if len(self._seats) >= most:
                return None
            for news in self._missed(seat, after):
                seat.news.put(news)
            self._seats.add(seat)
            if not self._threads:
                works = {"desk-live": self._listen, "desk-live-look": self._look}
                self._threads = tuple(threading.Thread(target=do, name=name, daemon=True) for name, do in works.items())
                for thread in self._threads:
                    thread.start()
        return seat

    def leave(self, seat: Seat) -> None:
        with self._guard:
            self._seats.discard(seat)

    def _missed(self, seat: Seat, after: str) -> list[News]:
        places = (place for place, one in enumerate(self._past) if after and one.change.mark == after)
        place = next(places, None)
        if place is None:
            return [LOOK]
        missed = (one.news_for(seat.officer) for one in islice(self._past, place + 1, None))
        return [news for news in missed if news]

    def _listen(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            try:
                for change in self._line.queue.listen():
                    pause = 1.0
                    if change is None:
                        self._begin_anew()
                    else:
                        self._pass_on(change)
            except Exception as error:  # Redis or the database is away
                _log.warning("the desk's listener starts again: %s", type(error).__name__)
                self._begin_anew()
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _begin_anew(self) -> None:
        """What changed meanwhile is not known: every desk looks, now and once nobody is quiet any more."""
        with self._guard:
            self._forget()
        self._tell_all(LOOK)
        self._look_again_at = time.monotonic() + _LATE

    def _forget(self) -> None:
        """With the guard held: nobody joins meanwhile who was told of the marks that go."""
        self._past.clear()
        self._sights.clear()
        self.newest = ""

    def _pass_on(self, change: Change) -> None:
        with self._guard:
            if not self._seats:
                self._forget()  # who comes back looks at everything
                return
        now = sight(self._line, change.thread_id)
        one = _Past(change, now, self._sights.pop(change.thread_id, None))
        if now.handoffs or now.elsewhere:
            self._sights[change.thread_id] = now
        if len(self._sights) > _MOST_SIGHTS:
            self._sights.popitem(last=False)
        with self._guard:
            self._past.append(one)
            seats = list(self._seats)
        for seat in seats:
            if news := one.news_for(seat.officer):
                seat.news.put(news)
        self.newest = change.mark

    def _look(self) -> None:
        """Every second: whose session is over, who may see other things now, whether to look again."""
        while not self._stopping.wait(LOOK_EVERY):
            if self._look_again_at is not None and time.monotonic() >= self._look_again_at:
                self._look_again_at = None
                self._tell_all(LOOK)
            try:
                self._look_at_sessions()
            except Exception as error:  # they are looked at again in a second; a page is asked for by itself
                _log.warning("sessions of open desks not looked at: %s", type(error).__name__)
        self._tell_all(END)

    def _look_at_sessions(self) -> None:
        seats = self._taken()
        people = still_signed_in(self._line, {seat.session for seat in seats}) if seats else {}
        for seat in seats:
            officer = people.get(seat.session)
            if officer is None:
                seat.news.put(LOOK)  # and be asked to sign in
                seat.news.put(END)
                self.leave(seat)
            elif officer != seat.officer:
                seat.officer = officer
                seat.news.put(LOOK)

    def _tell_all(self, news: News) -> None:
        for seat in self._taken():
            seat.news.put(news)

    def _taken(self) -> list[Seat]:
        with self._guard:
            return list(self._seats)

"""Residents who write as people do: the next text only when the last one was answered, and after a breath. Some ask for an
officer, who answers from here. Does not know what bad day it is, nor whether an answer is right: only that one came."""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.desk.duty import handoffs
from bot.desk.threads import replies, views
from bot.errors import PuenteError
from bot.fake_twilio.client import Remote
from bot.model import Holder
from bot.store import messages
from bot.storm.scripts import SCRIPTS, Said, Script
from bot.storm.town import Town

BREATH = 1.0  # seconds a person needs between an answer and the next text; the line falls quiet to who is faster
CHANNEL = "twilio-sms"
OFFICER = "rodriguez"
_GLANCE = 0.1
_EXCHANGES = itertools.cycle(range(200, 1000))  # so that every crowd has numbers of its own


@dataclass(eq=False)
class Resident:
    """One person: how far they are in their script, what they wrote and what they were told."""

    number: str
    script: Script
    told: list[str]
    step: int = 0
    due: int = 0  # answers that must have come before the next step
    may: float = 0.0  # not before, by the monotonic clock; 0 while an answer is missing
    sids: list[str] = field(default_factory=list)
    unkept: str = ""  # a text that gets no answer: nothing follows before it is seen in the database
    errand: "Future[bool] | None" = None  # what an officer is doing for them

    @property
    def answered(self) -> bool:
        return len(self.told) >= self.due and not self.unkept and self.errand is None

    @property
    def done(self) -> bool:
        return self.answered and self.step == len(self.script.said)


class Ledger:
    """All that Twilio was given for residents, read on from where it was read last."""

    def __init__(self, twilio: Remote) -> None:
        self._twilio, self._after = twilio, 0
        self.told: defaultdict[str, list[str]] = defaultdict(list)

    def read(self) -> None:
        for text in self._twilio.ledger(self._after):
            self._after = text.n
            if text.direction != "inbound":
                self.told[text.recipient].append(text.body)


class Crowd:
    """Residents who come one after another and talk at the same time."""

    def __init__(self, town: Town, scripts: Sequence[Script] = SCRIPTS) -> None:
        self._town, self._scripts = town, itertools.cycle(scripts)
        self._texts_each = sum(script.texts for script in scripts) / len(scripts)
        self._ledger = Ledger(town.twilio)
        self._exchange, self._lines = next(_EXCHANGES), itertools.count()
        self._desk = ThreadPoolExecutor(4)
        self.residents: list[Resident] = []
        self.wrote = threading.Condition()  # told whenever texts go out

    @property
    def talking(self) -> list[Resident]:
        return [one for one in self.residents if not one.done]

    @property
    def sids(self) -> list[str]:
        return [sid for one in self.residents for sid in one.sids]

    def number(self) -> str:
        """One that nobody had before."""
        return f"+1737{self._exchange}{next(self._lines):04}"

    def talk(self, rate: float, going_on: Callable[[], bool]) -> None:
        """As long as it goes on, so many new residents come that all together write about `rate` texts a second."""
        began, came = time.monotonic(), 0
        while going_on():
            due = int((time.monotonic() - began) * rate / self._texts_each) + 1
            self._go_on(self._ready() + [self._newcomer() for _ in range(due - came)])
            came = due
            time.sleep(_GLANCE)

    def come(self, number: int) -> None:
        """So many new residents begin at once."""
        self._go_on([self._newcomer() for _ in range(number)])

    def finish(self, patience: float) -> bool:
        """Nobody new: everybody says what they have to say. Whether all came to their end; given up when nobody was
        answered for so many seconds."""
        answers, until = -1, 0.0
        while self.talking:
            self._go_on(self._ready())
            if answers != (now := sum(one.step + len(one.told) for one in self.residents)):
                answers, until = now, time.monotonic() + patience
            if time.monotonic() > until:
                return False
            time.sleep(_GLANCE)
        return True

    def _newcomer(self) -> Resident:
        number = self.number()
        one = Resident(number, next(self._scripts), self._ledger.told[number])
        self.residents.append(one)
        return one

    def _ready(self) -> list[Resident]:
        self._ledger.read()
        self._see_kept()
        now = time.monotonic()
        ready = []
        for one in self.talking:
            if one.errand and one.errand.done():
                self._officer_came_back(one, one.errand)
            if not one.answered or one.done:
                continue
            one.may = one.may or now + BREATH
            if one.may <= now:
                ready.append(one)
        return ready

    def _see_kept(self) -> None:
        waiting = [one for one in self.residents if one.unkept]
        if not waiting:
            return
        try:
            with self._town.hotline.db.read() as conn:
                kept = messages.known_ids(conn, CHANNEL, [one.unkept for one in waiting])
        except PuenteError:
            return
        for one in waiting:
            one.unkept = "" if one.unkept in kept else one.unkept

    def _go_on(self, residents: Iterable[Resident]) -> None:
        """Each says the next thing, or an officer does."""
        writing = []
        for one in residents:
            said = one.script.said[one.step]
            one.may = 0.0
            if said.by == "resident":
                writing.append((one, said))
            else:
                one.errand = self._desk.submit(self._act, one, said)
        if not writing:
            return
        sids = self._town.twilio.texts([{"from": one.number, "body": said.words} for one, said in writing])
        for (one, said), sid in zip(writing, sids, strict=True):
            one.sids.append(sid)
            one.unkept = "" if said.answers else sid
            self._said(one, said)
        with self.wrote:
            self.wrote.notify_all()

    @staticmethod
    def _said(one: Resident, said: Said) -> None:
        one.step += 1
        one.due += said.answers

    # The officer

    def _officer_came_back(self, one: Resident, errand: "Future[bool]") -> None:
        """What could not be done is tried again, as a person would."""
        one.errand = None
        if errand.result():
            self._said(one, one.script.said[one.step])

    def _act(self, one: Resident, said: Said) -> bool:
        hotline, officer = self._town.hotline, self._town.officer(OFFICER)
        try:
            thread = thread_of(self._town, one.number)
            seen = views.view(hotline, officer, thread)
            if said.by == "claims":
                handoffs.claim(hotline, officer, thread)
            elif said.by == "closes" and seen.thread.holder == Holder.OFFICER:
                handoffs.close(hotline, officer, thread, said.words)
            elif said.by == "writes" and not any(
                message.author == "officer" and message.text == said.words for message in seen.messages
            ):  # an officer whose page failed looks whether the text is there before writing it again
                replies.reply(hotline, officer, thread, said.words)
        except PuenteError:
            time.sleep(1)
            return False
        return True


def thread_of(town: Town, number: str) -> int:
    """The thread of a number that wrote."""
    digest = town.hotline.keys.digest(f"{CHANNEL}:{number}")
    sql = "SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id WHERE r.address_hash = :digest"
    return int(town.look(sql, digest=digest)[0][0])

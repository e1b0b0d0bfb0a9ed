"""Texts in masses: webhooks that were called before are called again, one of them many times at once, and new numbers
write many texts within a second. What came of it is looked at when all is quiet."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.fake_twilio.client import Called
from bot.storm.day import PATIENCE, Fault, Found
from bot.storm.oracle import kept_ids
from bot.storm.residents import CHANNEL, Crowd, Ledger
from bot.storm.town import Town

WORDS = "hola, buenos dias"  # answered with one text
TOGETHER = 50  # times one webhook is called at once
EACH = 20  # texts of one new number within a second
_PIECE = 500  # webhooks asked for in one request


@dataclass(frozen=True, slots=True)
class Written:
    """Texts of new residents, one of each: from whom, and Twilio's ids of them."""

    numbers: Sequence[str]
    sids: Sequence[str]

    def wrong(self, town: Town) -> list[str]:
        """What is not so as if each had come once."""
        kept, told = Counter(kept_ids(town)), _told(town)
        counts = {"kept": [kept[sid] for sid in self.sids], "answered": [told[number] for number in self.numbers]}
        return [
            f"of {len(of)} texts {len(of) - of.count(1)} were {done} not once but {sorted(set(of) - {1})} times"
            for done, of in counts.items()
            if set(of) - {1}
        ]


def written(town: Town, crowd: Crowd, texts: int, *, times: int = 1) -> tuple[Written, Counter[int]]:
    """So many new residents write one text each, whose webhook is called so many times at once; how often each status
    came."""
    numbers = [crowd.number() for _ in range(texts)]
    sids: list[str] = []
    statuses: Counter[int] = Counter()
    for at in range(0, texts, _PIECE):
        piece = [{"from": number, "body": WORDS, "withhold": True} for number in numbers[at : at + _PIECE]]
        sids += (new := town.twilio.texts(piece))
        # The first call is the delivery itself; more of them at once are deliveries of their own.
        statuses += Counter(town.twilio.repeat(new, times=times, at_once=True, new_delivery=times > 1))
    return Written(numbers, sids), statuses


def again(town: Town, sids: Sequence[str], *, times: int = 1, seed: int = 0) -> Counter[int]:
    """Webhooks that were called before are called again, in any order, as deliveries of their own; how often each status
    came."""
    mixed, statuses = list(sids), Counter[int]()
    random.Random(seed).shuffle(mixed)
    for at in range(0, len(mixed), _PIECE):
        piece = mixed[at : at + _PIECE]
        statuses += Counter(town.twilio.repeat(piece, times=times, at_once=True, new_delivery=True))
    return statuses


def replays(texts: int, at_once: int) -> Fault:
    """All of so many texts that came before come again, in any order; then each of so many new ones fifty times at
    once."""

    def work(town: Town, crowd: Crowd) -> Found:
        earlier, _ = written(town, crowd, texts)
        repeated = again(town, earlier.sids)
        together, crowded = written(town, crowd, at_once, times=TOGETHER)
        said = f"{texts} texts again: {_row(repeated)}; {at_once} texts {TOGETHER} times at once: {_row(crowded)}"

        def broken() -> list[str]:
            refused = [f"webhooks were answered {_row(one)}" for one in (repeated, crowded) if set(one) != {200}]
            return refused + earlier.wrong(town) + together.wrong(town)

        return Found(broken, said)

    return work


def flood(people: int) -> Fault:
    """So many new residents write twenty texts each within a second. Over when all are kept, or after some minutes."""

    def work(town: Town, crowd: Crowd) -> Found:
        numbers = [crowd.number() for _ in range(people)]
        since = max((call.n for call in town.twilio.calls()), default=0)
        sids = town.twilio.texts([{"from": number, "body": f"hola {at}"} for at in range(EACH) for number in numbers])
        wanted, until = set(sids), time.monotonic() + PATIENCE
        while wanted - set(kept_ids(town)) and time.monotonic() < until:
            time.sleep(0.5)
        calls = [one for one in town.twilio.calls(since) if one.sid in wanted and one.path == "/hooks/twilio"]
        slowest = max((one.seconds for one in calls), default=0.0)
        said = f"{len(sids)} texts at once: {_row(Counter(one.status for one in calls))}, slowest {slowest:.1f} s"
        return Found(lambda: _flooded(town, people, wanted, calls), said)

    return work


def _flooded(town: Town, people: int, wanted: set[str], calls: Sequence[Called]) -> list[str]:
    sql = "SELECT provider_id, thread_id FROM messages WHERE direction = 'in' AND channel = :channel ORDER BY id"
    rows = [(sid, thread) for sid, thread in town.look(sql, channel=CHANNEL) if sid in wanted]
    threads, refused = len({thread for _, thread in rows}), sum(one.status != 200 for one in calls)
    disordered = _out_of_order(rows, {one.sid: one for one in calls if one.status == 200})
    return [
        *([f"of {len(wanted)} texts {len(rows)} are kept"] if len(rows) != len(wanted) else []),
        *([f"{people} residents have {threads} threads"] if threads != people else []),
        *([f"{refused} webhooks of new residents were refused"] if refused else []),
        *([f"{disordered} texts stand before earlier ones of the same thread"] if disordered else []),
    ]


def _out_of_order(rows: Sequence[tuple[str, int]], calls: Mapping[str, Called]) -> int:
    """Texts kept before another of the same thread whose webhook was answered before theirs was even called."""
    latest: defaultdict[int, float] = defaultdict(float)  # begin of a call, of those kept so far
    found = 0
    for sid, thread in rows:
        if sid in calls:
            began = calls[sid].at.timestamp()
            found += began + calls[sid].seconds < latest[thread]
            latest[thread] = max(latest[thread], began)
    return found


def _told(town: Town) -> Counter[str]:
    """How many texts each resident was sent."""
    ledger = Ledger(town.twilio)
    ledger.read()
    return Counter({number: len(texts) for number, texts in ledger.told.items()})


def _row(statuses: Mapping[int, int]) -> str:
    return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))

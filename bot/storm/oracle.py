"""What a storm is judged by: every text kept once, everybody told what a calm day would have told them and nothing twice,
and nothing waiting at the end. Looks at the database and at Twilio's ledger only, never at how the line works."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.fake_twilio.client import NotDone
from bot.storm.residents import CHANNEL, Crowd, Resident
from bot.storm.scripts import without_numbers
from bot.storm.town import Town

Calm = Mapping[str, Sequence[str]]  # by the name of a script: what its residents are told

_WAITING = """SELECT state, count(*) FROM messages WHERE direction = 'out' AND (state IN ('queued', 'submitting')
    OR state = 'offered' AND provider_id IS NULL) GROUP BY state"""
_UNPAGED = """SELECT 'hand-offs', count(*) FROM handoffs WHERE paged_at IS NULL AND claimed_at IS NULL
    AND closed_at IS NULL HAVING count(*) > 0"""
_AT_ONCE = 5_000  # ids read in one go


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. Broken promises are sentences; none, and the line held."""

    texts: int
    lost: tuple[str, ...]  # sids that are not in the database
    kept: int
    unequal: tuple[str, ...]  # residents told something else than on a calm day
    stuck: int  # residents who still wait for an answer
    waiting: Mapping[str, int]
    uncertain: int

    @property
    def broken(self) -> list[str]:
        found = []
        if self.lost:
            found.append(f"{len(self.lost)} texts were lost, the first {self.lost[0]}")
        if self.stuck:
            found.append(f"{self.stuck} residents wait for an answer that does not come")
        if self.waiting:
            found.append(f"at the end there wait: {dict(self.waiting)}")
        if self.uncertain:
            found.append(f"{self.uncertain} texts are uncertain")
        return found + list(self.unequal[:5])


def calm_day(crowd: Crowd) -> Calm:
    """What residents of each script are told when nothing is wrong. All of one script must agree."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    for one in crowd.residents:
        answers = list(map(without_numbers, one.told))
        if told[one.script.name] not in ([], answers):
            raise AssertionError(f"On a calm day two residents were told different things: {one.script.name}")
        told[one.script.name] = answers
    return dict(told)


def quiet(town: Town, patience: float) -> float:
    """Wait until nothing of ours is on its way; how many seconds that took. In vain, as `judge` tells, if for `patience`
    seconds there was no less of it."""
    began = time.monotonic()
    until, least = began + patience, math.inf
    while time.monotonic() < until:
        left = sum(count for _, count in town.look(_WAITING) + town.look(_UNPAGED))
        if left < least:
            until, least = time.monotonic() + patience, left
        with suppress(NotDone):
            town.twilio.settle(10)
            if not town.look(_WAITING) and not town.look(_UNPAGED):
                break
        time.sleep(0.5)
    return time.monotonic() - began


def judge(town: Town, crowd: Crowd, calm: Calm) -> Verdict:
    """To be asked when all is quiet."""
    sent = crowd.sids
    kept = Counter(kept_ids(town))
    [[uncertain]] = town.look("SELECT count(*) FROM messages WHERE state = 'uncertain'")
    return Verdict(
        texts=len(sent),
        lost=tuple(sid for sid in sent if not kept[sid]),
        kept=sum(kept[sid] for sid in sent),
        unequal=tuple(filter(None, (_difference(one, calm) for one in crowd.residents if one.done))),
        stuck=len(crowd.talking),
        waiting=dict(town.look(_WAITING) + town.look(_UNPAGED)),
        uncertain=uncertain,
    )


def kept_ids(town: Town) -> list[str]:
    """The provider's ids of all texts that came in and are kept, as often as they are."""
    found: list[str] = []
    last = 0
    sql = """SELECT id, provider_id FROM messages WHERE direction = 'in' AND channel = :channel AND id > :last
        ORDER BY id LIMIT :many"""
    while rows := town.look(sql, channel=CHANNEL, last=last, many=_AT_ONCE):
        found += [row[1] for row in rows]
        last = rows[-1][0]
    return found


def _difference(one: Resident, calm: Calm) -> str:
    """In words, without the number of the resident: by place in the script, as texts may be long."""
    told, expected = list(map(without_numbers, one.told)), list(calm[one.script.name])
    if told == expected:
        return ""
    missing, more = Counter(expected) - Counter(told), Counter(told) - Counter(expected)
    if not missing and not more:
        return f"{one.script.name}: told in another order"
    said = [f"missing {text[:60]!r}" for text in missing] + [f"too many {text[:60]!r}" for text in more]
    return f"{one.script.name}: {'; '.join(said)}"


@dataclass(frozen=True, slots=True)
class Answers:
    """How Twilio's calls to us were answered: seconds, and how many of each status."""

    p50: float
    p99: float
    slowest: float
    statuses: Mapping[int, int]

    @property
    def refused(self) -> int:
        """Calls without 2xx; status 0 is no answer at all."""
        return sum(count for status, count in self.statuses.items() if status not in range(200, 300))


def answers(town: Town, after: int = 0) -> Answers:
    """The webhooks of texts from the nth call on."""
    made = [one for one in town.twilio.calls(after) if one.path == "/hooks/twilio"]
    seconds = sorted(one.seconds for one in made) or [0.0]
    p50, p99 = (seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.99))
    return Answers(p50, p99, seconds[-1], dict(sorted(Counter(one.status for one in made).items())))

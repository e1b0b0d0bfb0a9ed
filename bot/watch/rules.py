"""When a figure is something somebody must look at, and what to tell them. Pure: a snapshot in, alarms out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.twilio_errors import blamed
from bot.config import Config
from bot.line.town import is_open
from bot.watch.snapshot import Snapshot
from bot.watch.words import KINDS, Kind, number, span

LITTLE_DISK, NO_DISK = 1_000_000_000, 100_000_000  # bytes
FULL = 0.95  # of Redis's memory
_SILENT = 600  # seconds without a webhook, while texts had to be fetched
_ROUND = 60  # seconds between two rounds of asking Twilio
_LIST_LATE = 300
_SEND_LATE = 120
_URGENT_LATE = 300
_UNPAGED_LATE = 60
_BELL_LATE = 120
_NOBODY_WATCHES = 60
_ATTACHMENT_LATE = 900
_ANSWERS = 3  # times the minutes in which an officer should answer
_MOST_FILTERED = 0.02  # of our texts of an hour
_FEW_FILTERED = 2  # texts; a single one says nothing


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is so that somebody must look at. `note` has its figures and may be empty."""

    kind: str
    note: str

    @property
    def words(self) -> Kind:
        return KINDS[self.kind]

    @property
    def urgent(self) -> bool:
        return self.words.urgent

    @property
    def sentence(self) -> str:
        return self.words.sentence(self.note)

    @property
    def advice(self) -> str:
        return self.words.advice


def alarms(snapshot: Snapshot, config: Config) -> list[Alarm]:
    """Urgent ones first."""
    notes = {kind: rule(snapshot, config) for kind, rule in RULES.items()}
    found = [Alarm(kind, note) for kind, note in notes.items() if note is not None]
    return sorted(found, key=lambda alarm: not alarm.urgent)


# Each rule gives its figures in words, or None while all is well.


def _twilio_silent(now: Snapshot, config: Config) -> str | None:
    heard = now.heard
    if heard.fetched_since is None or (heard.last is not None and now.age(heard.last) < _SILENT):
        return None
    first, last = heard.fetched_since
    if last - first < _ROUND * 1000:
        return None  # all found in one round: the line was away itself, or a list overtook a webhook
    came = (
        f"the last one it brought came {span(now.age(heard.last))} ago" if heard.last else "it brought none for a day"
    )
    return f"for {span(now.age(first))} texts had to be fetched; {came}"


def _reconcile_late(now: Snapshot, config: Config) -> str | None:
    if not now.listed:
        return None
    if any(listed is None for listed in now.listed.values()):
        return "it was never listed"
    age = max(now.age(listed) for listed in now.listed.values())
    return f"last listed {span(age)} ago" if age > _LIST_LATE else None


def _texts_waiting(now: Snapshot, config: Config) -> str | None:
    queued = now.sending.queued
    if now.age(queued.oldest) <= _SEND_LATE:
        return None
    return f"{number(queued.count, 'text')}, the oldest for {span(now.age(queued.oldest))}"


def _failing(blame: str) -> Callable[[Snapshot, Config], str | None]:
    def rule(now: Snapshot, config: Config) -> str | None:
        count, codes = _failed(now, blame)
        return f"{number(count, 'text')} in the last hour, code {', '.join(codes)}" if count else None

    return rule


def _failed(now: Snapshot, blame: str) -> tuple[int, list[str]]:
    """Texts that failed in the last hour or wait because of it, and the provider's codes."""
    found: dict[str, int] = {}
    for counts in (now.hour.failed, now.sending.codes):
        for code, count in counts.items():
            if blamed(code) == blame:
                found[code] = found.get(code, 0) + count
    return sum(found.values()), sorted(found)


def _filtered(now: Snapshot, config: Config) -> str | None:
    count, _ = _failed(now, "filtered")
    if count < _FEW_FILTERED or count <= _MOST_FILTERED * now.hour.texts_out:
        return None
    return f"{count} of {number(now.hour.texts_out, 'text')} in the last hour"


def _doubted(state: str) -> Callable[[Snapshot, Config], str | None]:
    def rule(now: Snapshot, config: Config) -> str | None:
        count = now.doubts[state]
        return f"{number(count, 'text')} in the last day" if count else None

    return rule


def _cap_reached(now: Snapshot, config: Config) -> str | None:
    if now.limited_until is None or now.limited_until <= now.at:
        return None
    return f"{number(now.hour.automatic, 'answer')} in the last hour"


def _nobody_answers(now: Snapshot, config: Config) -> str | None:
    """Only hours in which officers answer count, so nobody is called in the morning for what came at night."""
    limit = config.department_answer_minutes * _ANSWERS
    here = datetime.fromtimestamp(now.at / 1000, config.timezone)
    waited = all(is_open(config, when) for when in (here, here - timedelta(minutes=limit)))
    if not waited or now.age(now.waiting.all.oldest) <= limit * 60:
        return None
    people = number(now.waiting.all.count, "resident")
    return f"{people} waiting, the longest for {span(now.age(now.waiting.all.oldest))}"


def _urgent_waits(now: Snapshot, config: Config) -> str | None:
    age = now.age(now.waiting.urgent.oldest)
    return f"the longest for {span(age)}" if age > _URGENT_LATE else None


def _not_paged(now: Snapshot, config: Config) -> str | None:
    age = now.age(now.waiting.unpaged.oldest)
    return f"for {span(age)}" if age > _UNPAGED_LATE else None


def _redis_down(now: Snapshot, config: Config) -> str | None:
    return "" if now.redis is None else None


def _redis_full(now: Snapshot, config: Config) -> str | None:
    if now.redis is None or not now.redis.state.most or now.redis.state.used < FULL * now.redis.state.most:
        return None
    return f"{now.redis.state.used / 1e6:.1f} of {now.redis.state.most / 1e6:.1f} MB"


def _redis_evicting(now: Snapshot, config: Config) -> str | None:
    if now.redis is None or now.redis.state.policy == "noeviction":
        return None
    return f"maxmemory-policy is {now.redis.state.policy}"


def _worker_silent(now: Snapshot, config: Config) -> str | None:
    return "" if now.redis is not None and not now.redis.worker else None


def _bells_late(now: Snapshot, config: Config) -> str | None:
    if now.redis is None or not now.redis.worker or now.age(now.redis.bells.oldest) <= _BELL_LATE:
        return None
    bells = now.redis.bells
    return f"{number(bells.waiting, 'job')}, the oldest for {span(now.age(bells.oldest))}"


def _scheduler_silent(now: Snapshot, config: Config) -> str | None:
    if now.watched is None:
        return ""
    age = now.age(now.watched)
    return f"for {span(age)}" if age > _NOBODY_WATCHES else None


def _disk_low(now: Snapshot, config: Config) -> str | None:
    return _free(now) if now.disk.free is not None and NO_DISK <= now.disk.free < LITTLE_DISK else None


def _disk_full(now: Snapshot, config: Config) -> str | None:
    return _free(now) if now.disk.free is not None and now.disk.free < NO_DISK else None


def _free(now: Snapshot) -> str:
    return f"{(now.disk.free or 0) / 1e6:.0f} MB are free"


def _attachments_late(now: Snapshot, config: Config) -> str | None:
    pile = now.attachments.waiting
    if now.age(pile.oldest) <= _ATTACHMENT_LATE:
        return None
    return f"{number(pile.count, 'attachment')}, the oldest for {span(now.age(pile.oldest))}"


def _reports_late(now: Snapshot, config: Config) -> str | None:
    pile = now.late_reports
    return f"{number(pile.count, 'report')}, the oldest for {span(now.age(pile.oldest))}" if pile.count else None


RULES: Mapping[str, Callable[[Snapshot, Config], str | None]] = {
    "urgent_waits": _urgent_waits,
    "nobody_answers": _nobody_answers,
    "not_paged": _not_paged,
    "twilio_silent": _twilio_silent,
    "reconcile_late": _reconcile_late,
    "texts_waiting": _texts_waiting,
    "account_refused": _failing("account"),
    "sender_wrong": _failing("sender"),
    "content_wrong": _failing("content"),
    "sender_full": _failing("full"),
    "filtered": _filtered,
    "uncertain": _doubted("uncertain"),
    "quarantined": _doubted("quarantined"),
    "cap_reached": _cap_reached,
    "attachments_late": _attachments_late,
    "reports_late": _reports_late,
    "disk_full": _disk_full,
    "disk_low": _disk_low,
    "scheduler_silent": _scheduler_silent,
    "worker_silent": _worker_silent,
    "bells_late": _bells_late,
    "redis_down": _redis_down,
    "redis_full": _redis_full,
    "redis_evicting": _redis_evicting,
}

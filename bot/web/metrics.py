"""Figures for Prometheus: the same snapshot of the whole line, whichever web process is asked. Labels are words of our
own only. Counts nothing itself, so processes need not be added up.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request

from bot.channels.twilio_errors import blamed
from bot.errors import DatabaseUnreachable
from bot.store.figures import Pile
from bot.watch import rules
from bot.watch.snapshot import Redis, Snapshot, take
from bot.watch.words import KINDS
from bot.web.doors import hotline, open_to_all

pages = Blueprint("metrics", __name__)
_CAUSES = ("account", "sender", "content", "filtered", "full", "other")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure; `values` by its label, like `state="queued"`, or by an empty one. None is left out."""

    name: str
    about: str
    values: Mapping[str, float | None]

    def __str__(self) -> str:
        head = f"# HELP puente_{self.name} {self.about}\n# TYPE puente_{self.name} gauge\n"
        known = ((label, value) for label, value in self.values.items() if value is not None)
        return head + "".join(
            f"puente_{self.name}{f'{{{label}}}' if label else ''} {value}\n" for label, value in known
        )


@pages.get("/metrics")
@open_to_all
def metrics() -> Response:
    """200 also while the database is away, which is then the one thing said."""
    _let_in()
    try:
        gauges = list(_gauges(take(hotline())))
    except DatabaseUnreachable:
        gauges = [Gauge(*_UP, {"": 0}), Gauge(*_ALARM, {'kind="database_down"': 1})]
    return Response("".join(map(str, gauges)), content_type="text/plain; version=0.0.4; charset=utf-8")


def _let_in() -> None:
    config = hotline().config
    if not config.metrics_token:
        if not config.development:
            abort(404)
        return
    said = request.headers.get("Authorization", "")
    if not hmac.compare_digest(said.encode(), f"Bearer {config.metrics_token}".encode()):
        abort(401)


_UP = ("database_up", "Whether the database answers.")
_ALARM = ("alarm", "Whether an alarm of this kind stands.")


def _gauges(now: Snapshot) -> Iterator[Gauge]:
    found = {alarm.kind for alarm in rules.alarms(now, hotline().config)}
    yield Gauge(*_UP, {"": 1})
    yield Gauge(*_ALARM, {f'kind="{kind}"': float(kind in found) for kind in KINDS})
    yield from _texts(now)
    yield from _people(now)
    yield from _machine(now)
    yield from _redis(now.redis)
    if now.redis:
        yield Gauge("jobs_oldest_seconds", "Age of the oldest job nobody took.", {"": now.age(now.redis.bells.oldest)})


def _texts(now: Snapshot) -> Iterator[Gauge]:
    hour, sending, heard = now.hour, now.sending, now.heard
    yield Gauge(
        "texts_last_hour", "Texts in and out.", {'direction="in"': hour.texts_in, 'direction="out"': hour.texts_out}
    )
    yield Gauge("automatic_texts_last_hour", "Texts the line wrote by itself.", {"": hour.automatic})
    limited = now.limited_until is not None and now.limited_until > now.at
    yield Gauge("answers_limited", "Whether the hourly limit of automatic answers is reached.", {"": float(limited)})
    failed = dict.fromkeys(_CAUSES, 0)
    for code, count in hour.failed.items():
        failed[blamed(code) or "other"] += count
    causes: Mapping[str, float] = {f'cause="{cause}"': count for cause, count in failed.items()}
    yield Gauge("failed_texts_last_hour", "Texts of ours that were not delivered, by whose matter it is.", causes)
    yield from _piles("texts_to_send", "Texts of ours on their way out.", "state", now, {
        "queued": sending.queued, "submitting": sending.submitting,
    })  # fmt: skip
    doubts: Mapping[str, float] = {f'state="{state}"': count for state, count in now.doubts.items()}
    yield Gauge("texts_in_doubt_last_day", "Uncertain: whether they arrived; quarantined: what they say.", doubts)
    ways: Mapping[str, float] = {'way="webhook"': heard.by_webhook, 'way="fetched"': heard.fetched}
    yield Gauge("texts_heard_last_ten_minutes", "Residents' texts, by how they reached us.", ways)
    last = None if heard.last is None else now.age(heard.last)
    yield Gauge(
        "last_webhook_text_seconds", "Time since a text came by webhook, if one did in the last day.", {"": last}
    )
    listed = {f'channel="{name}"': None if at is None else now.age(at) for name, at in now.listed.items()}
    yield Gauge("listed_seconds", "Time since the provider was last asked for its texts.", listed)


def _people(now: Snapshot) -> Iterator[Gauge]:
    waiting = now.waiting
    yield from _piles("residents_waiting", "Residents who wait for an officer.", "which", now, {
        "all": waiting.all, "urgent": waiting.urgent, "not_paged": waiting.unpaged,
    })  # fmt: skip
    yield Gauge("threads_with_officers", "Threads officers answer.", {"": waiting.taken})
    yield Gauge("threads_last_hour", "Threads in which anything was said.", {"": now.hour.threads})
    yield from _piles("attachments_waiting", "Attachments to be fetched.", "", now, {"": now.attachments.waiting})
    yield Gauge("attachments_refused_last_day", "Attachments that were not taken.", {"": now.attachments.refused})


def _machine(now: Snapshot) -> Iterator[Gauge]:
    yield Gauge("database_size_bytes", "Size of the database.", {"": now.disk.size})
    yield Gauge("disk_free_bytes", "Free room on the disk of a SQLite database.", {"": now.disk.free})
    watched = None if now.watched is None else now.age(now.watched)
    yield Gauge("watched_seconds", "Time since a scheduler last looked the line over.", {"": watched})


def _redis(redis: Redis | None) -> Iterator[Gauge]:
    yield Gauge("redis_up", "Whether Redis answers.", {"": float(redis is not None)})
    if redis is None:
        return
    yield Gauge("redis_memory_bytes", "Memory Redis uses.", {"": redis.state.used})
    yield Gauge("redis_memory_limit_bytes", "Its limit; 0 for none.", {"": redis.state.most})
    yield Gauge(
        "worker_alive", "Whether a worker gave a sign of life in the last 30 seconds.", {"": float(redis.worker)}
    )
    jobs: Mapping[str, float] = {'state="waiting"': redis.bells.waiting, 'state="started"': redis.bells.started}
    yield Gauge("jobs", "Jobs for workers.", jobs)


def _piles(name: str, about: str, label: str, now: Snapshot, piles: Mapping[str, Pile]) -> Iterator[Gauge]:
    """How many, and the age of the oldest."""
    named = {f'{label}="{value}"' if label else "": pile for value, pile in piles.items()}
    yield Gauge(name, about, {one: pile.count for one, pile in named.items()})
    oldest = {one: now.age(pile.oldest) for one, pile in named.items()}
    yield Gauge(f"{name}_oldest_seconds", f"{about.removesuffix('.')}: age of the oldest, 0 for none.", oldest)

"""How the line is at one moment, in figures. Judges nothing; holds nothing of a resident."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot import embedded_redis, redis_state
from bot.errors import QueueUnreachable
from bot.hotline import Hotline
from bot.queue import Bells
from bot.redis_state import RedisState
from bot.store import figures
from bot.store.figures import Attachments, Disk, Heard, Hour, Pile, Sending, Waiting
from bot.store.marks import LIMIT

WATCHING = "watching"  # the mark of the last look of a scheduler


@dataclass(frozen=True, slots=True)
class Redis:
    """What Redis and the workers show of themselves."""

    state: RedisState
    bells: Bells
    worker: bool  # whether one gave a sign of life in the last 30 seconds


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All figures of a moment. Instants are milliseconds since 1970."""

    at: int
    waiting: Waiting
    sending: Sending
    hour: Hour
    heard: Heard
    doubts: Mapping[str, int]
    attachments: Attachments
    listed: Mapping[str, int | None]  # channel -> when it was last asked for its texts; None: never
    watched: int | None  # when a scheduler last looked
    limited_until: int | None  # the hourly limit of answers is reached
    disk: Disk
    redis: Redis | None  # None: it does not answer
    late_reports: Pile = Pile()

    def age(self, instant: int | None) -> float:
        """Seconds from an instant to this moment; 0 for None."""
        return 0.0 if instant is None else max(0.0, (self.at - instant) / 1000)


def take(hotline: Hotline) -> Snapshot:
    """Raises DatabaseUnreachable. A Redis that is away is waited for some seconds."""
    at = hotline.instant()
    redis = _redis(hotline)  # before the database is asked: whoever waits holds no transaction
    with hotline.db.read() as conn:
        marks = figures.marks(conn)
        return Snapshot(
            at=at,
            waiting=figures.waiting(conn),
            sending=figures.sending(conn),
            hour=figures.last_hour(conn, at),
            heard=figures.heard(conn, at),
            doubts=figures.in_doubt(conn, at),
            attachments=figures.attachments(conn, at),
            listed={name: marks.get(f"listed:{name}") for name in _asked(hotline)},
            watched=marks.get(WATCHING),
            limited_until=marks.get(LIMIT),
            disk=figures.disk(conn, hotline.db),
            redis=redis,
            late_reports=figures.late_reports(conn, at),
        )


def _asked(hotline: Hotline) -> list[str]:
    """Channels that are asked for their texts every minute."""
    wanted = bool(hotline.config.twilio_account_sid)
    return [name for name in hotline.channels if wanted and name != "simulator"]


def _redis(hotline: Hotline) -> Redis | None:
    config = hotline.config
    try:
        state = redis_state.ask(config.redis_url or embedded_redis.url(config.data_dir))
        return Redis(state, hotline.queue.bells(), hotline.queue.beats("worker"))
    except QueueUnreachable:
        return None

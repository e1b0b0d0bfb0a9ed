"""Names of jobs and the one way to ring for them. Redis carries only bells: what they are for is in the database.

A job says "look at this", never "do this": it carries ids, so it can be lost, doubled or late without harm.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING

from bot import redis_address
from bot.errors import QueueUnreachable

if TYPE_CHECKING:
    import redis
    import rq

JOBS = frozenset({"page_officers", "deliver", "fetch_media", "tell_browsers", "tell_city", "relay", "translate"})
QUEUE = "puente"
SLOW = "puente-slow"  # for what may take half a minute, so that no officer's answer waits behind it
_SLOW_JOBS = frozenset({"fetch_media", "tell_browsers", "tell_city", "translate"})
LIVE = "puente:live"  # the channel the desk listens to
_PATIENCE = 1.0  # seconds; a webhook waits no longer to ring a bell
_QUIET = 5.0  # seconds without bells after a failure
_SILENCE = 5.0  # seconds after which a Redis that says nothing is asked whether it is there
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """Something changed on a thread. `mark` is the same for whoever hears of it; empty if an older release said so."""

    thread_id: int
    mark: str


@dataclass(frozen=True, slots=True)
class Bells:
    """What rings and nobody has answered yet: how many, since when (ms since 1970), and how many are being answered."""

    waiting: int
    oldest: int | None
    started: int


class Queue:
    """Bells. To make one of what is no address raises SettingWrong; to ring raises nothing: when Redis is away the sweep
    finds what was not rung for."""

    def __init__(self, url: str) -> None:
        redis_address.check(url)
        self._url = url
        self._quiet_until = 0.0

    @cached_property
    def _redis(self) -> "redis.Redis":
        return redis_address.client(self._url, connect=_PATIENCE, timeout=_PATIENCE, retries=1)

    @cached_property
    def _rq(self) -> "rq.Queue":
        return self._named(QUEUE)

    @cached_property
    def _slow(self) -> "rq.Queue":
        return self._named(SLOW)

    def _named(self, name: str) -> "rq.Queue":
        import rq
        from rq.serializers import JSONSerializer

        return rq.Queue(name, connection=self._redis, serializer=JSONSerializer)

    def _of(self, job: str) -> "rq.Queue":
        return self._slow if job in _SLOW_JOBS else self._rq

    def preload(self) -> None:
        """Load the libraries now, so that processes forked from this one share them."""
        import redis  # noqa: F401
        import rq  # noqa: F401

    def put(self, job: str, thread_id: int) -> bool:
        """Ring for a job on a thread; whether Redis took it."""
        assert job in JOBS
        if self._quiet():
            return False
        try:
            self._of(job).enqueue(f"workers.jobs.{job}", thread_id, failure_ttl=86400, result_ttl=0, job_timeout=60)
        except Exception as error:  # any trouble of Redis or rq: the sweep will do it
            self._fall_quiet()
            _log.warning("bell not rung: %s for %s: %s", job, thread_id, type(error).__name__)
            return False
        return True

    def waits(self, job: str) -> bool:
        """Whether a bell for such a job was rung that nobody has heard yet; False if Redis does not say."""
        try:
            return bool(self._of(job).count)
        except Exception:
            return False

    def announce(self, thread_id: int) -> None:
        """Tell open desks that something changed on a thread."""
        if self._quiet():
            return
        try:
            self._redis.publish(LIVE, f"{thread_id} {secrets.token_urlsafe(9)}")
        except Exception as error:  # desks look again by themselves after a while
            self._fall_quiet()
            _log.warning("desk not told of %s: %s", thread_id, type(error).__name__)

    def _quiet(self) -> bool:
        """Whether Redis just failed: a webhook does not wait for it again and again."""
        return time.monotonic() < self._quiet_until

    def _fall_quiet(self) -> None:
        self._quiet_until = time.monotonic() + _QUIET

    def listen(self) -> Iterator[Change | None]:
        """What changes, in an order that is the same for all who listen. None, first of all and whenever the connection is
        another, says that changes before it may have been missed and later ones are not. Raises redis.RedisError when cut
        off, QueueUnreachable when Redis has fallen silent."""
        with self.connection().pubsub() as listening:  # type: ignore[no-untyped-call]
            listening.subscribe(LIVE)
            silent = False
            while True:
                message = listening.get_message(timeout=_SILENCE)
                if message is None:
                    if silent:
                        raise QueueUnreachable("Redis has fallen silent.")
                    listening.ping()
                elif message["type"] == "message":
                    yield _change(message["data"])
                elif message["type"] == "subscribe":
                    yield None
                silent = message is None

    def connection(self) -> "redis.Redis":
        """A connection of its own that may wait for long, for a worker."""
        return redis_address.client(self._url, connect=2, retries=1)

    def alive(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except Exception:
            return False

    def beat(self, who: str) -> None:
        """Say that a process lives, for /readyz."""
        try:
            self._redis.set(f"puente:beat:{who}", "1", ex=30)
        except Exception as error:
            _log.warning("no heartbeat of %s: %s", who, type(error).__name__)

    def bells(self) -> Bells:
        """Raises QueueUnreachable."""
        try:
            ids = self._rq.get_job_ids(0, 1)
            first = self._rq.fetch_job(ids[0]) if ids else None
            rung = first.enqueued_at if first else None
            oldest = int(rung.replace(tzinfo=UTC).timestamp() * 1000) if rung else None
            return Bells(self._rq.count, oldest, self._rq.started_job_registry.get_job_count(cleanup=False))
        except Exception as error:
            raise QueueUnreachable(f"Redis does not answer ({type(error).__name__}).") from error

    def first(self, what: str, seconds: int) -> bool:
        """Whether no other process has said this in so many seconds; where Redis does not know, everybody is first."""
        try:
            return bool(self._redis.set(f"puente:first:{what}", "1", ex=seconds, nx=True))
        except Exception:
            return True

    def no_longer(self, what: str) -> None:
        """What was said is over: whoever says it next is first."""
        try:
            self._redis.delete(f"puente:first:{what}")
        except Exception as error:
            _log.warning("redis still knows of %s: %s", what, type(error).__name__)

    def beats(self, who: str) -> bool:
        try:
            return bool(self._redis.exists(f"puente:beat:{who}"))
        except Exception:
            return False


def _change(told: bytes) -> Change:
    thread_id, _, mark = told.decode().partition(" ")
    return Change(int(thread_id), mark)

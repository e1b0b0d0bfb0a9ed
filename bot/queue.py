"""Names of jobs and the one way to ring for them. Redis carries only bells: what they are for is in the database.

A job says "look at this", never "do this": it carries ids, so it can be lost, doubled or late without harm.
"""

import logging
import time
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import redis
    import rq

JOBS = frozenset({"page_officers", "deliver"})
QUEUE = "puente"
LIVE = "puente:live"  # the channel the desk listens to
_QUIET = 5.0  # seconds without bells after a failure
_log = logging.getLogger(__name__)


class Queue:
    """Bells. None of the methods raises: when Redis is away the sweep finds what was not rung for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._quiet_until = 0.0

    @cached_property
    def _redis(self) -> "redis.Redis":
        import redis

        return redis.Redis.from_url(self._url, socket_connect_timeout=1, socket_timeout=2)

    @cached_property
    def _rq(self) -> "rq.Queue":
        import rq
        from rq.serializers import JSONSerializer

        return rq.Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)

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
            self._rq.enqueue(f"workers.jobs.{job}", thread_id, failure_ttl=86400, result_ttl=0, job_timeout=60)
        except Exception as error:  # any trouble of Redis or rq: the sweep will do it
            self._fall_quiet()
            _log.warning("bell not rung: %s for %s: %s", job, thread_id, type(error).__name__)
            return False
        return True

    def announce(self, thread_id: int) -> None:
        """Tell open desks that something changed on a thread."""
        if self._quiet():
            return
        try:
            self._redis.publish(LIVE, str(thread_id))
        except Exception as error:  # desks look again by themselves after a while
            self._fall_quiet()
            _log.warning("desk not told of %s: %s", thread_id, type(error).__name__)

    def _quiet(self) -> bool:
        """Whether Redis just failed: a webhook does not wait for it again and again."""
        return time.monotonic() < self._quiet_until

    def _fall_quiet(self) -> None:
        self._quiet_until = time.monotonic() + _QUIET

    def listen(self) -> Iterator[int | None]:
        """Ids of threads that changed, as they change; None every few seconds. Raises redis.RedisError when cut off."""
        with self.connection().pubsub(ignore_subscribe_messages=True) as listening:  # type: ignore[no-untyped-call]
            listening.subscribe(LIVE)
            while True:
                message = listening.get_message(timeout=5)
                yield int(message["data"]) if message else None

    def connection(self) -> "redis.Redis":
        """A connection of its own that may wait for long, for a worker."""
        import redis

        return redis.Redis.from_url(self._url, socket_connect_timeout=2)

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

    def beats(self, who: str) -> bool:
        try:
            return bool(self._redis.exists(f"puente:beat:{who}"))
        except Exception:
            return False

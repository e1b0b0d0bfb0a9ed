"""One worker: takes bells from Redis and calls the jobs. `python -m workers.run`."""

import logging
import sys
import threading
import time
from contextlib import suppress

import redis
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from bot import stopping
from bot.errors import PuenteError
from bot.hotline import Hotline
from bot.logs import set_up
from bot.queue import JOBS, QUEUE, SLOW
from workers import jobs

_log = logging.getLogger(__name__)


class Worker(SimpleWorker):
    """Runs only what is on the list, whoever wrote it into Redis. Told to stop, it finishes the job it is at."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = 4.0  # seconds between looks whether Redis is back
    at_work = False
    told_to_stop = False

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        if str(job.func_name).removeprefix("workers.jobs.") not in JOBS:
            _log.error("refused a job that is not ours")
            job.delete()
            return False
        self.at_work = True
        try:
            return bool(super().perform_job(job, queue, execution))
        finally:
            self.at_work = False

    def stop(self) -> None:
        """Asks Redis nothing, as rq's own would: it may be away, and its error would strike the job."""
        self.told_to_stop = self._stop_requested = True
        if not self.at_work:
            raise StopRequested

    def _install_signal_handlers(self) -> None:
        """They are the process's to set: a worker may be one of many things in it."""

    def teardown(self) -> None:
        with suppress(redis.RedisError):  # nobody is there to say goodbye to
            super().teardown()  # type: ignore[no-untyped-call]


def main() -> int:
    set_up()
    stopping.when_told(_leave)
    try:
        hotline = jobs.hotline()
    except PuenteError as error:
        print(error, file=sys.stderr)
        return 1
    threading.Thread(target=_beat, args=(hotline,), daemon=True).start()
    threading.Thread(target=_work_slowly, args=(hotline,), daemon=True).start()
    while not _work(hotline):
        stopping.when_told(_leave)
        time.sleep(1)
    return 0


def _work(hotline: Hotline) -> bool:
    """Take bells until Redis is away or restarting, when the sweep does the work; whether told to stop."""
    worker = None
    try:
        worker = _worker(hotline, QUEUE)
        stopping.when_told(worker.stop)
        worker.work(logging_level="WARNING")
    except redis.RedisError as error:
        _log.warning("redis is away: %s", type(error).__name__)
    except StopRequested:
        return True
    return worker is not None and worker.told_to_stop


def _work_slowly(hotline: Hotline) -> None:
    """Beside it, what may take half a minute. Nobody waits for it to end: whoever comes after does it anew."""
    while True:
        try:
            _worker(hotline, SLOW).work(logging_level="WARNING")
        except redis.RedisError as error:
            _log.warning("redis is away: %s", type(error).__name__)
        time.sleep(1)


def _worker(hotline: Hotline, queue: str) -> Worker:
    return Worker([queue], connection=hotline.queue.connection(), serializer=JSONSerializer, log_job_description=False)


def _leave() -> None:
    sys.exit(0)


def _beat(hotline: Hotline) -> None:
    while True:
        hotline.queue.beat("worker")
        time.sleep(10)


if __name__ == "__main__":
    sys.exit(main())

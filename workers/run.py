"""One worker: takes bells from Redis and calls the jobs. `python -m workers.run`."""

import logging
import sys
import threading
import time

import redis
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from bot.errors import PuenteError
from bot.hotline import Hotline
from bot.logs import set_up
from bot.queue import JOBS, QUEUE
from workers import jobs

_log = logging.getLogger(__name__)


class Worker(SimpleWorker):
    """Runs only what is on the list, whoever wrote it into Redis."""

    death_penalty_class = TimerDeathPenalty

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        if str(job.func_name).removeprefix("workers.jobs.") not in JOBS:
            _log.error("refused a job that is not ours")
            job.delete()
            return False
        return bool(super().perform_job(job, queue, execution))


def main() -> int:
    set_up()
    try:
        hotline = jobs.hotline()
    except PuenteError as error:
        print(error, file=sys.stderr)
        return 1
    threading.Thread(target=_beat, args=(hotline,), daemon=True).start()
    while True:
        try:
            worker = Worker(
                [QUEUE], connection=hotline.queue.connection(), serializer=JSONSerializer, log_job_description=False
            )
            worker.work(logging_level="WARNING")
            return 0
        except redis.RedisError as error:  # away or restarting; the sweep does the work meanwhile
            _log.warning("redis is away: %s", type(error).__name__)
            time.sleep(1)


def _beat(hotline: Hotline) -> None:
    while True:
        hotline.queue.beat("worker")
        time.sleep(10)


if __name__ == "__main__":
    sys.exit(main())

"""What can be done to the database under a line that is at work, and the look whether what was called kept meanwhile is.
Does not know how the line keeps anything."""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from bot.errors import PuenteError
from bot.storm import oracle
from bot.storm.day import Fault, Found
from bot.storm.disk import empty, fill
from bot.storm.residents import Crowd
from bot.storm.town import Town

LOCKED = 10.0  # seconds that somebody holds the lock each time: longer than a webhook waits
_BETWEEN = 1.0


def fails(seconds: float, locks: int) -> Fault:
    """A server is away for so many seconds; a file is locked so often instead, as it cannot be away."""

    def work(town: Town, crowd: Crowd) -> Found | None:
        return (locked(locks, LOCKED) if town.hotline.db.sqlite else away(seconds))(town, crowd)

    return honestly(work)


def away(seconds: float) -> Fault:
    """Every connection to the server is cut, and nobody listens there."""

    def work(town: Town, crowd: Crowd) -> None:
        assert town.database_door, "a file cannot be away"
        town.database_door.refuse()
        time.sleep(seconds)
        town.database_door.accept()

    return work


def locked(times: int, seconds: float) -> Fault:
    """Somebody holds the lock of the file, again and again."""

    def work(town: Town, crowd: Crowd) -> None:
        for _ in range(times):
            with closing(sqlite3.connect(file_of(town), timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                time.sleep(seconds)
            time.sleep(_BETWEEN)

    return work


def full(seconds: float) -> Fault:
    """No room is left on the disk of the file, which must be a small one of its own; not even in the files that are
    there. Whether the file came through whole is looked at in the end."""

    def work(town: Town, crowd: Crowd) -> Found:
        with closing(sqlite3.connect(file_of(town), timeout=3)) as other, suppress(sqlite3.OperationalError):
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fill(file_of(town).parent)
        time.sleep(seconds)
        empty(file_of(town).parent)
        return Found(lambda: _whole(town))

    return work


def honestly(fault: Fault) -> Fault:
    """Meanwhile nothing that was missed can be fetched, so that what is kept was kept by its webhook. Raises PuenteError
    if a text was called kept and is not, or if none was refused: then nothing was done to anybody."""

    def work(town: Town, crowd: Crowd) -> Found | None:
        town.twilio.set(lists=False)
        since = max((one.n for one in town.twilio.calls()), default=0)
        found = fault(town, crowd)
        calls = [one for one in town.twilio.calls(since) if one.path == "/hooks/twilio"]
        town.twilio.set(lists=True)
        if untrue := {one.sid for one in calls if one.status in range(200, 300)} - set(oracle.kept_ids(town)):
            raise PuenteError(f"{len(untrue)} texts were called kept and are not.")
        if all(one.status in range(200, 300) for one in calls):
            raise PuenteError("No text was refused: nothing was done to anybody.")
        return found

    return work


def file_of(town: Town) -> Path:
    return Path(town.config.database.removeprefix("sqlite:///"))


def _whole(town: Town) -> list[str]:
    with closing(sqlite3.connect(file_of(town))) as conn:
        said = [row[0] for row in conn.execute("PRAGMA integrity_check")]
    return [] if said == ["ok"] else [f"the file is damaged: {said[0]}"]

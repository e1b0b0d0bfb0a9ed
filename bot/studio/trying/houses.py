"""A house of its own for each conversation that is tried: a line with a fresh database, keys, clock and chance, in which the
department's town is as it is, and nobody. Knows what stands around a conversation, and not how one is played."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from threading import Lock

from bot import migrations
from bot.config import Config
from bot.flow.library import Library
from bot.hotline import Hotline, keywords_of
from bot.line.town import is_open
from bot.store import surroundings
from bot.store.database import Database
from bot.store.kept import kept
from bot.store.sealing import new_keyset, read_keyset
from bot.studio.trying import small_town
from bot.studio.trying.nowhere import NoBells, Nowhere

CHANNELS: Mapping[str, str] = {"sms": "twilio-sms", "whatsapp": "twilio-whatsapp"}
_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of its own is made there; what is only tried need not touch a disk)
_PREFIX = "puente-trying-"
_LEFT = 3600  # seconds after which no play can still be going on
_SEED = 7
_migrating = Lock()  # Alembic keeps what it is at in its modules: one thread at a time
_STEP = timedelta(minutes=30)  # in which an open or a closed hour is looked for
_AN_HOUR = timedelta(hours=1)
_FAR = 14 * 48  # steps: two weeks


@dataclass(frozen=True, slots=True)
class World:
    """What stands around a conversation: settings, a town in a SQLite file with nobody in it, and the hour."""

    config: Config
    database: bytes
    at: datetime  # aware, in the department's time zone


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved."""

    time: datetime

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


def live(hotline: Hotline) -> World:
    """The department as it is now, read through and never written."""
    config = replace(
        hotline.config, database_url="sqlite://", redis_url="", data_dir=Path("nowhere"), translator_url="", relay=False,
        smtp_url="", alarm_webhook_url="", alarm_email_to=(),
    )  # fmt: skip
    return World(config, _live_town(hotline.db), hotline.now())


def rehearsed() -> World:
    """The small town of rehearsals, whatever the department is called and whenever it is."""
    return World(small_town.CONFIG, _small_town(), small_town.AT)


@contextmanager
def opened(hotline: Hotline, library: Library, world: World, at: datetime) -> Iterator[tuple[Hotline, Clock]]:
    """A line in a house of its own, and its clock. Both are gone when the block ends, however it does."""
    with _folder() as folder:
        file = folder / "house.db"
        file.write_bytes(world.database)
        clock, db = Clock(at), Database(f"sqlite:///{file}")
        try:
            yield _line(hotline, library, world.config, db, clock), clock
        finally:
            db.close()


def hour(world: World, *, open: bool) -> datetime:
    """The next moment at which officers answer, and still do in an hour, or do not; the hour it is if there is none such."""

    def fits(moment: datetime) -> bool:
        return is_open(world.config, moment) == is_open(world.config, moment + _AN_HOUR) == open

    return next((moment for n in range(_FAR) if fits(moment := world.at + n * _STEP)), world.at)


def _line(hotline: Hotline, library: Library, config: Config, db: Database, clock: Callable[[], datetime]) -> Hotline:
    same = library is hotline.library
    return replace(
        hotline, config=config, db=db, keys=read_keyset(new_keyset()), queue=NoBells(), library=library,
        channels={name: Nowhere(name) for name in CHANNELS.values()},
        keywords=hotline.keywords if same else keywords_of(library, config.department_languages),
        now=clock, chance=random.Random(_SEED), translator=None,
    )  # fmt: skip


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix=_PREFIX, dir=_place(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _place() -> str:
    return str(_MEMORY) if os.access(_MEMORY, os.W_OK) else gettempdir()


def _clear_up() -> None:
    """Take away what processes left that were killed in the middle of a play."""
    for folder in Path(_place()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # gone meanwhile
            found = folder.stat()
            if found.st_uid == os.getuid() and time.time() - found.st_mtime > _LEFT:
                shutil.rmtree(folder, ignore_errors=True)


def _empty() -> bytes:
    with _migrating:
        return _migrated()


@cache
def _migrated() -> bytes:
    """A database with the newest tables and nothing in them, made once in a process."""
    _clear_up()
    with _folder() as folder:
        file = folder / "empty.db"
        migrations.upgrade(f"sqlite:///{file}")
        return file.read_bytes()


def _with_town(rows: surroundings.Rows) -> bytes:
    with _folder() as folder:
        file = folder / "town.db"
        file.write_bytes(_empty())
        db = Database(f"sqlite:///{file}")
        try:
            with db.write() as conn:
                surroundings.put(conn, rows)
        finally:
            db.close()
        return file.read_bytes()


_live_town = kept(surroundings.VERSION_SQL, surroundings.read, _with_town)


@cache
def _small_town() -> bytes:
    return _with_town(small_town.ROWS)

"""A copy of everything said, made while the line runs, and put back into an empty database. Knows settings, files and
what a person must be told; the databases' own ways are the store's. The keys are never in a copy."""

import os
from pathlib import Path

from bot import migrations
from bot.config import Config
from bot.doctor.signs import trouble_with_keys
from bot.errors import PuenteError, SettingWrong
from bot.store import backup, messages, relays
from bot.store.backup import Contents
from bot.store.database import Database

KEYS_APART = "The keys are not in it: keep SEAL_KEYS in another place, for without them nobody can read this copy."


def back_up(config: Config, target: Path) -> str:
    """Write the copy beside its name, read it back, then rename it; what had the name before is replaced only by a copy
    that is whole. Returns what to tell. Raises PuenteError."""
    _check_target(config, target)
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        found = backup.back_up(config.database, beside)
        backup.rename(beside, target)
    except OSError as error:
        raise PuenteError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)
    size = target.stat().st_size / 1e6
    return f"{target} is written and read back: {_counted(found)}, {size:.1f} MB. {KEYS_APART}"


def restore(config: Config, source: Path) -> str:
    """Put a copy into an empty database and bring its tables up to date. Returns what to tell. Raises PuenteError."""
    if there := backup.occupied(config.database):
        raise PuenteError(
            f"The database is not empty ({there}), and nothing is ever restored over one. Stop the line, then move the "
            "files away, or set DATABASE_URL to a new database."
        )
    found = backup.inspect(config.database, source)
    if found.step > migrations.head():
        raise PuenteError(f"{source} was made by a newer Puente (step {found.step}). Install that one first.")
    try:
        backup.put_in_place(config.database, source)
    except OSError as error:
        raise PuenteError(f"The database cannot be written: {error.strerror}.") from error
    migrations.upgrade(config.database)
    _doubt_what_was_queued(config)
    return f"Restored from {source}: {_counted(found)}. {_whether_keys_fit(config)}"


def _doubt_what_was_queued(config: Config) -> None:
    """What waited to be sent when the copy was made may have been sent since: the line looks for it at the provider first."""
    db = Database(config.database)
    try:
        with db.write() as conn:
            messages.doubt_queued(conn)
            relays.doubt(conn)
    finally:
        db.close()


def _check_target(config: Config, target: Path) -> None:
    if target.is_dir():
        raise PuenteError(f"{target} is a folder. Name a file in it, like {target / 'puente-2026-12-31.backup'}.")
    if not target.parent.is_dir():
        raise PuenteError(f"There is no folder {target.parent}. Make it first; better on another disk or machine.")
    if backup.same_file(config.database, target):
        raise PuenteError(f"{target} is the database itself. Name another file.")


def _counted(found: Contents) -> str:
    return f"{found.rows['messages']} texts in {found.rows['threads']} threads"


def _whether_keys_fit(config: Config) -> str:
    put_back = "Put back the keyset that was used with it, then start the line."
    try:
        trouble = trouble_with_keys(config)
    except SettingWrong as error:
        return f"But {error} {put_back}"
    if trouble is None:
        return f"But there is no SEAL_KEYS here. {put_back}"
    if trouble:
        return f"But SEAL_KEYS does not fit it: {trouble}. {put_back}"
    return "SEAL_KEYS opens it. Start the line, then run: python -m bot doctor"

"""Backups of a line that is being written to: each is whole, of its moment, and can be restored and read."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from bot import migrations
from bot.__main__ import main
from bot.backup import back_up, restore
from bot.config import Config
from bot.errors import PuenteError
from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.model import Inbound
from bot.store import backup, messages
from bot.store.database import Database
from bot.store.sealing import new_keyset
from tests.databases import empty_postgres, fresh_postgres
from tests.line import LINE, build_hotline, settings

BACKUPS = 5
BEFORE, BETWEEN = 300, 20  # texts before the first backup, and between two


class Residents:
    """Write and write, through the real turn; know how many texts were kept."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline, self.kept, self.trouble = hotline, 0, list[Exception]()
        self._stop, self._numbers = threading.Event(), count(1)

    def text(self) -> None:
        n = next(self._numbers)
        words = f"text number {n}: my bicycle was stolen"
        receive(self.hotline, Inbound("twilio-sms", f"SM{n:032x}", f"+1500555{n % 40:04d}", LINE, words))
        self.kept += 1

    @contextmanager
    def writing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._write)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            try:
                self.text()
            except Exception as error:
                self.trouble.append(error)
                return


def empty_beside(config: Config, folder: Path) -> Config:
    """The settings of a new place with an empty database of the same kind, and the same keys."""
    keys = (config.data_dir / "seal-keys").read_text()
    url = ""
    if config.database.startswith("postgresql"):
        url = empty_postgres(config.database)
    return replace(config, data_dir=folder, database_url=url, seal_keys=keys)


def texts_in(config: Config, hotline: Hotline) -> list[str]:
    """What residents said, opened, in order."""
    db = Database(config.database)
    try:
        with db.read() as conn:
            threads = conn.exec_driver_sql("SELECT id FROM threads").scalars().all()
            said = [one for thread in threads for one in messages.of_thread(conn, hotline.keys, thread)]
        return [one.text for one in sorted(said, key=lambda one: one.id) if one.text.startswith("text number")]
    finally:
        db.close()


def test_backups_under_load_restore_clean_and_complete_as_of_their_time(hotline: Hotline, tmp_path: Path) -> None:
    residents = Residents(hotline)
    for _ in range(BEFORE):
        residents.text()
    spans = []
    with residents.writing():
        for n in range(BACKUPS):
            until = residents.kept + BETWEEN
            while residents.kept < until and not residents.trouble:
                threading.Event().wait(0.01)
            before = residents.kept
            back_up(hotline.config, tmp_path / f"copy-{n}")
            spans.append((before, residents.kept + 1))  # one may be kept and not counted yet
    assert not residents.trouble
    assert residents.kept > BEFORE + BACKUPS * BETWEEN

    for n, (least, most) in enumerate(spans):
        place = empty_beside(hotline.config, tmp_path / f"place-{n}")
        told = restore(place, tmp_path / f"copy-{n}")
        found = texts_in(place, hotline)
        assert least <= len(found) <= most
        # Nothing between is missing: what is there is all that was said up to some moment.
        assert found == [f"text number {at + 1}: my bicycle was stolen" for at in range(len(found))]
        assert "SEAL_KEYS opens it" in told
        _is_clean(place)


def test_a_restored_line_goes_on(hotline: Hotline, tmp_path: Path) -> None:
    residents = Residents(hotline)
    for _ in range(50):
        residents.text()
    back_up(hotline.config, tmp_path / "copy")
    place = empty_beside(hotline.config, tmp_path / "place")
    restore(place, tmp_path / "copy")
    again = build_hotline(place, demo=False)
    try:
        repeat = receive(again, Inbound("twilio-sms", f"SM{1:032x}", "+15005550001", LINE, "text number 1: my bicycle was stolen"))
        reply = receive(again, Inbound("twilio-sms", "SM" + "f" * 32, "+15005550001", LINE, "text number 51: hello"))
    finally:
        again.db.close()

    assert repeat is None  # it is known to have been answered
    assert reply is not None
    assert len(texts_in(place, hotline)) == 51


def test_sqlite_keeps_taking_texts_while_a_large_file_is_copied(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write by others would make SQLite's backup begin anew; in small steps it would never end."""
    monkeypatch.setattr(backup, "_PAGES", 5)
    monkeypatch.setattr(backup, "_PAUSE", 0.02)
    hotline = build_hotline(settings(tmp_path, REDIS_URL=redis_url), demo=False)
    residents = Residents(hotline)
    for _ in range(200):
        residents.text()
    with residents.writing():
        before = residents.kept
        back_up(hotline.config, tmp_path / "copy")
        during = residents.kept - before
    hotline.db.close()

    assert not residents.trouble
    assert during > 20


def test_a_copy_is_one_file_for_its_owner_only_and_replaces_the_last(hotline: Hotline, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    copy = folder / "puente.backup"
    copy.write_text("the copy of yesterday")

    told = back_up(hotline.config, copy)

    assert [path.name for path in folder.iterdir()] == ["puente.backup"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "The keys are not in it" in told and "SEAL_KEYS" in told
    assert "0 texts in 0 threads" in told
    assert (hotline.config.data_dir / "seal-keys").read_text().partition(",")[0].encode() not in copy.read_bytes()


def test_a_failed_copy_leaves_the_last_one_and_nothing_else(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copies" / "puente.backup"
    copy.parent.mkdir()
    copy.write_text("the copy of yesterday")

    def found_damaged(url: str, copy: Path) -> backup.Contents:
        raise PuenteError("damaged")

    monkeypatch.setattr(backup, "inspect", found_damaged)

    with pytest.raises(PuenteError, match="damaged"):
        back_up(hotline.config, copy)
    assert [path.read_text() for path in copy.parent.iterdir()] == ["the copy of yesterday"]


def test_a_copy_with_fewer_texts_is_thrown_away(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = backup.inspect
    lost = {"threads": -1, "messages": 0}
    monkeypatch.setattr(backup, "inspect", lambda url, copy: replace(whole(url, copy), rows=lost))

    with pytest.raises(PuenteError, match="fewer texts"):
        back_up(hotline.config, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_where_a_copy_cannot_go(hotline: Hotline, tmp_path: Path) -> None:
    with pytest.raises(PuenteError, match="is a folder"):
        back_up(hotline.config, tmp_path)
    with pytest.raises(PuenteError, match="no folder"):
        back_up(hotline.config, tmp_path / "nowhere" / "copy")
    if hotline.db.sqlite:
        with pytest.raises(PuenteError, match="database itself"):
            back_up(hotline.config, tmp_path / "puente.db")


def test_nothing_is_restored_over_a_database(hotline: Hotline, tmp_path: Path) -> None:
    Residents(hotline).text()
    back_up(hotline.config, tmp_path / "copy")
    Residents(hotline).text()

    with pytest.raises(PuenteError, match="not empty"):
        restore(hotline.config, tmp_path / "copy")
    assert texts_in(hotline.config, hotline) == ["text number 1: my bicycle was stolen"]


def test_a_log_left_beside_counts_as_a_database(tmp_path: Path, redis_url: str) -> None:
    """SQLite would play an old log into the restored file."""
    hotline = build_hotline(settings(tmp_path / "a", REDIS_URL=redis_url), demo=False)
    back_up(hotline.config, tmp_path / "copy")
    hotline.db.close()
    place = settings(tmp_path / "b")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "puente.db-wal").write_bytes(b"what the last line had not brought home")

    with pytest.raises(PuenteError, match=r"puente\.db-wal"):
        restore(place, tmp_path / "copy")
    assert not (tmp_path / "b" / "puente.db").exists()


def test_a_damaged_copy_is_refused_and_the_place_stays_empty(hotline: Hotline, tmp_path: Path) -> None:
    residents = Residents(hotline)
    for _ in range(60):
        residents.text()
    copy = tmp_path / "copy"
    back_up(hotline.config, copy)
    whole = copy.read_bytes()
    place = empty_beside(hotline.config, tmp_path / "place")
    half = len(whole) // 2
    for ruined in (whole[:half], whole[:half] + os.urandom(9000) + whole[half + 9000 :], b"", b"PK\3\4" + whole):
        copy.write_bytes(ruined)
        with pytest.raises(PuenteError, match=r"damaged|no backup of this program"):
            restore(place, copy)
        assert not backup.occupied(place.database)

    copy.write_bytes(whole)
    restore(place, copy)


def test_a_copy_of_the_other_kind_is_refused(hotline: Hotline, tmp_path: Path, redis_url: str) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"PGDMP" + b"\0" * 100 if hotline.db.sqlite else b"SQLite format 3\0" + b"\0" * 100)

    with pytest.raises(PuenteError, match=r"is of a (PostgreSQL|SQLite)"):
        restore(empty_beside(hotline.config, tmp_path / "place"), other)


def test_a_copy_of_a_newer_puente_is_refused(hotline: Hotline, tmp_path: Path) -> None:
    with hotline.db.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(hotline.config, tmp_path / "copy")

    with pytest.raises(PuenteError, match="newer Puente"):
        restore(empty_beside(hotline.config, tmp_path / "place"), tmp_path / "copy")


def test_the_tables_of_an_older_copy_are_brought_up_to_date(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(hotline.config, tmp_path / "copy")
    brought = []
    monkeypatch.setattr(migrations, "upgrade", brought.append)
    place = empty_beside(hotline.config, tmp_path / "place")

    restore(place, tmp_path / "copy")

    assert brought == [place.database]


def test_keys_that_do_not_fit_are_said(hotline: Hotline, tmp_path: Path) -> None:
    Residents(hotline).text()
    back_up(hotline.config, tmp_path / "copy")

    told = restore(replace(empty_beside(hotline.config, tmp_path / "place"), seal_keys=new_keyset()), tmp_path / "copy")

    assert "SEAL_KEYS does not fit" in told


def test_a_machine_without_postgres_programs_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    config = settings(tmp_path, DATABASE_URL=fresh_postgres(postgres_url))
    migrations.upgrade(config.database)

    with pytest.raises(PuenteError, match="apt-get install postgresql-client"):
        back_up(config, tmp_path / "copy")


def test_the_newest_of_several_programs_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    if not list(Path("/usr/lib/postgresql").glob("*/bin/pg_dump")):
        pytest.skip("only where Debian keeps PostgreSQL's programs")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert backup._program("pg_dump") != old


def test_a_password_is_not_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$@" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setattr(backup, "_program", lambda name: program)
    address = backup.make_url("postgresql+psycopg://puente:hunter2@db.example.gov:5433/puente?sslmode=require")

    with pytest.raises(PuenteError) as failed:
        backup._run("pg_dump", address)

    assert "--dbname=postgresql://puente@db.example.gov:5433/puente?sslmode=require" in str(failed.value)
    assert "hunter2" not in str(failed.value)


def test_the_commands(hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Residents(hotline).text()
    monkeypatch.chdir(tmp_path)
    place = empty_beside(hotline.config, tmp_path / "place")
    here = {"DATA_DIR": str(tmp_path), "DATABASE_URL": hotline.config.database}
    there = {"DATA_DIR": str(place.data_dir), "DATABASE_URL": place.database_url, "SEAL_KEYS": place.seal_keys}

    ran = [
        CliRunner().invoke(main, words, env=environment)
        for words, environment in (
            (["backup", "copy"], here),
            (["restore", "copy"], there),
            (["restore", "copy"], there),
        )
    ]

    assert [one.exit_code for one in ran] == [0, 0, 1], [one.output for one in ran]
    assert "copy is written and read back: 2 texts in 1 threads" in ran[0].output
    assert "Restored from copy" in ran[1].output
    assert "not empty" in ran[2].output
    if hotline.db.sqlite:
        assert not list(place.data_dir.glob("*.part*"))
        with closing(sqlite3.connect(place.data_dir / "puente.db")) as conn:
            assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def _is_clean(place: Config) -> None:
    """By the databases' own tools."""
    if not place.database.startswith("sqlite"):
        with psycopg.connect(place.database.replace("+psycopg", "", 1)) as conn:
            invalid = conn.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone()
            orphans = conn.execute(
                "SELECT count(*) FROM messages m LEFT JOIN threads t ON t.id = m.thread_id WHERE t.id IS NULL"
            ).fetchone()
        assert (invalid, orphans) == ((0,), (0,))
        return
    with closing(sqlite3.connect(place.database.removeprefix("sqlite:///"))) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []

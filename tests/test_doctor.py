"""The doctor, on real databases and a real Redis: every check when all is well, and when what it looks for is wrong."""

import socket
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis
from click.testing import CliRunner

from bot import doctor, migrations
from bot.__main__ import main
from bot.config import Config, read
from bot.doctor import Check, Signs, machines, twilio
from bot.doctor import settings as of_settings
from bot.doctor.machines import apart
from bot.doctor.signs import Help, look
from bot.doctor.translator import translator as of_translator
from bot.errors import NotTranslated, Reason, SendFailed, Untranslated
from bot.fake_twilio import FakeTwilio
from bot.hotline import Hotline, build
from bot.line.conversation import receive
from bot.model import Inbound
from bot.queue import Queue
from bot.redis_state import RedisState
from bot.store.condition import PostgresState, SqliteState
from bot.store.sealing import new_keyset
from tests.fake_translator import fake_translator
from tests.line import ACCOUNT, LINE, TOKEN
from tests.servers import redis_server

PUBLIC = "https://line.example.gov"
KEY, SECRET = "SK" + "0" * 32, "test-api-secret"
ELSEWHERE = "https://handler.twilio.com/twiml/EH" + "0" * 32
TOWN = {
    "PUENTE_ENV": "production",
    "PUBLIC_URL": PUBLIC,
    "SEAL_KEYS": new_keyset(),
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_API_KEY": KEY,
    "TWILIO_API_SECRET": SECRET,
    "LINE_NUMBERS": LINE,
    "DEPARTMENT_NAME": "Maple Police",
    "DEPARTMENT_CITY": "Maple",
    "DEPARTMENT_PHONE": "555-010-0100",
    "DEPARTMENT_URL": "https://maple.example.gov/language-line",
    "DEPARTMENT_HOLIDAYS": "2999-12-25",
    "ALARM_WEBHOOK_URL": "https://alarms.maple.example.gov/puente",
}


@pytest.fixture(scope="module")
def own_redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_at(own_redis: str) -> Iterator[str]:
    """A Redis that tests may set as they like; afterwards it is as a town's should be."""
    with redis.Redis.from_url(own_redis) as client:
        client.flushall()
        client.config_set("appendonly", "yes")
        yield own_redis
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "0")
        client.config_set("save", "")


@pytest.fixture
def api() -> Iterator[FakeTwilio]:
    with FakeTwilio(
        PUBLIC, account_sid=ACCOUNT, auth_token=TOKEN, api_key=KEY, api_secret=SECRET, lines=[LINE]
    ) as fake:
        fake.rest.numbers[LINE] = {"sms_url": f"{PUBLIC}/hooks/twilio#ct=2000", "sms_fallback_url": ELSEWHERE}
        yield fake


@pytest.fixture
def config(tmp_path: Path, database_url: str, redis_at: str, api: FakeTwilio) -> Config:
    """A town in production with everything set up, on each database."""
    return town(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_at, TWILIO_API_URL=api.url)


@pytest.fixture
def line(config: Config) -> Iterator[Hotline]:
    """Its parts, with tables, and a first text in it."""
    migrations.upgrade(config.database)
    built = build(config)
    receive(built, Inbound("twilio-sms", "SM" + "0" * 32, "+15005550001", LINE, "hello"))
    yield built
    built.db.close()


def town(folder: Path, **more: str) -> Config:
    return read({**TOWN, "DATA_DIR": str(folder), **more})


def signs(config: Config, **more: Any) -> Signs:
    """What an ideal town showed, but for what is given."""
    sound = RedisState("7.2", "noeviction", 1_000_000, 0, True, failing=False, replica=False)
    beats = {"worker": True, "scheduler": True}
    return Signs(**{
        "config": config, "database": None, "keys": "", "redis": sound, "beats": beats,
        "account": None, "numbers": None, "numbers_by_token": None, **more,
    })  # fmt: skip


_RANK = ("good", "warning", "bad")


def told(found: Iterable[Check]) -> dict[str, Check]:
    """By name; of several of one name the worst."""
    worst: dict[str, Check] = {}
    for check in found:
        assert check.says.endswith((".", "…")) and (check.state == "good" or check.do), str(check)
        if check.name not in worst or _RANK.index(check.state) > _RANK.index(worst[check.name].state):
            worst[check.name] = check
    return worst


def trouble(found: Iterable[Check]) -> dict[str, str]:
    return {name: check.state for name, check in told(found).items() if check.state != "good"}


# All is well


def test_a_town_that_is_set_up_is_good_throughout(line: Hotline) -> None:
    for who in ("worker", "scheduler"):
        line.queue.beat(who)

    found = doctor.examine(line.config)

    # The PostgreSQL of the tests does not wait for its disk, and the doctor sees it.
    assert trouble(found) == ({} if line.db.sqlite else {"durability": "bad"})
    names = {check.name for check in found}
    only = {"disk"} if line.db.sqlite else {"connections"}
    assert names >= {
        "public address", "department", "languages", "flows", "seal keys", "alarms", "database", "tables", "writing",
        "durability", "clock", "Redis", "Redis memory", "Redis disk", "worker", "scheduler", "Twilio account",
        "Twilio key", f"Twilio {LINE}", *only,
    }  # fmt: skip


def test_looking_changes_nothing(line: Hotline, tmp_path: Path) -> None:
    before = _everything(line, tmp_path)

    look(line.config)

    assert _everything(line, tmp_path) == before


def test_looking_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    folder = tmp_path / "var"

    found = told(doctor.examine(read({"DATA_DIR": str(folder)})))

    assert not folder.exists()
    assert (found["database"].state, found["database"].do) == ("bad", "Run: python -m bot migrate")
    assert found["Redis"].state == "warning"
    assert found["seal keys"].state == "good"


def _everything(line: Hotline, folder: Path) -> dict[str, object]:
    """Every file but SQLite's shared memory, or every row of what residents said."""
    files = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }
    return {**files, "rows": line.db.look_all("SELECT id, text FROM messages ORDER BY id", {})}


def test_a_check_that_breaks_is_said_and_keeps_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Signs) -> Iterable[Check]:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "CHECKS", [broken, of_settings.address])

    assert [check.state for check in doctor.judge(signs(town(tmp_path)))] == ["bad", "good"]


# Settings


@pytest.mark.parametrize(
    ("setting", "name", "state", "says"),
    [
        ({"PUBLIC_URL": "http://line.example.gov"}, "public address", "bad", "in the open"),
        ({"PUBLIC_URL": "https://line.example.gov/sms"}, "public address", "bad", "with a path"),
        ({"PUENTE_ENV": "development"}, "public address", "warning", "simulator is open"),
        ({"PUENTE_ENV": "development", "PUBLIC_URL": ""}, "public address", "good", "trying out"),
        ({"DEPARTMENT_NAME": "Riverbend Police Dept"}, "department", "bad", "21 characters"),
        ({"DEPARTMENT_NAME": "Maple Police Departm"}, "department", "good", "Maple"),  # twenty
        ({"DEPARTMENT_PHONE": ""}, "department", "bad", "DEPARTMENT_PHONE"),
        ({"LINE_NUMBERS": "555-0100"}, "department", "bad", "555-0100"),
        ({"PUENTE_ENV": "development", "LINE_NUMBERS": ""}, "department", "bad", "LINE_NUMBERS is empty"),
        ({"DEPARTMENT_HOLIDAYS": "2020-12-25"}, "department", "warning", "no day to come"),
        ({"DEPARTMENT_LANGUAGES": "en,es,tlh"}, "languages", "bad", "no texts in tlh"),
        ({"DEPARTMENT_LANGUAGES": "en,es,pl"}, "languages", "warning", "safety texts are translated into pl"),
        ({"DEPARTMENT_LANGUAGES": "en,es"}, "languages", "good", "2 languages"),
        ({}, "alarms", "good", "told by webhook"),
        ({"ALARM_WEBHOOK_URL": ""}, "alarms", "warning", "Nobody is told"),
        ({"ALARM_EMAIL_TO": "chief@maple.example.gov"}, "alarms", "bad", "SMTP_URL is empty"),
        ({"SMTP_URL": "smtp://mail.maple.example.gov"}, "alarms", "bad", "ALARM_EMAIL_TO is empty"),
    ],
)
def test_a_setting(tmp_path: Path, setting: dict[str, str], name: str, state: str, says: str) -> None:
    seen = signs(town(tmp_path, **setting))
    checks = (of_settings.address, of_settings.department, of_settings.languages, of_settings.alarms)
    found = told(one for check in checks for one in check(seen))

    assert (found[name].state, says in found[name].says) == (state, True), str(found[name])


@pytest.mark.parametrize(
    ("help_given", "state", "says"),
    [
        (Help(frozenset(), inside=True), "good", "knows all"),
        (Help(frozenset({"ht", "so"}), inside=True), "warning", "does not know Haitian Creole."),
        (Help(frozenset(), inside=False), "bad", "would leave the department"),
        (NotTranslated(Untranslated.KEY), "warning", "does not let this line in"),
    ],
)
def test_a_translator(tmp_path: Path, help_given: Help | NotTranslated, state: str, says: str) -> None:
    seen = signs(town(tmp_path, TRANSLATOR_URL="http://translator.example"), translator=help_given)

    found = told(of_translator(seen))["translator"]
    assert (found.state, says in found.says) == (state, True), str(found)


def test_a_translator_is_asked_only_where_there_is_one_and_with_its_key(tmp_path: Path) -> None:
    assert look(town(tmp_path)).translator is None
    with fake_translator("a-key") as server:
        right = look(town(tmp_path, TRANSLATOR_URL=server.url, TRANSLATOR_KEY="a-key")).translator
        wrong = look(town(tmp_path, TRANSLATOR_URL=server.url, TRANSLATOR_KEY="no key")).translator
    gone = look(town(tmp_path, TRANSLATOR_URL=server.url)).translator

    assert isinstance(right, Help) and right.inside and {"ht", "vi"} <= right.lacking and "es" not in right.lacking
    assert isinstance(wrong, NotTranslated) and wrong.why is Untranslated.KEY
    assert isinstance(gone, NotTranslated) and gone.why is Untranslated.AWAY


def test_broken_flows_are_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "home.yml").write_text("flow: home\nsteps: nonsense\n")
    monkeypatch.setattr(of_settings, "HOME", tmp_path)

    found = told(of_settings.flows(signs(town(tmp_path))))["flows"]

    assert found.state == "bad" and "home.yml" in found.says


def test_keys(line: Hotline) -> None:
    other = new_keyset()
    index_of_other = other.partition(",index:")[2]
    mixed = f"{TOWN['SEAL_KEYS'].partition(',index:')[0]},index:{index_of_other}"
    for keys, says in ((other, "another row"), (mixed, "no resident is found"), ("1:abc", "not a keyset")):
        found = told(of_settings.keys(look(replace(line.config, seal_keys=keys))))["seal keys"]
        assert (found.state, says in found.says) == ("bad", True), str(found)


def test_the_keys_of_development_are_not_for_production(tmp_path: Path) -> None:
    (tmp_path / "seal-keys").write_text(TOWN["SEAL_KEYS"])

    found = told(of_settings.keys(signs(town(tmp_path))))["seal keys"]

    assert found.state == "bad" and "beside the database" in found.says


# The database


def of_database(seen: Signs) -> dict[str, Check]:
    checks = (machines.database, machines.tables, machines.writing, machines.durability, machines.disk)
    return told(check for one in (*checks, machines.connections) for check in one(seen))


def test_tables_of_another_time(line: Hotline) -> None:
    for step, says in (("0000", "needs"), ("9999", "newer Puente")):
        with line.db.write() as conn:
            conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{step}'")
        found = of_database(look(line.config))["tables"]
        assert (found.state, says in str(found)) == ("bad", True), str(found)


def test_a_database_without_tables(config: Config) -> None:
    if config.database.startswith("sqlite"):
        Path(config.database.removeprefix("sqlite:///")).touch()

    found = of_database(look(config))

    assert (found["tables"].state, "writing" in found) == ("bad", False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite database with tables, as the line leaves it."""
    migrations.upgrade(f"sqlite:///{tmp_path / 'puente.db'}")
    with closing(sqlite3.connect(tmp_path / "puente.db")) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
    return tmp_path / "puente.db"


def test_a_file_that_is_locked_cannot_be_written(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = of_database(look(town(file.parent)))

    assert (found["writing"].state, "locked" in found["writing"].says) == ("bad", True)
    assert found["database"].state == "good"


def test_a_file_without_wal(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")

    found = of_database(look(town(file.parent)))["durability"]

    assert (found.state, "delete" in found.says) == ("bad", True)
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)  # looking did not change it


def test_a_damaged_file(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages_of_thread'").fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 512)

    found = of_database(look(town(file.parent)))["database"]

    assert (found.state, "damaged" in found.says, "backup" in found.do) == ("bad", True, True)


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"no database, but long enough to be looked at" * 100)

    found = of_database(look(town(file.parent)))["database"]

    assert (found.state, "not a database" in found.says) == ("bad", True)


@pytest.mark.parametrize(
    ("change", "name", "state"),
    [
        ({"free": 2_000_000_000}, "disk", "good"),
        ({"free": 999_999_999}, "disk", "warning"),
        ({"free": 99_999_999}, "disk", "bad"),
        ({"synchronous": 1}, "durability", "bad"),
        ({"synchronous": 3}, "durability", "good"),
        ({"read_whole": False}, "database", "warning"),
    ],
)
def test_a_file_that_shows(file: Path, change: dict[str, Any], name: str, state: str) -> None:
    seen = look(read({"DATA_DIR": str(file.parent)}))
    assert isinstance(seen.database, SqliteState)

    assert of_database(replace(seen, database=replace(seen.database, **change)))[name].state == state


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("database", "name", "says"),
    [
        ("SET synchronous_commit = off", "durability", "synchronous_commit"),
        ("SET default_transaction_read_only = on", "writing", "read-only"),
    ],
)
def test_a_postgres_set_wrong(line: Hotline, database: str, name: str, says: str) -> None:
    with postgres(line) as conn:
        conn.execute(f"ALTER DATABASE {conn.info.dbname} {database}")  # type: ignore[call-overload]

    found = of_database(look(line.config))[name]

    assert (found.state, says in found.says) == ("bad", True), str(found)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("limit", "state"), [(15, "bad"), (25, "warning"), (60, "good")])
def test_a_postgres_user_with_few_connections(line: Hotline, limit: int, state: str) -> None:
    name = f"town_{uuid4().hex[:8]}"
    with postgres(line) as conn:
        conn.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT {limit}")  # type: ignore[call-overload]
        conn.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")  # type: ignore[call-overload]
    asked = replace(line.config, database_url=line.config.database.replace("puente@", f"{name}@", 1))

    found = of_database(look(asked))

    assert (found["connections"].state, str(limit) in found["connections"].says) == (state, True)
    assert (found["writing"].state, "permission denied" in found["writing"].says) == ("bad", True)


@pytest.mark.parametrize(
    ("change", "name", "state"),
    [
        ({"version": 13}, "database", "bad"),
        ({"version": 14}, "database", "good"),
        ({"fsync": "off"}, "durability", "bad"),
        ({}, "durability", "good"),
        ({"room": 97}, "connections", "good"),
    ],
)
def test_a_postgres_that_shows(tmp_path: Path, change: dict[str, Any], name: str, state: str) -> None:
    url = "postgresql://puente@127.0.0.1/puente"
    sound = PostgresState(16, migrations.head(), "on", "on", "", 197, (0, 0, 0))

    seen = signs(town(tmp_path, DATABASE_URL=url), database=replace(sound, **change))

    assert of_database(seen)[name].state == state


def test_a_postgres_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    found = of_database(look(town(tmp_path, DATABASE_URL="postgresql://puente:hunter2@127.0.0.1:9/puente")))

    assert set(found) == {"database"}
    assert (found["database"].state, "hunter2" in str(found["database"])) == ("bad", False)


@contextmanager
def postgres(line: Hotline) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(line.config.database.replace("+psycopg", "", 1), autocommit=True) as conn:
        yield conn


# Clocks


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, "good"), (1.5, "good"), (6, "warning"), (-20, "warning"), (60, "bad")]
)
def test_the_clock_against_twilios(tmp_path: Path, api: FakeTwilio, ahead: float, state: str) -> None:
    api.rest.ahead = ahead

    found = told(machines.clocks(look(town(tmp_path, TWILIO_API_URL=api.url))))["clock"]

    assert (found.state, "Twilio" in found.says) == (state, True), str(found)


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [(0, "good", "agrees"), (10, "warning", "behind the one of the database"), (-40, "bad", "ahead of")],
)
def test_the_clock_against_the_databases(tmp_path: Path, ahead: float, state: str, says: str) -> None:
    now = time.time()
    database = PostgresState(16, "0001", "on", "on", "", 97, (now, now + ahead, now))

    found = told(machines.clocks(signs(town(tmp_path), database=database)))["clock"]

    assert (found.state, says in found.says) == (state, True)


def test_what_the_asking_took_is_not_taken_for_a_wrong_clock() -> None:
    assert apart(10.0, 13.0, 14.0) == 0
    assert apart(10.9, 10.0, 11.0, grain=1.0) == 0  # Twilio tells whole seconds
    assert apart(10.0, 15.0, 12.0) == 3.0
    assert apart(10.0, 5.0, 12.0, grain=1.0) == -4.0


# Redis


def of_redis(seen: Signs) -> dict[str, Check]:
    return told([*machines.redis(seen), *machines.heartbeats(seen)])


@pytest.mark.parametrize(
    ("setting", "name", "state", "says"),
    [
        ({"maxmemory-policy": "allkeys-lru"}, "Redis", "bad", "throws away"),
        ({"maxmemory-policy": "volatile-ttl"}, "Redis", "bad", "volatile-ttl"),
        ({"maxmemory": "1gb"}, "Redis memory", "good", "of 1074 MB"),
        ({"maxmemory": "1mb"}, "Redis memory", "bad", "no bells"),
        ({"appendonly": "no"}, "Redis disk", "warning", "forgets"),
        ({"appendonly": "no", "save": "900 1"}, "Redis disk", "good", "again"),
    ],
)
def test_a_redis_set_so(
    tmp_path: Path, redis_at: str, setting: dict[str, str], name: str, state: str, says: str
) -> None:
    with redis.Redis.from_url(redis_at) as client:
        for key, value in setting.items():
            client.config_set(key, value)

        found = of_redis(look(town(tmp_path, REDIS_URL=redis_at)))[name]

    assert (found.state, says in found.says) == (state, True), str(found)


@pytest.mark.parametrize(
    ("change", "name", "state"),
    [
        ({"used": 85, "most": 100}, "Redis memory", "warning"),
        ({"failing": True}, "Redis disk", "bad"),
        ({"keeps": None}, "Redis disk", "good"),
        ({"replica": True}, "Redis", "bad"),
    ],
)
def test_a_redis_that_shows(tmp_path: Path, change: dict[str, Any], name: str, state: str) -> None:
    seen = signs(town(tmp_path))
    assert isinstance(seen.redis, RedisState)

    assert of_redis(replace(seen, redis=replace(seen.redis, **change)))[name].state == state


def test_worker_and_scheduler(tmp_path: Path, redis_at: str) -> None:
    config = town(tmp_path, REDIS_URL=redis_at)
    silent = of_redis(look(config))
    Queue(redis_at).beat("worker")

    found = of_redis(look(config))

    assert (silent["worker"].state, silent["worker"].do) == ("warning", "Start it: python -m workers.run")
    assert (found["worker"].state, found["scheduler"].state) == ("good", "warning")


def test_a_redis_that_is_away_or_never_answers(tmp_path: Path) -> None:
    with silent_server() as port:
        for url in (f"redis://:hunter2@127.0.0.1:{port}/0", "redis://:hunter2@127.0.0.1:9/0"):
            began = time.monotonic()
            found = of_redis(look(town(tmp_path, REDIS_URL=url)))
            assert (found["Redis"].state, set(found)) == ("bad", {"Redis"})
            assert "hunter2" not in str(found)
            assert time.monotonic() - began < 6


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    calls.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        for call in calls:
            call.close()


# Twilio


def of_twilio(seen: Signs) -> dict[str, Check]:
    return told(check for one in (twilio.account, twilio.sending, twilio.webhooks) for check in one(seen))


WEBHOOK = f"{PUBLIC}/hooks/twilio"


@pytest.mark.parametrize(
    ("number", "state", "words"),
    [
        ({"sms_url": WEBHOOK}, "good", "come to this line"),
        ({"sms_url": f"{WEBHOOK}#rc=2&rp=all"}, "good", "come to this line"),
        ({"sms_url": ""}, "bad", f"set {WEBHOOK}#ct=2000&rt=5000&rc=2&rp=all"),
        ({"sms_url": "https://demo.twilio.com/welcome/sms/reply"}, "bad", f"set {WEBHOOK}#"),
        ({"sms_url": f"{WEBHOOK}/"}, "bad", f"set {WEBHOOK}#"),
        ({"sms_url": WEBHOOK, "sms_method": "GET"}, "bad", "choose HTTP POST"),
        ({"sms_url": WEBHOOK, "sms_application_sid": "AP1"}, "bad", "TwiML application (AP1)"),
        ({"sms_fallback_url": ""}, "warning", "residents hear nothing"),
        ({"sms_fallback_url": f"{PUBLIC}/hooks/twilio/fallback"}, "warning", "away whenever the line is"),
    ],
)
def test_a_number_set_so(tmp_path: Path, api: FakeTwilio, number: dict[str, str], state: str, words: str) -> None:
    api.rest.numbers[LINE] |= number

    found = list(twilio.webhooks(look(town(tmp_path, TWILIO_API_URL=api.url))))

    assert any(check.state == state and words in str(check) for check in found), [str(check) for check in found]
    assert ("bad" in trouble(found).values()) == (state == "bad")


def test_a_number_that_is_not_ours(tmp_path: Path, api: FakeTwilio) -> None:
    """Twilio's search also finds numbers that only hold the one asked for."""
    api.rest.numbers = {LINE + "9": {}}

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))[f"Twilio {LINE}"]

    assert (found.state, "not in the account" in found.says) == ("bad", True)


def test_each_number_is_asked_for(tmp_path: Path, api: FakeTwilio) -> None:
    second = "+15005550101"
    api.rest.numbers[second] = {}

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url, LINE_NUMBERS=f"{LINE},{second}")))

    assert (found[f"Twilio {LINE}"].state, found[f"Twilio {second}"].state) == ("good", "bad")


@pytest.mark.parametrize(
    ("setting", "name", "state", "words"),
    [
        ({"TWILIO_AUTH_TOKEN": "another"}, "Twilio account", "bad", "refuses the auth token (error 20003)"),
        ({"TWILIO_API_SECRET": "another"}, "Twilio key", "bad", "refuses the API key"),
        ({"TWILIO_API_SECRET": "another"}, f"Twilio {LINE}", "good", "come to this line"),  # asked with the token
        ({"TWILIO_API_KEY": "", "TWILIO_API_SECRET": ""}, "Twilio key", "warning", "no API key"),
        ({}, "Twilio key", "good", "accepts"),
    ],
)
def test_credentials(
    tmp_path: Path, api: FakeTwilio, setting: dict[str, str], name: str, state: str, words: str
) -> None:
    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url, **setting)))[name]

    assert (found.state, words in str(found)) == (state, True), str(found)


def test_a_restricted_key_is_not_called_wrong(tmp_path: Path, api: FakeTwilio) -> None:
    api.rest.restricted.add(KEY)

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))

    assert (found["Twilio key"].state, found[f"Twilio {LINE}"].state) == ("warning", "good")


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"status": "suspended"}, "bad", "suspended"),
        ({"kind": "Trial"}, "warning", "trial"),
        ({}, "good", "active"),
    ],
)
def test_the_account(tmp_path: Path, api: FakeTwilio, change: dict[str, str], state: str, words: str) -> None:
    for name, value in change.items():
        setattr(api.rest, name, value)

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))["Twilio account"]

    assert (found.state, words in found.says) == (state, True)


def test_a_twilio_that_cannot_be_reached_is_said_in_seconds(tmp_path: Path) -> None:
    with silent_server() as port:
        for url in (f"http://127.0.0.1:{port}", "http://127.0.0.1:9"):
            began = time.monotonic()
            found = of_twilio(look(town(tmp_path, TWILIO_API_URL=url)))
            assert {check.state for check in found.values()} == {"warning"}
            assert "no usable answer" in found["Twilio account"].says
            assert time.monotonic() - began < 6


def test_the_token_of_before_is_not_forgotten(tmp_path: Path) -> None:
    changing = look(town(tmp_path, TWILIO_AUTH_TOKEN_BEFORE="the-one-of-before"))

    (check,) = twilio.token_before(changing)

    assert check.state == "warning" and "Take it out" in str(check) and "the-one-of-before" not in str(check)
    assert list(twilio.token_before(look(town(tmp_path)))) == []


def test_twilio_left_out_or_half_filled(tmp_path: Path) -> None:
    nothing = look(read({"DATA_DIR": str(tmp_path)}))
    half = look(read({"DATA_DIR": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT}))

    assert [check.state for check in of_twilio(nothing).values()] == ["good"]
    assert [check.state for check in of_twilio(half).values()] == ["bad"]


@pytest.mark.parametrize(("code", "words"), [("20403", "suspended or closed"), ("20003", "refuses")])
def test_a_refusal_is_told_from_a_suspension(tmp_path: Path, code: str, words: str) -> None:
    refused = SendFailed(Reason.ACCOUNT, retry=True, code=code)

    found = of_twilio(signs(town(tmp_path), account=refused, numbers=refused, numbers_by_token=refused))

    assert (found["Twilio account"].state, words in found["Twilio account"].says) == ("bad", True)


# The command


def test_the_command_prints_a_line_a_check_and_ends_with_one_if_any_is_bad(
    line: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {**TOWN, "DATA_DIR": str(tmp_path), "DATABASE_URL": line.config.database,
                   "REDIS_URL": line.config.redis_url, "TWILIO_API_URL": line.config.twilio_api_url}  # fmt: skip
    monkeypatch.chdir(tmp_path)  # where there is no .env

    ran = CliRunner().invoke(main, ["doctor"], env=environment)

    states = [row.split(" ", 1)[0] for row in ran.output.splitlines()]
    assert set(states) <= {"good", "warning", "bad"}
    assert ran.exit_code == (1 if "bad" in states else 0) == (0 if line.db.sqlite else 1)
    for secret in (TOKEN, SECRET, TOWN["SEAL_KEYS"]):
        assert secret not in ran.output


def test_settings_that_cannot_be_read_are_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ran = CliRunner().invoke(main, ["doctor"], env={"PUENTE_ENV": "production"})

    assert ran.exit_code == 1
    assert ran.output.startswith("bad      settings: In production these settings must be filled: PUBLIC_URL")

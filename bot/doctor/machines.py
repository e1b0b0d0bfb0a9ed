"""Whether database, clocks, Redis, worker and scheduler are fit for residents. Judges what they answered."""

from collections.abc import Iterator

from bot import migrations
from bot.doctor.signs import Check, Signs
from bot.errors import PuenteError, SettingWrong
from bot.redis_state import RedisState
from bot.store.condition import PostgresState, SqliteState, connections_wanted
from bot.watch.rules import FULL, LITTLE_DISK, NO_DISK

OLDEST_POSTGRES = 14
LATE, TOO_LATE = 2.0, 30.0  # seconds between two clocks
NEARLY_FULL = 0.80  # of Redis's memory
_OTHERS = 2  # worker and scheduler
_MIGRATE = "Run: python -m bot migrate"


def database(signs: Signs) -> Iterator[Check]:
    state = signs.database
    if state is None:
        yield Check("database", "bad", "There is no database file yet.", _MIGRATE)
    elif isinstance(state, PuenteError):
        yield Check("database", "bad", str(state), "Start it, and check DATABASE_URL, user and password.")
    elif isinstance(state, SqliteState):
        yield _file(state)
    elif state.version < OLDEST_POSTGRES:
        says = f"PostgreSQL {state.version} is too old."
        yield Check("database", "bad", says, f"Move to version {OLDEST_POSTGRES} or newer.")
    else:
        yield Check("database", "good", f"PostgreSQL {state.version} answers.")


def tables(signs: Signs) -> Iterator[Check]:
    if not isinstance(signs.database, SqliteState | PostgresState):
        return
    step, newest = signs.database.step, migrations.head()
    if not step:
        yield Check("tables", "bad", "The database has no tables.", _MIGRATE)
    elif step < newest:
        yield Check("tables", "bad", f"They are at step {step}, this program needs {newest}.", _MIGRATE)
    elif step > newest:
        says = f"They are at step {step}, this program knows {newest}."
        yield Check("tables", "bad", says, "Install the newer Puente that made them.")
    else:
        yield Check("tables", "good", f"At step {step}, the newest.")


def writing(signs: Signs) -> Iterator[Check]:
    if not isinstance(signs.database, SqliteState | PostgresState) or not signs.database.step:
        return
    if why := signs.database.unwritable:
        says = f"Nothing can be written ({why}), so no text is taken."
        yield Check("writing", "bad", says, "Give the user of this program the right to write, and free what locks it.")
    else:
        yield Check("writing", "good", "The database can be written.")


def durability(signs: Signs) -> Iterator[Check]:
    """Whether what is answered with 'kept' is on disk, also if the power fails."""
    state = signs.database
    if isinstance(state, SqliteState):
        yield _sqlite_durability(state)
    elif isinstance(state, PostgresState):
        off = [name for name in ("synchronous_commit", "fsync") if getattr(state, name) == "off"]
        if off:
            says = f"{' and '.join(off)} is off: a text could be lost that Twilio was told is kept."
            yield Check("durability", "bad", says, f"In PostgreSQL: ALTER SYSTEM SET {off[0]} = on; then reload it.")
        else:
            yield Check("durability", "good", "What is kept is on disk.")


def disk(signs: Signs) -> Iterator[Check]:
    """For SQLite only: the disk of a PostgreSQL server is not ours to see."""
    if not isinstance(signs.database, SqliteState):
        return
    free, folder = signs.database.free, signs.database.path.parent
    says = f"{free / 1e9:.1f} GB are free on the disk of {folder}."
    if free < NO_DISK:
        yield Check("disk", "bad", f"{says} Soon no text can be kept.", "Free some now.")
    elif free < LITTLE_DISK:
        yield Check("disk", "warning", says, "Make it 1 GB or more.")
    else:
        yield Check("disk", "good", says)


def connections(signs: Signs) -> Iterator[Check]:
    """Whether PostgreSQL lets in all that our processes may open at once."""
    if not isinstance(signs.database, PostgresState):
        return
    from bot.web.serve import WORKERS

    room = signs.database.room
    least, busy = connections_wanted(signs.config.database, WORKERS, _OTHERS)
    says = f"PostgreSQL lets {room} connections in; all our processes take {least} for texts, {busy} with open desks."
    if room < least:
        yield Check("connections", "bad", says, f"Raise max_connections (or the limit of this user) to {busy} or more.")
    elif room < busy:
        yield Check("connections", "warning", says, f"Raise it to {busy} or more.")
    else:
        yield Check("connections", "good", says)


def clocks(signs: Signs) -> Iterator[Check]:
    """Ours against others: signatures, opening hours and what is caught up after an outage depend on it."""
    readings = []
    if isinstance(signs.database, PostgresState):
        readings.append(("the database", apart(*signs.database.clock)))
    if signs.account and not isinstance(signs.account, PuenteError) and signs.account.clock:
        readings.append(("Twilio", apart(*signs.account.clock, grain=1.0)))
    for who, ahead in readings:
        off = abs(ahead)
        if off <= LATE:
            yield Check("clock", "good", f"It agrees with the one of {who}.")
            continue
        says = f"It is {off:.0f} seconds {'behind' if ahead > 0 else 'ahead of'} the one of {who}."
        yield Check("clock", "bad" if off > TOO_LATE else "warning", says, "Set it by NTP: timedatectl set-ntp true")
    if not readings:
        yield Check("clock", "good", "There is no other clock to compare it with.")


def apart(before: float, theirs: float, after: float, grain: float = 0.0) -> float:
    """Seconds another clock is surely ahead of ours (behind: negative), read between two looks at ours; it counts in
    steps of `grain` seconds. Zero if it may as well be right."""
    return theirs - after if theirs > after else min(0.0, theirs + grain - before)


def redis(signs: Signs) -> Iterator[Check]:
    state, ours = signs.redis, not signs.config.redis_url
    if isinstance(state, SettingWrong):
        yield Check("Redis", "bad", f"{state} Nothing can start with it.", "Mend it, or leave it empty.")
        return
    if isinstance(state, PuenteError):
        if ours:
            says = "The line's own Redis does not answer, so the line is not running here."
            yield Check("Redis", "warning", says, "Start the line, or set REDIS_URL to the Redis it uses.")
        else:
            says = f"{state} Texts are still answered, but officers are told late."
            yield Check("Redis", "bad", says, "Start it, and check REDIS_URL.")
        return
    yield _policy(state)
    yield _memory(state)
    yield _persistence(state)


def heartbeats(signs: Signs) -> Iterator[Check]:
    if isinstance(signs.redis, PuenteError):
        return  # they are told over Redis
    for who, command, lost in (
        ("worker", "python -m workers.run", "Long answers and pages to officers wait for the scheduler."),
        ("scheduler", "python -m bot schedule", "Nothing that fell down is picked up, and nobody is reminded."),
    ):
        if signs.beats.get(who):
            yield Check(who, "good", "It gave a sign of life in the last 30 seconds.")
        else:
            yield Check(who, "warning", f"It gave no sign of life for 30 seconds. {lost}", f"Start it: {command}")


def _file(state: SqliteState) -> Check:
    if state.damage:
        says = f"The file {state.path} is damaged: {state.damage}."
        return Check("database", "bad", says, "Stop the line, put the file aside, and restore the last backup.")
    if not state.read_whole:
        says = f"The file {state.path} is large: it was not read to its end within a minute."
        return Check("database", "warning", says, "Check a backup of it instead: every backup is read whole.")
    return Check("database", "good", f"The SQLite file {state.path} is whole.")


def _sqlite_durability(state: SqliteState) -> Check:
    if state.journal != "wal":
        says = f"journal_mode is {state.journal}, not wal: readers and writers get into each other's way."
        return Check("durability", "bad", says, "Start the line once, which sets it; the disk must not be a network's.")
    if state.synchronous < 2:  # FULL, or EXTRA, which is more
        says = f"synchronous is {state.synchronous}: a text could be lost that Twilio was told is kept."
        return Check("durability", "bad", says, "Use this program's own SQLite settings.")
    return Check("durability", "good", "What is kept is on disk (WAL, synchronous FULL).")


def _policy(state: RedisState) -> Check:
    if state.replica:
        says = "This Redis is a replica, which takes nothing from us."
        return Check("Redis", "bad", says, "Set REDIS_URL to the one it copies.")
    if state.policy != "noeviction":
        says = f"When it is full it silently throws away what is ours (maxmemory-policy {state.policy})."
        return Check("Redis", "bad", says, "In redis.conf: maxmemory-policy noeviction")
    return Check("Redis", "good", f"Version {state.version} answers and throws nothing away.")


def _memory(state: RedisState) -> Check:
    used = f"{state.used / 1e6:.0f} MB of memory are used"
    if not state.most:
        return Check("Redis memory", "good", f"{used}; there is no limit.")
    says = f"{used} of {state.most / 1e6:.0f} MB."
    if state.used >= FULL * state.most:
        return Check("Redis memory", "bad", f"{says} Soon it takes no bells.", "Raise maxmemory.")
    if state.used >= NEARLY_FULL * state.most:
        return Check("Redis memory", "warning", says, "Raise maxmemory.")
    return Check("Redis memory", "good", says)


def _persistence(state: RedisState) -> Check:
    if state.failing:
        says = "Its last attempt to write to its disk failed; it may refuse bells."
        return Check("Redis disk", "bad", says, "See its log; free disk space, or mend the folder's rights.")
    if state.keeps is None:
        return Check("Redis disk", "good", "It does not say whether it keeps anything; no text depends on it.")
    if not state.keeps:
        says = "It forgets everything when it restarts. No text is lost, but bells are rung again some seconds late."
        return Check("Redis disk", "warning", says, "In redis.conf: appendonly yes")
    return Check("Redis disk", "good", "It finds its bells again after a restart.")

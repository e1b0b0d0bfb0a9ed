"""Fills an empty development database with the demo town, once, and tells how to sign in. Never touches a database
that has anything of these in it."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot import plain_yaml
from bot.config import Config, kept_secret
from bot.demo import closed, reports
from bot.hotline import keys_of
from bot.line.hours import parse_hours
from bot.model import Officer, Role, Skill
from bot.store import canned, duty, hsds, meetings, places, resources, staff, teams
from bot.store.calendar import read_calendar
from bot.store.clock import milliseconds
from bot.store.database import Connection, Database
from bot.store.ids import new_id
from bot.store.schema import resources as resource_rows
from bot.store.schema import staff as staff_rows
from bot.store.sealing import Keyset

_TOWN = Path(__file__).parent
_SHOWN = ("rodriguez", "santos", "whitfield")  # whose sign-in is told: an officer, a supervisor, an admin
# Short, plain, unlike each other when read aloud.
_WORDS = (
    "apple basil birch bread brick canoe cedar chalk cliff cloud clover coral daisy delta eagle ember fern field flute "
    "forest garden ginger grape harbor hazel honey island ivory jacket jasmine kettle lemon lilac linen maple meadow "
    "melon mint north ocean olive onion opal orchid paper pearl pepper piano plum pond quartz raven river saddle sage "
    "silver spoon stone sugar tiger tulip velvet walnut willow"
)


def load_once(config: Config, now: datetime | None = None) -> list[str]:
    """Loads the town, as it is `now`, if neither staff nor directory is there. Lines that tell how to sign in, as long
    as the demo's password is right; none in production, where there must be no account that everybody knows."""
    if not config.development:
        return []
    password = demo_password(config)
    db = Database(config.database)
    try:
        with db.read() as conn:
            empty = not conn.execute(staff_rows.select().limit(1)).first()
            empty = empty and not conn.execute(resource_rows.select().limit(1)).first()
        if empty:
            _load(db, config, password, now or datetime.now(config.timezone))
        return _sign_in_lines(db, password)
    finally:
        db.close()


def demo_password(config: Config) -> str:
    """Three words and a number, the same each time, out of a secret that is kept in DATA_DIR."""
    seed = int.from_bytes(hashlib.sha256(kept_secret(config, "demo-password").encode()).digest())
    seed, number = divmod(seed, 90)
    known, chosen = _WORDS.split(), []
    for _ in range(3):
        seed, at = divmod(seed, len(known))
        chosen.append(known[at])
    return "-".join([*chosen, str(number + 10)])


def _load(db: Database, config: Config, password: str, now: datetime) -> None:
    directory = hsds.read(_TOWN / "directory.json", now.date())
    named, _ = places.read_places(_TOWN / "town.yml")
    planned, _ = read_calendar(_TOWN / "meetings.ics", config.timezone, now)
    with db.write() as conn:
        resources.import_directory(conn, directory)
        places.import_places(conn, named)
        meetings.import_meetings(conn, planned, now)
        _staff(conn, keys_of(config), password, now)
        _work(conn)
        reports.load(conn, config, keys_of(config), now)
        closed.load(conn, keys_of(config), now)


def _staff(conn: Connection, keys: Keyset, password: str, now: datetime) -> None:
    told = plain_yaml.read(_TOWN / "staff.yml")["staff"]
    hashed, at = PasswordHasher().hash(password), milliseconds()  # once: all share the password, and it takes its time
    for one in told:
        skills = tuple(Skill(**{**row, "level": int(row["level"])}) for row in one["languages"])
        levels = {skill.tag: skill.counts(now.date()) for skill in skills}
        person = Officer(
            new_id(), one["login"], one["name"], Role(one["role"]), one["badge"], levels, one["on_shift"] == "yes",
            skills=skills, gender=one["gender"],
        )  # fmt: skip
        staff.add(conn, person, hashed, at)
        number = one["number"].replace("-", "")
        duty.set_limits(conn, keys, person.id, duty.Limits(person.gender, person.most_threads, number))
        for planned in one.get("shifts", ()):
            _plan(conn, person.id, planned, now.date(), at)


def _plan(conn: Connection, staff_id: int, planned: str, today: date, at: int) -> None:
    """`on call Mo-Fr 20:00-08:00`, every week from this one on."""
    kind, days, times = planned.rsplit(" ", 2)
    begins, ends = (int(clock[:2]) * 60 + int(clock[3:]) for clock in times.split("-"))
    monday = today - timedelta(days=today.weekday())
    for weekday, _, _ in parse_hours(f"{days} 00:00-24:00"):
        duty.plan(conn, staff_id, kind, (monday + timedelta(days=weekday)).isoformat(), begins, ends, True, at)


def _work(conn: Connection) -> None:
    told = plain_yaml.read(_TOWN / "work.yml")
    people, at = {row.login: row.id for row in conn.execute(staff_rows.select())}, milliseconds()
    for team in told["teams"]:
        team_id = teams.add(conn, team["name"], at)
        for login in team["members"]:
            teams.join(conn, team_id or 0, people[login])
    for reply in told["replies"]:
        canned_id = canned.add(conn, reply["title"], at)
        for tag, words in reply["words"].items():
            canned.put(conn, canned_id or 0, tag, words, reply["reviewed_by"], people["morales"], at)


def _sign_in_lines(db: Database, password: str) -> list[str]:
    with db.read() as conn:
        rows = {row.login: row for row in conn.execute(staff_rows.select().where(staff_rows.c.login.in_(_SHOWN)))}
    lines = []
    for row in (rows[login] for login in _SHOWN if login in rows):
        try:
            PasswordHasher().verify(row.password_hash, password)
        except VerificationError:
            continue  # somebody changed it
        lines.append(f"{row.role:<10}  {row.login} / {password}")
    return lines

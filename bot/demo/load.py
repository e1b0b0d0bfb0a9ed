"""Fills an empty development database with the demo town, once, and tells how to sign in. Never touches a database
that has anything of these in it."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.config import Config, kept_secret
from bot.store import hsds, meetings, places, resources
from bot.store.calendar import read_calendar
from bot.store.database import Database
from bot.store.ids import milliseconds, new_id
from bot.store.schema import resources as resource_rows
from bot.store.schema import staff as staff_rows

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
    people = _staff(password, now.date())
    with db.write() as conn:
        resources.import_directory(conn, directory)
        places.import_places(conn, named)
        meetings.import_meetings(conn, planned, now)
        conn.execute(staff_rows.insert(), people)


def _staff(password: str, today: date) -> list[dict[str, Any]]:
    # BaseLoader takes everything as text, so that a badge keeps its zeros and `no` its meaning.
    told = yaml.load((_TOWN / "staff.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["staff"]  # noqa: S506
    hasher = PasswordHasher()
    return [
        {
            "id": new_id(),
            "login": one["login"],
            "name": one["name"],
            "role": one["role"],
            "badge": one["badge"],
            "password_hash": hasher.hash(password),
            "languages": _levels(one["languages"], today),
            "on_shift": one["on_shift"] == "yes",
            "created_at": milliseconds(),
        }
        for one in told
    ]


def _levels(told: list[dict[str, str]], today: date) -> str:
    """JSON of tag to level. Without a test that holds today nobody counts above 1, courtesy."""
    levels = {}
    for one in told:
        holds = bool(one["expires_on"]) and date.fromisoformat(one["expires_on"]) >= today
        levels[one["tag"]] = int(one["level"]) if holds else min(1, int(one["level"]))
    return json.dumps(levels)


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

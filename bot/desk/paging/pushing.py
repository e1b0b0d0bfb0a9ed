"""Browsers that tell an officer that a thread waits while no page is open. What they are told is a kind of news and nothing
else: neither who wrote nor what, not even in which language. What is to be told is kept until it is told or late."""

import hashlib
import json
import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from bot.channels import web_push
from bot.channels.web_push import Address, Key
from bot.config import Config, kept_secret
from bot.desk.identity.accounts import Session
from bot.desk.paging.routing import supervisors
from bot.errors import NotFound, NotPushed, PuenteError
from bot.hotline import Hotline
from bot.line import duty
from bot.model import Officer
from bot.store import browsers as store
from bot.store import events
from bot.store.browsers import Browser, Push
from bot.store.database import Connection

WAITS, URGENT, TRIAL = "waits", "urgent", "trial"
_LASTS = 600  # seconds in which it is news
_HELD = 15_000  # ms for which a telling is ours
_PAUSE = 20_000  # ms before the next try, times the tries before
_AT_ONCE, _MOST = 8, 64
_MOST_BROWSERS = 10  # of one person; the one kept first goes
_LONGEST_NAME = 60
_log = logging.getLogger(__name__)


def key(config: Config) -> Key:
    """Ours, by which push services know this line; made once and kept. Raises SettingWrong."""
    return _key(config.vapid_keys or kept_secret(config, "vapid-key", web_push.new_key()))


def add(hotline: Hotline, who: Session, address: Address, name: str) -> None:
    """Tell this person in this browser from now on. Raises PuenteError if the address is no push service's."""
    try:
        web_push.check(address, hotline.config.push_services, production=not hotline.config.development)
    except ValueError:
        raise PuenteError("This browser's push service is not one that this line may use.") from None
    with hotline.db.write() as conn:
        store.keep(
            conn, hotline.keys, staff_id=who.officer.id, session=who.token_hash, endpoint=address.endpoint,
            address=address.text(), name=name[:_LONGEST_NAME], at=hotline.instant(),
        )  # fmt: skip
        for one in store.of_staff(conn, who.officer.id)[_MOST_BROWSERS:]:
            store.remove(conn, one.id)
        _write(conn, hotline, who.officer, "is told of threads in a browser")


def mine(hotline: Hotline, officer: Officer) -> list[Browser]:
    """The newest first."""
    with hotline.db.read() as conn:
        return store.of_staff(conn, officer.id)


def remove(hotline: Hotline, officer: Officer, browser_id: int) -> None:
    """One of one's own. Raises NotFound."""
    with hotline.db.write() as conn:
        if browser_id not in {one.id for one in store.of_staff(conn, officer.id)}:
            raise NotFound("There is no such browser.")
        store.remove(conn, browser_id)
        _write(conn, hotline, officer, "is no longer told of threads in a browser")


def forget(hotline: Hotline, officer: Officer, endpoint: str) -> None:
    """The browser at this endpoint, if it is this person's."""
    with hotline.db.write() as conn:
        if store.remove_at(conn, hotline.keys, officer.id, endpoint):
            _write(conn, hotline, officer, "is no longer told of threads in a browser")


def push(hotline: Hotline, staff_ids: Collection[int], kind: str) -> int:
    """Have these people told; of what is urgent, also the supervisors who are here, else those on call, else all. How many
    browsers that are."""
    with hotline.db.read() as conn:
        wanted = {*staff_ids, *supervisors(duty.hands(conn, hotline))} if kind == URGENT else set(staff_ids)
        browsers = store.of_people(conn, wanted)
    if browsers:
        with hotline.db.write() as conn:
            store.to_tell(conn, browsers, kind, hotline.instant())
        hotline.queue.put("tell_browsers", 0)
    return len(browsers)


def tell_browsers(hotline: Hotline) -> int:
    """Hand what is due to the push services, several at once; how many were taken. Who is not reached is tried again."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        due = store.due(conn, hotline.keys, at, _MOST)
    if not due:
        return 0
    ours = key(hotline.config)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="push") as several:
        return sum(several.map(lambda one: _tell(hotline, one, ours), due))


def _tell(hotline: Hotline, one: Push, ours: Key) -> bool:
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not store.claim(conn, one, at + _HELD):
            return False
        if at - one.created_at > _LASTS * 1000:
            store.drop(conn, one)
            return False
    words = json.dumps({"kind": one.kind}).encode()
    try:
        web_push.hand_over(
            Address.read(one.address), words, ours, _contact(hotline.config), urgent=one.kind == URGENT,
            topic=_topic(ours, one.kind), lasts=_LASTS,
        )  # fmt: skip
    except NotPushed as refusal:
        _settle(hotline, one, refusal)
        return False
    with hotline.db.write() as conn:
        store.told(conn, one, hotline.instant())
    return True


def _settle(hotline: Hotline, one: Push, refusal: NotPushed) -> None:
    """After a refusal: the browser is forgotten, or tried again, or this is not told."""
    with hotline.db.write() as conn:
        if refusal.gone:
            store.remove(conn, one.browser_id)
        elif refusal.retry:
            pause = max((refusal.wait or 0) * 1000, _PAUSE * (one.tries + 1))
            store.put_off(conn, one, hotline.instant() + min(pause, _LASTS * 1000))
        else:
            store.drop(conn, one)
            _log.error("a browser cannot be told: its push service said %s", refusal.status or "nothing")


def _topic(ours: Key, kind: str) -> str:
    """The same for what is of one kind, and no word to who reads it on the way: at most 32 letters."""
    return hashlib.sha256(f"{ours.public} {kind}".encode()).hexdigest()[:32]


def _contact(config: Config) -> str:
    """Whom a push service may turn to if we do wrong."""
    if config.url.startswith("https://"):
        return config.url
    return f"mailto:{config.alarm_email_from or 'puente@localhost'}"


@lru_cache(maxsize=4)
def _key(text: str) -> Key:
    return web_push.read_key(text)


def _write(conn: Connection, hotline: Hotline, officer: Officer, verb: str) -> None:
    events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", hotline.instant())

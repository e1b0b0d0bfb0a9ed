"""The line's own door for webhooks, without a network: signed texts go in, and what is answered and when comes out."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from twilio.request_validator import RequestValidator
from werkzeug.test import Client

from bot.hotline import Hotline
from bot.store.ids import new_id
from bot.web.app import create
from tests.line import ACCOUNT, LINE, TOKEN, build_hotline, settings

PUBLIC = "https://hotline.example.gov"
CAP = 5.0  # seconds within which a webhook must be answered, whatever happens


@dataclass(frozen=True, slots=True)
class Told:
    """What resident so and so was told of a text."""

    number: int
    sid: str
    status: int
    seconds: float


class Door:
    """What Twilio sees of a line."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self._app = create(hotline)

    def text(self, number: int, sid: str = "", words: str = "hello") -> Told:
        """A text of resident so and so."""
        sid = sid or f"SM{new_id():032x}"
        form = {
            "MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": f"+1500555{number:04d}", "To": LINE,
            "Body": words, "NumMedia": "0",
        }  # fmt: skip
        return self._call("/hooks/twilio", form, number)

    def receipt(self, provider_id: str) -> Told:
        form = {"MessageSid": provider_id, "SmsSid": provider_id, "MessageStatus": "delivered", "AccountSid": ACCOUNT}
        return self._call("/hooks/twilio/status", {**form, "From": LINE, "To": "+15005550001"}, 1)

    def crowd(self, numbers: Sequence[int], *, threads: int = 0, pause: float = 0.0) -> list[Told]:
        """A text of each, one after every pause, by a server with so many threads. Waiting for a thread counts."""

        def one(number: int, came: float) -> Told:
            told = self.text(number)
            return Told(number, told.sid, told.status, time.monotonic() - came)

        with ThreadPoolExecutor(threads or len(numbers)) as pool:
            waiting = []
            for number in numbers:
                waiting.append(pool.submit(one, number, time.monotonic()))
                time.sleep(pause)
            return [one.result() for one in waiting]

    def kept(self) -> list[str]:
        """The ids of all texts that are in the database, as often as they are."""
        rows = self.hotline.db.look_all("SELECT provider_id FROM messages WHERE direction = 'in' ORDER BY id", {})
        return [row[0] for row in rows]

    def _call(self, path: str, form: dict[str, str], number: int) -> Told:
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", form)
        began = time.monotonic()
        answer = Client(self._app).post(path, data=form, headers={"X-Twilio-Signature": signature})
        return Told(number, form["MessageSid"], answer.status_code, time.monotonic() - began)


def door_to(folder: Path, redis_url: str, database: str) -> Door:
    """A line over an empty database."""
    config = settings(folder, DATABASE_URL=database, REDIS_URL=redis_url, PUBLIC_URL=PUBLIC)
    return Door(build_hotline(config, demo=False))


def statuses(told: Sequence[Told]) -> set[int]:
    """What was answered, none of it too late."""
    late = [one for one in told if one.seconds > CAP]
    assert not late, f"too late: {late}"
    return {one.status for one in told}


def refused_in_time(told: Sequence[Told]) -> bool:
    return statuses(told) == {503}


def recovers(door: Door, told: Sequence[Told]) -> None:
    """What was refused is taken when it comes again, and then every text is kept, once."""
    again = [door.text(one.number, one.sid) for one in told if one.status != 200]
    assert {one.status for one in again} <= {200}
    assert sorted(door.kept()) == sorted(one.sid for one in told)

"""A town in production where all is well, and what the doctor says of it."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.config import Config, read
from bot.doctor import Check, Signs
from bot.redis_state import RedisState
from bot.store.sealing import new_keyset
from tests.line import ACCOUNT, LINE, TOKEN

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

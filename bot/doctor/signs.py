"""What the parts of a line show when they are asked, all at once. Judges nothing and changes nothing."""

import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from bot import embedded_redis, redis_state
from bot.channels import twilio_account
from bot.channels.twilio_account import Account, Number
from bot.config import Config
from bot.errors import PuenteError, Reason, SendFailed
from bot.queue import Queue
from bot.redis_state import RedisState
from bot.store import condition
from bot.store.condition import PostgresState, SqliteState
from bot.store.sealing import read_keyset
from bot.translators.libretranslate import LibreTranslate

_PATIENCE = 10.0  # seconds for one question to the translator
Told = TypeVar("Told")
State = Literal["good", "warning", "bad"]
Numbers = Mapping[str, Number | None] | PuenteError | None


@dataclass(frozen=True, slots=True)
class Check:
    """One line for a city's IT person: what was looked at, how it is, and what to do if it is not good."""

    name: str
    state: State
    says: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.state:<8} {self.name}: {self.says} {self.do}".rstrip()


@dataclass(frozen=True, slots=True)
class Help:
    """A translator that answers: languages of the department it lacks, and whether it is reached inside our own network."""

    lacking: frozenset[str]
    inside: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """What every part answered. An error in the place of an answer is a sentence that says why there is none."""

    config: Config
    database: SqliteState | PostgresState | PuenteError | None  # None: a SQLite file that is not there
    keys: str | PuenteError | None  # what is wrong between keys and database; None: no keys are made yet
    redis: RedisState | PuenteError
    beats: Mapping[str, bool]
    account: Account | PuenteError | None  # None: Twilio is not set up
    numbers: Numbers  # asked for as a text would be sent
    numbers_by_token: Numbers  # asked for only if the API key may not
    translator: Help | PuenteError | None = None  # None: the department has none


def look(config: Config) -> Signs:
    """Ask everything that can be asked. Never raises."""
    with ThreadPoolExecutor(4, thread_name_prefix="doctor") as pool:
        translates = pool.submit(lambda: _told(lambda: _translator(config)))
        kept = pool.submit(_database, config)
        rings = pool.submit(_redis, config)
        sends = pool.submit(_twilio, config)
        account, numbers, by_token = sends.result()
        return Signs(config, *kept.result(), *rings.result(), account, numbers, by_token, translates.result())


def twilio_wanted(config: Config) -> bool:
    """Whether any of Twilio's settings is filled."""
    return bool(config.twilio_account_sid or config.twilio_auth_token or config.twilio_api_key)


def _database(
    config: Config,
) -> tuple[SqliteState | PostgresState | PuenteError | None, str | PuenteError | None]:
    state = _told(lambda: condition.look(config.database))
    sound = isinstance(state, SqliteState | PostgresState) and bool(state.step)
    return state, _told(lambda: trouble_with_keys(config, sound))


def trouble_with_keys(config: Config, sound: bool = True) -> str | None:
    """What is wrong with the keys, with a sound database also whether they open what is in it; None if there are none
    yet. Raises SettingWrong if they cannot be read, DatabaseUnreachable."""
    kept = config.data_dir / "seal-keys"
    written = config.seal_keys or (kept.read_text() if config.development and kept.exists() else "")
    if not written:
        return None
    keys = read_keyset(written)
    return condition.trouble_with_keys(config.database, keys) if sound else ""


def _redis(config: Config) -> tuple[RedisState | PuenteError, Mapping[str, bool]]:
    url = config.redis_url or embedded_redis.url(config.data_dir)
    state = _told(lambda: redis_state.ask(url))
    if not isinstance(state, RedisState):
        return state, {}
    queue = Queue(url)
    return state, {who: queue.beats(who) for who in ("worker", "scheduler")}


def _twilio(config: Config) -> tuple[Account | PuenteError | None, Numbers, Numbers]:
    if not (config.twilio_account_sid and config.twilio_auth_token):
        return None, None, None
    account = _told(lambda: twilio_account.account(config))
    if isinstance(account, SendFailed) and account.reason is not Reason.ACCOUNT:
        return account, account, None  # Twilio is not reached at all: it is not waited for again and again
    numbers = _told(lambda: twilio_account.numbers(config))
    if config.twilio_api_key and isinstance(numbers, SendFailed) and numbers.reason is Reason.ACCOUNT:
        return account, numbers, _told(lambda: twilio_account.numbers(config, by_token=True))
    return account, numbers, None


def _translator(config: Config) -> Help | None:
    if not config.translator_url:
        return None
    machine = LibreTranslate(config.translator_url, config.translator_key)
    lacking = machine.lacking(config.department_languages, within=_PATIENCE)
    host = urlsplit(config.translator_url).hostname or ""
    found = {str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    if "es" not in lacking:
        machine.translate("Good morning", "en", "es", within=_PATIENCE)  # a list alone needs no key
    return Help(lacking, not any(ip_address(one.partition("%")[0]).is_global for one in found))


def _told(ask: Callable[[], Told]) -> Told | PuenteError:
    """The answer, or as a value why there is none."""
    try:
        return ask()
    except PuenteError as error:
        return error
    except Exception as error:  # of a library, on a bad day: its type says enough, its text may quote secrets
        return PuenteError(f"It cannot be asked ({type(error).__name__}).")

"""What a Redis says of itself, asked once and for three seconds at most. Refuses to know what is kept in it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import redis_address
from bot.errors import QueueUnreachable

if TYPE_CHECKING:
    import redis

_PATIENCE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class RedisState:
    """`most` is its limit of memory in bytes, 0 for none; `keeps` is None where it does not say."""

    version: str
    policy: str  # noeviction, or what it throws away first when full
    used: int
    most: int
    keeps: bool | None  # whether a restart leaves it what it had
    failing: bool  # its last attempt to write to disk failed
    replica: bool


def ask(url: str) -> RedisState:
    """Raises QueueUnreachable, SettingWrong."""
    import redis

    try:
        with redis_address.client(url, connect=_PATIENCE, timeout=_PATIENCE, decode=True) as client:
            told = client.info()  # not CONFIG, which rented Redises refuse
            return RedisState(
                version=str(told.get("redis_version", "")),
                policy=str(told.get("maxmemory_policy", "")),
                used=int(told.get("used_memory", 0)),
                most=int(told.get("maxmemory", 0)),
                keeps=True if told.get("aof_enabled") else _saves(client),
                failing="err" in (told.get("aof_last_write_status"), told.get("rdb_last_bgsave_status")),
                replica=told.get("role") == "slave",
            )
    except (redis.RedisError, OSError, ValueError) as error:
        raise QueueUnreachable(f"Redis does not answer: {redis_address.why(error)}.") from error


def _saves(client: "redis.Redis") -> bool | None:
    """Whether it takes snapshots, if it may be asked."""
    import redis

    try:
        return bool(client.config_get("save").get("save"))
    except redis.ResponseError:
        return None

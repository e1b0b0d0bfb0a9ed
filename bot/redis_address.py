"""Where Redis is, as REDIS_URL says it, and a client for it: one server, or the one that sentinels name as the master.
Does not know what is kept there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bot.errors import SettingWrong

if TYPE_CHECKING:
    import redis

_DIRECT = ("redis", "rediss", "unix")
_SENTINEL = ("redis+sentinel", "rediss+sentinel")
_SENTINEL_PORT = 26379
_LIKE = "redis://host:6379/0, rediss://…, unix:///path, or redis+sentinel://host1:26379,host2:26379/service-name/0"


@dataclass(frozen=True, slots=True)
class Watched:
    """A master that sentinels watch under the name `service`. User and password are the servers'; sentinels that want
    a password of their own are told it by `?sentinel_password=`."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    db: int
    tls: bool
    username: str | None
    password: str | None
    sentinel_password: str | None


def check(url: str) -> None:
    """Raises SettingWrong if this is no address; asks nobody, and never repeats a password."""
    scheme, _, _ = url.partition("://")
    if scheme in _SENTINEL:
        read_sentinel(url)
        return
    try:
        where = urlsplit(url)
        known = where.path if scheme == "unix" else (where.hostname, where.port)[0]
    except ValueError:  # of the port
        known = None
    if scheme not in _DIRECT or not known:
        raise SettingWrong(f"REDIS_URL is not an address like {_LIKE}.")


def read_sentinel(url: str) -> Watched:
    """`redis+sentinel://[user:password@]host[:26379],host…/service-name[/db]`. Raises SettingWrong."""
    scheme, _, rest = url.partition("://")
    where, _, query = rest.partition("?")
    place, *path = where.rstrip("/").split("/")
    secrets, _, hosts = place.rpartition("@")
    username, _, password = secrets.partition(":")
    sentinels = tuple(_host(one) for one in hosts.split(",") if one.strip())
    if not sentinels or not path or not path[0]:
        raise SettingWrong("REDIS_URL with sentinels is like redis+sentinel://host1:26379,host2:26379/service-name/0.")
    name, _, value = query.partition("=")
    if len(path) > 2 or not (path[1:] or ["0"])[0].isdecimal() or name not in ("", "sentinel_password"):
        raise SettingWrong("REDIS_URL ends with /service-name/0 (the number of the database), and nothing after it.")
    return Watched(
        sentinels, unquote(path[0]), int((path[1:] or ["0"])[0]), scheme == "rediss+sentinel",
        unquote(username) or None, unquote(password) or None, unquote(value) or None,
    )  # fmt: skip


def client(
    url: str, *, connect: float, timeout: float | None = None, retries: int = 0, decode: bool = False
) -> "redis.Redis":
    """A client that connects when first used. `connect` and `timeout` are seconds, `timeout=None` waits for ever; `retries`
    are for connections that were cut or refused, never for a Redis that is silent, and are made at once. After a fail-over
    the next connection goes to the new master. Raises SettingWrong."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    check(url)
    wishes = {
        "socket_connect_timeout": connect, "socket_timeout": timeout, "decode_responses": decode,
        "retry": Retry(NoBackoff(), retries, supported_errors=(redis.ConnectionError,)),
    }  # fmt: skip
    if url.partition("://")[0] in _SENTINEL:
        return _of_master(read_sentinel(url), wishes, connect)
    try:
        return redis.Redis.from_url(url, **wishes)
    except ValueError as error:
        raise SettingWrong(f"REDIS_URL is not an address like {_LIKE}.") from error


def _of_master(watched: Watched, wishes: Mapping[str, Any], patience: float) -> "redis.Redis":
    from redis.backoff import NoBackoff
    from redis.retry import Retry
    from redis.sentinel import Sentinel

    asking = {
        "password": watched.sentinel_password, "ssl": watched.tls, "socket_connect_timeout": patience,
        "socket_timeout": patience, "retry": Retry(NoBackoff(), 0),  # the next one is asked instead of the same again
    }  # fmt: skip
    servers = {"username": watched.username, "password": watched.password, "db": watched.db, "ssl": watched.tls}
    sentinels: Any = Sentinel(watched.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    master: redis.Redis = sentinels.master_for(watched.service, **servers, **wishes)
    return master


def without_secrets(url: str) -> str:
    """The address as it may be shown."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"


def why(error: Exception) -> str:
    """What a Redis or its client says is wrong, without a full stop."""
    from redis.sentinel import MasterNotFoundError

    if isinstance(error, MasterNotFoundError):  # it would list the library's own objects
        return "no sentinel that answers knows a living master of this name"
    return str(error).strip().rstrip(".") or type(error).__name__


def _host(text: str) -> tuple[str, int]:
    try:
        where = urlsplit(f"//{text.strip()}")
        host, port = where.hostname, where.port
    except ValueError:
        host = port = None
    if not host:
        raise SettingWrong("REDIS_URL names a sentinel that is not like host1:26379.")
    return host, port or _SENTINEL_PORT

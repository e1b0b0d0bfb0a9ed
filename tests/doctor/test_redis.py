"""What the doctor says of Redis, a real one, and of worker and scheduler."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from bot.doctor import Check, Signs, machines
from bot.doctor.signs import look
from bot.queue import Queue
from bot.redis_state import RedisState
from tests.doctor.ideal import signs, silent_server, told, town


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

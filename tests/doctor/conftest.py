"""That town on each database, with a Redis and a Twilio of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot import migrations
from bot.config import Config
from bot.fake_twilio import FakeTwilio
from bot.hotline import Hotline, build
from bot.line.conversation import receive
from bot.model import Inbound
from tests.doctor.ideal import ELSEWHERE, KEY, PUBLIC, SECRET, town
from tests.line import ACCOUNT, LINE, TOKEN
from tests.servers import redis_server


@pytest.fixture(scope="module")
def own_redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_at(own_redis: str) -> Iterator[str]:
    """A Redis that tests may set as they like; afterwards it is as a town's should be."""
    with redis.Redis.from_url(own_redis) as client:
        client.flushall()
        client.config_set("appendonly", "yes")
        yield own_redis
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "0")
        client.config_set("save", "")


@pytest.fixture
def api() -> Iterator[FakeTwilio]:
    with FakeTwilio(
        PUBLIC, account_sid=ACCOUNT, auth_token=TOKEN, api_key=KEY, api_secret=SECRET, lines=[LINE]
    ) as fake:
        fake.rest.numbers[LINE] = {"sms_url": f"{PUBLIC}/hooks/twilio#ct=2000", "sms_fallback_url": ELSEWHERE}
        yield fake


@pytest.fixture
def config(tmp_path: Path, database_url: str, redis_at: str, api: FakeTwilio) -> Config:
    """A town in production with everything set up, on each database."""
    return town(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_at, TWILIO_API_URL=api.url)


@pytest.fixture
def line(config: Config) -> Iterator[Hotline]:
    """Its parts, with tables, and a first text in it."""
    migrations.upgrade(config.database)
    built = build(config)
    receive(built, Inbound("twilio-sms", "SM" + "0" * 32, "+15005550001", LINE, "hello"))
    yield built
    built.db.close()

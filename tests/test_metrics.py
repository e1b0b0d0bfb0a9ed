"""/metrics: what Prometheus reads, who may, and nothing of a resident in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.model import Inbound
from bot.queue import Queue
from bot.store.database import Database
from bot.watch.words import KINDS
from bot.web.app import create
from tests.line import LINE

NUMBER, WORDS, NAME = "+15005558899", "mi vecino Zacarias me amenaza", "Zacarias"
TOKEN = "a token of sixteen words"


@pytest.fixture
def app(hotline: Hotline) -> Flask:
    return create(hotline)


@pytest.fixture
def browser(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def figures(answer: str) -> dict[str, float]:
    """By name, with the label's value where there is one, like `alarm/uncertain`."""
    return {
        "/".join((sample.name.removeprefix("puente_"), *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer)
        for sample in family.samples
    }


def test_the_figures_of_a_line(browser: FlaskClient, hotline: Hotline) -> None:
    receive(hotline, Inbound("twilio-sms", "SM" + "1" * 32, NUMBER, LINE, "quiero hablar con un oficial"))
    receive(hotline, Inbound("twilio-sms", "SM" + "2" * 32, NUMBER, LINE, WORDS))

    answer = browser.get("/metrics")
    found = figures(answer.text)

    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert found["database_up"] == found["redis_up"] == 1
    assert (found["texts_last_hour/in"], found["threads_last_hour"]) == (2, 1)
    assert found["texts_last_hour/out"] == found["automatic_texts_last_hour"] >= 1
    assert found["residents_waiting/all"] == 1
    assert found["database_size_bytes"] > 10_000
    assert ("disk_free_bytes" in found) == hotline.db.sqlite
    assert {name.partition("/")[2] for name in found if name.startswith("alarm/")} == set(KINDS)
    assert found["alarm/scheduler_silent"] == 1 and found["alarm/uncertain"] == 0


def test_every_figure_is_explained_and_named_as_ours(browser: FlaskClient) -> None:
    families = list(text_string_to_metric_families(browser.get("/metrics").text))

    assert len(families) > 25
    for family in families:
        assert family.name.startswith("puente_") and family.documentation and family.type == "gauge"
        assert len({tuple(sample.labels.items()) for sample in family.samples}) == len(family.samples)


def test_nothing_of_a_resident_is_in_it(browser: FlaskClient, hotline: Hotline) -> None:
    for place, words in enumerate((WORDS, "quiero hablar con un oficial", NAME)):
        receive(hotline, Inbound("twilio-sms", f"SM{place:032d}", NUMBER, LINE, words, profile_name=NAME))
    with hotline.db.read() as conn:
        handle = conn.exec_driver_sql("SELECT handle FROM residents").scalar_one()

    answer = browser.get("/metrics").text

    for secret in (NUMBER, NUMBER.removeprefix("+"), LINE.removeprefix("+"), NAME, "vecino", handle, f"{0:032d}"):
        assert secret not in answer
    values = {value for f in text_string_to_metric_families(answer) for s in f.samples for value in s.labels.values()}
    assert len(values) < 60 and all(value.replace("_", "").replace("-", "").isalpha() for value in values)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": f"bearer {TOKEN[:-1]}"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"Authorization": "Bearer \u00fc"}, 401),
    ],
)
def test_with_a_token_only_who_says_it(hotline: Hotline, sent: dict[str, str], code: int) -> None:
    guarded = replace(hotline, config=replace(hotline.config, metrics_token=TOKEN))

    assert create(guarded).test_client().get("/metrics", headers=sent).status_code == code


def test_in_production_without_a_token_it_is_not_there(hotline: Hotline, tmp_path: Path) -> None:
    config = replace(
        hotline.config, env="production", public_url="https://line.example", seal_keys="kept elsewhere", metrics_token=""
    )  # fmt: skip

    assert create(replace(hotline, config=config)).test_client().get("/metrics").status_code == 404


def test_a_database_that_is_away_is_a_figure_too(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DatabaseUnreachable), nowhere.read():
        pass

    found = figures(create(replace(hotline, db=nowhere)).test_client().get("/metrics").text)

    assert found == {"database_up": 0, "alarm/database_down": 1}


def test_a_redis_that_is_away_leaves_the_other_figures(hotline: Hotline, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path / 'nobody.sock'}"
    away = replace(hotline, config=replace(hotline.config, redis_url=nowhere), queue=Queue(nowhere))

    found = figures(create(away).test_client().get("/metrics").text)

    assert (found["redis_up"], found["alarm/redis_down"], found["database_up"]) == (0, 1, 1)
    assert "worker_alive" not in found


def test_whether_it_is_ready_is_still_told_to_anybody(browser: FlaskClient) -> None:
    assert set(json.loads(browser.get("/readyz").text)) >= {"database", "redis", "worker", "scheduler"}


def test_the_manual_knows_every_figure_and_every_alarm(browser: FlaskClient) -> None:
    manual = (Path(__file__).parent.parent / "docs/operations.md").read_text()

    for family in text_string_to_metric_families(browser.get("/metrics").text):
        assert f"`{family.name}" in manual
    for kind in KINDS:
        assert f"| `{kind}`" in manual

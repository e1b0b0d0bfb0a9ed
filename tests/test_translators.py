"""The seam to LibreTranslate, against a server of its own process that checks what it is asked; and what a machine must not be
given at all."""

import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.errors import NotTranslated, Untranslated
from bot.text.machine_limits import TOPICS, changed_numbers, never_by_machine
from bot.translators.base import LONGEST, UNKNOWN
from bot.translators.breaker import FAILURES, REST, Breaker
from bot.translators.libretranslate import LibreTranslate
from tests.fake_translator import FakeTranslator, fake_translator

SPANISH, ENGLISH = "me robaron la bicicleta", "they stole my bicycle"
SOON = 20.0  # seconds; far longer than an answer takes


@pytest.fixture(scope="module")
def server() -> Iterator[FakeTranslator]:
    with fake_translator("a-key") as running:
        yield running


@pytest.fixture
def machine(server: FakeTranslator) -> Iterator[LibreTranslate]:
    yield LibreTranslate(server.url, "a-key")
    server.tell()


def why(machine: LibreTranslate, words: str = SPANISH, source: str = "es", within: float = SOON) -> Untranslated:
    with pytest.raises(NotTranslated) as refusal:
        machine.translate(words, source, "en", within=within)
    assert words not in str(refusal.value)
    return refusal.value.why


def test_words_are_translated_as_the_api_is_documented(machine: LibreTranslate, server: FakeTranslator) -> None:
    told = machine.translate(SPANISH, "es", "en", within=SOON)
    found = machine.translate(SPANISH, UNKNOWN, "en", within=SOON)

    assert (told.words, told.source) == (ENGLISH, "es")
    assert found.source == "es"  # as it found by itself
    assert server.asked()[-2] == {"q": SPANISH, "source": "es", "target": "en", "format": "text", "api_key": "a-key"}


def test_it_says_what_it_lacks_without_being_given_a_word(machine: LibreTranslate, server: FakeTranslator) -> None:
    before = len(server.asked())

    assert machine.lacking(("en", "es", "ht", "zh-Hans", "so"), within=SOON) == {"ht", "so"}
    assert why(machine, "mwen bezwen èd", "ht") is Untranslated.LANGUAGE
    assert why(machine, "x" * (LONGEST + 1)) is Untranslated.LONG
    assert len(server.asked()) == before


def test_each_failure_has_its_own_reason(server: FakeTranslator) -> None:
    for status, reason in (
        (403, Untranslated.KEY), (429, Untranslated.BUSY), (503, Untranslated.AWAY), (500, Untranslated.FAILED),
    ):  # fmt: skip
        machine = LibreTranslate(server.url, "a-key")
        machine.lacking(("es",), within=SOON)
        server.tell(fails=status)
        assert why(machine) is reason
        server.tell()
    assert why(LibreTranslate(server.url, "another key")) is Untranslated.KEY
    assert why(LibreTranslate("http://127.0.0.1:1")) is Untranslated.AWAY


def test_each_address_of_a_name_is_tried(server: FakeTranslator, monkeypatch: pytest.MonkeyPatch) -> None:
    found = socket.getaddrinfo

    def localhost_is_both(host: str, *rest: Any, **named: Any) -> list[Any]:
        hosts = ("::1", "127.0.0.1") if host == "localhost" else (host,)
        return [one for each in hosts for one in found(each, *rest, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", localhost_is_both)
    machine = LibreTranslate(server.url.replace("127.0.0.1", "localhost"), "a-key")
    assert machine.translate(SPANISH, "es", "en", within=SOON).words == ENGLISH


@pytest.mark.parametrize("orders", [{"waits": 30.0}, {"drips": 0.5}])
def test_nobody_waits_longer_than_they_said(machine: LibreTranslate, server: FakeTranslator, orders: dict[str, float]) -> None:
    machine.lacking(("es",), within=SOON)
    server.tell(**orders)
    began = time.monotonic()

    assert why(machine, within=1.0) is Untranslated.LATE
    assert time.monotonic() - began < 10  # it would be thirty, byte after byte


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again(server: FakeTranslator) -> None:
    hand = [0.0]
    machine = LibreTranslate(server.url, "a-key", Breaker(lambda: hand[0]))
    machine.lacking(("es",), within=SOON)
    server.tell(fails=503)
    before = len(server.asked())
    for _ in range(FAILURES + 3):
        assert why(machine) is Untranslated.AWAY
    assert len(server.asked()) == before + FAILURES

    hand[0] += REST
    assert why(machine) is Untranslated.AWAY  # one tries for all
    assert len(server.asked()) == before + FAILURES + 1
    server.tell()
    assert why(machine) is Untranslated.AWAY
    hand[0] += REST
    assert machine.translate(SPANISH, "es", "en", within=SOON).words == ENGLISH
    assert machine.translate(SPANISH, "es", "en", within=SOON).words == ENGLISH


def test_words_it_fails_at_do_not_shut_it_off(machine: LibreTranslate, server: FakeTranslator) -> None:
    for _ in range(FAILURES + 1):
        assert why(machine, "cause trouble") is Untranslated.FAILED
    assert machine.translate(SPANISH, "es", "en", within=SOON).words == ENGLISH


def test_no_word_is_logged(machine: LibreTranslate, server: FakeTranslator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    machine.translate(SPANISH, "es", "en", within=SOON)
    server.tell(fails=503)
    why(machine)

    assert "bicicleta" not in caplog.text and "bicycle" not in caplog.text


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Do you consent to a search?", "consent"),
        ("May we look inside your car?", "consent"),
        ("Can the officers come in and check your room", "consent"),
        ("We need your permission to enter", "consent"),
        ("You have the right to remain silent.", "rights"),
        ("You are under arrest.", "rights"),
        ("You can have a lawyer present.", "rights"),
        ("There is a warrant in your name.", "legal papers"),
        ("Please sign this form and return it.", "legal papers"),
        ("We want to take your statement.", "a statement"),
        ("The detective will interview you.", "a statement"),
        ("Do you recognize this man?", "knowing somebody again"),
        ("We promise that you will be safe.", "a promise"),
        ("What is your immigration status?", "immigration"),
        ("I am sorry, your brother has died.", "a death"),
    ],
)
def test_what_a_machine_must_not_say(words: str, topic: str) -> None:
    assert never_by_machine(words) == topic and topic in TOPICS


@pytest.mark.parametrize(
    "words",
    [
        "Good morning. My name is Officer Rodriguez. How can I help?",
        "Your car was towed to 12 Mill Street. It costs $180.",
        "Can you send a photo of the damage?",
        "Please bring a bank statement and your ID.",
        "Turn right at the light.",
        "We are searching for your dog.",
        "What time did it happen?",
        "You can call 617-555-0199 from 9 to 5.",
    ],
)
def test_what_a_machine_may_say(words: str) -> None:
    assert never_by_machine(words) is None


def test_numbers_that_changed_are_seen_in_any_digits() -> None:
    assert changed_numbers("Call 617-555-0199 by 5", "Llame al (617) 555 0199 antes de las 5") == ()
    assert changed_numbers("3,000 dollars, room 12", "٣٠٠٠ دولار، غرفة ١٢") == ()
    assert changed_numbers("Call 617-555-0199 by 5", "Llame al 617-555-0198 antes de las 7") == ("617-555-0199", "5")

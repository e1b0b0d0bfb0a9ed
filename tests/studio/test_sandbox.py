"""A draft is tried in a house of its own: as the line would answer, with nobody hearing of it."""

import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.errors import NotUsable
from bot.flow.effects import CallOfficer, FileReport
from bot.hotline import Hotline
from bot.live_texts import FLOW, library_of
from bot.model import Holder
from bot.store import meetings, places
from bot.store.schema import metadata
from bot.studio.trying import houses
from bot.studio.trying.sandbox import Exchange, Pause, Preset, Reply, play
from tests.conftest import MONDAY
from tests.line import build_hotline, settings

_opened: list[str] | None = None


def _listen(event: str, args: tuple[Any, ...]) -> None:
    if _opened is not None and event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind"):
        _opened.append(event)


sys.addaudithook(_listen)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    """The demo town on a Monday morning; no Redis runs for it."""
    config = settings(tmp_path_factory.mktemp("town"), REDIS_URL="redis://127.0.0.1:1")
    built = replace(build_hotline(config, demo=True, at=MONDAY), now=lambda: MONDAY, chance=random.Random(3))
    yield built
    built.db.close()


def heard(hotline: Hotline, preset: Preset, *said: Any) -> list[Exchange]:
    return list(play(hotline, hotline.library, preset, said).exchanges)


def text_of(exchange: Exchange) -> str:
    return "\n---\n".join(one.text for one in exchange.sent)


def test_it_answers_as_the_line_does(town: Hotline) -> None:
    menu, need, where, found = heard(town, Preset(), "hi", "1", "1", "Old Mill")

    assert "1 Find help near me" in text_of(menu)
    assert need.path == (("find_help", "need"),)
    assert where.path == (("find_help", "warn"), ("find_help", "where"))
    assert where.at == ("find_help", "where")
    assert found.path == (("find_help", "results"), ("find_help", "more"))
    assert found.language == "en"
    with town.db.read() as conn:
        named = {row.name for row in conn.execute(select(metadata.tables["resources"]))}
    assert any(name in text_of(found) for name in named), "the department's own directory"


def test_each_text_says_what_it_costs(town: Hotline) -> None:
    (english,) = heard(town, Preset(language="en"), "help")
    (vietnamese,) = heard(town, Preset(language="vi"), "help")

    assert (english.sent[0].encoding, english.sent[0].segments) == ("GSM-7", 1)
    assert vietnamese.sent[0].encoding == "UCS-2"
    assert vietnamese.sent[0].segments > 1


def test_the_same_texts_give_the_same_play(town: Hotline) -> None:
    said = ["i lost my phone", "2", "1", "1", "Trek 820", "talk to an officer", "s", Reply("Good morning.")]

    assert heard(town, Preset(), *said) == heard(town, Preset(), *said)


def test_several_try_at_once(town: Hotline) -> None:
    said = ["i lost my phone", "2", "1", "1", "Trek 820"]
    with ThreadPoolExecutor(4) as pool:
        plays = [pool.submit(heard, town, Preset(language=tag), *said) for tag in ("en", "es", "vi", "en")]
    english, spanish, _, again = (one.result() for one in plays)

    assert english == again
    assert [one.at for one in spanish] == [one.at for one in english]


def test_officers_would_see_the_hand_off_and_the_report(town: Hotline) -> None:
    *_, forced, handed = heard(town, Preset(), "hi", "2", "2", "1", "2", "Trek 820", "1", "1")

    assert forced.dangers == ("emergency",)
    assert forced.urgent
    (report,) = [one for one in handed.done if isinstance(one, FileReport)]
    (call,) = [one for one in handed.done if isinstance(one, CallOfficer)]
    assert (report.kind, report.complete) == ("theft", False)
    assert ("What was taken", "Trek 820") in report.answers
    assert (call.reason, call.about, call.urgent) == ("robbery or burglary", "Trek 820", True)
    assert handed.holder == Holder.WAITING


def test_an_officer_answers_and_gives_it_back(town: Hotline) -> None:
    said = ["hi", "3", "my street", Reply("Good morning.", stays=True), "hello?", Reply("Goodbye."), "0"]
    *_, taken, theirs, given_back, menu = heard(town, Preset(), *said)

    assert "Good morning." in text_of(taken)
    assert taken.holder == Holder.OFFICER
    assert theirs.sent == ()
    assert "officer" in theirs.silence
    assert text_of(given_back).startswith("Goodbye.")
    assert given_back.path == (given_back.at,) == (("menu", "choose"),)
    assert given_back.holder == Holder.BOT
    assert "1 Find help" in text_of(menu)


def test_an_officer_cannot_answer_where_nobody_asked(town: Hotline) -> None:
    (early,) = heard(town, Preset(), Reply("Hello?"))
    _, uncalled = heard(town, Preset(), "hi", Reply("Hello?"))

    assert early.silence == "Nobody has written yet whom an officer could answer."
    assert uncalled.sent == uncalled.path == ()
    assert "Nobody waits here" in uncalled.silence


# Presets


def test_a_language_is_chosen_or_told_from_the_text(town: Hotline) -> None:
    (chosen,) = heard(town, Preset(language="vi"), "1")
    (told,) = heard(town, Preset(), "Hola, mi familia necesita comida")

    assert chosen.language == "vi"
    assert "Tiếng Việt" in text_of(heard(town, Preset(language="vi"), "hi", "3", "s")[-1])
    assert told.language == "es"


def test_who_opted_out_is_met_with_silence_but_for_start(town: Hotline) -> None:
    silent, danger, started = heard(town, Preset(opted_out=True), "hi", "he has a gun and will shoot me", "start")

    assert silent.sent == danger.sent == ()
    assert silent.silence.startswith("This resident sent STOP")
    assert danger.dangers == ("emergency",)
    assert "0 for the menu" in text_of(started)


def test_who_is_muted_is_answered_only_in_danger(town: Hotline) -> None:
    silent, danger = heard(town, Preset(muted=True), "hi", "he has a gun and will shoot me")

    assert silent.sent == ()
    assert "muted" in silent.silence
    assert "911" in text_of(danger)


@pytest.mark.parametrize(
    ("officers", "language", "step"),
    [("yes", "es", "queue"), ("others", "es", "nobody_speaks"), ("others", "en", "queue"), ("none", "es", "closed"),
     ("closed", "es", "closed")],
)  # fmt: skip
def test_who_is_on_duty(town: Hotline, officers: str, language: str, step: str) -> None:
    *_, asked = heard(town, Preset(language=language, officers=officers), "hi", "3", "s")

    assert asked.at == ("officer", step)


def test_at_a_closed_hour_the_closed_text_is_said(town: Hotline) -> None:
    *_, asked = heard(town, Preset(language="en", officers="closed"), "hi", "3", "s")

    assert text_of(asked).startswith("Our officers answer Monday-Friday")


def test_whatsapp_shuts_after_a_day(town: Hotline) -> None:
    said = ["hi", "3", "s", Reply("Good morning.")]

    assert "Good morning." not in text_of(heard(town, Preset(channel="whatsapp", window_shut=True), *said)[-1])
    assert "WhatsApp takes no answer" in heard(town, Preset(channel="whatsapp", window_shut=True), *said)[-1].silence
    assert "Good morning." in text_of(heard(town, Preset(channel="sms", window_shut=True), *said)[-1])
    assert "Good morning." in text_of(heard(town, Preset(channel="whatsapp"), *said)[-1])


def test_a_report_left_open_is_come_back_to(town: Hotline) -> None:
    greeted, goes_on = heard(town, Preset(language="en", open_report="report_noise"), "hi", "1")

    assert text_of(greeted).startswith("Welcome back. You were telling us about: Noise.")
    assert goes_on.at == ("report_noise", "what")


def test_urgent_words_are_met_or_read_as_any_others(town: Hotline) -> None:
    (met,) = heard(town, Preset(language="en"), "he has a gun and will shoot me")
    (read,) = heard(town, Preset(language="en", urgent_words=False), "he has a gun and will shoot me")

    assert "CALL 911" in text_of(met)
    assert met.dangers
    assert "CALL 911" not in text_of(read)
    assert text_of(read)
    assert read.dangers == ()


def test_time_passes_and_nobody_is_held_back(town: Hotline) -> None:
    _, _, _, _, nothing, back = heard(town, Preset(), "i lost my phone", "2", "1", "1", Pause(20 * 60), "hi")
    same = heard(town, Preset(language="en"), "hi", *["a long text that nobody here can make any sense of"] * 12)

    assert nothing == Exchange(Pause(20 * 60))
    assert back.sent
    assert all(one.sent for one in same), "no ration is kept where texts are tried"


@pytest.mark.parametrize(
    "preset",
    [
        Preset(channel="telegram"),
        Preset(officers="many"),
        Preset(language="xx"),
        Preset(open_report="menu"),
        Preset(open_report="x"),
    ],
)
def test_what_there_is_not_cannot_be_preset(town: Hotline, preset: Preset) -> None:
    with pytest.raises(NotUsable):
        play(town, town.library, preset, ["hi"])


def test_more_than_anybody_tries_is_refused(town: Hotline) -> None:
    with pytest.raises(NotUsable):
        play(town, town.library, Preset(), ["hi"] * 201)
    with pytest.raises(NotUsable):
        play(town, town.library, Preset(), ["a" * 1601])
    with pytest.raises(NotUsable):
        play(town, town.library, Preset(), [Pause(10**12)])


# A draft


def test_a_draft_is_tried_in_place_of_what_is_live(town: Hotline) -> None:
    flow = town.texts.flows["find_help"].replace("ask: What do you need?", "ask: How can we help?")
    draft = library_of(town.texts.changed({(FLOW, "find_help"): flow}))

    _, tried = play(town, draft, Preset(language="en"), ["hi", "1"]).exchanges
    _, live = heard(town, Preset(language="en"), "hi", "1")

    assert text_of(tried).startswith("How can we help?")
    assert text_of(live).startswith("What do you need?")


# The house


def test_no_connection_is_opened_and_the_real_database_stays_as_it_is(town: Hotline) -> None:
    global _opened
    said = ["he has a gun", "9", "i lost my phone", "2", "talk to an officer", "s", Reply("Good morning."), "stop"]
    before, _opened = _counts(town), []
    try:
        exchanges = heard(town, Preset(channel="whatsapp"), *said)
        opened = list(_opened)
    finally:
        _opened = None

    assert len(exchanges) == len(said)
    assert opened == []
    assert _counts(town) == before


def _counts(hotline: Hotline) -> dict[str, int]:
    with hotline.db.read() as conn:
        return {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_nobody_of_the_department_is_in_the_house(town: Hotline) -> None:
    world = houses.live(town)
    with houses.opened(town, town.library, world, world.at) as (line, _):
        counts = _counts(line)

    assert {name for name, count in counts.items() if count} == {"resources", "places", "meetings"}


def test_the_house_is_gone_whatever_happens(town: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "_MEMORY", tmp_path)
    world = houses.live(town)
    with pytest.raises(RuntimeError), houses.opened(town, town.library, world, world.at) as (line, clock):
        assert list(tmp_path.iterdir())
        clock.pass_by(hours=1)
        assert line.now() == world.at + timedelta(hours=1)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "_MEMORY", tmp_path)
    left, used, others = (tmp_path / name for name in ("puente-trying-old", "puente-trying-new", "others"))
    for folder in (left, used, others):
        folder.mkdir()
        (folder / "house.db").write_bytes(b"")
    for folder in (left, others):
        os.utime(folder, (0, 0))

    houses._clear_up()

    assert sorted(tmp_path.iterdir()) == [others, used]


def test_the_hour_is_the_one_wanted(town: Hotline) -> None:
    world = houses.live(town)
    night = replace(world, at=MONDAY.replace(hour=19, minute=30))

    assert houses.hour(world, open=True) == MONDAY
    assert houses.hour(world, open=False) == MONDAY.replace(hour=20)
    assert houses.hour(night, open=True) == (MONDAY + timedelta(days=1)).replace(hour=8), (
        "not half an hour before it closes"
    )


def test_the_town_is_read_anew_when_it_changes(hotline: Hotline) -> None:
    """On both databases."""
    line = replace(hotline, now=lambda: MONDAY)
    (_, nothing) = heard(line, Preset(language="en"), "hi", "4")
    starts = int((MONDAY + timedelta(days=3)).timestamp() * 1000)
    with line.db.write() as conn:
        meetings.add(
            conn, meetings.Planned("m", "Open evening", "Library", "", "Lee", ("es",), starts, starts + 3_600_000)
        )
        places.import_places(conn, [])
    (_, planned) = heard(line, Preset(language="en"), "hi", "4")

    assert "No meeting is planned now" in text_of(nothing)
    assert "1 Open evening" in text_of(planned)

"""Danger, said at every step of every flow: the notice comes first, and 9 leads back to the very question."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.flow.effects import Say
from bot.flow.library import load
from bot.flow.place import Frame, Place
from bot.flow.steps.base import Silent
from bot.hotline import Hotline
from bot.line.deciding import decide
from bot.line.turning import Decision
from bot.model import Holder, Inbound
from bot.store.threads import Memory, Thread
from bot.text.language_choice import Standing
from tests.conftest import MONDAY
from tests.line import build_hotline, settings

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "flows", ROOT / "locales")
STOPS = sorted((script.name, step) for script in LIBRARY.scripts.values() for step in script.steps)
# One text of each kind of danger, and what the notice must say first of all.
DANGERS = {
    "en": (("he has a knife and is at my door", "911"), ("my dad is not breathing", "911"), ("kitchen on fire", "911"),
           ("i want to kill myself", "988"), ("my husband hits me", "1-800-799-7233")),
    "es": (("tiene un cuchillo y esta en mi puerta", "911"), ("mi papa no respira", "911"), ("se quema la cocina", "911"),
           ("me quiero matar", "988"), ("mi esposo me pega", "1-800-799-7233")),
    "zh-Hans": (("他拿着刀在我门口", "911"), ("我爸爸没有呼吸了", "911"), ("厨房着火了", "911"),
                ("我想自杀", "988"), ("我丈夫打我", "1-800-799-7233")),
    "vi": (("nó cầm dao đứng trước cửa nhà tôi", "911"), ("ba tôi không thở nữa", "911"), ("cháy nhà bếp", "911"),
           ("tôi muốn tự tử", "988"), ("chồng tôi đánh tôi", "1-800-799-7233")),
    "ar": (("معه سكين وهو عند بابي", "911"), ("ابي لا يتنفس", "911"), ("المطبخ يحترق", "911"),
           ("اريد ان اقتل نفسي", "988"), ("زوجي يضربني", "1-800-799-7233")),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoken_to(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Hotline]:
    folder = tmp_path_factory.mktemp("everywhere")
    built = build_hotline(settings(folder, REDIS_URL=redis_url), demo=True, at=MONDAY)
    yield replace(built, now=lambda: MONDAY)
    built.db.close()


@cache
def place_at(flow: str, step: str) -> Place:
    """A resident who stands at this step; a part of a flow stands in a report."""
    script = LIBRARY.scripts[flow]
    if not script.part:
        return Place([Frame(flow, script.version, step)])
    report = LIBRARY.scripts["report_theft"]
    start = next(iter(report.steps))
    return Place([Frame("report_theft", report.version, start), Frame(flow, script.version, step, answers=None)])


def said_to(hotline: Hotline, memory: Memory, text: str, holder: Holder = Holder.BOT) -> Decision:
    at = int((MONDAY - timedelta(minutes=1)).timestamp() * 1000)
    thread = Thread(
        id=1, resident_id=1, handle="Teal Otter", channel="twilio-sms", line="+15005550100", version=1, holder=holder,
        officer_id=None, language=memory.standing.tag, stopped=False, urgent=False, safe_contact=False, last_in_at=at,
        memory=memory,
    )  # fmt: skip
    inbound = Inbound("twilio-sms", "SM" + "0" * 32, "+15005550001", "+15005550100", text)
    return decide(hotline, thread, inbound)


def first_words(decision: Decision) -> str:
    return next(effect.text for effect in decision.effects if isinstance(effect, Say))


@pytest.mark.parametrize("tag", sorted(DANGERS))
@pytest.mark.parametrize("flow", sorted(LIBRARY.scripts))
def test_danger_at_every_step(spoken_to: Hotline, flow: str, tag: str) -> None:
    for step in LIBRARY.scripts[flow].steps:
        for text, number in DANGERS[tag]:
            memory = Memory(place=place_at(flow, step), standing=Standing(tag, "chosen", 1.0))
            told = said_to(spoken_to, memory, text)
            assert number in first_words(told), (flow, step, text)
            assert told.urgent and told.safety and told.page, (flow, step, text)
            if told.memory.nine and _asks(flow, step):
                _leads_back(spoken_to, told.memory, memory)


def _asks(flow: str, step: str) -> bool:
    """Whether residents stand here; a step that only does something is passed through."""
    return not isinstance(LIBRARY.scripts[flow].steps[step], Silent)


def _leads_back(hotline: Hotline, after: Memory, before: Memory) -> None:
    """The digit 9, in Latin or own digits, resumes the question that was open."""
    resumed = said_to(hotline, after, "9")
    assert hotline.library.voice(before.standing.tag or "en").text(hotline.library.phrase("em_resume")) in first_words(
        resumed
    )
    here = resumed.memory.place.frames
    there = before.place.frames
    assert [(frame.flow, frame.step) for frame in here][: len(there)] == [(frame.flow, frame.step) for frame in there]
    assert not resumed.memory.nine


@pytest.mark.parametrize("tag", sorted(DANGERS))
@pytest.mark.parametrize("holder", [Holder.WAITING, Holder.OFFICER])
def test_danger_while_an_officer_is_waited_for_or_writes(spoken_to: Hotline, holder: Holder, tag: str) -> None:
    for text, number in DANGERS[tag]:
        memory = Memory(place=place_at("menu", "choose"), standing=Standing(tag, "chosen", 1.0))
        told = said_to(spoken_to, memory, text, holder)
        assert number in first_words(told) and told.holder == holder and told.urgent

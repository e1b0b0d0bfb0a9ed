"""Files made to do harm: each goes the way of a draft, and none is let through, run, or waited for."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.flow.library import Library, read_texts, texts_of
from bot.studio.checking.checks import check_texts
from bot.studio.checking.findings import RULES, Finding
from tests.fakes import TableFacts, Talk
from tests.studio.hostile_flows import Hostile, corpus, says
from tests.test_broken_flows import small_town

HOSTILE = corpus()
LONGEST = 10.0  # seconds of this process; a second is promised, and machines differ
# What a text that is only read has no need of: what begins a program, writes, or speaks to somebody.
_DEEDS = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.", "socket.", "exec", "compile", "open", "pickle.", "ctypes.")
_watched: list[str] | None = None


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _watched is not None and event.startswith(_DEEDS):
        _watched.append(f"{event} {args}")


sys.addaudithook(_watch)  # for good: there is no taking it away


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is done meanwhile."""
    global _watched
    _watched = done = []
    try:
        yield done
    finally:
        _watched = None


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Texts without a flow but the menu, so that a check is quick."""
    return texts_of(small_town(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="module")
def before(town: dict[str, str]) -> set[Finding]:
    check_texts(town | {"hostile": says("Привет, 你好.")}, {})  # once, so that what Python reads at first need is read
    return set(check_texts(town, {}))


def test_each_is_another() -> None:
    assert len(HOSTILE) >= 200
    assert len({one.name for one in HOSTILE}) == len({one.text for one in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("hostile", HOSTILE, ids=str)
def test_nothing_hostile_can_go_live(hostile: Hostile, town: dict[str, str], before: set[Finding]) -> None:
    with watched() as done:
        began = time.process_time()
        found = check_texts(town | {"hostile": hostile.text}, {})
        took = time.process_time() - began
    new = [one for one in found if one not in before]
    refused = [one for one in new if one.blocks]
    assert done == []
    assert took < LONGEST
    assert all(one.rule in RULES and len(one.problem.words) < 300 for one in new)
    if hostile.shown is None:
        assert refused, hostile.tries
        return
    assert not refused
    library, _ = read_texts(town | {"hostile": hostile.text})
    assert isinstance(library, Library)
    assert " ".join(Talk(library, facts=TableFacts()).go("hostile").split()) == hostile.shown
    assert not Path("/tmp/hostile").exists()

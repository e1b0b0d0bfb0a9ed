"""Texts that nothing was learned from: the promises of docs/safety.md, with room for chance."""

from collections import Counter

import pytest

from bot.text.safety_model import measure

ROWS = measure.read(measure.CHECK)
DANGERS = ("fire", "medical", "emergency", "crisis", "dv")


def _core(tag: str) -> bool:
    return tag.split("-", maxsplit=1)[0] in measure.CORE


@pytest.fixture(scope="module")
def judged() -> list[tuple[str, str, tuple[str, ...]]]:
    judge = measure.judges()["both"]
    return [(tag, label, judge(text)) for tag, label, text in ROWS]


def test_dangers_are_met_with_the_right_notice(judged: list[tuple[str, str, tuple[str, ...]]]) -> None:
    for wanted, least in ((True, 0.97), (False, 0.91)):
        some = [(label, labels) for tag, label, labels in judged if _core(tag) is wanted and label in DANGERS]
        assert sum(label in labels for label, labels in some) >= least * len(some)


def test_few_ordinary_texts_are_met_with_one(judged: list[tuple[str, str, tuple[str, ...]]]) -> None:
    for wanted, most in ((True, 0.04), (False, 0.07)):
        calm = [labels for tag, label, labels in judged if _core(tag) is wanted and label == measure.CALM]
        assert sum(map(bool, calm)) <= most * len(calm)


def test_no_language_is_left_behind(judged: list[tuple[str, str, tuple[str, ...]]]) -> None:
    right, count = Counter[str](), Counter[str]()
    for tag, label, labels in judged:
        if label in DANGERS:
            count[tag] += 1
            right[tag] += label in labels
    assert len(count) >= 30
    assert not [tag for tag in count if right[tag] < 0.8 * count[tag]]


def test_nothing_was_learned_from_them() -> None:
    from bot.text.safety_model import corpus

    learned = {one.text.casefold() for one in corpus.own()}
    assert sum(text.casefold() in learned for _, _, text in ROWS) <= 0.01 * len(ROWS)


def test_the_report_has_its_tables() -> None:
    printed = measure.report(measure.CHECK)
    for heading in (
        "| phrases, core |",
        "| model, core |",
        "| both, others |",
        "| written as, first taken for |",
        "p99",
    ):
        assert heading in printed

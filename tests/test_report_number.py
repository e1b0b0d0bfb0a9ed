"""Report numbers: every single wrong sign and every two that changed places are caught, however they are typed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import report_number
from bot.text.report_number import ALPHABET, find, make, read, right

SIGNS = list(range(8))  # places in the number without its dashes


def written(signs: list[str]) -> str:
    return "".join([*signs[:2], "-", *signs[2:7], "-", signs[7]])


def samples(many: int = 60) -> list[str]:
    chance = random.Random(26).randrange
    return [make(year, chance) for year in (2024, 2026, 1999, 7) for _ in range(many // 4)] + ["26-K7P4M-3"]


def test_a_made_number_is_right_and_reads_as_itself() -> None:
    for number in samples():
        assert right(number)
        assert read(number) == number
        assert find(f"mi reporte es {number}, gracias") == number


def test_every_single_wrong_sign_is_caught() -> None:
    for number in samples():
        signs = list(number.replace("-", ""))
        for place in SIGNS:
            for sign in ALPHABET[:10] if place < 2 else ALPHABET:
                wrong = written([*signs[:place], sign, *signs[place + 1 :]])
                assert right(wrong) == (sign == signs[place])


def test_every_two_signs_that_changed_places_are_caught() -> None:
    for number in samples():
        signs = list(number.replace("-", ""))
        for place in SIGNS:
            for other in SIGNS[place + 1 :]:
                swapped = signs.copy()
                swapped[place], swapped[other] = swapped[other], swapped[place]
                assert right(written(swapped)) == (swapped == signs)


def test_no_two_signs_look_alike() -> None:
    for look_alikes in ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert sum(sign in ALPHABET for sign in look_alikes) <= 1


def test_chance_is_asked_for_every_sign_after_the_year() -> None:
    asked: list[int] = []

    def least(many: int) -> int:
        asked.append(many)
        return 0

    assert make(2026, least) == "26-C0000-6"  # 2x1 + 6x2 + 10x3 + 6x8 is four times twenty-three
    assert asked == [13, 23, 23, 23, 23]


@pytest.mark.parametrize(
    "typed",
    [
        "26-K7P4M-3",
        "26-k7p4m-3",
        " 26K7P4M3 ",
        "26 K7P4M 3",
        "26–K7P4M—3",  # phones turn dashes into long ones
        "26-K7P-4M3",
        "#26-K7P4M-3.",
        "№ 26-K7P4M-3",
        "２６－Ｋ７Ｐ４Ｍ－３",
        "٢٦-K٧P٤M-٣",
        "26-К7Р4М-3",  # Cyrillic letters
        "26-Κ7Ρ4Μ-3",  # Greek letters
        "Z6-K7P4M-3",  # a look-alike
    ],
)
def test_ways_to_type_it(typed: str) -> None:
    assert read(typed) == "26-K7P4M-3"


@pytest.mark.parametrize(
    "typed", ["", "26-K7P4M", "26-K7P4M-33", "A6-K7P4M-3", "26-K7U4M-3", "hola", "5", "26-K7P4M-3" * 9]
)
def test_not_of_the_form(typed: str) -> None:
    assert read(typed) is None
    assert not right(typed)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mi número es 26-k7p4m-3 gracias", "26-K7P4M-3"),
        ("我的号码是 26-K7P4M-3", "26-K7P4M-3"),
        ("reporte 26 k7p4m 3", "26-K7P4M-3"),
        ("en la casa 26 26-K7P4M-3.", "26-K7P4M-3"),  # a false start before it
        ("26-K7P4N-3 or was it 26-K7P4M-3", "26-K7P4M-3"),  # the right one of two
        ("26-K7P4N-3", "26-K7P4N-3"),  # with a slip: still to be told of
        ("call 26123453 or 408-555-0123", None),
        ("2026-11-05", None),
        ("there were 26 people and 3 dogs", None),
    ],
)
def test_inside_a_text(text: str, found: str | None) -> None:
    assert find(text) == found


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    for number in (read(text), find(text)):
        assert number is None or report_number.read(number) == number
    assert right(text) in (True, False)

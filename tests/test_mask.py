"""Private numbers are hidden, everything else is left alone: 516 samples in twelve languages and five kinds of digits."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.mask import mask, masked

SAMPLES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "mask_samples.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_private_numbers_are_hidden() -> None:
    private = [(number, text) for _, _, number, text in SAMPLES if number != "-"]
    missed = [text for number, text in private if number in mask(text) or masked(text)[1] != 1]
    assert len(private) >= 300
    assert len(missed) <= 0.01 * len(private), missed


def test_other_numbers_are_left_alone() -> None:
    others = [text for _, _, number, text in SAMPLES if number == "-"]
    wrong = [text for text in others if mask(text) != text]
    assert len(others) >= 200
    assert len(wrong) <= 0.005 * len(others), wrong


@pytest.mark.parametrize(
    "text, shown",
    [
        ("my ssn is 987-65-4321", "my ssn is ***-**-**21"),
        ("رقم الضمان ٩٨٧-٦٥-٤٣٢١", "رقم الضمان ***-**-**٢١"),  # digits stay in their script
        ("शमेरा पासपोर्ट नंबर १२३४५६७८९", "शमेरा पासपोर्ट नंबर *******८९"),
        ("我的护照号码E12345678", "我的护照号码*******78"),  # no space before it
        ("card 4111 1111 1111 1111", "card **** **** **** **11"),
        ("4111111111111111", "**************11"),  # a card needs no word: Luhn is enough
        ("4111111111111112", "4111111111111112"),  # and without it sixteen digits may be anything
        ("A 123-456-789", "* ***-***-*89"),
        ("DE89 3704 0044 0532 0130 00", "**** **** **** **** **** 00"),
        ("987-65-4321 617-555-0199", "***-**-**21 617-555-0199"),  # a phone beside it
        ("report 26-K7P4M-3", "report 26-K7P4M-3"),
        ("case number 123456789", "case number 123456789"),
        ("123456789", "*******89"),  # nine digits and nothing else said: better hidden
        ("call 6175550199", "call 6175550199"),
        ("+52 55 1234 5678", "+52 55 1234 5678"),
        ("12345 Main St 02139-1234 on 05/12/2026 for $1,200", "12345 Main St 02139-1234 on 05/12/2026 for $1,200"),
    ],
)
def test_table(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_the_count_is_what_was_hidden() -> None:
    assert masked("ssn 987-65-4321 and card 4111 1111 1111 1111")[1] == 2
    assert masked("no numbers here") == ("no numbers here", 0)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_keeps_its_length_and_is_masked_once(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize("text", ["1" * 100_000, "4111-" * 20_000, "A 1" * 30_000, "a1" * 50_000, "(" * 100_000])
def test_the_longest_texts_are_masked_too(text: str) -> None:
    hidden, count = masked(text)

    assert len(hidden) == len(text)
    assert (count > 0) == (hidden != text)

"""Amounts, counts and phone numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.amount import count, number, phone


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("300", "300"),
        ("about 300", "300"),
        ("0", "0"),
        ("$1,200.50", "1200.50"),
        ("1.200,50", "1200.50"),  # the last of two kinds of sign is the decimal one
        ("1 200,50 $", "1200.50"),
        ("1'200", "1200"),
        ("1,200", "1200"),  # full threes are groups
        ("1.200", "1200"),
        ("1,2", "1.2"),
        ("12,34", "12.34"),
        ("0.500", "0.500"),  # but not after a nought
        (".5", "0.5"),
        ("1,00,000", "100000"),  # Indian groups
        ("1.234.567", "1234567"),
        ("٣٠٠", "300"),
        ("١٬٢٠٠٫٥", "1200.5"),
        ("२००", "200"),
        ("３００", "300"),
        ("3️⃣", "3"),
        ("300 dolares", "300"),
        ("5 2", "5"),  # two numbers, not fifty-two
        ("iPhone 12 de 800 dólares", "800"),  # the one beside the currency
        ("I paid US$300 for 2", "300"),
        ("2 phones, 300 bucks", "300"),
        ("手机12, 五百块或500块", "500"),
        ("the F-150 costs 9000", "9000"),
        ("zero", None),
        ("no sé", None),
        ("", None),
        ("6.5.2025", None),  # a date
        ("4111111111111111", None),  # no amount has sixteen digits
        ("A12", None),
    ],
)
def test_number(text: str, amount: str | None) -> None:
    assert number(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2k", 2000),
        ("2.5k", 2500),
        ("2 thousand", 2000),
        ("5 hundred", 500),
        ("2 mil", 2000),
        ("1,5 mil", 1500),
        ("2 mil 500", 2500),
        ("2 mil 5 cosas", 2000),
        ("3 millones", 3_000_000),
        ("2万", 20_000),
        ("1万2千", 12_000),
        ("2万5", 25_000),
        ("3萬元", 30_000),
        ("3 nghìn", 3000),
        ("3 nghin", 3000),
        ("2 triệu 5", 2_500_000),
        ("5 trăm đô", 500),
        ("3만 5천원", 35_000),
        ("2 libong piso", 2000),
        ("٢ ألف دولار", 2000),
        ("3 آلاف", 3000),
        ("5 mil goud", 5000),
        ("2 тысячи", 2000),
        ("2 тыс. руб", 2000),
        ("10 000 рублей", 10_000),
        ("4 mille", 4000),
        ("2 million", 2_000_000),
        ("2 mildly", 2),  # only whole words multiply
    ],
)
def test_thousands_in_words(text: str, amount: int) -> None:
    assert number(text) == amount


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3", 3),
        ("unos 3 días", 3),
        ("３", 3),
        ("1", 1),
        ("10", 10),
        ("11", None),
        ("0", None),
        ("2.5", None),
        ("many", None),
    ],
)
def test_count(text: str, wanted: int | None) -> None:
    assert count(text, 1, 10) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("whatsapp:+14085550123", "+14085550123"),
        ("(408) 555-0123", "+14085550123"),
        ("408.555.0123", "+14085550123"),
        ("1 408 555 0123", "+14085550123"),
        ("٤٠٨٥٥٥٠١٢٣", "+14085550123"),
        ("my phone is 408-555-0123, thanks", "+14085550123"),
        ("4085550123 or 4085550124", "+14085550123"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+84 912 345 678", "+84912345678"),
        ("911", None),
        ("12345", None),
        ("call me", None),
        ("", None),
    ],
)
def test_phone(text: str, wanted: str | None) -> None:
    assert phone(text) == wanted


def test_phone_of_another_region() -> None:
    assert phone("55 1234 5678", "MX") == "+525512345678"


@given(st.text(st.one_of(st.characters(), st.sampled_from("0123456789 .,'$k万千mil+()-")), max_size=80))
def test_any_text_can_be_looked_at(text: str) -> None:
    amount = number(text)
    assert amount is None or amount >= 0
    assert count(text, 0, 9) in (None, *range(10))
    found = phone(text)
    assert found is None or found.startswith("+")

"""Encoding, segments and cutting of texts, against the answers of Twilio's own calculator and at the edges."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import sms

ORACLE = Path(__file__).with_name("sms_segments.tsv")
MIXED = st.text(st.one_of(st.characters(), st.sampled_from("aé€[ íп的👮\u0301\u200d🏽🇺🇸한ิ \n")), max_size=400)


def oracle_rows() -> list[tuple[str, int, str]]:
    rows = []
    for line in ORACLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            encoding, segments, recipe = line.split("\t")
            pieces = [piece.rpartition("*") for piece in recipe.split(" ")]
            text = "".join(piece.replace("\\n", "\n") * int(times) for piece, _, times in pieces)
            rows.append((encoding, int(segments), text))
    return rows


def test_every_answer_is_that_of_twilios_calculator() -> None:
    rows = oracle_rows()

    assert len(rows) >= 115
    assert [(sms.encoding(text), sms.segments(text), text) for _, _, text in rows] == rows


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),  # an empty text is still sent as one
        ("a" * 160, 1),  # the last that fits in one
        ("a" * 161, 2),  # joined texts give up seven places each
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # counts double in GSM-7
        ("€" * 81, 2),
        ("a" * 152 + "€" * 4 + "a" * 146, 3),  # 306 places, but the pair at 153 moves on whole
        ("í" * 70, 1),  # not in GSM-7: sixteen bits a letter
        ("í" * 71, 2),
        ("ñ" * 160, 1),  # in GSM-7
        ("👮" * 35, 1),  # two units each
        ("👮" * 36, 2),
        ("á" + "👮" * 66, 2),  # 133 units: one place stays empty before the pair
        ("á" + "👮" * 67, 3),
        ("e" + "\u0301" * 199, 3),  # one character with more marks than a segment holds is cut
    ],
)
def test_segments(text: str, segments: int) -> None:
    assert sms.segments(text) == segments


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “here” – now", 'It\'s "here" - now'),
        ("cinco\u00a0a\u202fseis", "cinco a seis"),
        ("una\u200b palabra\ufeff", "una palabra"),
        ("« oui »", '" oui "'),
        ("man\u0303ana", "mañana"),  # the same letter, typed as two
        ("“Está” – aquí", "“Está” – aquí"),  # á and í need UCS-2 anyway: nothing to save
        ("“привет”", "“привет”"),
        ("wait… what", "wait… what"),  # an ellipsis is no quote, dash or space
        ("ya es, ¿no?", "ya es, ¿no?"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert sms.plain(text) == plain


@given(MIXED)
def test_plain_keeps_every_letter_and_never_costs_more(text: str) -> None:
    plain = sms.plain(text)

    assert plain == text or sms.encoding(plain) == "GSM-7"
    assert sms.segments(plain) <= sms.segments(text)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("one two three", 9, ["one two", "three"]),
        ("one two", 7, ["one two"]),
        ("one\n\ntwo three", 9, ["one\n\ntwo", "three"]),  # line breaks inside a part stay
        ("  one  ", 9, ["one"]),
        ("", 9, []),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),  # a word longer than a part must be cut
        ("ab abcdefgh", 4, ["ab a", "bcde", "fgh"]),
        ("a €€", 5, ["a", "€€"]),  # extension characters take two places
        ("á 👮👮", 5, ["á", "👮👮"]),
        ("我需要帮助。谢谢", 5, ["我需要帮", "助。谢谢"]),  # no part begins with a full stop
        ("请拨打911谢谢", 5, ["请拨打", "911谢谢"]),  # nor is a number cut
        ("ที่นี่ที่นี่", 7, ["ที่นี่", "ที่นี่"]),  # vowels and tones stay on their letter
        ("🇺🇸🇺🇸", 5, ["🇺🇸", "🇺🇸"]),
    ],
)
def test_split(text: str, limit: int, parts: list[str]) -> None:
    assert sms.split(text, limit) == parts


@given(MIXED, st.integers(1, 60))
def test_split_loses_nothing_and_keeps_to_the_limit(text: str, limit: int) -> None:
    parts = sms.split(text, limit)

    assert squeezed("".join(parts)) == squeezed(text)
    assert all(part == part.strip() and part for part in parts)
    assert all(len(part) <= 2 or len(part.encode("utf-16-le", "surrogatepass")) // 2 <= limit for part in parts)


@given(st.lists(st.text("abcdeñ€", min_size=1, max_size=8), min_size=1, max_size=60), st.integers(16, 40))
def test_split_keeps_words_whole_and_parts_full(words: list[str], limit: int) -> None:
    parts = sms.split(" ".join(words), limit)

    assert " ".join(parts).split() == words
    for part, following in zip(parts, parts[1:], strict=False):
        filled = f"{part} {following.split()[0]}"
        assert len(filled) + filled.count("€") > limit


def test_a_long_text_stays_within_what_twilio_takes() -> None:
    text = "Llame a la oficina, por favor. " * 400

    assert [len(part) <= 1600 for part in sms.split(text)] == [True] * 8


@given(st.text())
def test_any_text_has_segments(text: str) -> None:
    assert sms.segments(text) >= 1
    assert sms.encoding(text) in ("GSM-7", "UCS-2")

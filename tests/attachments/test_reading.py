"""An answer is read whole, or not at all."""

import pytest

from bot.channels import twilio_media
from bot.errors import MediaUnfetched
from tests.answering import answering
from tests.attachments.conftest import account


def fetched(url: str) -> bytes:
    return twilio_media.fetch(account(url), "MM" + "0" * 32, "ME" + "0" * 32).content


def test_an_answer_in_chunks_is_read_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with answering(head, b"3\r\nabc\r\n", b"2\r\nde\r\n", b"0\r\n\r\n") as url:
        assert fetched(url) == b"abcde"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n", "redirect"),
        (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: https://[\r\n\r\n", "connection"),
        (b"SSH-2.0-hello\r\n", "connection"),
        (b"", "connection"),
    ],
)
def test_half_an_answer_is_none(answer: bytes, code: str) -> None:
    with answering(answer) as url, pytest.raises(MediaUnfetched) as failed:
        fetched(url)
    assert (failed.value.retry, failed.value.code) == (True, code)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_whoever_sends_a_byte_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(twilio_media, "WHOLE", 0.5)
    with answering(head, *[b"x"] * 40, pause=0.05) as url, pytest.raises(MediaUnfetched) as failed:
        fetched(url)
    assert (failed.value.retry, failed.value.code) == (True, "late")

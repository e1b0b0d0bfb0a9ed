"""A file is what its bytes say."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.fake_twilio.media import JPEG, OGG
from bot.line.media_kinds import kind_of


@dataclass(frozen=True)
class Sample:
    kind: str | None
    content: bytes
    told: str = ""


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08free"


SAMPLES: Sequence[Sample] = (
    Sample("image/jpeg", JPEG, "text/html"),
    Sample("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    Sample("image/gif", b"GIF89a\x01\0\x01\0"),
    Sample("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
    Sample("image/heic", ftyp(b"heic", b"mif1", b"heic")),
    Sample("image/heic", ftyp(b"mif1", b"mif1", b"heix")),
    Sample("video/mp4", ftyp(b"isom", b"iso2", b"mp41")),
    Sample("video/mp4", ftyp(b"mp42", b"isom")),
    Sample("audio/mp4", ftyp(b"mp42", b"isom"), "audio/mp4"),
    Sample("audio/mp4", ftyp(b"M4A ", b"mp42")),
    Sample("video/3gpp", ftyp(b"3gp4", b"isom")),
    Sample("audio/3gpp", ftyp(b"3gp5"), "audio/3gpp"),
    Sample("video/quicktime", ftyp(b"qt  ")),
    Sample("audio/ogg", OGG),
    Sample("audio/amr", b"#!AMR\n\x3c\x91"),
    Sample("audio/mpeg", b"ID3\x04\0\0"),
    Sample("audio/mpeg", b"\xff\xfb\x90\x64\0\0"),
    Sample("application/pdf", b"%PDF-1.7\n%\xe2\xe3"),
    Sample("text/vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD\r\n"),
    Sample("text/plain", b"La placa era ABC 123.", "text/plain"),
    Sample(None, b""),
    Sample(None, b"<!DOCTYPE html><p>hola"),
    Sample(None, b"words, then <script>alert(1)</script>", "text/plain"),
    Sample(None, b"BEGIN:VCARD\r\nNOTE:<img src=x onerror=alert(1)>\r\nEND:VCARD", "text/vcard"),
    Sample(None, b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
    Sample(None, "\ufeff<svg/>".encode("utf-16")),
    Sample(None, b"PK\x03\x04", "image/png"),
    Sample(None, b"\x1f\x8b\x08\0", "image/jpeg"),
    Sample(None, b"\x7fELF\x02\x01", "image/jpeg"),
    Sample(None, b"RIFF\x24\0\0\0AVI LIST"),
    Sample(None, ftyp(b"mif1", b"avif")),
    Sample(None, ftyp(b"crx ")),
    Sample(None, b"\xff\xfe\0\0"),
    Sample(None, b"\xff\xff\xff\xff\xff\xff"),
    Sample(None, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    Sample(None, b"\xff\xd8"),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.kind} {sample.content[:16]!r}")
def test_a_file_is_what_its_bytes_say(sample: Sample) -> None:
    assert kind_of(sample.content, sample.told) == sample.kind


def test_the_bytes_are_looked_at_in_little_time() -> None:
    """The longest that is kept, of the kind that must be read to its end."""
    began = time.process_time()
    assert kind_of(b"a < b \n" * 2_800_000) == "text/plain"
    assert time.process_time() - began < 10

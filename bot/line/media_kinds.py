"""What a file is, by its own first bytes. Nothing is opened or decoded; what a sender says of it only tells sound from
film where one container holds both."""

import re
from collections.abc import Callable

_FILM = {"video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}  # and what it is called when it is only heard
_BRANDS = (  # of the family of MP4, by the word after "ftyp" (ISO/IEC 14496-12, 4.3)
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    ((b"M4A ", b"M4B "), "audio/mp4"),
    ((b"3gp", b"3g2", b"3ge", b"3gg", b"3gs", b"3gr"), "video/3gpp"),
    ((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"mmp4", b"M4V ", b"MSNV"), "video/mp4"),
    ((b"qt  ",), "video/quicktime"),
)
_MARKUP = re.compile(rb"<[A-Za-z!?/]")
_UNTYPED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # no text has these
_CARD = re.compile(rb"(?:\xef\xbb\xbf)?BEGIN:VCARD\s", re.IGNORECASE)


def kind_of(content: bytes, told: str = "") -> str | None:
    """The media type, like image/jpeg; None for whatever is not kept: pages, drawings that are programs, archives,
    programs, and what is not known here."""
    found = next((kind for kind, fits in _KINDS if fits(content)), None) or _family_of_mp4(content) or _words(content)
    return _FILM.get(found or "", found) if told.startswith("audio/") else found


def _starts(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(heads)


def _mp3(content: bytes) -> bool:
    """ID3 tags, or a frame of MPEG sound, layer III, with a bit rate and a sampling rate there are."""
    if content.startswith(b"ID3"):
        return True
    if len(content) < 4:
        return False
    return (
        content[0] == 0xFF
        and content[1] & 0xE6 == 0xE2
        and content[1] & 0x18 != 0x08
        and content[2] & 0xF0 not in (0x00, 0xF0)
        and content[2] & 0x0C != 0x0C
    )


_KINDS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", _starts(b"\xff\xd8\xff")),
    ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    ("image/webp", lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP"),
    ("audio/ogg", _starts(b"OggS\x00")),
    ("audio/amr", _starts(b"#!AMR\n", b"#!AMR-WB\n")),
    ("audio/mpeg", _mp3),
    ("application/pdf", _starts(b"%PDF-")),
)


def _family_of_mp4(content: bytes) -> str | None:
    if content[4:8] != b"ftyp":
        return None
    brand, size = content[8:12], min(int.from_bytes(content[:4], "big"), 200)
    if brand in (b"mif1", b"msf1"):  # pictures of any coding; which one, those named behind say
        named = [content[at : at + 4] for at in range(16, size, 4)]
        return "image/heic" if any(one in _BRANDS[0][0] for one in named) else None
    return next((kind for heads, kind in _BRANDS if brand.startswith(heads)), None)


def _words(content: bytes) -> str | None:
    """A contact card, or words and nothing that a browser could take for a page."""
    if not content or _UNTYPED.search(content) or _MARKUP.search(content):
        return None
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    return "text/vcard" if _CARD.match(content) else "text/plain"

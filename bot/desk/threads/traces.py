"""What cameras and phones write into a file beside the picture: where, when, with what. It is taken out without decoding
anything, part by part; what a picture needs to look right stays. Pure."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping

SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "audio/ogg", "audio/mp4", "audio/mpeg", "video/mp4"}
)
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")  # within the coded picture: not a stuffed 0xFF, not a restart
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG's markers without a length
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)  # fmt: skip
_BOXES = frozenset({b"udta", b"meta", b"uuid"})  # of MP4: who, where, when, and whatever a maker adds
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf"})


def without(content: bytes, kind: str) -> bytes | None:
    """The file without such traces; None if it is not built as its kind is, or it cannot be taken apart here."""
    strip = _STRIPS.get(kind)
    if strip is None:
        return content if kind in SHOWN else None
    try:
        return strip(content)
    except (ValueError, IndexError, struct.error):
        return None


# JPEG (ITU-T T.81, annex B; JFIF; Exif 2.3)


def _jpeg(content: bytes) -> bytes:
    kept, turned = [b"\xff\xd8"], b""
    for marker, segment, coded in _segments(content):
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = turned or _turned(segment[10:])
        elif _needed(marker, segment):
            kept += [segment, coded]
    kept.insert(2 if len(kept) > 1 and kept[1][:2] == b"\xff\xe0" else 1, turned)
    return b"".join([*kept, b"\xff\xd9"])


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, segment with its marker, and the coded picture behind it; up to the end of the first picture, since what
    lies behind it may be another with traces of its own."""
    if content[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    at, end = 2, len(content)
    while at < end:
        found = _MARKER.match(content, at)
        if not found:
            raise ValueError("no marker where one must be")
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            return
        if marker in _ALONE:
            continue
        size = int.from_bytes(content[at : at + 2], "big")
        if size < 2 or at + size > end:
            raise ValueError("a segment that is too short or too long")
        segment, at = bytes((0xFF, marker)) + content[at : at + size], at + size
        coded = b""
        if marker == 0xDA:
            after = _MARKER.search(content, at)
            coded = content[at : after.start() if after else end]
            at += len(coded)
        yield marker, segment, coded


def _needed(marker: int, segment: bytes) -> bool:
    """Everything but comments and what applications write; of these the size, the colours and how they are coded stay."""
    if marker == 0xFE:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    heads = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    return marker in heads and segment[4:].startswith(heads[marker])


def _turned(exif: bytes) -> bytes:
    """A segment that says only which way up the picture is; nothing if it lies as it is."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return b""
    start = struct.unpack_from(f"{order}I", exif, 4)[0]
    for n in range(min(struct.unpack_from(f"{order}H", exif, start)[0], 64)):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * n)
        if tag == 0x0112 and kind == 3 and 2 <= value <= 8:
            tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + bytes((0, value, 0, 0)) + bytes(4)
            return b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff
    return b""


# PNG (W3C PNG, third edition), WebP (RFC 9649), GIF (GIF89a)


def _png(content: bytes) -> bytes:
    if not content.startswith(_PNG):
        raise ValueError("no PNG")
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(content):
        size, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        chunk, at = content[at : at + 12 + size], at + 12 + size
        if len(chunk) != 12 + size:
            raise ValueError("a chunk that is cut off")
        if name in _PNG_KEPT:
            kept.append(chunk)
        if name == b"IEND":
            return b"".join(kept)
    raise ValueError("no end")


def _webp(content: bytes) -> bytes:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("no WebP")
    kept, at, end = [b"WEBP"], 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= end:
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        chunk, at = content[at : at + 8 + size + size % 2], at + 8 + size + size % 2
        if name == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~0x0C,)) + chunk[9:]  # no longer says that traces follow
        if name not in (b"EXIF", b"XMP "):
            kept.append(chunk)
    whole = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _gif(content: bytes) -> bytes:
    at = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    kept = [content[:at]]
    while content[at] != 0x3B:
        start = at
        if content[at] == 0x21:
            label, at = content[at + 1], at + 2
            named = content[at + 1 : at + 12]
            at = _after_blocks(content, at)
            if label in (0xF9, 0x01) or (label == 0xFF and named in (b"NETSCAPE2.0", b"ANIMEXTS1.0")):
                kept.append(content[start:at])
        elif content[at] == 0x2C:
            table = 3 << ((content[at + 9] & 7) + 1) if content[at + 9] & 0x80 else 0
            at = _after_blocks(content, at + 10 + table + 1)
            kept.append(content[start:at])
        else:
            raise ValueError("no block of a GIF")
    return b"".join([*kept, b"\x3b"])


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


# MP4 and its family (ISO/IEC 14496-12): nothing moves, since the film is found by its distance from the beginning


def _mp4(content: bytes) -> bytes:
    clean = bytearray(content)
    _blank(clean, 0, len(clean), depth=0)
    return bytes(clean)


def _blank(clean: bytearray, at: int, end: int, depth: int) -> None:
    """Boxes with traces become free space of the same size."""
    while at + 8 <= end:
        size, name, head = int.from_bytes(clean[at : at + 4], "big"), bytes(clean[at + 4 : at + 8]), 8
        if size == 1:
            size, head = int.from_bytes(clean[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise ValueError("a box that is too short or too long")
        if name in _BOXES:
            clean[at + 4 : at + 8] = b"free"
            clean[at + head : at + size] = bytes(size - head)
        elif name in _HOLDERS and depth < 8:
            _blank(clean, at + head, at + size, depth + 1)
        at += size


_STRIPS: Mapping[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif,
    "video/mp4": _mp4, "audio/mp4": _mp4, "video/3gpp": _mp4, "audio/3gpp": _mp4, "video/quicktime": _mp4,
}  # fmt: skip

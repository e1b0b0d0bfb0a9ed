"""Small real pictures that say where they were taken, to see that they no longer do. Made here, of nobody."""

import base64
import struct
import zlib

GPS = b"GPS-41.1030-92.3030"


def exif(turned: int = 6) -> bytes:
    """TIFF with which way up the picture is, and words that stand for a place."""
    entries = struct.pack("<HHIHxx", 0x0112, 3, 1, turned) + struct.pack("<HHII", 0x010E, 2, len(GPS), 38)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + GPS


def jpeg_with_place(turned: int = 1) -> bytes:
    """Two by two points, with Exif, a comment, and a second picture behind the first."""
    marker = b"Exif\0\0" + exif(turned)
    place = b"\xff\xe1" + struct.pack(">H", len(marker) + 2) + marker
    comment = b"\xff\xfe" + struct.pack(">H", len(GPS) + 2) + GPS
    return b"\xff\xd8" + place + comment + _JPEG[2:] + _with_place_behind()


def _with_place_behind() -> bytes:
    return b"\xff\xd8" + GPS + b"\xff\xd9"


def png_with_place() -> bytes:
    """One grey point."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"tEXt", b"Comment\0" + GPS), (b"eXIf", exif()),
        (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""),
    ]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def webp_with_place() -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes([0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    body += b"VP8L" + struct.pack("<I", 8) + b"\x2f\0\0\0\0\x88\x88\x08"
    body += b"EXIF" + struct.pack("<I", len(exif())) + exif() + b"\0" * (len(exif()) % 2)
    body += b"XMP " + struct.pack("<I", len(GPS)) + GPS + b"\0" * (len(GPS) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def gif_with_place() -> bytes:
    comment = b"\x21\xfe" + bytes([len(GPS)]) + GPS + b"\0"
    image = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + comment + image + b"\x3b"


def film_with_place() -> bytes:
    """Boxes only: nothing to see in it."""

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + name + body

    inside = box(b"mvhd", bytes(8)) + box(b"udta", GPS) + box(b"trak", box(b"meta", GPS) + box(b"tkhd", bytes(4)))
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", inside) + box(b"mdat", b"picture") + box(b"uuid", GPS)


_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAA"
    "ABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1"
    "AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAP"
    "KnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/"
    "2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK0"
    "6kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAACAAIDASIAAhEBAxEB/8QAFQABAQAA"
    "AAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2g"
    "AMAwEAAhEDEQA/AKAB/9k="
)

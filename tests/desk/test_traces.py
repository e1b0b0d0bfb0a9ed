"""What cameras write into files is taken out of what officers are shown, and the files stay what they are."""

import struct

import pytest

from bot.desk.threads import traces
from bot.text import vcard
from tests import pictures
from tests.pictures import GPS


@pytest.mark.parametrize(
    "kind, content",
    [
        ("image/jpeg", pictures.jpeg_with_place()),
        ("image/png", pictures.png_with_place()),
        ("image/webp", pictures.webp_with_place()),
        ("image/gif", pictures.gif_with_place()),
        ("video/mp4", pictures.film_with_place()),
        ("video/quicktime", pictures.film_with_place()),
    ],
)
def test_no_place_is_left(kind: str, content: bytes) -> None:
    assert GPS in content

    clean = traces.without(content, kind)

    assert clean is not None and GPS not in clean
    assert traces.without(clean, kind) == clean  # once is enough


@pytest.mark.parametrize("turned, said", [(1, False), (3, True), (6, True), (9, False)])
def test_which_way_up_a_photo_is_stays(turned: int, said: bool) -> None:
    clean = traces.without(pictures.jpeg_with_place(turned), "image/jpeg")

    assert clean is not None
    kept = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0)
    assert (kept in clean) is said
    assert clean.endswith(b"\xff\xd9") and clean.count(b"Exif") == int(said)


def test_a_film_keeps_its_length_since_it_is_found_by_distance() -> None:
    film = pictures.film_with_place()
    clean = traces.without(film, "video/mp4")

    assert clean is not None and len(clean) == len(film)
    assert clean.index(b"mdat") == film.index(b"mdat")


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"])
def test_a_file_that_is_cut_off_or_spoilt_never_keeps_its_place(kind: str) -> None:
    maker = {
        "image/jpeg": pictures.jpeg_with_place, "image/png": pictures.png_with_place, "image/gif": pictures.gif_with_place,
        "image/webp": pictures.webp_with_place, "video/mp4": pictures.film_with_place,
    }[kind]  # fmt: skip
    whole = maker()
    for end in range(len(whole)):
        clean = traces.without(whole[:end], kind)
        assert clean is None or GPS not in clean
    for at in range(len(whole)):
        traces.without(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :], kind)  # raises nothing


def test_what_cannot_be_taken_apart_here_is_not_shown() -> None:
    assert traces.without(b"....ftypheic", "image/heic") is None
    assert traces.without(b"%PDF-1.7", "application/pdf") is None
    assert traces.without(b"OggS\0", "audio/ogg") == b"OggS\0"


def test_a_contact_card_is_read_without_a_way_to_reach_the_person() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Nguy=E1=BB=85n;Lan;;;\r\n"
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nguy=E1=BB=85n =\r\nLan\r\n"
        "item1.TEL;type=CELL:+1 (555) 555-0142\r\nEMAIL:lan.nguyen@town.example\r\nORG:Nail\\, Spa;Desk\r\n"
        "PHOTO;ENCODING=b:AAAA\r\nNOTE:calls\\nlate\r\nEND:VCARD"
    )

    lines = vcard.lines(card)

    assert lines == (
        ("Name", "Nguyễn Lan"), ("Phone", "*********42"), ("E-mail", "l**@town.example"), ("Works at", "Nail, Spa, Desk"),
        ("Note", "calls late"),
    )  # fmt: skip
    assert vcard.lines("no card at all") == ()

"""A place is recognised as residents write it: by number, name or nickname, misspelt, in a sentence, in their script."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.config import Config
from bot.errors import ImportRefused
from bot.line.places import place
from bot.migrations import upgrade
from bot.store.database import Database
from bot.store.places import import_places, read_places

TOWN = Path(__file__).parent.parent / "bot" / "demo" / "town.yml"


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Any:
    url = f"sqlite:///{tmp_path_factory.mktemp('places') / 'puente.db'}"
    upgrade(url)
    db = Database(url)
    with db.write() as conn:
        import_places(conn, read_places(TOWN)[0])
    return SimpleNamespace(db=db, config=Config())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("99052", "99052"),
        ("zip is 99052-1234.", "99052"),
        ("٩٩٠٥٢", "99052"),  # Arabic digits
        ("EASTGATE", "Eastgate"),
        ("east gate", "Eastgate"),
        ("estgate", "Eastgate"),  # a letter left out
        ("eastgaet", "Eastgate"),  # two swapped
        ("lanten hil", "Lantern Hill"),
        ("cotonwood", "Cottonwood"),
        ("los alamos", "Cottonwood"),
        ("vivo en el centro", "Old Mill"),
        ("trung tam", "Old Mill"),
        ("東門", "Eastgate"),
        ("我住在东门附近", "Eastgate"),
        ("이스트게이트에 살아요", "Eastgate"),
        ("إيستغيت", "Eastgate"),
        ("ايستغيت", "Eastgate"),
        ("Истгейт", "Eastgate"),
        ("Riverbend", "Riverbend"),
        ("riverbend, old mill", "Old Mill"),  # the part counts, not the city
        ("downtown near the big church on the corner", "Old Mill"),
    ],
)
def test_a_place_is_found(hotline: Any, text: str, name: str) -> None:
    found = place(hotline, text)

    assert found is not None and found[0] == name
    assert found[1].label == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "99056",  # another ZIP code is no misspelling
        "westgate",  # two letters away in eight: a place of its own
        "my house",
        "north",
        "somewhere in the estgate part of a long story about a bicycle",  # no guessing in long texts
    ],
)
def test_no_place_is_made_up(hotline: Any, text: str) -> None:
    assert place(hotline, text) is None


def test_a_list_with_mistakes_is_used_without_them_and_they_are_said(tmp_path: Path) -> None:
    path = tmp_path / "town.yml"
    path.write_text(
        "places:\n"
        "  - {name: North, aliases: [Norte], latitude: 1, longitude: 2}\n"
        "  - {name: Nowhere, latitude: up, longitude: 2}\n"
        "  - {name: Other, aliases: [norte], latitude: 1, longitude: 2}\n"
    )
    found, problems = read_places(path)

    assert [one.name for one in found] == ["North"]
    assert [(p.row, p.field) for p in problems] == [(2, "Nowhere"), (3, "Other")]


def test_a_file_without_places_is_refused(tmp_path: Path) -> None:
    for text in ("town: x", "[1, 2", "places: none"):
        (tmp_path / "t.yml").write_text(text)
        with pytest.raises(ImportRefused):
            read_places(tmp_path / "t.yml")

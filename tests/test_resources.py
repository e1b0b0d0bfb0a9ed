"""The directory in the database: replaced, merged, exported, searched in any script, on SQLite and PostgreSQL; and what
a resident gets of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.config import Config
from bot.errors import ImportRefused
from bot.line import resources as line
from bot.migrations import upgrade
from bot.model import Resource, Spot
from bot.store import hsds, resources
from bot.store.database import Database
from bot.store.hsds import Directory
from bot.store.listing import Listing

DEMO = Path(__file__).parent.parent / "bot" / "demo"
CONFIG = Config()
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CONFIG.timezone)


@pytest.fixture(scope="module")
def demo_directory() -> Directory:
    return hsds.read(DEMO / "directory.json", MONDAY_NOON.date())


@pytest.fixture
def db(database_url: str, demo_directory: Directory) -> Iterator[Database]:
    """With the demo town's directory and nothing else in it."""
    upgrade(database_url)
    opened = Database(database_url)
    load(opened, demo_directory)
    yield opened
    opened.close()


def load(db: Database, directory: Directory, **how: Any) -> None:
    with db.write() as conn:
        resources.import_directory(conn, directory, **how)


def hotline(db: Database, now: datetime = MONDAY_NOON) -> Any:
    return SimpleNamespace(db=db, config=CONFIG, now=lambda: now)


def listing(id: str, words: str = "", spot: Spot | None = None, **fields: Any) -> Listing:
    plain = Resource(id, id, "", "211", (), (), ("food",), checked_on="2026-11-01")
    return Listing(replace(plain, **fields), id, spot, words)


def directory_of(*listings: Listing) -> Directory:
    return Directory({}, listings, ())


def names(found: list[Listing]) -> list[str]:
    return [one.resource.name for one in found]


# Stored and given back


def test_what_is_exported_and_imported_again_is_the_same(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    with db.read() as conn:
        exported, listed = resources.export_records(conn), resources.all_listings(conn)
    path.write_text(json.dumps(exported, ensure_ascii=False), encoding="utf-8")
    load(db, hsds.read(path, MONDAY_NOON.date()))

    with db.read() as conn:
        assert resources.export_records(conn) == exported
        assert resources.all_listings(conn) == listed
    original = json.loads((DEMO / "directory.json").read_text(encoding="utf-8"))
    assert sorted(exported["services"], key=lambda one: one["id"]) == sorted(original, key=lambda one: one["id"])


def test_a_listing_comes_back_as_it_was(db: Database) -> None:
    one = listing(
        "a", spot=Spot(41.5, -92.25), languages=("zh", "yue"), hours=((0, 60, 120),), no_id_needed=True, what="Ü; “x”"
    )
    load(db, directory_of(one))

    with db.read() as conn:
        assert resources.all_listings(conn) == [one]


def test_merging_replaces_the_same_service_only(db: Database) -> None:
    load(db, Directory({"service": {"a": {"id": "a", "name": "old"}}}, (listing("a"), listing("b")), ()))
    load(db, Directory({"service": {"a": {"id": "a", "name": "new"}}}, (listing("a", what="new"),), ()), replace=False)

    with db.read() as conn:
        assert [(one.resource.id, one.resource.what) for one in resources.all_listings(conn)] == [
            ("a", "new"),
            ("b", ""),
        ]
        assert resources.export_records(conn) == {"services": [{"id": "a", "name": "new"}]}
        assert len(resources.search(conn, ["food"])) == 2


def test_a_directory_without_services_does_not_replace_the_one_we_have(db: Database, tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_text("id,name\n1,Empty Hands\n")
    with pytest.raises(ImportRefused, match="stays as it is"):
        line.load_directory(hotline(db), tmp_path)

    with db.read() as conn:
        assert len(resources.all_listings(conn)) == 67


# Searched


# What a resident types, and an entry of the directory as its keeper wrote it.
OWN_WORDS = [
    ("Spanish, marks left out", "clinica dental gratis", "Clínica dental: gratis los martes"),
    ("Vietnamese, marks left out", "thuc pham", "Thực phẩm miễn phí mỗi thứ bảy"),
    ("Chinese, within a sentence without spaces", "免费食物", "社区中心每周六发放免费食物和衣服"),
    ("Chinese, one character", "粮", "粮食银行"),
    ("Japanese", "日本語教室", "無料の日本語教室"),
    ("Korean", "무료 진료", "무료 진료소, 매주 수요일"),
    ("Arabic, other forms of alef and with vowel marks", "أَكل مجاني", "اكل مجاني للعائلات"),
    ("Russian, capitals and ё", "ПРИЕМ ВРАЧА", "Бесплатный приём врача"),
    ("Thai", "อาหารฟรี", "ศูนย์แจกอาหารฟรีทุกวัน"),
    ("Hindi", "मुफ्त खाना", "मुफ्त खाना और कपड़े"),
    ("Haitian Creole, with an accent left out", "klinik sante timoun", "Klinik Santé timoun ak granmoun"),
    ("English, the beginning of a word", "immigra", "Immigration desk"),
]


@pytest.mark.parametrize(("typed", "entry"), [case[1:] for case in OWN_WORDS], ids=[case[0] for case in OWN_WORDS])
def test_own_words_find_the_entry_in_any_script(db: Database, typed: str, entry: str) -> None:
    others = [listing(f"other {at}", words) for at, (_, _, words) in enumerate(OWN_WORDS) if words != entry]
    load(db, directory_of(listing("the one", entry), *others))

    with db.read() as conn:
        assert names(resources.search(conn, words=typed)) == ["the one"]


@pytest.mark.parametrize(
    "typed",
    [
        "comida",
        "食物",
        "thuc pham",
        "음식",
        "pagkain",
        "طعام",
        "manje",
        "еда",
        "fome",
        "nourriture",
        "groceries",
        "hungry",
    ],
)
def test_needs_are_found_by_words_of_every_language_we_offer(db: Database, typed: str) -> None:
    with db.read() as conn:
        found = resources.search(conn, words=typed)

    assert found and all("food" in one.resource.needs for one in found[:3])


def test_all_words_count_more_than_some(db: Database) -> None:
    load(db, directory_of(listing("both", "legal aid"), listing("one", "legal forms"), listing("none", "soup")))

    with db.read() as conn:
        assert names(resources.search(conn, words="legal aid")) == ["both"]
        assert set(names(resources.search(conn, words="I need legal help"))) == {"both", "one"}
        assert resources.search(conn, words="de la") == []  # two little words tell nothing
        assert resources.search(conn) == resources.search(conn, words="?!") == []


def test_search_by_needs_and_by_both(db: Database) -> None:
    with db.read() as conn:
        food = resources.search(conn, ["food"])
        either = resources.search(conn, ["health", "mental_health"])
        both = resources.search(conn, ["food"], "halal")
        assert len(resources.search(conn, ["food"], limit=2)) == 2

    assert len(food) == 7 and all("food" in one.resource.needs for one in food)
    assert {"health", "mental_health"} <= {need for one in either for need in one.resource.needs}
    assert names(both) == ["Rahma Halal Pantry"]


def test_what_is_typed_is_never_taken_for_a_query(db: Database) -> None:
    with db.read() as conn:
        for nasty in ('" OR *', "a & !b | (c", "NEAR(x y)", "'; DROP TABLE resources; --", "t:* <-> \\", "x" * 5000):
            assert isinstance(resources.search(conn, words=nasty), list)


# What a resident gets


def test_language_then_open_now_then_distance_and_stale_last(db: Database) -> None:
    here, km = Spot(41.0, -92.0), 1 / 111.2
    noon = ((0, 660, 780),)  # open on the Monday of the test
    load(
        db,
        directory_of(
            listing("5 stale", languages=("vi",), hours=noon, spot=here, checked_on="2026-05-01"),
            listing("4 another language", languages=("es",), hours=noon, spot=here),
            listing("3 closed", languages=("vi",), spot=here),
            listing("2 far", languages=("vi",), hours=noon, spot=Spot(41.0 + 8 * km, -92.0)),
            listing("1 near", languages=("vi",), hours=noon, spot=Spot(41.0 + 3 * km, -92.0)),
        ),
    )
    found = line.find(hotline(db), "food", here, "vi")

    assert [one.name[0] for one in found] == ["1", "2", "3", "4", "5"]
    assert [one.distance_km for one in found] == [3.0, 8.0, 0.0, 0.0, 0.0]
    assert [one.stale for one in found] == [False] * 4 + [True]


def test_without_a_place_there_is_no_distance_and_a_place_unknown_comes_after_known_ones(db: Database) -> None:
    load(db, directory_of(listing("a phone line"), listing("b house", spot=Spot(41.0, -92.0))))

    assert [one.distance_km for one in line.find(hotline(db), "food")] == [None, None]
    assert [one.name for one in line.find(hotline(db), "food", Spot(41.0, -92.0))] == ["b house", "a phone line"]


@pytest.mark.parametrize(
    ("spoken", "tag", "expected"),
    [
        (("zh",), "zh-Hant", True),  # Mandarin is spoken, whichever way it is written
        (("zh",), "zh-Hans", True),
        (("yue",), "zh-Hant", False),
        (("pt",), "pt-BR", True),
        (("es",), "en", True),  # everybody here has English
        ((), "vi", False),
        ((), None, True),
    ],
)
def test_who_speaks_what(spoken: tuple[str, ...], tag: str | None, expected: bool) -> None:
    assert line.speaks(spoken, tag) is expected


def test_180_days_are_fresh_and_181_or_never_checked_are_stale(db: Database) -> None:
    load(
        db,
        directory_of(
            listing("fresh", checked_on="2026-05-27"),
            listing("stale", checked_on="2026-05-26"),
            listing("x", checked_on=""),
        ),
    )

    assert {one.name: one.stale for one in line.find(hotline(db), "food")} == {"fresh": False, "stale": True, "x": True}


def test_a_service_in_two_places_is_told_once_in_the_nearer(db: Database) -> None:
    cottonwood = Spot(41.1295, -92.2830)
    found = [one for one in line.find(hotline(db), "english", cottonwood) if one.name == "Library English Classes"]

    assert len(found) == 1 and "Linden" in found[0].address


def test_several_needs_and_at_most_thirty(db: Database) -> None:
    load(db, directory_of(*(listing(f"{n}", needs=("health" if n % 2 else "mental_health",)) for n in range(80))))

    assert len(line.find(hotline(db), "health+mental_health")) == line.MOST == 30
    assert line.find(hotline(db), "no_such_need") == line.find(hotline(db), "") == []


def test_own_words_are_ranked_for_the_resident_too(db: Database) -> None:
    found = line.find(hotline(db), "", None, "ar", words="طعام مجاني")

    assert found[0].needs[0] == "food" and "ar" in found[0].languages


def test_a_change_of_the_directory_is_seen_by_the_next_search(db: Database) -> None:
    assert len(line.find(hotline(db), "food")) == 7
    load(db, directory_of(listing("only")))
    assert [one.name for one in line.find(hotline(db), "food")] == ["only"]
    load(db, directory_of())
    assert line.find(hotline(db), "food") == []


def test_no_address_where_somebody_may_be_hiding(db: Database) -> None:
    near = Spot(41.1, -92.3)
    hidden = [*line.find(hotline(db), "safety_at_home", near), *line.find(hotline(db), "shelter", near)]

    assert len(hidden) > 5 and not any(one.address for one in hidden)
    assert not any(one.distance_km for one in line.find(hotline(db), "safety_at_home", near))


def test_a_miss_is_written_without_who_missed_it(db: Database) -> None:
    db.keep([line.miss("food", "Eastgate", "vi")])

    row = db.look("SELECT * FROM misses ORDER BY id DESC LIMIT 1", {})
    assert row is not None and row[1:4] == ("food", "Eastgate", "vi")

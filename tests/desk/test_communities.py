"""Notes on communities: shipped whole, changed by the department one version after another, and practised by people."""

import pytest

from bot.desk.communities import practising, shelf
from bot.desk.communities.shelf import GENERAL, GENERAL_PARTS, PARTS, Draft
from bot.errors import NotFound, NotUsable, Stale
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import staff
from bot.store.ids import new_id
from bot.text.language_names import english_name


def supervisor(hotline: Hotline, name: str = "Elena Santos") -> Officer:
    officer = Officer(new_id(), name.replace(" ", ".").lower(), name, Role.SUPERVISOR, "1200")
    with hotline.db.write() as conn:
        staff.add(conn, officer, "no password", hotline.instant())
    return officer


def test_every_shipped_note_is_whole_and_can_be_edited_as_it_is(hotline: Hotline) -> None:
    known, author = shelf.everything(hotline), supervisor(hotline)

    assert len(known) == 24
    for one in known.values():
        wanted = GENERAL_PARTS if one.name == GENERAL else PARTS[:-1]
        assert set(wanted) <= set(one.parts) <= set(one.order), one.name
        assert all(english_name(tag) != tag for tag in one.languages), one.name
        assert all(isinstance(line, str) for lines in one.parts.values() for line in lines), one.name
        shelf.change(hotline, author, one.name, Draft(one.title, one.languages, one.parts), 0)
    kept = shelf.everything(hotline)
    assert {name: (one.title, one.languages, dict(one.parts)) for name, one in kept.items()} == {
        name: (one.title, one.languages, dict(one.parts)) for name, one in known.items()
    }
    assert all(one.changed for one in kept.values())


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("es", ["caribbean_south_american", "mexican_central_american", "indigenous_mesoamerican"]),
        ("zh-Hant", ["chinese"]),
        ("mam", ["indigenous_mesoamerican"]),
        ("en", ["deaf"]),
        ("eo", []),
        (None, []),
    ],
)
def test_all_communities_of_a_language_fit_with_those_it_belongs_to_first(tag: str | None, names: list[str]) -> None:
    assert [one.name for one in shelf.fitting(shelf.shipped().values(), tag)] == names


def test_a_greeting_is_given_in_the_language_of_the_thread_where_there_is_one() -> None:
    known = shelf.shipped()

    assert [one.tag for one in shelf.greetings(known["chinese"], "zh-Hant")] == ["zh-Hant"]
    assert [one.tag for one in shelf.greetings(known["eastern_european"], "kk")] == ["ru", "uk", "pl"]


def test_the_departments_words_take_the_place_of_ours_and_go_again(hotline: Hotline) -> None:
    author = supervisor(hotline)
    shipped = shelf.notes(hotline, "somali")
    ours = Draft("Somali in Riverbend", ("so",), {"ask": ("Do you know Daryeel House?",)}, "Fadumo Aden, 2026-11")

    shelf.change(hotline, author, "somali", ours, 0)
    changed = shelf.notes(hotline, "somali")
    assert (changed.title, changed.parts, changed.read_by) == (ours.title, ours.parts, ours.read_by)
    assert (changed.changed_by, changed.changed_at) == ("Elena Santos", pytest.approx(hotline.instant(), abs=60_000))

    shelf.restore(hotline, author, "somali", changed.version)
    back = shelf.notes(hotline, "somali")
    assert (back.title, back.parts, back.changed) == (shipped.title, shipped.parts, False)
    assert [(one.body is not None, one.staff) for one in shelf.history(hotline, "somali")] == [
        (False, "Elena Santos"), (True, "Elena Santos"),
    ]  # fmt: skip
    shelf.change(hotline, author, "somali", ours, back.version)
    assert shelf.notes(hotline, "somali").changed


def test_of_two_who_change_one_version_the_second_is_told(hotline: Hotline) -> None:
    first, second = supervisor(hotline), supervisor(hotline, "Ann Whitfield")
    shelf.change(hotline, first, "korean", Draft("Mine", ("ko",)), 0)

    with pytest.raises(Stale):
        shelf.change(hotline, second, "korean", Draft("No, mine", ("ko",)), 0)

    assert shelf.notes(hotline, "korean").title == "Mine"


UNFIT = (
    Draft("", ("ko",)),
    Draft("Korean", ()),
    Draft("Korean", ("<script>",)),
    Draft("Korean", ("ko",), {"greet": ("안녕하세요",)}),
    Draft("Korean", ("ko",), {"care": ("x" * 401,)}),
    Draft("Korean", ("ko",), {"care": ("x",) * 21}),
)


def test_what_could_not_be_shown_and_notes_of_no_community_are_refused(hotline: Hotline) -> None:
    author = supervisor(hotline)

    for draft in UNFIT:
        with pytest.raises(NotUsable):
            shelf.change(hotline, author, "korean", draft, 0)
    with pytest.raises(NotFound):
        shelf.notes(hotline, "martian")
    with pytest.raises(NotFound):
        shelf.change(hotline, author, "martian", Draft("Martian", ("en",)), 0)
    assert not any(one.changed for one in shelf.everything(hotline).values())


def test_every_case_can_be_answered_and_leads_to_notes() -> None:
    known, cases = shelf.shipped(), practising.cases()

    assert len(cases) >= 12
    for case in cases.values():
        assert 1 <= case.right <= len(case.choices) >= 3
        assert all(isinstance(words, str) for words in case.choices)
        assert case.notes in known
    assert len({case.right for case in cases.values()}) > 1, "the right answer always stands in the same place"


def test_who_practised_is_remembered_with_the_first_try(hotline: Hotline) -> None:
    learner, other = supervisor(hotline), supervisor(hotline, "Ann Whitfield")
    name, case = next(iter(practising.cases().items()))
    wrong = case.right % len(case.choices) + 1

    assert practising.answer(hotline, learner, name, wrong) is False
    assert practising.answer(hotline, learner, name, case.right) is True
    with pytest.raises(NotUsable):
        practising.answer(hotline, learner, name, len(case.choices) + 1)

    assert practising.progress(hotline, learner)[name].correct
    assert practising.progress(hotline, other) == {}
    told = {one.name: (one.answered, one.right_at_first, one.last_at is None) for one in practising.learners(hotline)}
    assert told == {"Ann Whitfield": (0, 0, True), "Elena Santos": (1, 0, False)}

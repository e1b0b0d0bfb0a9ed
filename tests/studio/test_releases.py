"""From a draft to what is live and back, on both databases: versions, guards, second readers, planned times."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from bot.errors import FlowsBroken, NotUsable
from bot.hotline import Hotline
from bot.latest import Latest
from bot.live_texts import CATALOGUE, DEPARTMENT, FLOW, live, shipped
from bot.model import Officer, Role
from bot.store import releases as store
from bot.store import staff
from bot.store.database import Database
from bot.store.ids import new_id
from bot.studio.releasing import drafts, rehearsing, releases
from bot.studio.trying import rehearsals
from bot.web.app import serve
from tests.conftest import MONDAY
from tests.line import Clock

THEFT = (FLOW, "report_theft")
SETTINGS = (DEPARTMENT, "settings")


@pytest.fixture
def town(hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hotline:
    """With two of the rehearsals, in two languages: to play them all is another test's matter."""
    for name in ("theft", "noise"):
        shutil.copy(rehearsals.FOLDER / f"{name}.yml", tmp_path)
    monkeypatch.setattr(rehearsals, "FOLDER", tmp_path)
    config = replace(hotline.config, department_languages=("en", "es"))
    return replace(hotline, config=config, now=Clock(MONDAY))


def admin(town: Hotline, login: str) -> Officer:
    person = Officer(new_id(), login, login.title(), Role.ADMIN, "", {"en": 4}, True)
    with town.db.write() as conn:
        staff.add(conn, person, "", town.instant())
    return person


def reworded(town: Hotline, words: str = "What did you lose?") -> str:
    body = live(town.db).flows["report_theft"]
    assert "What was taken?" in body
    return body.replace("What was taken?", words)


def publish(town: Hotline, who: Officer, body: str, **more: object) -> store.Release:
    bases = {THEFT: live(town.db).version(*THEFT)}
    looked = releases.look_over(town, {THEFT: body})
    seen = [releases.name_of(one) for one in looked.warnings]
    seen += [] if looked.errors else [releases.rehearsal_name(one.name) for one in rehearsing.red(town, {THEFT: body})]
    values = {"bases": bases, "acknowledged": seen, **more}
    return releases.publish(town, who, {THEFT: body}, "Clearer words", **values)  # type: ignore[arg-type]


def test_a_release_is_spoken_by_a_running_line_and_old_ones_are_found(town: Hotline) -> None:
    latest, who = Latest(town), admin(town, "ana")
    old = latest().library.scripts["report_theft"].version

    made = publish(town, who, reworded(town))
    spoken = latest.read()

    assert (made.number, made.state, made.author) == (1, "live", "Ana")
    assert spoken.texts.number == 1
    texts = [line.english for line in spoken.library.scripts["report_theft"].lines()]
    assert "What did you lose?" in texts
    assert "What was taken?" not in texts
    finished = spoken.library.script("report_theft", old)
    assert finished and finished.version == old


def test_back_is_a_release_of_its_own_and_follows_the_program_again(town: Hotline) -> None:
    who = admin(town, "ana")
    publish(town, who, reworded(town))
    publish(town, who, _again(town))

    back = releases.restore(town, who, 1)
    assert (back.number, live(town.db).flows["report_theft"].count("did you lose")) == (3, 1)
    home = releases.restore(town, who, 0)
    assert (home.number, live(town.db).flows == shipped().flows) == (4, True)
    with town.db.read() as conn:
        assert store.live_versions(conn) == {}
        assert [one.number for one in store.newest_first(conn, THEFT)] == [4, 3, 2, 1]
    with pytest.raises(NotUsable, match="Nothing is changed"):
        releases.restore(town, who, 0)


def _again(town: Hotline) -> str:
    return live(town.db).flows["report_theft"].replace("What did you lose?", "What did they take?")


def test_an_error_lets_nothing_through_and_says_its_line(town: Hotline) -> None:
    body = reworded(town).replace("next: ", "next: nowhere_", 1)
    with pytest.raises(FlowsBroken, match=r"flows/report_theft.yml:\d+: .*no such step"):
        publish(town, admin(town, "ana"), body)
    assert live(town.db).number == 0


def test_a_new_warning_must_be_acknowledged_and_old_ones_need_not(town: Hotline) -> None:
    who, body = admin(town, "ana"), reworded(town, "What was taken — exactly?")
    looked = releases.look_over(town, {THEFT: body})
    assert not looked.errors
    assert any("—" in str(one.problem) for one in looked.warnings)

    with pytest.raises(NotUsable, match="Read each warning"):
        publish(town, who, body, acknowledged=[])
    assert publish(town, who, body).number == 1
    later = releases.look_over(town, {THEFT: body.replace("about: ", "about: Today ", 1)})
    assert not any("—" in str(one.problem) for one in later.warnings)


def test_two_who_began_from_the_same_text_do_not_win_silently(town: Hotline) -> None:
    first, second = admin(town, "ana"), admin(town, "ben")
    began = live(town.db).version(*THEFT)
    publish(town, first, reworded(town))
    with pytest.raises(NotUsable, match="another version"):
        publish(town, second, reworded_again := _again(town), bases={THEFT: began})
    assert live(town.db).flows["report_theft"] != reworded_again


def test_of_two_at_once_one_is_live_and_the_other_is_told(town: Hotline) -> None:
    people = [admin(town, "ana"), admin(town, "ben")]
    bodies = [reworded(town, f"What was taken, {n}?") for n in (1, 2)]
    barrier = Barrier(2)

    def go(n: int) -> int:
        barrier.wait()
        try:
            return publish(town, people[n], bodies[n]).number
        except NotUsable:
            return 0

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(go, range(2)))
    assert numbers in ([0, 1], [1, 2])  # side by side, or one after the other had ended
    assert live(town.db).number == max(numbers)


def test_what_is_planned_goes_live_in_its_time_unless_something_came_between(town: Hotline) -> None:
    who, clock = admin(town, "ana"), town.now
    assert isinstance(clock, Clock)
    due = town.instant() + 3_600_000
    planned = publish(town, who, reworded(town), due_at=due)
    assert (planned.state, planned.number, live(town.db).number) == ("planned", 0, 0)
    releases.release_due(town)
    assert live(town.db).number == 0
    clock.pass_by(hours=1)
    releases.release_due(town)
    assert live(town.db).number == 1

    late = publish(town, who, _again(town), due_at=town.instant() + 60_000)
    publish(town, who, live(town.db).flows["report_theft"].replace("about: ", "about: Today ", 1))
    clock.pass_by(minutes=2)
    releases.release_due(town)
    with town.db.read() as conn:
        found = store.one(conn, late.id)
    assert found and (found.state, found.why) == ("failed", "Another version of report_theft went live since.")
    assert live(town.db).number == 2


def test_a_guarded_flow_wants_a_second_person(town: Hotline) -> None:
    ana, ben = admin(town, "ana"), admin(town, "ben")
    town = replace(town, config=replace(town.config, department_second_reader=("report_theft",)))
    asked = publish(town, ana, reworded(town))
    assert (asked.state, live(town.db).number) == ("asked", 0)
    with pytest.raises(NotUsable, match="A second person"):
        releases.decide(town, ana, asked.id, agree=True)
    with pytest.raises(NotUsable, match="Say why"):
        releases.decide(town, ben, asked.id, agree=False)
    assert releases.decide(town, ben, asked.id, agree=True).second == "Ben"
    assert live(town.db).number == 1

    again = publish(town, ben, _again(town))
    assert releases.decide(town, ana, again.id, agree=False, why="Too short").state == "refused"
    assert live(town.db).number == 1
    with pytest.raises(NotUsable, match="not open"):
        releases.decide(town, ana, again.id, agree=True)


def test_the_guard_itself_is_guarded_and_settings_go_live_as_texts_do(town: Hotline) -> None:
    ana = admin(town, "ana")
    latest, words = Latest(town), {SETTINGS: "DEPARTMENT_PHONE: 555-555-0199\nDEPARTMENT_SECOND_READER: notices\n"}
    releases.publish(town, ana, words, "Our new number", bases={})
    spoken = latest.read()
    assert spoken.config.department_phone == "555-555-0199"
    assert spoken.config.department_second_reader == ("notices",)

    bases = {SETTINGS: live(town.db).version(*SETTINGS)}
    unguarded = releases.publish(spoken, ana, {SETTINGS: "DEPARTMENT_PHONE: 555-555-0199\n"}, "No guard", bases=bases)
    assert unguarded.state == "asked"
    for wrong, says in (
        ("DEPARTMENT_HOURS: whenever\n", "is hours like"),
        ("SEAL_KEYS: mine\n", "is no setting of the department"),
        ("DEPARTMENT_NAME: ''\n", "must not be empty"),
    ):
        with pytest.raises(FlowsBroken, match=says):
            releases.publish(town, ana, {SETTINGS: wrong}, "Wrong words", bases=bases)


def test_a_catalogue_is_a_document_too(town: Hotline) -> None:
    latest, who = Latest(town), admin(town, "ana")
    po = shipped().catalogues["es"]()
    line = latest().library.phrase("thanks")
    was = latest().library.voice("es").text(line)
    body = po.replace(was, f"{was} Sí.")
    seen = [releases.name_of(one) for one in releases.look_over(town, {(CATALOGUE, "es"): body}).warnings]
    bases = {(CATALOGUE, "es"): live(town.db).version(CATALOGUE, "es")}
    releases.publish(town, who, {(CATALOGUE, "es"): body}, "Kinder", bases=bases, acknowledged=seen)
    spoken = latest.read().library
    assert spoken.voice("es").text(spoken.phrase("thanks")) == f"{was} Sí."


def test_a_release_that_cannot_be_read_leaves_the_line_as_it_was(town: Hotline) -> None:
    latest = Latest(town)
    with town.db.write() as conn:
        releases._keep(conn, live(town.db), {THEFT: "flow: report_theft\n"}, 1)
        changed = [store.Changed(*THEFT, releases._version("flow: report_theft\n"), "")]
        store.go_live(conn, store.make(conn, 1, "By hand", changed, "planned", 1, None), changed, 1)
    assert latest.read().library.scripts["report_theft"].steps
    assert latest._number == 1


def test_a_server_asks_the_database_nothing_before_it_forks(
    town: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("two processes would share this connection")

    for way in ("look", "look_all", "read", "write"):
        monkeypatch.setattr(Database, way, never)
    serve(town.config)


def test_a_process_that_starts_speaks_at_once_as_it_was_last_published(town: Hotline) -> None:
    publish(town, admin(town, "ana"), reworded(town))
    assert Latest(town)().texts.number == 1


def test_the_second_of_two_saves_is_told_and_shown_what_the_first_wrote(town: Hotline) -> None:
    ana, ben = admin(town, "ana"), admin(town, "ben")
    mine, hers = drafts.on_desk(town, ben, *THEFT), drafts.on_desk(town, ana, *THEFT)
    assert (hers.revision, hers.others, hers.body == hers.live) == (0, ("Ben",), True)
    assert drafts.save(town, ana, *THEFT, "hers", hers.revision) == 1
    with pytest.raises(drafts.Overtaken) as told:
        drafts.save(town, ben, *THEFT, "mine", mine.revision)
    assert told.value.theirs == "hers"
    assert drafts.on_desk(town, ben, *THEFT).body == "hers"
    assert drafts.save(town, ben, *THEFT, "both", 1) == 2
    with pytest.raises(NotUsable, match="Somebody changed"):
        drafts.discard(town, *THEFT, 1)
    drafts.discard(town, *THEFT, 2)
    assert drafts.on_desk(town, ana, *THEFT).draft is None
    with pytest.raises(NotUsable, match="no text can have"):
        drafts.save(town, ana, *THEFT, "a\x00b", 0)


def test_a_draft_that_went_live_is_done_and_one_that_lies_behind_says_so(town: Hotline) -> None:
    ana = admin(town, "ana")
    body = reworded(town)
    drafts.save(town, ana, *THEFT, body, 0)
    drafts.save(town, ana, FLOW, "menu", live(town.db).flows["menu"] + "# more\n", 0)
    publish(town, ana, body)
    assert [one.name for one in drafts.every(town)] == ["menu"]

    drafts.save(town, ana, *THEFT, body + "# a note\n", 0)
    publish(town, ana, _again(town))
    assert drafts.on_desk(town, ana, *THEFT).moved
    drafts.take_up(town, *THEFT)
    assert not drafts.on_desk(town, ana, *THEFT).moved


def test_a_rehearsal_that_goes_otherwise_is_shown_and_must_be_seen(town: Hotline) -> None:
    who, body = admin(town, "ana"), reworded(town)
    red = {one.name: one for one in rehearsing.red(town, {THEFT: body})}
    english = red["theft"].verdicts[0].difference
    assert english and ("What was taken?" in english.expected, "What did you lose?" in english.got) == (True, True)
    assert "noise" not in red
    looked = releases.look_over(town, {THEFT: body})
    with pytest.raises(NotUsable, match="A rehearsal goes otherwise"):
        publish(town, who, body, acknowledged=[releases.name_of(one) for one in looked.warnings])
    assert rehearsing.red(town, {THEFT: live(town.db).flows["report_theft"] + "# a note\n"}) == ()

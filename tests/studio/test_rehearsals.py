"""What was tried and was right is played again before anything is published."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.errors import FlowsBroken, NotUsable
from bot.flow.library import Library
from bot.hotline import Hotline
from bot.live_texts import CATALOGUE, FLOW, library_of
from bot.model import Officer, Role
from bot.store import rehearsals as store
from bot.studio.trying import command
from bot.studio.trying.rehearsal_files import EVERY, Rehearsal, Typed, read, read_folder, written
from bot.studio.trying.rehearsals import FOLDER, all_of, languages, record, run, run_all, save
from bot.studio.trying.sandbox import Pause, Preset, Reply
from tests.line import build_hotline, settings

ADMIN = Officer(7, "whitfield", "Whitfield", Role.ADMIN)
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yml"))


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    config = settings(tmp_path_factory.mktemp("line"), REDIS_URL="redis://127.0.0.1:1")
    built = build_hotline(config, demo=False)
    yield built
    built.db.close()


def rehearsal(body: str) -> Rehearsal:
    found, problems = read("tried", body)
    assert problems == []
    assert found
    return found


def changed(line: Hotline, flow: str, old: str, new: str) -> Library:
    text = line.texts.flows[flow]
    assert old in text
    return library_of(line.texts.changed({(FLOW, flow): text.replace(old, new)}))


# What is shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_rehearsal_is_green_in_every_language_it_has(line: Hotline, name: str) -> None:
    found, problems = read_folder(FOLDER)

    outcome = run(line, line.library, found[name])

    assert problems == []
    assert [(one.tag, one.difference) for one in outcome.verdicts if one.difference] == []
    assert len(outcome.verdicts) >= 2, "it is played in more than one language"


def test_what_is_shipped_reaches_every_flow_a_resident_can_reach(line: Hotline) -> None:
    found, _ = read_folder(FOLDER)
    only_the_line = {"survey", "report_question", "meeting_news"}  # it begins these by itself, days after a text
    assert only_the_line <= line.library.scripts.keys()
    flows = line.library.scripts.keys() - only_the_line

    reached = {flow for one in found.values() for flow in _walked(line, one)}

    assert len(found) >= 20
    assert flows - reached == set()


def _walked(line: Hotline, one: Rehearsal) -> set[str]:
    from bot.studio.trying import rehearsals

    played = rehearsals._play(line, line.library, one, languages(line, line.library, one)[0])
    return {flow for flow, _ in played.path}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_file_reads_as_it_is_written(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text()

    assert written(rehearsal(text)) == text


# What turns red


def test_a_changed_draft_is_red_with_expected_and_got(line: Hotline) -> None:
    found, _ = read_folder(FOLDER)
    draft = changed(line, "find_help", "I do not know that place.", "Never heard of it.")

    outcome = run(line, draft, found["unknown_place"], only=["es"])

    english, spanish = outcome.verdicts
    assert not outcome.green
    assert english.difference
    assert (english.difference.turn, english.difference.said) == (4, "Qwertyville")
    assert english.difference.expected.startswith("I do not know that place. These are for the whole city.")
    assert english.difference.got.startswith("Never heard of it. These are for the whole city.")
    assert spanish.difference is None, "its words are the translators' matter"


def test_a_step_that_leads_elsewhere_is_red(line: Hotline) -> None:
    found, _ = read_folder(FOLDER)
    draft = changed(line, "report_theft", "when nobody looked}", "when nobody looked, next: needs_person}")

    (english,) = run(line, draft, found["theft"], only=["en"]).verdicts

    assert english.difference
    assert (english.difference.turn, english.difference.said) == (6, "2")
    assert english.difference.expected.startswith("Do you know who took it?")
    assert english.difference.got.startswith("This needs a person, not a form.")


def test_a_language_in_which_an_answer_is_not_understood_is_red(line: Hotline) -> None:
    body = rehearsal(
        "about: Food in their own words.\nturns:\n  - resident_in: {en: free groceries, es: despensa gratis}\n"
    )
    po = polib.pofile(f"{line.texts.document(CATALOGUE, 'es')}\n")
    (hints,) = [entry for entry in po if entry.msgctxt == "wishes.food.hints"]
    assert "despensa" in hints.msgstr
    hints.msgstr = "xyzzy"
    draft = library_of(line.texts.changed({(CATALOGUE, "es"): str(po)}))

    assert run(line, line.library, body).green
    english, spanish = run(line, draft, body).verdicts

    assert english.difference is None
    assert spanish.difference
    assert spanish.difference.expected.endswith("> find_help.where (bot, at find_help.where)")
    assert "find_help" not in spanish.difference.got


def test_what_officers_find_is_expected_too(line: Hotline) -> None:
    body = rehearsal(
        "about: An officer.\nlanguages: en\nturns:\n  - types: words.hello\n  - resident: 3\n  - resident: my street\n"
        "  - staff: 'hand-off: asked for an officer (my house)'\n"
    )

    (english,) = run(line, line.library, body).verdicts

    assert english.difference
    assert english.difference.got == "hand-off: asked for an officer (my street)"


def test_what_cannot_be_played_is_red_in_words(line: Hotline) -> None:
    unknown = rehearsal("about: A string.\nlanguages: en es\nturns:\n  - types: words.nothing\n")
    nowhere = rehearsal("about: No language.\nlanguages: fr\nturns:\n  - resident_in: {es: hola}\n")

    first, second = run(line, line.library, unknown).verdicts
    assert first.difference
    assert second.difference
    assert "words.nothing" in first.difference.got
    assert not run(line, line.library, nowhere).green


# Recording


def test_recording_expects_what_is_said_now(line: Hotline) -> None:
    body = rehearsal("about: A report.\nturns:\n  - types: words.hello\n  - resident: '3'\n  - resident: S\n")

    recorded = record(line, line.library, body)
    again = rehearsal(written(recorded))

    assert again == replace(recorded, name="tried")
    assert "waiting for an officer" in again.moves[2].line[EVERY]
    assert again.moves[2].staff == "hand-off: asked for an officer"
    assert run(line, line.library, again).green


def test_recording_anew_keeps_to_what_was_expected(line: Hotline) -> None:
    body = rehearsal("about: Help.\nturns:\n  - types: words.hello\n  - types: words.help\n  - line: Anything.\n")

    recorded = record(line, line.library, body)

    assert recorded.moves[0].line == {}
    assert recorded.moves[1].line[EVERY].startswith("Riverbend PD text line. Danger: call 911.")


# Reading


def test_everything_a_rehearsal_can_say_is_read() -> None:
    one = rehearsal(
        "about: All of it.\nchannel: whatsapp\nofficers: closed\nwindow_shut: yes\nopted_out: yes\nurgent_words: no\n"
        "open_report: report_noise\nlanguage: told\nlanguages: en zh-Hans\n"
        "turns:\n  - resident: 1\n  - line: One\n  - staff: Two\n  - types: words.yes\n  - line_in: {en: A, zh-Hans: B}\n"
        "  - officer_stays: Hello\n  - officer: Goodbye\n  - wait: 13 hours\n"
    )

    preset = Preset(
        channel="whatsapp", officers="closed", window_shut=True, opted_out=True, urgent_words=False,
        open_report="report_noise",
    )  # fmt: skip
    assert one.preset == preset
    assert (one.told, one.languages) == (True, ("en", "zh-Hans"))
    assert [move.said for move in one.moves] == [
        {EVERY: "1"}, Typed("words.yes"), Reply("Hello", stays=True), Reply("Goodbye"), Pause(780),
    ]  # fmt: skip
    assert (one.moves[0].line, one.moves[0].staff, one.moves[1].line) == (
        {EVERY: "One"},
        "Two",
        {"en": "A", "zh-Hans": "B"},
    )


@pytest.mark.parametrize(
    ("body", "number", "words"),
    [
        ("turns:\n  - resident: 1\n", 1, "`about` is missing"),
        ("about: x\n", 1, "`turns` wants a list"),
        ("about: x\nchannel: fax\nturns:\n  - resident: 1\n", 2, "one of sms, whatsapp"),
        ("about: x\nofficers: many\nturns:\n  - resident: 1\n", 2, "one of yes, others, none, closed"),
        ("about: x\nmuted: maybe\nturns:\n  - resident: 1\n", 2, "yes or no"),
        ("about: x\nlanguage: es\nturns:\n  - resident: 1\n", 2, "`language` is told"),
        ("about: x\nlanguages: ../es\nturns:\n  - resident: 1\n", 2, "is no language"),
        ("about: x\nturns:\n  - line: early\n", 3, "a turn is one of"),
        ("about: x\nturns:\n  - resident: 1\n  - wait: long\n", 4, "13 hours"),
        ("about: x\nturns:\n  - resident: 1\n    more: 2\n", 4, "no field `more`"),
        ("about: x\nmood: good\nturns:\n  - resident: 1\n", 2, "no field `mood`"),
        ("about: &a x\nturns:\n  - resident: *a\n", 1, "references"),
        ("about: !!python/object:os.system x\nturns: []\n", 1, "tags"),
        ("about: [x\n", 2, "no YAML"),
    ],
)
def test_a_mistake_has_its_line_and_words(body: str, number: int, words: str) -> None:
    found, problems = read("tried", body)

    assert found is None
    assert (problems[0].file, problems[0].line) == ("rehearsals/tried.yml", number)
    assert words in problems[0].words


# Those a department saves


def test_a_department_saves_its_own_and_takes_shipped_ones_away(hotline: Hotline) -> None:
    body = "about: Ours.\nlanguages: en es\nturns:\n  - types: words.hello\n"
    save(hotline, ADMIN, "ours", body)
    save(hotline, ADMIN, "help", "")

    known, problems = all_of(hotline)
    with hotline.db.read() as conn:
        assert store.names(conn) == ["ours"]
        assert store.body(conn, "ours") == body
        assert store.body(conn, "never") is None
    row = hotline.db.look("SELECT count(*) FROM events WHERE subject = :name", {"name": "rehearsal:ours"})
    assert problems == []
    assert known["ours"].about == "Ours."
    assert "help" not in known
    assert "welcome" in known
    assert row == (1,)

    with hotline.db.write() as conn:
        store.drop(conn, "help")
    assert "help" in all_of(hotline)[0]


def test_a_broken_one_is_refused_and_a_name_that_is_none(hotline: Hotline) -> None:
    with pytest.raises(FlowsBroken):
        save(hotline, ADMIN, "ours", "about: x\n")
    for name in ("../x", "", "Ours", "1st", "a" * 61, "für"):
        with pytest.raises(NotUsable):
            save(hotline, ADMIN, name, "about: x\nturns:\n  - resident: 1\n")


def test_one_that_cannot_be_read_any_more_is_red(
    line: Hotline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.studio.trying.rehearsals.FOLDER", tmp_path)
    (tmp_path / "broken.yml").write_text("about: x\n")

    (outcome,) = run_all(line, line.library)

    assert not outcome.green
    assert outcome.verdicts[0].difference
    assert "`turns` wants a list" in outcome.verdicts[0].difference.got


# The command


def rehearse(tmp_path: Path, *words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["flows", "rehearse", *words], env={"DATA_DIR": str(tmp_path)})
    return ran.exit_code, ran.output


def test_the_command_plays_them(tmp_path: Path) -> None:
    code, said = rehearse(tmp_path, "help", "--language", "es")

    assert (code, said.strip()) == (0, "green help  (en es)")


def test_the_command_shows_the_difference_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    (tmp_path / "red.yml").write_text(
        "about: x\nlanguages: en\nturns:\n  - types: words.hello\n  - resident: 7\n  - line: Quelle langue ?\n"
    )

    code, said = rehearse(tmp_path, "--language", "en")

    assert code == 1
    assert "RED   red" in said
    assert "expected | Quelle langue ?" in said
    assert "got      | Which language? Reply a number or write the name of your language." in said


def test_the_command_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    (tmp_path / "new.yml").write_text("about: x\nlanguages: en\nturns:\n  - types: words.help\n")

    assert rehearse(tmp_path, "--record") == (0, "recorded  new\n")
    assert "Danger: call 911." in (tmp_path / "new.yml").read_text()
    assert rehearse(tmp_path)[0] == 0


def test_the_command_says_which_it_does_not_know(tmp_path: Path) -> None:
    assert rehearse(tmp_path, "nothing")[0] == 1

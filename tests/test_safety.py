"""Is somebody in danger? Held to tables of own texts, to the promises of docs/safety.md, and to any text at all.

`python tests/test_safety.py [file.tsv]` prints the table of docs/safety.md for the texts of a file
(language, label, text), the confusion of labels, what went wrong, and how long it took.
"""

import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import safety
from bot.text.safety import Finding, load, look
from bot.text.safety_lexicon import (
    ALONE,
    LABELS,
    QUIETING,
    SHIPPED,
    TRAFFICKING,
    all_comparable,
    lines,
    prepare,
    read,
)

HERE = Path(__file__).parent
CORE = {"en", "es", "zh", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr"}


def _rows(path: Path) -> list[tuple[str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith(("#", "lang\t")))
    return [(language, label, text) for language, label, text in rows]


TEXTS = _rows(HERE / "safety_texts.tsv")
FILES = sorted(SHIPPED.glob("*/safety.yml"))


def _label(text: str) -> str:
    found = look(text)
    return found.label if found else "nonemergency"


def _labels(text: str) -> tuple[str, ...]:
    found = look(text)
    return found.labels if found else ("nonemergency",)


def test_rates_over_all_own_texts() -> None:
    rows, right = Counter[tuple[bool, str]](), Counter[tuple[bool, str]]()
    for language, label, text in TEXTS:
        rows[language in CORE, label] += 1
        right[language in CORE, label] += label in _labels(text)
    for label in LABELS:
        assert right[True, label] >= 0.98 * rows[True, label], label
        assert right[False, label] >= 0.93 * rows[False, label], label
    quiet = sum(rows[core, "nonemergency"] for core in (True, False))
    assert sum(right[core, "nonemergency"] for core in (True, False)) >= 0.97 * quiet


def test_no_language_cries_wolf() -> None:
    rows, wrong = Counter[str](), Counter[str]()
    for language, label, text in TEXTS:
        if label == "nonemergency":
            rows[language] += 1
            wrong[language] += _label(text) != label
    assert not {language for language in rows if wrong[language] > max(1, round(0.08 * rows[language]))}


def test_dangers_are_never_met_with_the_papers_text_alone() -> None:
    for _, label, text in TEXTS:
        if label == "sensitive":
            found = look(text)
            assert found is None or not set(found.labels) & {"fire", "medical", "emergency", "crisis"}, text


@pytest.mark.parametrize(
    "text, labels",
    [
        ("my husband is hitting me right now help", ("emergency", "dv")),  # 911 first, then the hotline
        ("i took all the pills i want to die", ("medical", "crisis")),  # an act begun
        ("kitchen is on fire and my son is not breathing", ("fire", "medical")),
        ("mi esposo me pega y ya no quiero vivir", ("crisis", "dv")),
    ],
)
def test_labels_add_up_in_order(text: str, labels: tuple[str, ...]) -> None:
    found = look(text)
    assert found and found.labels == labels and found.label == labels[0]


@pytest.mark.parametrize(
    "text, label",
    [
        ("nobody is hurt and there is no fire", None),
        ("he does not have a gun i just dont like him", None),
        ("i was robbed with a knife last week, how do i report it", None),
        ("last week a man robbed me and now he is outside with a knife", "emergency"),  # past, but here again
        ("yesterday my kitchen caught fire, already put out, everyone is fine", None),
        ("everything was fine but he is back and he has a gun", "emergency"),
        ("not an emergency, my neighbor has a gun collection, who do i ask about permits", None),
        ("in the movie the guy kills himself", None),
        ("cpr class for drowning kids, when is it", None),
        ("my phone died lol", None),
        ("my phone died but my dad is not breathing", "medical"),  # an idiom hides only its own words
        ("i am dying of laughter", None),
        ("whats the number of the fire department", None),
        ("no hay fuego, solo pregunto", None),
        ("la semana pasada se quemo mi casa, necesito copia del reporte", None),
        ("昨天着火了 现在没事了", None),
        ("没有人受伤 只是想问一下", None),
        ("quiero reportar que me robaron ayer con pistola", None),
        ("вчера был пожар, уже все хорошо", None),
        ("hôm qua cháy nhà giờ ổn rồi, cho xin biên bản", None),
        ("어제 불이 났었는데 지금은 괜찮아요", None),
    ],
)
def test_taken_back_or_not(text: str, label: str | None) -> None:
    found = look(text)
    assert (found.label if found else None) == label


@pytest.mark.parametrize(
    "text, mark",
    [
        ("my son drank bleach", "poison"),
        ("she swallowed a whole bottle of pills", "poison"),
        ("i have the pills here i want to die", "on_purpose"),
        ("my boyfriend choked me", "neck"),
        ("mi pareja me agarro del cuello", "neck"),
        ("my brother says he will kill himself", "other_person"),
        ("mi hermana dice que se va a matar", "other_person"),
        ("im 12 and my stepdad hits me", "child"),
        ("tengo 11 años y mi padrastro me pega", "child"),
        ("my boss took my passport and wont let me leave", "trafficking"),
        ("nos obligan a trabajar y no nos pagan", "trafficking"),
        ("he has a gun right now", "now"),
        ("no tengo papeles puedo reportar un robo?", "has_papers_question"),
        ("i have no papers, can i call you", "has_papers_question"),
    ],
)
def test_marks(text: str, mark: str) -> None:
    found = look(text)
    assert found and mark in found.marks


@pytest.mark.parametrize(
    "text, mark",
    [
        ("i want to die my husband left me", "other_person"),  # a person is named, but it is the writer's own wish
        ("my ssn is 987-65-4321 do you need it?", "has_papers_question"),  # sent, not asked about
        ("my dad is 70 and fell, he is not breathing", "child"),
    ],
)
def test_marks_that_are_not_there(text: str, mark: str) -> None:
    found = look(text)
    assert found and mark not in found.marks


@pytest.mark.parametrize(
    "text, label",
    [
        ("my grandma is unconsious", "medical"),  # a letter changed in a long word
        ("he is not breathinggg heeelp", "medical"),  # stretched
        ("me estan siguiendo tengo mucho mieddo", "emergency"),
        ("my husband me pega", "dv"),  # two languages
        ("mera husband mujhe maarta hai", "dv"),
        ("hes got a gun اسرعوا", "emergency"),
    ],
)
def test_slips_and_mixtures(text: str, label: str) -> None:
    assert _label(text) == label


def test_tone_marks_are_heard_where_they_are_written() -> None:
    assert look("Tôi muốn đi Áo để học âm nhạc") is None  # học, to learn, is no hóc, to choke
    assert _label("bé bị hóc xương không thở được") == "medical"
    assert _label("be bi hoc xuong khong tho duoc") == "medical"


@pytest.mark.parametrize("tag", [None, "en", "ru", "und"])
def test_the_language_told_changes_no_danger(tag: str | None) -> None:
    found = look("le estan disparando a mi vecino", tag)
    assert found and found.label == "emergency"


def test_evidence_is_in_the_text() -> None:
    for _, _, text in TEXTS[::7]:
        found = look(text)
        for word in found.evidence if found else ():
            assert word == "number" or word in prepare(text), (text, word)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_phrase_enough_alone_is_found(path: Path) -> None:
    words = read(path)
    missed = []
    for label in LABELS:
        for line in lines(words.get(label, "")):
            if "+" not in line:
                said = f"{line[1:]} đó" if line.startswith("=") else line  # with a mark beside it, marks are heard
                found = look(said.strip("*"), words.get("like", path.parent.name))
                if not line.endswith("*") and (not found or label not in found.labels):
                    missed.append((label, line))
    assert not missed


@pytest.mark.parametrize("path", [SHIPPED / "safety.yml", *FILES], ids=lambda path: path.parent.name)
def test_no_key_is_written_twice(path: Path) -> None:
    """A second key of the same name would silently replace the first and all its phrases."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert isinstance(node, yaml.MappingNode)
    keys = [key.value for key, _ in node.value]
    assert len(keys) == len(set(keys)), [key for key, times in Counter(keys).items() if times > 1]


def test_every_idea_of_the_rules_has_words() -> None:
    ideas = {idea for path in FILES for idea in read(path)}
    for label, listed in read(SHIPPED / "safety.yml").items():
        assert label in ALONE
        for part in listed.replace(" - ", "|").replace("+", "|").replace("\n", "|").split("|"):
            assert not part.strip() or part.strip() in ideas, (label, part)


def test_no_entry_is_longer_than_what_is_looked_back_for() -> None:
    lexicon = safety.shipped()
    entries = (body for index in (lexicon.starts, lexicon.inner) for bucket in index.values() for body, _ in bucket)
    assert max(map(len, entries)) < safety.LONGEST


def test_thirty_languages_are_shipped() -> None:
    assert {path.parent.name for path in FILES} >= {
        *(
            "en es zh-Hans zh-Hant vi ko tl ar ht ru pt fr uk pl fa prs ur hi bn ne so am sw ps pa gu ti my km lo hmn".split()
        )
    }


def test_a_department_adds_and_cannot_take_away(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "safety.yml").write_text(
        "emergency: the mill siren is wailing\ncover: has a gun, blue whale bus\npast: right now\n", encoding="utf-8"
    )
    own = load([tmp_path])
    found = look("the mill siren is wailing", lexicon=own)
    assert found and found.label == "emergency"
    assert look("the mill siren is wailing") is None
    kept = look("he has a gun right now", lexicon=own)
    assert kept and kept.label == "emergency"
    assert own.refused == ("en: cover: has a gun", "en: past: right now")
    assert "past" in QUIETING


def test_entries_are_made_comparable_as_texts_are() -> None:
    for path in FILES:
        written = [line for words in read(path).values() for line in lines(words)][::9]
        assert all_comparable(written) == [prepare(line).strip() for line in written]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=600))
def test_any_text_is_judged(text: str) -> None:
    found = look(text)
    assert found is None or (isinstance(found, Finding) and found.label == found.labels[0])


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "he has a gun " * 8_000, "火" * 100_000, "A 1" * 33_000, " " * 100_000, "á\u0301" * 50_000]
)
def test_the_longest_texts_are_judged_too(text: str) -> None:
    found = look(text)
    assert (found is not None and found.label != "sensitive") == ("gun" in text)


def _seconds(text: str) -> float:
    began = time.process_time()
    look(text)
    return time.process_time() - began


def test_long_texts_are_read_at_both_ends() -> None:
    assert look("bla " * 30_000 + "my son is not breathing") is not None
    assert look("my son is not breathing" + " bla" * 30_000) is not None


def test_trafficking_is_an_emergency_with_a_mark() -> None:
    found = look("they force me to work and keep our passports, we are locked in")
    assert found and found.label == "emergency" and TRAFFICKING in found.marks


def test_shipped_phrases_are_read_once() -> None:
    assert safety.shipped() is safety.shipped()


def _print_table(rows: list[tuple[str, str, str]]) -> None:
    names = (*LABELS, "nonemergency")
    total, right, confusion = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for language, label, text in rows:
        got = _label(text)
        confusion[label, got] += 1
        for group in (language, "all"):
            total[group, label] += 1
            right[group, label] += got == label
        if got != label:
            print("wrong:", language, label, "->", got, "|", text)
    print("\nlang", *names, sep="\t")
    for language in sorted({language for language, _ in total}):
        cells = (f"{right[language, name]}/{total[language, name]}" if total[language, name] else "-" for name in names)
        print(language, *cells, sep="\t")
    print("\nwanted \\ got", *names, sep="\t")
    for wanted in names:
        print(wanted, *(confusion[wanted, got] or "." for got in names), sep="\t")
    times = sorted(1000 * min(_seconds(text) for _ in range(2)) for _, _, text in rows)
    print(f"\np50 {times[len(times) // 2]:.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms, {len(rows)} texts")


if __name__ == "__main__":
    _print_table(_rows(Path(sys.argv[1])) if len(sys.argv) > 1 else TEXTS)

"""A flow as a form and as a file: the two agree, and what nobody changed stays as it was written, to the letter."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.errors import FlowsBroken, NotUsable
from bot.flow.library import first_word
from bot.flow.script import parse
from bot.studio.editing.flow_file import (
    add_step,
    move_step,
    remove_field,
    remove_step,
    rename_step,
    rename_steps,
    set_field,
    set_head,
)
from bot.studio.editing.forms import FlowForm, changed_step, read_form, write_form
from bot.studio.editing.rewriting import rewritten
from bot.studio.editing.spans import Tree, read_tree
from bot.studio.editing.step_fields import KINDS, Field, Kind
from tests.studio.flow_forms import BARE, NASTY, commented, forms, said, texts, values_of

ROOT = Path(__file__).parent.parent.parent
SHIPPED = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "flows").glob("*.yml"))}
FLOWS = {name: text for name, text in SHIPPED.items() if first_word(text) == "flow"}
slowly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# As people write by hand: every way of quoting, brackets, lists at the edge, comments everywhere.
BY_HAND = """\
# At the head.

flow: by_hand   # its name
about: >
  Folded
  words.
start: first
# Above the steps.
steps:   # here they are
  # Above the first.
  first:
    # Above what it says.
    say:
      # Above the one.
      - One.   # behind the one
      - 'It''s "two".'
      # Below the two.
    next: second   # on it goes

  # Above the second.
  second: {ask: "Which?", choices: [{label: A, next: third}, {label: 'B', words: b|bee, next: end}]}   # in brackets

  # Above the third.
  third:
    ask: |
      Which
      # is no comment

      of these?
    choices:
    # Above red.
    - {label: Red, next: end}   # behind red
    - label: Blue
      # Above its words.
      words: blue|navy
      next: first
    # Below the choices.
    # Below the third.
# Below it all.
"""


def lines(text: str) -> list[str]:
    return text.split("\n")


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    return [one for one in lines(old) if one not in lines(new)], [one for one in lines(new) if one not in lines(old)]


def choices_of(form: FlowForm, name: str) -> list[dict[str, Tree]]:
    step = form.step(name)
    assert step
    choices = step.values["choices"]
    assert isinstance(choices, list)
    return [one for one in choices if isinstance(one, dict)]


def every_flow() -> list[tuple[str, str]]:
    """All flows there are: shipped, of the documentation, of the tests, broken ones too."""
    found = [*SHIPPED.items(), ("by_hand", BY_HAND)]
    readme = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
    for count, block in enumerate(re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)):
        found += [(f"README {count}", one) for one in block.split("---\n")]
    for path in sorted((ROOT / "tests" / "broken_flows").glob("*.yml")):
        found.append((path.stem, path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "tests" / "steps").glob("*.yml")):
        cases = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        found += [(f"{path.stem} {count}", case["flow"]) for count, case in enumerate(cases) if "flow" in case]
    return found


# Nothing changed, nothing written.


def test_every_flow_there_is_stays_as_it_is() -> None:
    seen = 0
    for name, text in every_flow():
        try:
            form = read_form(text)
        except (FlowsBroken, NotUsable):
            assert name not in FLOWS
            continue
        assert write_form(text, form) == text, name
        seen += 1
    assert seen > 100


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_what_is_written_back_is_what_was_read(name: str) -> None:
    assert rewritten(SHIPPED[name], read_tree(SHIPPED[name])) == SHIPPED[name]


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_forms_show_all_of_a_shipped_flow(name: str) -> None:
    form = read_form(FLOWS[name])
    assert [step.name for step in form.steps if step.odd] == []
    script, problems = parse(FLOWS[name], name)
    assert script and not problems
    assert [(step.name, step.line) for step in form.steps] == list(script.lines_of_steps.items())


@slowly
@given(forms())
def test_a_form_comes_back_from_its_file(form: FlowForm) -> None:
    assert read_form(write_form(BARE, form)) == form


@slowly
@given(st.data())
def test_a_file_comes_back_from_its_form(data: st.DataObject) -> None:
    text, _ = data.draw(commented(write_form(BARE, data.draw(forms()))))
    assert write_form(text, read_form(text)) == text


# One thing changed, one thing written.


def of_the_same_shape(field: Field, value: object) -> st.SearchStrategy[object]:
    """Other values with as many entries: a comment above an entry that goes, goes with it."""
    if isinstance(value, list):
        return values_of(field).filter(lambda other: isinstance(other, list) and len(other) == len(value))
    return values_of(field)


@slowly
@given(st.data())
def test_a_change_of_one_field_is_that_change_and_no_other(data: st.DataObject) -> None:
    text, notes = data.draw(commented(write_form(BARE, data.draw(forms()))))
    form = read_form(text)
    step = data.draw(st.sampled_from(form.steps))
    field = data.draw(st.sampled_from([one for one in KINDS[step.kind].fields if one.name in step.values]))
    assume(field.kind not in (Kind.YES_NO, Kind.PAIRS, Kind.LIST))
    wanted = changed_step(form, step.name, {field.name: data.draw(of_the_same_shape(field, step.values[field.name]))})
    changed = write_form(text, wanted)
    assert read_form(changed) == wanted
    assert [changed.count(f"# note {count}.") for count in range(notes)] == [1] * notes
    after = [one.line for one in form.steps if one.line > step.line]
    begins, below = lines(text)[: step.line], lines(text)[after[0] - 1 :] if after else []
    assert lines(changed)[: step.line] == begins
    assert not below or lines(changed)[-len(below) :] == below


@slowly
@given(st.data())
def test_another_choice_leaves_the_other_choices_alone(data: st.DataObject) -> None:
    choices = choices_of(read_form(BY_HAND), "third")
    place, label = data.draw(st.integers(0, 2)), data.draw(said)
    added: list[Tree] = [*choices[:place], {"label": label, "next": "end"}, *choices[place:]]
    changed = write_form(BY_HAND, changed_step(read_form(BY_HAND), "third", {"choices": added}))
    assert read_form(changed) == changed_step(read_form(BY_HAND), "third", {"choices": added})
    gone, come = changed_lines(BY_HAND, changed)
    assert gone == [] and len(come) <= 1 and len(lines(changed)) == len(lines(BY_HAND)) + 1


PLACES = [
    "    say: plain\n", "    say: 'single'\n", '    say: "double"   # note\n', "    say: |\n      lit\n      eral\n",
    "    say: >\n      fol\n      ded\n", "    say:\n", "    say:\n      plain\n", "    say: [a, b]\n", "    say:\n    - a\n    - b\n",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@slowly
@given(text=texts)
def test_any_text_survives_whatever_stood_there(place: str, text: str) -> None:
    file = BARE.replace("    say: Hello\n", place)
    assert read_tree(set_field(file, "first", "say", text))["steps"] == {"first": {"say": text, "next": "end"}}


@slowly
@given(st.lists(texts, min_size=1, max_size=3), texts)
def test_any_text_survives_in_lists_brackets_and_pairs(several: list[str], text: str) -> None:
    file = set_field(BARE, "first", "say", [*several])
    file = set_field(file, "first", "with", {"name": text})
    file = set_field(file, "first", "choices", [{"label": text, "words": one} for one in several])
    file = set_field(file, "first", "choices", [{"label": one, "words": text} for one in several])
    assert read_tree(file)["steps"] == {
        "first": {
            "say": several, "next": "end", "with": {"name": text},
            "choices": [{"label": one, "words": text} for one in several],
        }
    }  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("kept", ["", "  "])
def test_texts_that_look_like_yaml_are_texts(text: str, kept: str) -> None:
    step = read_form(set_field(BARE, "first", "say", f"{kept}{text}{kept}")).step("first")
    assert step and step.values["say"] == [text.strip()]


@pytest.mark.parametrize("text", ["a\x00b", "a\x07", "\ufeff", "a\u2028b", "x" * 5001])
def test_what_no_flow_may_hold_is_refused(text: str) -> None:
    with pytest.raises(NotUsable, match=r"This cannot stand in a flow|no text can have"):
        set_field(BARE, "first", "say", f"a{text}b")


def test_lines_of_a_browser_are_lines() -> None:
    assert 'say: "one\\ntwo\\nthree"' in set_field(BARE, "first", "say", "one\r\ntwo\rthree\r\n")


def test_quotes_are_kept_where_they_can_hold_the_new_text() -> None:
    step = "  first:\n    say: {}\n    next: end\n"
    for old, said_now, new in [
        ("'a'", "it's", "'it''s'"), ('"a"', "b", '"b"'), ("a", "b: c", '"b: c"'), ("a", "b", "b"), ("'a'", "b\nc", '"b\\nc"'),
        ("|\n      a\n      b", "c\n\nd", "|-\n      c\n\n      d"), ("|\n      a\n      b", "c", "c"),
    ]:  # fmt: skip
        file = BARE.replace(step.format("Hello"), step.format(old))
        assert set_field(file, "first", "say", said_now) == BARE.replace(step.format("Hello"), step.format(new))


# Steps of a file written by hand.


def test_a_changed_list_keeps_its_comments() -> None:
    changed = set_field(BY_HAND, "first", "say", ["One.", "Two.", "Three."])
    assert changed_lines(BY_HAND, changed) == (["      - 'It''s \"two\".'"], ["      - 'Two.'", "      - Three."])
    alone = set_field(BY_HAND, "first", "say", "Only this.")
    gone, come = changed_lines(BY_HAND, alone)
    assert [one for one in gone if "#" in one] == ["      # Above the one.", "      - One.   # behind the one"]
    assert come == ["    # Above the one.", "    # behind the one", "    say: Only this."]


def test_brackets_are_changed_where_they_stand() -> None:
    form = read_form(BY_HAND)
    first, second = choices_of(form, "second")
    choices: list[Tree] = [{**first, "words": "a, b"}, {"label": "C", "next": "end"}, second]
    changed = write_form(BY_HAND, changed_step(form, "second", {"choices": choices}))
    assert changed_lines(BY_HAND, changed)[1] == [
        '  second: {ask: "Which?", choices: [{label: A, words: "a, b", next: third}, {label: C, next: end}, '
        "{label: 'B', words: b|bee, next: end}]}   # in brackets"
    ]


def test_the_first_line_behind_a_dash() -> None:
    file = BARE + "  second:\n    ask: Which?\n    choices:\n      - words: a|b   # so\n        next: end\n"
    second: list[Tree] = [{"label": "A", "words": "a|b", "next": "end"}]
    changed = write_form(file, changed_step(read_form(file), "second", {"choices": second}))
    assert changed == file.replace("- words", "- label: A\n        words")
    nothing: list[Tree] = [{"next": "first"}]
    changed = write_form(changed, changed_step(read_form(changed), "second", {"choices": nothing}))
    assert changed_lines(file, changed)[1] == ["      - next: first"]


def test_a_comment_that_is_indented_more_belongs_to_what_stands_before() -> None:
    file = BY_HAND.replace("# on it goes\n", "# on it goes\n    # Of the first.\n")
    assert [one.comments for one in read_form(file).steps][:2] == [("Above the first.",), ("Above the second.",)]
    assert "# on it goes\n    # Of the first.\n\n  # Above the third.\n" in move_step(file, "first", "second")


def test_a_step_that_moves_takes_its_comments_along() -> None:
    moved = move_step(BY_HAND, "first", "second")
    assert [one.name for one in read_form(moved).steps] == ["second", "first", "third"]
    assert sorted(lines(moved)) == sorted(lines(BY_HAND))
    assert move_step(moved, "first") == BY_HAND
    assert read_form(moved).step("first") == read_form(BY_HAND).step("first")
    assert [one.comments for one in read_form(moved).steps] == [
        ("Above the second.",), ("Above the first.",), ("Above the third.",),
    ]  # fmt: skip


def test_a_new_step_stands_behind_another_with_a_blank_line_as_the_others() -> None:
    added = add_step(BY_HAND, "more", {"say": "More.", "with": {"a": "b"}, "next": "third"}, "first")
    assert changed_lines(BY_HAND, added)[1] == ["  more:", "    say: More.", "    with: {a: b}", "    next: third"]
    assert "    next: second   # on it goes\n\n  more:\n" in added
    assert remove_step(added, "more") == BY_HAND


def test_a_field_that_goes_takes_the_comment_above_it_along() -> None:
    assert changed_lines(BY_HAND, remove_field(BY_HAND, "first", "next")) == (["    next: second   # on it goes"], [])
    with pytest.raises(NotUsable, match="says what kind of step"):
        remove_field(BY_HAND, "first", "say")


def test_the_head() -> None:
    assert set_head(BARE, "start", "second") == BARE.replace("start: first", "start: second")
    assert set_head(BARE, "part", "yes") == BARE.replace("start: first\n", "start: first\npart: yes\n")
    report = set_head(BARE, "report", {"topic": "A thing", "kind": "thing"})
    assert report == BARE.replace("start: first\n", "start: first\nreport: {topic: A thing, kind: thing}\n")
    assert set_head(report, "report", None) == BARE
    with pytest.raises(NotUsable):
        set_head(BARE, "steps", {})


def test_windows_lines_stay() -> None:
    file = BY_HAND.replace("\n", "\r\n")
    changed = set_field(file, "first", "next", "third")
    assert changed == file.replace("next: second   #", "next: third   #")
    assert write_form(file, read_form(file)) == file


def test_names_behind_question_marks() -> None:
    file = "? flow\n: a\n? steps\n: ? b\n  : {say: c}\n"
    assert set_field(file, "b", "say", ["d", "e"]) == file.replace("c}", "[d, e]}")


def test_what_would_be_too_much_is_refused() -> None:
    with pytest.raises(NotUsable, match="larger than a megabyte"):
        set_field(BARE, "first", "say", ["x" * 4_000] * 300)


def test_a_mark_before_the_file_stays() -> None:
    assert set_field("\ufeff" + BY_HAND, "first", "next", "third") == "\ufeff" + set_field(BY_HAND, "first", "next", "third")
    assert rename_step("\ufeff" + BY_HAND, "first", "one") == "\ufeff" + rename_step(BY_HAND, "first", "one")


def test_a_file_in_brackets_stays_in_brackets() -> None:
    file = '{flow: a, about: b, "start": c, steps: {c: {say: [d, e], next: end}}}  # so\n'
    added = add_step(file, "f", {"say": "g, h", "next": "c"}, "c")
    assert added == file.replace("next: end}", 'next: end}, f: {say: "g, h", next: c}')
    assert remove_step(added, "f") == file
    assert rename_step(file, "c", "i") == file.replace('"start": c', '"start": i').replace("{c:", "{i:")
    assert set_field(file, "c", "say", ["d", "x", "e"]) == file.replace("[d, e]", "[d, x, e]")


def test_what_cannot_be_changed_in_place_is_refused_not_spoilt() -> None:
    text = "flow: a\rsteps:\r  b:\r    say: c\r"
    assert write_form(text, read_form(text)) == text
    with pytest.raises(NotUsable, match="Change it as text"):
        set_field(text, "b", "say", ["d", "e"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("flow: &a x", "references"), ("flow: !b x", "tags"), ("flow: {", "no YAML"), ("", "empty"), ("- a", "name: value"),
        (BARE + "  first:\n    say: Twice\n", "stands here twice"), ("a: " + "[" * 40 + "]" * 40, "nested too deep"),
        ("#" * 1_000_001, "larger than a megabyte"),
    ],
)  # fmt: skip
def test_what_the_line_does_not_read_is_not_edited(text: str, words: str) -> None:
    for edit in (read_form, lambda file: set_head(file, "about", "x"), lambda file: rename_step(file, "first", "a")):
        with pytest.raises(FlowsBroken, match=words):
            edit(text)


@pytest.mark.parametrize("text", ["flow: a", "flow: a\nsteps: none", "phrases: a\ntexts: {a: b}"])
def test_what_has_no_steps_is_no_form(text: str) -> None:
    with pytest.raises(NotUsable, match="no steps"):
        read_form(text)


def test_what_a_form_cannot_show_stays() -> None:
    file = BARE.replace("    say: Hello\n", "    say: Hello\n    colour: {a: [b]}\n    about: [x]\n")
    step = read_form(file).step("first")
    assert step and step.odd == ("colour", "about") and step.values == {"say": ["Hello"], "next": "end"}
    changed = write_form(file, changed_step(read_form(file), "first", {"say": ["Bye"]}))
    assert changed == file.replace("Hello", "Bye")


# Forms as a page posts them.


def test_what_is_not_filled_in_is_not_written() -> None:
    form = read_form(BARE)
    assert write_form(BARE, changed_step(form, "first", {"about": "", "go": "", "with": {}, "say": ["Hello", ""]})) == BARE
    full = write_form(BARE, changed_step(form, "first", {"about": "meeting"}))
    assert full == BARE.replace("Hello\n", "Hello\n    about: meeting\n")
    assert write_form(full, changed_step(read_form(full), "first", {"about": ""})) == BARE


def test_what_holds_anyway_is_only_kept_where_somebody_wrote_it() -> None:
    menu = SHIPPED["menu"].replace("list: yes", "list: yes\n    private: no").replace("go: find_help}", "go: find_help, private: no}")
    form = read_form(menu)
    posted = [{**one, "private": "no", "words": one.get("words", ""), "key": ""} for one in choices_of(form, "choose")]
    assert write_form(menu, changed_step(form, "choose", {"choices": [*posted], "private": "no"})) == menu
    posted[0]["label"] = posted[1]["label"] = "Other"
    changed = write_form(menu, changed_step(form, "choose", {"choices": [*posted]}))
    assert changed == menu.replace("label: Find help near me", "label: Other").replace("label: Report (no emergency)", "label: Other")


def test_a_step_becomes_another_kind() -> None:
    form = read_form(BY_HAND)
    first = form.step("first")
    assert first
    values = {"collect": "What?", "save": "what", "next": "second"}
    steps = tuple(replace(one, kind="collect", values=values) if one is first else one for one in form.steps)
    changed = write_form(BY_HAND, replace(form, steps=steps))
    step = read_form(changed).step("first")
    assert step and (step.kind, step.values) == ("collect", values)
    assert "next: second   # on it goes" in changed


def test_steps_change_names_places_and_number_at_once() -> None:
    form = read_form(BY_HAND)
    first, second, third = form.steps
    new = replace(first, name="fresh", was="", values={"say": ["New."], "next": "first"})
    steps = (replace(third, name="first"), new, replace(first, name="third"))
    changed = read_form(write_form(BY_HAND, replace(form, steps=steps)))
    assert [one.name for one in changed.steps] == ["first", "fresh", "third"]
    assert changed.steps == steps
    assert changed.step("second") is None and second.name == "second"


def test_ways_follow_a_step_to_its_new_name() -> None:
    form = read_form(BY_HAND)
    steps = (replace(form.steps[0], name="one"), *form.steps[1:])
    changed = write_form(BY_HAND, replace(form, steps=steps))
    assert changed == rename_step(BY_HAND, "first", "one")
    assert changed == BY_HAND.replace("  first:", "  one:").replace("next: first", "next: one").replace("start: first", "start: one")
    here = BARE.replace("next: end", "go: trial\n    step: first")
    assert rename_step(here, "first", "one") == here.replace("first", "one")
    there = BARE.replace("next: end", "go: other\n    step: first")
    assert rename_step(there, "first", "one").endswith("    go: other\n    step: first\n")


def test_two_steps_of_one_name_are_refused() -> None:
    form = read_form(BY_HAND)
    with pytest.raises(NotUsable, match="Two steps cannot have one name"):
        write_form(BY_HAND, replace(form, steps=(form.steps[0], form.steps[0])))
    with pytest.raises(NotUsable, match="Two steps cannot have one name"):
        rename_steps(BY_HAND, {"first": "x", "second": "x"})
    for name in ("second", "end", " "):
        with pytest.raises(NotUsable):
            rename_step(BY_HAND, "first", name)


# Real flows.


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_any_step_of_a_shipped_flow_can_have_another_name(name: str) -> None:
    for step in read_form(FLOWS[name]).steps:
        renamed = rename_step(FLOWS[name], step.name, f"{step.name}_two")
        script, problems = parse(renamed, name)
        assert script and problems == [], step.name
        assert f"{step.name}_two" in script.steps
        assert rename_step(renamed, f"{step.name}_two", step.name) == FLOWS[name]


def test_a_choice_is_added_to_a_report() -> None:
    file = FLOWS["report_theft"]
    form = read_form(file)
    choices = choices_of(form, "how")
    added: list[Tree] = [*choices[:-1], {"label": "By a trick: a call, or a text", "words": "trick|scam"}, choices[-1]]
    changed = write_form(file, changed_step(form, "how", {"choices": added}))
    assert changed_lines(file, changed) == ([], ['      - {label: "By a trick: a call, or a text", words: trick|scam}'])
    assert parse(changed, "x")[1] == []


def test_a_step_that_others_lead_to_is_missed_at_their_lines() -> None:
    file = remove_step(FLOWS["report_theft"], "photo")
    _, problems = parse(file, "report_theft.yml")
    line = lines(file).index("    next: photo") + 1
    assert [(one.line, one.words) for one in problems if "photo" in one.words] == [
        (line, "`witness` goes on to `photo`, and there is no such step")
    ]

"""Two versions of a flow, told apart in sentences."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.studio.editing.differences import SENTENCES, Differences, differences
from bot.studio.editing.flow_file import add_step, move_step, remove_step, rename_step, set_field, set_head
from bot.studio.editing.forms import FlowForm, read_form
from tests.studio.flow_forms import forms

FLOW = """\
flow: trial
about: Trial.
report: {topic: Trial, kind: trial}
start: hurt
steps:
  hurt:
    ask: Was anybody hurt?
    choices:
      - {label: "Yes", words: $yes, next: officer}
      - {label: "No", words: $no, next: thanks}
  officer:
    handoff: hurt
    say: An officer will write.
    next: thanks
  thanks:
    say: Thank you.
    next: bye
  bye:
    say: Bye.
    next: end
"""


def between(old: str, new: str) -> Differences:
    return differences(read_form(old), read_form(new))


def told(old: str, new: str) -> list[str]:
    return [str(one) for one in between(old, new).changes]


def test_a_changed_text() -> None:
    found = between(FLOW, set_field(FLOW, "hurt", "ask", "Is anybody hurt?"))
    assert [str(one) for one in found.changes] == [
        "In `hurt` “Question” was “Was anybody hurt?” and is “Is anybody hurt?”."
    ]
    assert found.changes[0].field == "ask" and found.changes[0].sentence == SENTENCES[0]
    assert found.noticed == ("hurt",)


def test_only_steps_that_wait_are_noticed() -> None:
    changed = set_field(set_field(FLOW, "thanks", "say", "Thanks."), "officer", "urgent", "yes")
    found = between(FLOW, changed)
    assert [one.step for one in found.changes] == ["officer", "thanks"]
    assert found.noticed == ("officer",)
    assert str(found.changes[0]) == "In `officer` “Urgent” is new: “yes”."


def test_steps_that_came_went_and_moved() -> None:
    added = add_step(FLOW, "more", {"say": "More.", "next": "thanks"}, "hurt")
    assert between(FLOW, added).added == ("more",) and between(added, FLOW).removed == ("more",)
    moved = between(FLOW, move_step(FLOW, "bye"))
    assert moved.moved == ("bye",) and not moved.changes and not moved.noticed
    assert between(FLOW, move_step(FLOW, "hurt", "bye")).moved == ("hurt",)
    removed = between(FLOW, remove_step(FLOW, "officer"))
    assert removed.removed == ("officer",) and removed.noticed == ("officer",)


def test_another_name_is_one_change() -> None:
    found = between(FLOW, rename_step(FLOW, "thanks", "done"))
    assert found == Differences(renamed={"thanks": "done"})
    both = between(FLOW, set_field(rename_step(FLOW, "thanks", "done"), "hurt", "ask", "Hurt?"))
    assert both.renamed == {"thanks": "done"} and [one.place for one in both.changes] == ["Question"]


def test_choices_one_by_one() -> None:
    yes, no = {"label": "Yes", "words": "$yes", "next": "officer"}, {"label": "No", "words": "$no", "next": "thanks"}
    maybe = {"label": "Maybe", "next": "officer"}
    assert told(FLOW, set_field(FLOW, "hurt", "choices", [yes, maybe, no])) == [
        "In `hurt` “Choices 2” is new: “label: Maybe, next: officer”."
    ]
    assert told(FLOW, set_field(FLOW, "hurt", "choices", [no])) == [
        "In `hurt` “Choices 1” is gone. It was “label: Yes, words: $yes, next: officer”."
    ]
    assert told(FLOW, set_field(FLOW, "hurt", "choices", [yes, {**no, "next": "bye", "words": "nope"}])) == [
        "In `hurt` “Choices 2: Words for it” was “$no” and is “nope”.",
        "In `hurt` “Choices 2: Next step” was “thanks” and is “bye”.",
    ]
    assert told(FLOW, set_field(FLOW, "hurt", "choices", [no, yes])) == [
        "In `hurt` “Choices” was “Yes / No” and is “No / Yes”."
    ]


def test_the_head_and_the_kind_of_a_step() -> None:
    changed = set_head(set_head(FLOW, "about", "A trial."), "report", {"topic": "Trial", "kind": "trial", "keep_days": "30"})
    assert told(FLOW, changed) == [
        "In `trial` “What it is for” was “Trial.” and is “A trial.”.",
        "In `trial` “Days kept” was “365” and is “30”.",
    ]
    assert told(FLOW, FLOW.replace("    say: Bye.", "    pick: Bye.")) == [
        "In `bye` “Kind of step” was “Say something” and is “Ask for a language”."
    ]


def test_what_says_the_same_is_no_difference() -> None:
    written = FLOW.replace("Was anybody hurt?", '"Was anybody hurt?"   # a note').replace(
        "    choices:", "    list: no\n    choices:"
    )
    assert written != FLOW and not between(FLOW, written)


@settings(max_examples=60, deadline=None)
@given(forms(), st.randoms(use_true_random=False))
def test_an_order_is_told_by_as_few_steps_as_must_move(form: FlowForm, chance: object) -> None:
    assert differences(form, form) == Differences()
    steps = list(form.steps)
    chance.shuffle(steps)  # type: ignore[attr-defined]
    moved = differences(form, FlowForm(form.flow, form.head, form.report, tuple(steps))).moved
    staying = [one.name for one in form.steps if one.name not in moved]
    assert staying == [one.name for one in steps if one.name not in moved]
    assert len(moved) < len(steps)

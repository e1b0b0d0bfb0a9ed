"""What forms ask for is what steps read: the same fields, read in the same way, for every kind of step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from bot.flow import script
from bot.flow.reading import Fields
from bot.flow.steps import STEPS
from bot.flow.steps.base import At
from bot.studio.editing.step_fields import HEAD, KINDS, REPORT, Field, Kind, sentences

HOW = {Kind.YES_NO: "yes", Kind.NUMBER: "number", Kind.TEXTS: "texts", Kind.PAIRS: "pairs", Kind.LIST: "each"}
NODE = yaml.compose("{}")
assert NODE


class Everything(list[str]):
    """Names of fields, every one of which is there."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(slots=True)
class Asked(Fields):
    """Notes what is asked for, and how; `go` says which way of the two is taken."""

    go: str = ""
    fields: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    entries: dict[str, "Asked"] = field(default_factory=dict)

    def _note(self, name: str, how: str, default: str | None = "") -> None:
        self.fields.setdefault(name, (how, default))

    def names(self) -> list[str]:
        return Everything()

    def wrong(self, words: str, node: Any = None, at: str = "") -> None:
        return None

    def text(self, name: str, default: str | None = None) -> str:
        self._note(name, "text", default)
        return self.go if name == "go" else default or "x"

    def yes(self, name: str) -> bool:
        self._note(name, "yes", "no")
        return False

    def number(self, name: str, default: int) -> int:
        self._note(name, "number", str(default))
        return default

    def texts(self, name: str) -> list[tuple[str, int]]:
        self._note(name, "texts", None)
        return []

    def pairs(self, name: str) -> dict[str, str]:
        self._note(name, "pairs")
        return {}

    def inside(self, name: str) -> Fields | None:
        self._note(name, "inside")
        return self.entries.setdefault(name, Asked(self.file, self.problems, self.node, go=self.go))

    def each(self, name: str) -> Iterator[Fields]:
        self._note(name, "each")
        yield self.entries.setdefault(name, Asked(self.file, self.problems, self.node, go=self.go))


def asked(go: str) -> Asked:
    return Asked("x.yml", [], NODE, go=go)


def differing(fields: tuple[Field, ...], asked_for: list[Asked]) -> Iterator[str]:
    """What a table and a reader do not agree on."""
    read: dict[str, tuple[str, str | None]] = {}
    for one in asked_for:
        read.update(one.fields)
    for name in sorted({*read, *(one.name for one in fields)}):
        mine = next((one for one in fields if one.name == name), None)
        if mine is None or name not in read:
            yield f"{name}: {'no step reads it' if mine else 'no form asks for it'}"
            continue
        how, default = read[name]
        if HOW.get(mine.kind, "text") != how:
            yield f"{name}: read as {how}, asked as {mine.kind}"
        # A list says by itself whether it may be empty, and a way whether `next` or `go` is there.
        if how == "text" and name not in ("next", "go") and mine.required is not (default is None):
            yield f"{name}: required is {mine.required}"
        if how == "number" and name != "key" and default != mine.default:
            yield f"{name}: {default} if nothing is written"
        if mine.kind is Kind.LIST:
            inner = [one.entries[name] for one in asked_for if name in one.entries]
            yield from (f"{name}.{words}" for words in differing(mine.fields, inner))


@pytest.mark.parametrize("key", sorted({*STEPS, *KINDS}))
def test_a_form_asks_for_what_the_step_reads(key: str) -> None:
    here, elsewhere = asked(""), asked("other")
    for fields in (here, elsewhere):
        STEPS[key].read(fields, At("flow", "step", "x.yml"))
    assert list(differing(KINDS[key].fields, [here, elsewhere])) == []


def test_a_form_asks_for_what_a_flow_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    top = asked("")
    monkeypatch.setattr(script, "read_yaml", lambda text, file, problems: top)
    top.entries["steps"] = Fields("x.yml", [], NODE)
    script.parse("", "x.yml")
    own = {name: how for name, how in top.fields.items() if name not in ("flow", "steps", "report")}
    assert list(differing(HEAD, [Asked("x.yml", [], NODE, fields=own)])) == []
    assert list(differing(REPORT, [top.entries["report"]])) == []
    assert top.fields.keys() == {"flow", "steps", "report", *own}


def test_a_field_that_no_form_asks_for_would_be_found() -> None:
    fields = asked("")
    STEPS["collect"].read(fields, At("flow", "step", "x.yml"))
    less = tuple(one for one in KINDS["collect"].fields if one.name not in ("skip", "go", "step", "with"))
    assert list(differing(less, [fields]))[-1] == "with: no form asks for it"
    assert "skip: no form asks for it" in list(differing(less, [fields]))


@pytest.mark.parametrize("key", sorted(KINDS))
def test_the_first_field_is_the_kind_of_step(key: str) -> None:
    kind = KINDS[key]
    assert kind.fields[0].name == key
    assert len({one.name for one in kind.fields}) == len(kind.fields)
    for one in kind.fields:
        assert one.label and (one.kind is Kind.ONE_OF) == bool(one.options) and (one.kind is Kind.LIST) == bool(one.fields)


def test_every_label_and_help_can_be_put_into_other_languages() -> None:
    said = set(sentences())
    assert {"Choices", "Words for it", "First step", "Days kept", KINDS["branch"].help} <= said
    assert all(said)

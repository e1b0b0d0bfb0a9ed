"""What an admin changed in a flow, in sentences: steps that came, went, moved, and every field that says something else.

Knows forms, not files: how a thing is written makes no difference.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.flow.steps import STEPS
from bot.studio.editing.forms import FlowForm, StepForm, led
from bot.studio.editing.rewriting import paired
from bot.studio.editing.spans import Tree
from bot.studio.editing.step_fields import HEAD, KINDS, REPORT, Field, Kind

_CHANGED = "In `{step}` “{place}” was “{was}” and is “{now}”."
_NEW = "In `{step}` “{place}” is new: “{now}”."
_GONE = "In `{step}` “{place}” is gone. It was “{was}”."
SENTENCES = (_CHANGED, _NEW, _GONE)
_MOST_COMPARED = 50  # steps that came, and that went, of which each is compared with each


@dataclass(frozen=True, slots=True)
class Change:
    """One field that says something else. `step` is the step's name now, or the flow's for what stands above the steps;
    `place` is the field as forms call it, with the number of its entry; `was` and `now` are what it says, empty: nothing."""

    step: str
    field: str
    place: str
    was: str
    now: str

    @property
    def sentence(self) -> str:
        """The sentence, to be filled in from the change's own fields."""
        return _NEW if not self.was else _GONE if not self.now else _CHANGED

    def __str__(self) -> str:
        return self.sentence.format(step=self.step, place=self.place, was=self.was, now=self.now)


@dataclass(frozen=True, slots=True)
class Differences:
    """Between two versions of a flow. `renamed` by the old name; `noticed` are the steps, by their old names, in which
    residents may stand who would be asked something else, or led elsewhere, were they not to finish in their version."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    noticed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.moved, self.renamed, self.changes))


def differences(old: FlowForm, new: FlowForm) -> Differences:
    """What changed from one version of a flow to another."""
    before, after = {one.name: one for one in old.steps}, {one.name: one for one in new.steps}
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    renamed = dict(_renamed(old.flow, [before[name] for name in gone], [after[name] for name in come]))
    before = {renamed.get(one.name, one.name): one for one in _led(old, renamed)}
    both = [name for name in after if name in before]
    changes = {name: tuple(_step_changes(before[name], after[name])) for name in both}
    removed = tuple(name for name in gone if name not in renamed)
    now = {old_name: new_name for new_name, old_name in ((key, one.name) for key, one in before.items())}
    return Differences(
        tuple(name for name in come if name not in renamed.values()),
        removed,
        tuple(_moved([name for name in before if name in after], both)),
        renamed,
        (*_head_changes(old, new, renamed), *(change for name in both for change in changes[name])),
        tuple(one.name for one in old.steps if _waits(one) and (one.name in removed or changes.get(now[one.name]))),
    )


def _waits(step: StepForm) -> bool:
    return step.kind in STEPS and STEPS[step.kind].waits


def _renamed(flow: str, gone: Sequence[StepForm], come: Sequence[StepForm]) -> Iterator[tuple[str, str]]:
    """Steps that only have another name."""
    left = list(come[:_MOST_COMPARED])
    for one in gone[:_MOST_COMPARED]:
        for other in left:
            if one.kind == other.kind and _values(one, flow, {one.name: other.name}) == other.values:
                left.remove(other)
                yield one.name, other.name
                break


def _led(form: FlowForm, renamed: Mapping[str, str]) -> list[StepForm]:
    """Steps under the names they had, with ways that lead to the names steps have now."""
    return [replace(one, values=_values(one, form.flow, renamed)) for one in form.steps] if renamed else [*form.steps]


def _values(step: StepForm, flow: str, renamed: Mapping[str, str]) -> Mapping[str, Tree]:
    return led(step.values, KINDS[step.kind].fields, flow, renamed) if step.kind in KINDS else step.values


def _moved(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The fewest steps that must have been moved to come from one order to the other."""
    places = {name: place for place, name in enumerate(before)}
    least: list[int] = []  # the lowest end of a rising row, by its length
    ends: list[str] = []
    previous: dict[str, str] = {}
    for name in after:
        at = bisect_left(least, places[name])
        least[at : at + 1] = [places[name]]
        ends[at : at + 1] = [name]
        previous[name] = ends[at - 1] if at else ""
    stayed, name = set[str](), ends[-1] if ends else ""
    while name:
        stayed.add(name)
        name = previous[name]
    return (name for name in after if name not in stayed)


# Fields.


def _head_changes(old: FlowForm, new: FlowForm, renamed: Mapping[str, str]) -> Iterator[Change]:
    head = led(old.head, HEAD, old.flow, renamed)
    yield from _field_changes(new.flow, HEAD, head, new.head)
    yield from _field_changes(new.flow, REPORT, old.report or {}, new.report or {}, "report.")


def _step_changes(old: StepForm, new: StepForm) -> Iterator[Change]:
    if old.kind != new.kind:
        yield Change(new.name, "", "Kind of step", _kind(old), _kind(new))
        return
    asked = KINDS[new.kind].fields if new.kind in KINDS else ()
    yield from _field_changes(new.name, asked, old.values, new.values)


def _kind(step: StepForm) -> str:
    return KINDS[step.kind].label if step.kind in KINDS else step.kind


def _field_changes(
    step: str,
    asked: Sequence[Field],
    old: Mapping[str, Tree],
    new: Mapping[str, Tree],
    inside: str = "",
    entry: str = "",
) -> Iterator[Change]:
    for one in asked:
        was, now = old.get(one.name, one.default), new.get(one.name, one.default)
        if was == now or not (_words(was) or _words(now)):
            continue
        place = f"{entry}{one.label}"
        if one.kind is Kind.LIST and isinstance(was or [], list) and isinstance(now or [], list):
            yield from _entry_changes(step, one, [*(was or [])], [*(now or [])])
        else:
            yield Change(step, f"{inside}{one.name}", place, _words(was), _words(now))


def _entry_changes(step: str, asked: Field, old: list[Tree], new: list[Tree]) -> Iterator[Change]:
    """Entry by entry: a choice that came between two others is one change, not three."""
    pairs = paired(old, new)
    for count, (place, now) in enumerate(zip(pairs, new, strict=True), 1):
        was = old[place] if place is not None else {}
        entry, inside = f"{asked.label} {count}", f"{asked.name}.{count}"
        if place is None:
            yield Change(step, inside, entry, "", _words(now))
        elif isinstance(was, dict) and isinstance(now, dict):
            yield from _field_changes(step, asked.fields, was, now, f"{inside}.", f"{entry}: ")
    for place, was in enumerate(old):
        if place not in pairs:
            yield Change(step, f"{asked.name}.{place + 1}", f"{asked.label} {place + 1}", _words(was), "")
    stayed = [place for place in pairs if place is not None]
    if stayed != sorted(stayed):
        yield Change(step, asked.name, asked.label, _order(old, sorted(stayed)), _order(old, stayed))


def _order(entries: Sequence[Tree], places: Sequence[int]) -> str:
    return " / ".join(_first(entries[place]) for place in places)


def _first(entry: Tree) -> str:
    return _words(next(iter(entry.values()), "")) if isinstance(entry, dict) else _words(entry)


def _words(value: Tree) -> str:
    """A value on one line, for a sentence."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " / ".join(_words(one) for one in value)
    return ", ".join(f"{key}: {_words(one)}" for key, one in value.items())

"""A flow's file as a form, and a form put back into its file: what nobody changed stays as it was written.

A form holds what a file says, right or wrong; what no field can hold is told by name and left where it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import yaml

from bot.errors import NotUsable
from bot.studio.editing.flow_file import HEAD, kind_of, names_a_step, rename_steps, steps_of, with_field
from bot.studio.editing.rewriting import paired, rewritten
from bot.studio.editing.spans import Top, Tree, read_tree, root_of, tree_of
from bot.studio.editing.step_fields import HEAD as HEAD_FIELDS
from bot.studio.editing.step_fields import KINDS, REPORT, Field, Kind

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
_ONE_OF_MANY = {Kind.TEXTS: list, Kind.LIST: list, Kind.PAIRS: dict}
_EMPTY: tuple[Tree, ...] = ("", [], {}, [""])


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step. `values` by field: a text, for TEXTS a list of texts, for PAIRS a mapping, for LIST a list of mappings of
    the same; a field that is not there was not written. `was` is its name in the file, empty if it is new. `line` (from 1),
    `comments` (the lines above it) and `odd` (fields that no form can show) are told, never written."""

    name: str
    kind: str
    values: Mapping[str, Tree]
    was: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    comments: tuple[str, ...] = field(default=(), compare=False)
    odd: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class FlowForm:
    """A flow: `about`, `start` and `part` in `head`, what makes it a report in `report` (None: it is none), its steps."""

    flow: str
    head: Mapping[str, Tree]
    report: Mapping[str, Tree] | None
    steps: tuple[StepForm, ...]
    comments: tuple[str, ...] = field(default=(), compare=False)

    def step(self, name: str) -> StepForm | None:
        return next((one for one in self.steps if one.name == name), None)


def read_form(text: str, file: str = "") -> FlowForm:
    """The form of a flow. Raises FlowsBroken for what the line could not read either, NotUsable for what is no flow."""
    root = root_of(text, file)
    tree = tree_of(root, file)
    assert isinstance(tree, dict)
    lines = _LINE_BREAK.split(text)
    steps = steps_of(tree)
    node = next(value for key, value in root.value if key.value == "steps")
    named = [key.start_mark for key, _ in node.value]
    report = tree.get("report")
    return FlowForm(
        str(tree.get("flow", "")),
        _shown(tree, HEAD_FIELDS),
        _shown(report, REPORT) if isinstance(report, dict) else None,
        tuple(
            _step(name, step, mark.line + 1, _above(lines, mark))
            for (name, step), mark in zip(steps.items(), named, strict=True)
        ),
        _above(lines, root.start_mark),
    )


def write_form(text: str, posted: FlowForm) -> str:
    """The file changed in what differs from the form, and in nothing else. A value that is empty or not there takes an
    optional field away, a step that is not there is removed; what a form cannot show stays. Ways in the form to a step's
    old name follow it to its new one. Raises FlowsBroken and NotUsable, as the functions of `flow_file` do."""
    present = steps_of(read_tree(text))
    known = [one for one in posted.steps if one.was in present]
    if len({one.name for one in posted.steps}) < len(posted.steps):
        raise NotUsable("Two steps cannot have one name.")
    names = {one.was: one.name for one in known if one.was != one.name}
    text, posted = _renamed(text, posted, names)
    tree = read_tree(text)
    old = steps_of(tree)
    steps = {one.name: _written_step(old.get(one.name) if one.was in present else None, one) for one in posted.steps}
    if not steps:
        raise NotUsable("A flow has at least one step.")
    return rewritten(text, {**_written_head(tree, posted), "steps": steps})


def changed_step(form: FlowForm, name: str, values: Mapping[str, Tree]) -> FlowForm:
    """The form with other values in one step; the rest of its fields stay."""
    steps = [replace(one, values={**one.values, **values}) if one.name == name else one for one in form.steps]
    return replace(form, steps=tuple(steps))


# Reading.


def _step(name: str, step: Tree, line: int, comments: tuple[str, ...]) -> StepForm:
    kind, fields = kind_of(step), step if isinstance(step, dict) else {}
    asked = KINDS[kind].fields if kind in KINDS else ()
    values = _shown(fields, asked)
    odd = tuple(key for key in fields if key not in values)
    return StepForm(name, kind, values, name, line, comments, odd)


def _shown(tree: Top, fields: tuple[Field, ...]) -> dict[str, Tree]:
    """The values that a form can hold, by field."""
    shown = ((one.name, _show(tree[one.name], one)) for one in fields if one.name in tree)
    return {name: value for name, value in shown if value is not None}


def _show(value: Tree, asked: Field) -> Tree | None:
    """A value as a form holds it; None if it has another shape than the field."""
    if asked.kind is Kind.TEXTS and isinstance(value, str):
        return [value]
    if not isinstance(value, _ONE_OF_MANY.get(asked.kind, str)):
        return None
    if asked.kind is Kind.LIST and isinstance(value, list):
        entries = [_shown(one, asked.fields) if isinstance(one, dict) else {} for one in value]
        whole = all(isinstance(one, dict) and len(one) == len(entry) for one, entry in zip(value, entries, strict=True))
        return [*entries] if whole else None
    inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return value if all(isinstance(one, str) for one in inner) else None


def _above(lines: list[str], mark: yaml.Mark) -> tuple[str, ...]:
    """The comments that belong to what stands at a mark, without their #."""
    column, at = int(mark.column), int(mark.line)
    found: list[str] = []
    while at and (not (bare := lines[at - 1].strip()) or bare.startswith("#")):
        at -= 1
        found.insert(0, lines[at])
    comments = [one for one in found if one.strip()]
    while comments and len(comments[0]) - len(comments[0].lstrip()) > column:
        comments.pop(0)  # it belongs to what stands before
    return tuple(one.strip().removeprefix("#").removeprefix(" ") for one in comments)


# Writing.


def _renamed(text: str, posted: FlowForm, names: Mapping[str, str]) -> tuple[str, FlowForm]:
    """The file with other names, and the form with its ways led to them. Steps that go are out of the way first."""
    if not names:
        return text, posted
    staying = {one.was for one in posted.steps}
    tree = read_tree(text)
    steps = {key: one for key, one in steps_of(tree).items() if key in staying}
    text = rename_steps(rewritten(text, {**tree, "steps": steps}), names)
    present = {one.name for one in posted.steps}
    moved = {old: new for old, new in names.items() if old not in present}
    steps_ = [
        replace(one, values=led(one.values, KINDS[one.kind].fields, posted.flow, moved)) if one.kind in KINDS else one
        for one in posted.steps
    ]
    return text, replace(posted, head=led(posted.head, HEAD_FIELDS, posted.flow, moved), steps=tuple(steps_))


def led(values: Mapping[str, Tree], fields: tuple[Field, ...], flow: str, moved: Mapping[str, str]) -> dict[str, Tree]:
    """A step's values with every way to a step of this flow led to that step's new name."""
    changed, asked, here = dict(values), {one.name: one for one in fields}, values.get("go") == flow
    for name, value in values.items():
        one = asked.get(name)
        if one is None:
            continue
        if isinstance(value, str) and names_a_step(one, here=here):
            changed[name] = moved.get(value.strip(), value)
        elif one.kind is Kind.LIST and isinstance(value, list):
            changed[name] = [
                led(entry, one.fields, flow, moved) if isinstance(entry, dict) else entry for entry in value
            ]
    return changed


def _written_head(tree: Top, posted: FlowForm) -> Top:
    tree = _written(tree, posted.head, HEAD_FIELDS, ("flow", *HEAD, "steps"))
    if posted.report is None:
        return with_field(tree, "report", None, HEAD)
    old = tree.get("report")
    report = _written(old if isinstance(old, dict) else {}, posted.report, REPORT, tuple(one.name for one in REPORT))
    return with_field(tree, "report", report, ("flow", *HEAD, "steps"))


def _written_step(old: Tree | None, posted: StepForm) -> Tree:
    before = old if isinstance(old, dict) else {}
    if posted.kind not in KINDS:
        if old is None:
            raise NotUsable("There is no kind of step called `{kind}`.", kind=posted.kind)
        return old
    asked = KINDS[posted.kind].fields
    if kind_of(before) != posted.kind:
        before = _other_kind(before, posted)
    return _written(before, posted.values, asked, tuple(one.name for one in asked))


def _other_kind(before: Top, posted: StepForm) -> Top:
    """A step that becomes another kind: the fields that both have stay, the first is that of its new kind."""
    known = {one.name for kind in (kind_of(before), posted.kind) if kind in KINDS for one in KINDS[kind].fields}
    asked = {one.name for one in KINDS[posted.kind].fields}
    kept = {key: one for key, one in before.items() if key in asked or key not in known}
    return {posted.kind: kept.pop(posted.kind, ""), **kept}


def _written(old: Top, posted: Mapping[str, Tree], fields: tuple[Field, ...], order: tuple[str, ...]) -> Top:
    """A mapping with what was posted. What no form can show counts as nothing, and is left where nothing was posted."""
    for one in fields:
        shown = _show(old[one.name], one) if one.name in old else None
        wanted = posted.get(one.name)
        if _alike(shown, wanted, one):
            continue
        if wanted is None or (wanted in _EMPTY and not one.required):
            old = with_field(old, one.name, None, order)
        else:
            old = with_field(old, one.name, _as_yaml(wanted, old.get(one.name), one), order)
    return old


def _alike(one: Tree | None, other: Tree | None, asked: Field) -> bool:
    return _meant(one, asked) == _meant(other, asked)


def _meant(value: Tree | None, asked: Field) -> Tree:
    """A value without what makes no difference: blanks around it, fields that say what holds anyway."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if value is None or value in _EMPTY:
        return "" if asked.required else asked.default
    if asked.kind is Kind.TEXTS:
        return [str(one).strip() for one in ([value] if isinstance(value, str) else value) if one]
    if asked.kind is Kind.LIST and isinstance(value, list):
        return [_entry_meant(one, asked.fields) for one in value]
    return value


def _entry_meant(entry: Tree, fields: tuple[Field, ...]) -> Tree:
    return {one.name: _meant(entry.get(one.name), one) for one in fields} if isinstance(entry, dict) else entry


def _as_yaml(wanted: Tree, old: Tree | None, asked: Field) -> Tree:
    """A posted value as it stands in a file: one text without a list, entries without what nobody filled in."""
    if asked.kind is Kind.TEXTS and isinstance(wanted, list):
        texts: list[Tree] = [one for one in wanted if one] or [""]
        return texts[0] if len(texts) == 1 and not isinstance(old, list) else texts
    if asked.kind is Kind.LIST and isinstance(wanted, list):
        before = old if isinstance(old, list) else []
        return list(_entries(wanted, before, asked.fields))
    return wanted


def _entries(wanted: list[Tree], before: list[Tree], fields: tuple[Field, ...]) -> Iterator[Tree]:
    """Each entry as it stood where it is the same, else changed from the one it is likeliest to have been."""
    pairs = paired([_entry_meant(one, fields) for one in before], [_entry_meant(one, fields) for one in wanted])
    for place, entry in zip(pairs, wanted, strict=True):
        old = before[place] if place is not None else {}
        yield _written(_entry_of(old), _entry_of(entry), fields, tuple(one.name for one in fields))


def _entry_of(value: Tree) -> Top:
    if not isinstance(value, dict):
        raise NotUsable("An entry of a list has fields of its own.")
    return value

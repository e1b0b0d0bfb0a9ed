"""One flow's file, changed step by step: text in, text out, everything untouched kept letter for letter.

It knows where steps and fields stand, not what makes a flow right: a step that others still lead to can be removed, and the
check then says who leads to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bot.errors import NotUsable
from bot.flow.steps.base import END
from bot.studio.editing import scalars
from bot.studio.editing.rewriting import rewritten
from bot.studio.editing.spans import Top, Tree, end_of, parted, read_tree, root_of
from bot.studio.editing.step_fields import KINDS, Field, Kind

HEAD = ("about", "start", "part", "report")


def set_head(text: str, field: str, value: Tree | None) -> str:
    """`about`, `start`, `part` or `report` with another value; None takes it away."""
    if field not in HEAD:
        raise NotUsable("A flow has no field `{field}` above its steps.", field=field)
    tree = read_tree(text)
    return rewritten(text, with_field(tree, field, value, tuple(tree) if field in tree else ("flow", *HEAD)))


def set_field(text: str, step: str, field: str, value: Tree) -> str:
    """A field of a step with another value: a text, a list of texts, pairs, or a list of entries such as choices."""
    return _changed_step(text, step, field, value)


def remove_field(text: str, step: str, field: str) -> str:
    """A step without one of its fields, and without the comments above it."""
    tree = read_tree(text)
    if field == kind_of(_step(tree, step)):
        raise NotUsable("`{field}` says what kind of step this is. Remove the step instead.", field=field)
    return _changed_step(text, step, field, None)


def add_step(text: str, name: str, fields: Mapping[str, Tree], after: str = "") -> str:
    """One more step, whose first field says its kind, behind another; before all of them if none is named."""
    tree = read_tree(text)
    steps = steps_of(tree)
    _free(steps, name)
    if after:
        _step(tree, after)
    if next(iter(fields), "") not in KINDS:
        raise NotUsable("A step begins with what kind of step it is.")
    return rewritten(text, {**tree, "steps": _placed(steps, name, dict(fields), after)})


def remove_step(text: str, name: str) -> str:
    """The flow without a step, and without the comments above it. Ways that led to it stay, for the check to find."""
    tree = read_tree(text)
    _step(tree, name)
    if len(steps_of(tree)) == 1:
        raise NotUsable("A flow has at least one step.")
    return rewritten(text, {**tree, "steps": {key: one for key, one in steps_of(tree).items() if key != name}})


def move_step(text: str, name: str, after: str = "") -> str:
    """The step behind another, or before all of them. Order is for readers only: the line follows `start` and `next`."""
    tree = read_tree(text)
    step = _step(tree, name)
    if after == name:
        return text
    if after:
        _step(tree, after)
    others = {key: one for key, one in steps_of(tree).items() if key != name}
    return rewritten(text, {**tree, "steps": _placed(others, name, step, after)})


def rename_step(text: str, old: str, new: str) -> str:
    """The step under another name, and every way of this flow that leads to it."""
    return rename_steps(text, {old: new})


def rename_steps(text: str, names: Mapping[str, str]) -> str:
    """Some steps under other names, all at once, so that two can change names with one another."""
    mark, text = parted(text)
    root, tree = root_of(text), read_tree(text)
    for old in names:
        _step(tree, old)
    kept = [key for key in steps_of(tree) if key not in names]
    for new in names.values():
        _free([*kept, END], new)
    if len(set(names.values())) < len(names):
        raise NotUsable("Two steps cannot have one name.")
    changed = text
    for node in sorted(_named(root, str(tree.get("flow", ""))), key=lambda node: -node.start_mark.index):
        if new := names.get(str(node.value).strip(), ""):
            written = scalars.scalar(new, node.style, inside=True)
            changed = changed[: node.start_mark.index] + written + changed[end_of(text, node) :]
    if list(steps_of(read_tree(changed))) != [names.get(key, key) for key in steps_of(tree)]:
        raise NotUsable("The file is written in a way that a form cannot change. Change it as text.")
    return mark + changed


def steps_of(tree: Top) -> dict[str, Tree]:
    """The steps of a flow by name, in order. Raises NotUsable where there are none to be changed."""
    steps = tree.get("steps")
    if not isinstance(steps, dict):
        raise NotUsable("This file has no steps. Change it as text.")
    return steps


def kind_of(step: Tree) -> str:
    """What kind of step it says it is: its first field."""
    return next(iter(step), "") if isinstance(step, dict) else ""


def _changed_step(text: str, name: str, field: str, value: Tree | None) -> str:
    tree = read_tree(text)
    step = _step(tree, name)
    kind = KINDS.get(kind_of(step))
    step = with_field(step, field, value, tuple(one.name for one in kind.fields) if kind else ())
    return rewritten(text, {**tree, "steps": {**steps_of(tree), name: step}})


def _step(tree: Top, name: str) -> Top:
    step = steps_of(tree).get(name)
    if not isinstance(step, dict):
        raise NotUsable("There is no step `{step}`.", step=name)
    return step


def _free(taken: Mapping[str, Tree] | list[str], name: str) -> None:
    if not name.strip():
        raise NotUsable("A step needs a name.")
    if name in taken:
        raise NotUsable("There is a step `{step}` already.", step=name)


def _placed(steps: Mapping[str, Tree], name: str, step: Tree, after: str) -> dict[str, Tree]:
    order = list(steps)
    order.insert(order.index(after) + 1 if after else 0, name)
    return {key: step if key == name else steps[key] for key in order}


def with_field(tree: Top, field: str, value: Tree | None, order: tuple[str, ...]) -> Top:
    """A mapping with a field changed, added behind those that go before it in an order, or taken away."""
    if value is None:
        return {key: one for key, one in tree.items() if key != field}
    if field in tree:
        return {**tree, field: value}
    before = set(order[: order.index(field)]) if field in order else set(tree)
    last = max((place for place, key in enumerate(tree) if key in before), default=-1)
    entries = list(tree.items())
    return dict([*entries[: last + 1], (field, value), *entries[last + 1 :]])


def _named(root: yaml.MappingNode, flow: str) -> Iterator[Any]:
    """Every place at which a step of this flow is named: the step itself, `start`, and each way to it."""
    top = _fields(root)
    if "start" in top:
        yield top["start"]
    steps = top.get("steps")
    if not isinstance(steps, yaml.MappingNode):
        return
    for key, step in steps.value:
        yield key
        if isinstance(step, yaml.MappingNode) and step.value:
            kind = KINDS.get(step.value[0][0].value)
            yield from _ways(step, kind.fields if kind else (), flow)


def _ways(node: yaml.MappingNode, fields: tuple[Field, ...], flow: str) -> Iterator[yaml.Node]:
    found = _fields(node)
    here = isinstance(go := found.get("go"), yaml.ScalarNode) and str(go.value).strip() == flow
    for field in fields:
        value = found.get(field.name)
        if isinstance(value, yaml.SequenceNode):
            for one in value.value:
                if isinstance(one, yaml.MappingNode):
                    yield from _ways(one, field.fields, flow)
        elif isinstance(value, yaml.ScalarNode) and names_a_step(field, here=here):
            yield value


def names_a_step(field: Field, *, here: bool) -> bool:
    """Whether a field's value is a step of this flow. `here`: the `go` beside it leads into this flow itself."""
    return field.kind in (Kind.NEXT, Kind.STEP) or (field.kind is Kind.FLOW_STEP and here)


def _fields(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}

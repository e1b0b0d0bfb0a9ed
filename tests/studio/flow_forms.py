"""Forms of flows as hypothesis makes them up: every kind of step, every field, values as people type them."""

from typing import Any

from hypothesis import strategies as st

from bot.studio.editing.forms import FlowForm, StepForm
from bot.studio.editing.spans import Tree
from bot.studio.editing.step_fields import HEAD, KINDS, REPORT, Field, Kind

BARE = """\
flow: trial
about: Trial.
start: first
steps:
  first:
    say: Hello
    next: end
"""
NASTY = (
    "a: b", "# no comment", "a #b", "a # b", "'", '"', "''", "{name}", "{a: b}", "[x]", "- a", "-", "?", "? a", ":", "a:", "|",
    "> b", "&a", "*a", "!a", "@a", "`a`", "%a", "---", "...", "--- a", "yes", "no", "null", "~", "007", "1e3", "a,b", "a, b}", "a]",
    "two\nlines", "two\n\n  lines", "a\n# b\n- c", "tab\there", "\\", "\\n", '\\"', "$yes|no", "¿Qué?", "مرحبا \u200f", "ש\u200f123",
    "👩‍👩‍👧 🇺🇸", "e\u0301", "\u202ea\u202c", "\u00a0a", "a\u3000b", "x" * 300, "a? b", "a?", "?a", ",", "a :b", "a: ", " #", "=", "<<",
)  # fmt: skip
# Without what no flow may hold: controls, halves of other signs, signs that are none.
_CHARACTERS = st.characters(
    exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff\ufff9\ufffa\ufffb\ufffc\ufffd"
)
_ANY = st.text(_CHARACTERS | st.sampled_from("\n\t:#'\"{}[],|>-?&*!%@` "), max_size=30)
texts = (st.sampled_from(NASTY) | _ANY | st.sampled_from(NASTY).flatmap(lambda one: _ANY.map(lambda more: one + more))).map(
    str.strip
)
said = texts.filter(bool)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in ("end", "steps"))


def values_of(field: Field) -> st.SearchStrategy[Tree]:
    """What may be posted for a field, without what is the same as nothing."""
    match field.kind:
        case Kind.YES_NO:
            return st.just("yes")
        case Kind.NUMBER:
            return st.integers(1, 99).map(str)
        case Kind.ONE_OF:
            return st.sampled_from([one for one in field.options if one != field.default])
        case Kind.TEXTS:
            return st.lists(said, min_size=1, max_size=3).map(list[Tree])
        case Kind.PAIRS:
            return st.dictionaries(names, said, min_size=1, max_size=2).map(dict[str, Tree])
        case Kind.LIST:
            return st.lists(fields_of(field.fields), min_size=1, max_size=3).map(list[Tree])
        case _:
            return said


def fields_of(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Tree]]:
    return st.fixed_dictionaries(
        {one.name: values_of(one) for one in fields if one.required},
        optional={one.name: values_of(one) for one in fields if not one.required},
    )


@st.composite
def steps(draw: Any, name: str) -> StepForm:
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    return StepForm(name, kind.key, draw(fields_of(kind.fields)))


@st.composite
def forms(draw: Any) -> FlowForm:
    named = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    report = draw(st.none() | fields_of(REPORT))
    return FlowForm("trial", draw(fields_of(HEAD)), report, tuple(draw(steps(name)) for name in named))


@st.composite
def commented(draw: Any, text: str) -> tuple[str, int]:
    """The text with comments in all places, `# note 0` and so on, and blank lines; and how many there are."""
    lines, count = [], 0
    for line in text.splitlines():
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            lines.append(f"{' ' * draw(st.integers(0, 8))}# note {count}.")
            count += 1
        if draw(st.integers(0, 5)) == 0:
            lines.append("")
        if draw(st.integers(0, 5)) == 0:
            line += f"  # note {count}."
            count += 1
        lines.append(line)
    if draw(st.booleans()):
        lines.append(f"{' ' * draw(st.integers(0, 8))}# note {count}.")
        count += 1
    return "\n".join(lines) + "\n", count

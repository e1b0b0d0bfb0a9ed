"""How figures and what they are about are worded: on pages, in charts, in a PDF, and for other programs."""

from collections.abc import Mapping

from bot.desk.reports.states import STATES
from bot.desk.statistics.tables import Cell, Row, Unit
from bot.text.language_names import english_name
from bot.web.reports import kind_words
from bot.web.tongue import gettext as _
from bot.web.tongue import ngettext
from bot.web.wording import channel

DANGERS: Mapping[str, str] = {
    "fire": "Fire or gas", "medical": "Medical emergency", "emergency": "Danger now", "crisis": "Thoughts of suicide",
    "dv": "Violence at home",
}  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds


def figure(cell: Cell) -> str:
    """A figure in words: "1,204", "83 %", "12 min". What is hidden is called so."""
    if cell.hidden:
        return _("hidden")
    if cell.value is None:
        return "–"
    match cell.unit:
        case Unit.COUNT:
            return f"{cell.value:,.0f}"
        case Unit.SHARE:
            return f"{100 * cell.value:.0f} %"
        case Unit.SECONDS:
            return lasted(cell.value)
        case Unit.DAYS:
            return ngettext("%(n)s day", "%(n)s days", int(cell.value)) % {"n": f"{cell.value:.0f}"}
        case Unit.HOURS:
            return f"{cell.value:,.0f} h"
        case Unit.RATIO:
            return f"{cell.value:.2f}"
        case _:
            return f"{cell.value:.1f}"


def lasted(seconds: float) -> str:
    """A span of time as short as it can be understood."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.1f} d"


def bare(cell: Cell) -> str:
    """A figure for another program: a number, `hidden`, or nothing."""
    if cell.hidden:
        return "hidden"
    return "" if cell.value is None else f"{cell.value:.4f}".rstrip("0").rstrip(".")


def label(rows_are: str, row: Row) -> str:
    """What a row is about."""
    if row.total:
        return _("All")
    match rows_are:
        case "language":
            return language(row.label)
        case "channel":
            return channel(row.label) or "–"
        case "hour":
            return f"{int(row.label):02}:00"
        case "kind":
            return kind_words(row.label)
        case "danger":
            return _(DANGERS[row.label]) if row.label in DANGERS else row.label
        case "state":
            return _(STATES.get(row.label, row.label))
        case "need":
            need, _between, tag = row.label.partition(" ")
            return f"{need.replace('_', ' ').capitalize()}, {language(tag)}"
        case "outcome":
            return _(row.label)
        case _:
            return row.label


def language(tag: str) -> str:
    return english_name(tag) if tag else _("Not known")

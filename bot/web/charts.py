"""Charts as SVG, drawn here: no script, and nothing that a screen reader or a printer could not have. The table beside
a chart says the same. Widths are shares of the room there is, letters keep their size, so a chart fits a phone too."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_ROW, _BAR = 44, 14  # heights in px: of a bar with its words above it, of the bar itself
_TALL, _FOOT, _HEAD = 150, 24, 18  # of upright bars, of the words below and above them
_MOST_BARS = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """`size` is None where the figure is hidden or there is none; `shown` is how it is worded; `first`: to compare with."""

    label: str
    size: float | None
    shown: str
    first: bool = False


def lying(name: str, title: str, about: str, bars: Sequence[Bar]) -> Markup:
    """One bar below the other, as for languages; the first fourteen."""
    shown = bars[:_MOST_BARS]
    most = max((bar.size or 0 for bar in shown), default=0) or 1
    body = Markup("").join(_lying(at, bar, most) for at, bar in enumerate(shown))
    return _chart(name, title, about, len(shown) * _ROW, body)


def upright(name: str, title: str, about: str, bars: Sequence[Bar]) -> Markup:
    """One bar beside the other, as for hours; every third is named."""
    most = max((bar.size or 0 for bar in bars), default=0) or 1
    each = 100 / max(len(bars), 1)
    body = Markup("").join(_upright(at, bar, each, most) for at, bar in enumerate(bars))
    return _chart(name, title, about, _HEAD + _TALL + _FOOT, body)


def _lying(at: int, bar: Bar, most: float) -> Markup:
    top = at * _ROW
    words = Markup('<text class="chart__label" x="0" y="{}">{}</text><text class="chart__figure" x="100%" y="{}">{}</text>')
    track = Markup('<rect class="chart__track" x="0" y="{}" width="100%" height="{}" rx="3"/>').format(top + 22, _BAR)
    return words.format(top + 16, bar.label, top + 16, bar.shown) + track + _lying_bar(top, bar, most)


def _lying_bar(top: int, bar: Bar, most: float) -> Markup:
    if bar.size is None:
        return Markup("")
    kind = "chart__bar chart__bar--first" if bar.first else "chart__bar"
    width = max(100 * bar.size / most, 0.5) if bar.size else 0
    return Markup('<rect class="{}" x="0" y="{}" width="{:.1f}%" height="{}" rx="3"/>').format(kind, top + 22, width, _BAR)


def _upright(at: int, bar: Bar, each: float, most: float) -> Markup:
    height = _TALL * (bar.size or 0) / most
    drawn = Markup(
        '<rect class="chart__bar" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}" rx="2"><title>{}</title></rect>'
    )
    found = drawn.format((at + 0.12) * each, _HEAD + _TALL - height, 0.76 * each, height, f"{bar.label}: {bar.shown}")
    if at % 3 == 0:
        named = Markup('<text class="chart__label chart__label--below" x="{:.2f}%" y="{}">{}</text>')
        found += named.format((at + 0.5) * each, _HEAD + _TALL + 17, bar.label)
    if bar.size is not None and bar.size == most:
        found += Markup('<text class="chart__label chart__label--below" x="{:.2f}%" y="12">{}</text>').format(
            min(max((at + 0.5) * each, 4), 96), bar.shown
        )
    return found


def _chart(name: str, title: str, about: str, height: int, body: Markup) -> Markup:
    frame = Markup(
        '<svg class="chart" role="img" aria-labelledby="{0}-title {0}-about" width="100%" height="{1}">'
        '<title id="{0}-title">{2}</title><desc id="{0}-about">{3}</desc>{4}</svg>'
    )
    return frame.format(name, height, title, about, body)

"""The language-access report of a year as a PDF. Loaded only when one is asked for. Its font is part of the file and comes
with reportlab (Bitstream Vera); a language's own name is printed where that font has all its letters."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Drawn

from bot.desk.statistics import yearly
from bot.desk.statistics.tables import Table
from bot.desk.statistics.yearly import Report
from bot.text.language_names import endonym
from bot.web import figure_words, tongue
from bot.web.statistics import titles
from bot.web.tongue import gettext as _

_INK, _SOFT, _RULE, _PALE = HexColor("#1b1f24"), HexColor("#565c65"), HexColor("#c6cace"), HexColor("#f1f3f6")
_WIDTH = letter[0] - 2 * inch
_FIRST = 0.34  # of the width, for what a row is about
_LONG = 20  # rows: a longer table may go on on the next page
_GRID = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE), ("BACKGROUND", (0, 0), (-1, 0), _PALE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]  # fmt: skip


def drawn(report: Report, department: str, today: date) -> bytes:
    """The whole file."""
    _fonts()
    out = BytesIO()
    title = _("Language access in %(year)s") % {"year": report.sheet.period.year}
    sheet = SimpleDocTemplate(
        out, pagesize=letter, leftMargin=inch, rightMargin=inch, topMargin=inch, bottomMargin=0.9 * inch,
        title=f"{title}: {department}", author=department, lang=tongue.tongue(),
    )  # fmt: skip
    foot = f"{department} · {title} · {today.isoformat()}"
    sheet.build(list(_parts(report, department, title)), onFirstPage=_footer(foot), onLaterPages=_footer(foot))
    return out.getvalue()


def own_name(tag: str) -> str:
    """A language in English, and as its speakers call it if the font can write that."""
    english, own = figure_words.language(tag), endonym(tag)
    return f"{english} ({own})" if own != english and _writes(own) else english


def _parts(report: Report, department: str, title: str) -> Iterator[Any]:
    yield Paragraph(escape(department), _style(10, colour=_SOFT))
    yield Paragraph(escape(title), _style(22, bold=True, after=6))
    until = report.sheet.until
    if until:
        yield Paragraph(escape(_("Counted up to %(day)s.") % {"day": until.isoformat()}), _style(9, colour=_SOFT))
    hidden = _("Figures of fewer than ten residents are hidden, and with them those from which they could be worked out.")
    yield Paragraph(escape(hidden), _style(9, colour=_SOFT, after=8))
    if "coordinator" in report.written.texts:
        yield from _written(report, "coordinator")
    for number, section in enumerate(yearly.SECTIONS, 1):
        yield Paragraph(escape(f"{number}. {_(section.title)}"), _style(14, bold=True, before=14, after=4))
        if section.title == "Languages we serve":
            yield Paragraph(escape(", ".join(map(own_name, report.languages))), _style(10, after=4))
        for name in section.texts:
            yield from _written(report, name)
        if section.title == "Interpreters" and report.written.spent is not None:
            spent = f"{_('Spent on interpreters:')} ${report.written.spent:,}"
            yield Paragraph(escape(spent), _style(10, after=4))
        for name in section.tables:
            yield from _table(name, report.tables[name])


def _written(report: Report, name: str) -> Iterator[Any]:
    yield Paragraph(escape(_(yearly.TEXTS[name])), _style(10, bold=True, before=4))
    words = report.written.texts.get(name) or _("not written yet.")
    for line in words.splitlines():
        yield Paragraph(escape(_writable(line)), _style(10, after=3))


def _table(name: str, table: Table) -> Iterator[Any]:
    title, about = titles()[name]
    counted = Paragraph(escape(_(about)), _style(8, colour=_SOFT, after=3))
    head = [Paragraph(escape(_(title)), _style(10, bold=True, before=8)), counted]
    if not table.rows:
        yield KeepTogether([*head, Paragraph(escape(_("None in this time.")), _style(9))])
        return
    columns = [Paragraph(escape(_(one)), _style(8, right=True, colour=_SOFT)) for one in table.columns]
    words = [[Paragraph("", _style(8)), *columns]]
    for row in table.rows:
        label = own_name(row.label) if table.rows_are == "language" and row.label else figure_words.label(table.rows_are, row)
        cells = [Paragraph(escape(figure_words.figure(cell)), _style(8, right=True, bold=row.total)) for cell in row.cells]
        words.append([Paragraph(escape(label), _style(8, bold=row.total)), *cells])
    each = _WIDTH * (1 - _FIRST) / len(table.columns)
    grid = Drawn(words, colWidths=[_WIDTH * _FIRST, *[each] * len(table.columns)], repeatRows=1, style=_GRID)
    yield from [KeepTogether([*head, grid])] if len(words) < _LONG else [KeepTogether(head), grid]
    yield Spacer(0, 4)


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(TTFont("Words", "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("Words-Bold", "VeraBd.ttf"))


def _writes(words: str) -> bool:
    """Whether the font has every letter."""
    _fonts()
    known = pdfmetrics.getFont("Words").face.charToGlyph
    return all(ord(sign) in known for sign in words)


def _writable(words: str) -> str:
    """What somebody wrote, with letters that the font does not have as question marks."""
    return "".join(sign if _writes(sign) else "?" for sign in words)


def _style(
    size: float, *, bold: bool = False, right: bool = False, colour: Any = _INK, before: float = 0, after: float = 0
) -> ParagraphStyle:
    more = {"alignment": TA_RIGHT} if right else {}
    return ParagraphStyle(
        "words", fontName="Words-Bold" if bold else "Words", fontSize=size, leading=size * 1.35, textColor=colour,
        spaceBefore=before, spaceAfter=after, **more,
    )  # fmt: skip


def _footer(words: str) -> Any:
    def draw(canvas: Any, sheet: Any) -> None:
        canvas.setFont("Words", 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(inch, 0.55 * inch, _writable(words))
        canvas.drawRightString(letter[0] - inch, 0.55 * inch, str(sheet.page))

    return draw

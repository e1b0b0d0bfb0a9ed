"""How many dangers are met with the right notice, and how many ordinary texts with a needless one.

For the command line and for `docs/safety.md`; the line itself never comes here.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bot.text import safety
from bot.text.safety_lexicon import LABELS

CHECK = Path(__file__).parent / "check.tsv"
Row = tuple[str, str, str]  # tag, label (or "nonemergency"), text
Judge = Callable[[str], tuple[str, ...]]  # the labels a text gets
CALM = "nonemergency"
CORE = ("en", "es", "zh", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr")


def read(path: Path) -> list[Row]:
    """Rows of a TSV file: language, label, text by the line; a heading and lines beginning with # are passed over."""
    with path.open(encoding="utf-8") as lines:
        fields = [line.rstrip("\n").split("\t") for line in lines if not line.startswith(("#", "lang\t"))]
    return [(one[0], one[1], one[-1]) for one in fields if len(one) >= 3]


def judges() -> dict[str, Judge]:
    """What the phrases alone, the model alone and both together make of a text."""

    def both(text: str) -> tuple[str, ...]:
        found = safety.look(text)
        return found.labels if found else ()

    return {"phrases": safety.by_phrases, "model": safety.by_model, "both": both}


def table(rows: Sequence[Row]) -> str:
    """Markdown: for each judge, per label, the share of texts whose notice is among the first texts, and the share of
    ordinary texts met with one; core languages, then all others."""
    heading = ["", *LABELS, "needless notices"]
    lines = [_line(heading), _line(["---"] * len(heading))]
    for name, judge in judges().items():
        for group, wanted in (("core", True), ("others", False)):
            some = [row for row in rows if (row[0].split("-")[0] in CORE) is wanted]
            met, calm = _met(some, judge), _needless(some, judge)
            cells = [_share(*met[label]) for label in LABELS]
            lines.append(_line([f"{name}, {group}", *cells, _share(*calm)]))
    return "\n".join(lines)


def by_language(rows: Sequence[Row]) -> str:
    """Markdown: what both together make of each language's texts, the weakest first."""
    judge = judges()["both"]
    lines = [_line(["language", *LABELS, "needless notices"]), _line(["---"] * (len(LABELS) + 2))]
    tables = {}
    for tag in {row[0] for row in rows}:
        some = [row for row in rows if row[0] == tag]
        tables[tag] = _met(some, judge), _needless(some, judge)
    for tag in sorted(tables, key=lambda tag: _whole(tables[tag][0])):
        met, calm = tables[tag]
        lines.append(_line([tag, *(_share(*met[label]) for label in LABELS), _share(*calm)]))
    return "\n".join(lines)


def confusion(rows: Sequence[Row]) -> str:
    """Markdown: which label went first for the texts of each label."""
    judge = judges()["both"]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, label, text in rows:
        counts[label][next(iter(judge(text)), CALM)] += 1
    names = [*LABELS, CALM]
    lines = [_line(["written as, first taken for", *names]), _line(["---"] * (len(names) + 1))]
    lines += [_line([name, *(str(counts[name][other] or "") for other in names)]) for name in names if counts[name]]
    return "\n".join(lines)


def misses(rows: Iterable[Row]) -> Iterator[str]:
    judge = judges()["both"]
    for tag, label, text in rows:
        labels = judge(text)
        if (label not in labels) if label != CALM else bool(labels):
            yield f"{tag}\t{label}\t{'+'.join(labels) or '-'}\t{text}"


def spent(rows: Sequence[Row]) -> str:
    """Milliseconds of processor time a text: median, 99th of a hundred."""
    safety.look("hello")
    times = []
    for _, _, text in rows:
        began = time.thread_time()
        safety.look(text)
        times.append((time.thread_time() - began) * 1000)
    times.sort()
    return f"p50 {times[len(times) // 2]:.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms a text"


def report(path: Path) -> str:
    rows = read(path)
    parts = [f"{len(rows)} texts", table(rows), by_language(rows), confusion(rows), spent(rows), *misses(rows)]
    return "\n\n".join(parts[:5]) + "\n\n" + "\n".join(parts[5:])


def _met(rows: Iterable[Row], judge: Judge) -> dict[str, tuple[int, int]]:
    right, all_ = Counter[str](), Counter[str]()
    for _, label, text in rows:
        if label != CALM:
            all_[label] += 1
            right[label] += _answered(label, judge(text))
    return {label: (right[label], all_[label]) for label in LABELS}


def _answered(label: str, labels: tuple[str, ...]) -> bool:
    if label == "sensitive":  # never with a 911 notice
        return label in labels and not set(labels) & {"fire", "medical", "emergency", "crisis"}
    return label in labels


def _needless(rows: Iterable[Row], judge: Judge) -> tuple[int, int]:
    calm = [text for _, label, text in rows if label == CALM]
    return sum(bool(judge(text)) for text in calm), len(calm)


def _whole(met: dict[str, tuple[int, int]]) -> float:
    return sum(right for right, _ in met.values()) / max(1, sum(count for _, count in met.values()))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} ({part}/{whole})" if whole else ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

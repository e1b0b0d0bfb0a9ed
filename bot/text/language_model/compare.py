"""A table of ours beside langdetect (and pycld2, where it is installed) on the same rows in the same run.

For the command line and for `docs/language.md`; the line itself never comes here.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.text.language import detect

CHECK = Path(__file__).parent / "check.tsv"  # our own rows, never learned from
Row = tuple[str, str, str]  # tag, kind of text, text
Detector = Callable[[str], Sequence[tuple[str, float]]]
KINDS = ("word", "short", "sentence", "nodiacritics", "romanized", "noisy")
CORE = frozenset({
    "en", "es", "zh", "vi", "ko", "tl", "ru", "uk", "ar", "ht", "fr", "pt", "pl", "hi", "bn", "ur", "pa", "gu", "ne",
    "fa", "ps", "so", "am", "ti", "sw", "my", "km", "lo", "th", "hmn", "ja", "de", "it", "ro", "tr", "id", "te", "ta",
    "ml",
})  # fmt: skip
SURE = 0.8
ANSWERED = 0.7
LEAST_TEXTS = 5  # of a language and kind, for its share to count
# The same language under another name, or one its readers do not tell apart in a short text.
_SAME = {
    "fil": "tl", "hr": "bs", "sr": "bs", "ms": "id", "in": "id", "iw": "he", "rn": "rw", "prs": "fa", "mww": "hmn",
    "kmr": "ku",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Shares (0–100) of one detector, every language weighing the same; milliseconds a text."""

    kinds: dict[str, float]
    overall: float
    top3: float
    wrong_though_sure: float
    answered: float
    right_when_answered: float
    p50: float
    p99: float


def language_of(tag: str) -> str:
    base = tag.partition("-")[0]
    return _SAME.get(base, base)


def score(rows: Sequence[Row], guess: Detector) -> Score:
    """Measure one detector on rows of the core languages."""
    spent: list[float] = []
    # (language, kind) -> texts, right, right among three, wrong though sure, answered, answered and right
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for tag, kind, text in rows:
        wanted = language_of(tag)
        if wanted not in CORE:
            continue
        began = time.perf_counter()
        found = guess(text)
        spent.append((time.perf_counter() - began) * 1000)
        best = [language_of(one) for one, _ in found[:3]]
        sure = found[0][1] if found else 0.0
        right = bool(best) and best[0] == wanted
        wrong = bool(best) and not right
        seen = (1, right, wanted in best, wrong and sure >= SURE, sure >= ANSWERED, right and sure >= ANSWERED)
        for key in ((wanted, kind), (wanted, "")):
            sums[key] = [had + one for had, one in zip(sums[key], seen, strict=True)]
    spent.sort()
    whole = {language: value for (language, kind), value in sums.items() if not kind}
    shares = {
        kind: [value[1] / value[0] for (_, one), value in sums.items() if one == kind and value[0] >= LEAST_TEXTS]
        for kind in KINDS
    }
    answered = sum(value[4] for value in whole.values())
    return Score(
        kinds={kind: _mean(share) for kind, share in shares.items()},
        overall=_mean([value[1] / value[0] for value in whole.values()]),
        top3=_mean([value[2] / value[0] for value in whole.values()]),
        wrong_though_sure=_mean([value[3] / value[0] for value in whole.values()]),
        answered=_mean([value[4] / value[0] for value in whole.values()]),
        right_when_answered=100 * sum(value[5] for value in whole.values()) / answered if answered else 0.0,
        p50=spent[len(spent) // 2] if spent else 0.0,
        p99=spent[int(len(spent) * 0.99)] if spent else 0.0,
    )


def _mean(shares: Sequence[float]) -> float:
    return 100 * sum(shares) / len(shares) if shares else float("nan")


def langdetect_guesses() -> Detector:
    """langdetect with its seed fixed; it raises on texts without letters, which is no guess."""
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def guess(text: str) -> Sequence[tuple[str, float]]:
        try:
            return [(one.lang, one.prob) for one in langdetect.detect_langs(text)]
        except langdetect.LangDetectException:
            return []

    return guess


def pycld2_guesses() -> Detector | None:
    """pycld2 alone, the best single package; None where it is not installed."""
    try:
        import pycld2
    except ImportError:
        return None

    def guess(text: str) -> Sequence[tuple[str, float]]:
        try:
            found = pycld2.detect(text, isPlainText=True, bestEffort=True)[2]
        except pycld2.error:
            return []
        return [(tag, percent / 100) for _, tag, percent, _ in found if tag != "un"]

    return guess


def compare(rows: Iterable[Row], others: bool = True) -> str:
    """A Markdown table of the detectors over (tag, kind, text) rows, every core language weighing the same; of ours
    alone without `others`."""
    texts = list(rows)
    detectors: list[tuple[str, Detector | None]] = [("ours", detect)]
    if others:
        detectors += [("langdetect", langdetect_guesses()), ("pycld2", pycld2_guesses())]
    heading = ["detector", *KINDS, "**all**", "top 3", f"wrong though ≥ {SURE}", f"answered at ≥ {ANSWERED}"]
    heading += ["right of these", "p50 / p99 ms"]
    lines = [_line(heading), _line(["---"] * len(heading))]
    for name, guess in detectors:
        if guess is None:
            continue
        guess("hola")  # what is loaded at the first text is not the price of a text
        one = score(texts, guess)
        cells = [name, *(_figure(one.kinds[kind]) for kind in KINDS), f"**{_figure(one.overall)}**", _figure(one.top3)]
        cells += map(_figure, (one.wrong_though_sure, one.answered, one.right_when_answered))
        cells.append(f"{one.p50:.2f} / {one.p99:.2f}")
        lines.append(_line(cells))
    return "\n".join(lines)


def by_language(rows: Iterable[Row]) -> str:
    """A Markdown table of our share of right guesses, by language and kind, the weakest language first."""
    seen: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for tag, kind, text in rows:
        found = detect(text)
        right = bool(found) and language_of(found[0][0]) == language_of(tag)
        for key in (kind, ""):
            seen[tag][key][0] += 1
            seen[tag][key][1] += right
    lines = [_line(["language", *KINDS, "all"]), _line(["---"] * (len(KINDS) + 2))]
    for tag in sorted(seen, key=lambda one: seen[one][""][1] / seen[one][""][0]):
        shares = [seen[tag].get(kind, [0, 0]) for kind in (*KINDS, "")]
        lines.append(_line([tag, *(f"{100 * right / count:.0f}" if count else "" for count, right in shares)]))
    return "\n".join(lines)


def read(path: Path) -> list[Row]:
    """Rows of a TSV file: tag, kind, source, text by the line."""
    with path.open(encoding="utf-8") as lines:
        fields = (line.rstrip("\n").split("\t") for line in lines)
        return [(one[0], one[1], one[-1]) for one in fields if len(one) >= 3]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _figure(share: float) -> str:
    return "" if math.isnan(share) else f"{share:.1f}"


def main() -> None:
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="tag, kind, source, text by the line")
    parser.add_argument("--by-language", action="store_true")
    chosen = parser.parse_args()
    print((by_language if chosen.by_language else compare)(read(chosen.rows)))


if __name__ == "__main__":
    main()

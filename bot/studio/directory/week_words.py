"""Hours of a week in the notation in which the line's own hours are typed: "Mo-Fr 08:00-20:00; Sa 09:00-12:00"."""

from collections.abc import Sequence

Hours = Sequence[tuple[int, int, int]]  # weekday 0 = Monday, opening and closing minute

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MIDNIGHT = 24 * 60


def week_words(hours: Hours) -> str:
    """What `bot.line.hours.parse_hours` reads as these hours. Days with the same hours stand together.

    >>> week_words([(0, 600, 960), (2, 600, 960), (5, 1320, 1440), (6, 0, 120)])
    'Mo,We 10:00-16:00; Sa 22:00-02:00'
    """
    if set(hours) == {(day, 0, _MIDNIGHT) for day in range(7)}:
        return "24/7"
    days: dict[str, list[int]] = {}
    spans = _whole_nights(hours)
    for day in range(7):
        said = ",".join(f"{_clock(opens)}-{_clock(closes)}" for at, opens, closes in spans if at == day)
        if said:
            days.setdefault(said, []).append(day)
    return "; ".join(f"{_day_words(own)} {said}" for said, own in days.items())


def _whole_nights(hours: Hours) -> list[tuple[int, int, int]]:
    """What goes on past midnight as one span of the day on which it begins."""
    spans = sorted(set(hours))
    for day, opens, closes in list(spans):
        after = [span for span in spans if span[0] == (day + 1) % 7 and span[1] == 0 and 0 < span[2] <= opens]
        if closes == _MIDNIGHT and opens and after:
            spans.remove((day, opens, closes))
            spans.remove(after[0])
            spans.append((day, opens, after[0][2]))
    return sorted(spans)


def _day_words(days: Sequence[int]) -> str:
    """Mo-Fr, or Mo,We."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_DAYS[run[0]] if len(run) == 1 else f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" for run in runs)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

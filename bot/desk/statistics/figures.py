"""Every statistic, one function each: what it counts, in words, and its table. Whoever adds one writes a function with
`@statistic`; pages, downloads and charts follow. Nothing is hidden yet here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.desk.statistics.tables import FEWEST, Cell, Counted, Row, Spread, Table, Unit, count, plain, share

_QUALIFIED = ("certified officer", "phone interpreter")
_MACHINE = "machine translation only"
_NO_SPREAD = Spread(())


@dataclass(frozen=True, slots=True)
class Statistic:
    """`about` says how it is counted. `drawn` is the column a chart shows, None for no chart; `upright`: in order of time."""

    name: str
    group: str
    title: str
    about: str
    make: Callable[[Counted], Table]
    drawn: int | None = 0
    upright: bool = False


STATISTICS: dict[str, Statistic] = {}
GROUPS: Mapping[str, str] = {
    "reach": "Who writes", "answers": "How fast they are answered", "language": "In their language",
    "safety": "Danger", "reports": "Reports", "help": "Help and meetings",
    "trust": "What residents say of us",
}  # fmt: skip


def statistic(
    group: str, title: str, *, drawn: int | None = 0, upright: bool = False
) -> Callable[[Callable[[Counted], Table]], Callable[[Counted], Table]]:
    """The function's docstring is what pages say of how it is counted."""

    def keep(make: Callable[[Counted], Table]) -> Callable[[Counted], Table]:
        name, about = make.__name__, " ".join((make.__doc__ or "").split())
        STATISTICS[name] = Statistic(name, group, title, about, make, drawn, upright)
        return make

    return keep


@statistic("reach", "Residents by language")
def contacts(counted: Counted) -> Table:
    """One for each day on which a resident wrote. New: for the first time ever."""
    return _by_language(
        counted, ("Contacts", "Share that is new", "Texts of theirs"), ("contact",),
        lambda tag: (
            count(counted.total("contact", language=tag)),
            share(counted.total("contact", "new", language=tag), counted.total("contact", language=tag)),
            count(counted.total("text", "resident", language=tag)),
        ),
    )  # fmt: skip


@statistic("reach", "Residents by channel")
def channels(counted: Counted) -> Table:
    """One for each day on which a resident wrote."""
    rows = [Row(name, (count(times),)) for name, times in counted.by("channel", "contact").items()]
    return Table("channel", ("Contacts",), (*rows, Row("", (count(counted.total("contact")),), total=True)))


@statistic("reach", "Residents by hour", upright=True)
def hours(counted: Counted) -> Table:
    """The hour of their first text of a day, by the department's clock."""
    wrote, asked = counted.by("hour", "contact"), counted.by("hour", "asked for an officer")
    rows = [Row(str(hour), tuple(count(one.get(str(hour), 0)) for one in (wrote, asked))) for hour in range(24)]
    whole = Row("", tuple(count(sum(one.values())) for one in (wrote, asked)), total=True)
    return Table("hour", ("Contacts", "Asked for an officer"), (*rows, whole))


@statistic("answers", "First automatic answer", drawn=2)
def automatic_answers(counted: Counted) -> Table:
    """From a text to the last word of the carrier about our answer. Target: 95 of 100 within 10 seconds."""
    def cells(spread: Spread) -> tuple[Cell, ...]:
        return count(spread.n), spread.cell(0.5), spread.cell(0.95)

    rows = [Row(name, cells(spread)) for name, spread in sorted(counted.spreads("channel", "automatic answer").items())]
    whole = Row("", cells(Spread(counted.rows("automatic answer"))), total=True)
    return Table("channel", ("Answers", "Half of them within", "95 of 100 within"), (*rows, whole))


@statistic("answers", "First answer of a person", drawn=1)
def human_answers(counted: Counted) -> Table:
    """From the wish for an officer to the officer's first words, for those who asked in open hours. The gap is the
    median divided by that of English; the target is at most 1.25."""
    spreads = counted.spreads("language", "human answer", "open")
    english = spreads.get("en", _NO_SPREAD)

    def cells(spread: Spread) -> tuple[Cell, ...]:
        return count(spread.n), spread.cell(0.5), spread.cell(0.9), gap(spread, english)

    rows = [Row(tag, cells(spreads[tag])) for tag in counted.languages("human answer") if tag in spreads]
    whole = Spread(counted.rows("human answer", "open"))
    columns = ("Answered", "Half of them within", "90 of 100 within", "Gap to English")
    return Table("language", columns, (*rows, Row("", (*cells(whole)[:3], Cell(Unit.RATIO, None)), total=True)))


def gap(spread: Spread, english: Spread) -> Cell:
    """How much longer they wait than who writes English, by the medians; founded on the fewer of the two."""
    ours, theirs = spread.at(0.5), english.at(0.5)
    return Cell(Unit.RATIO, ours / theirs if ours is not None and theirs else None, min(spread.n, english.n))


@statistic("answers", "Gave up waiting", drawn=1)
def left(counted: Counted) -> Table:
    """Residents who left the queue before an officer took them, of all who were answered or left. Target: under
    15 percent."""
    def cells(tag: str | None) -> tuple[Cell, ...]:
        gone = counted.total("left unanswered", language=tag)
        waited = gone + counted.total("human answer", language=tag)
        # Those who answered are shown elsewhere: where few left, this sum would tell how many.
        few = 0 < gone < FEWEST
        return Cell(Unit.COUNT, waited, gone if few else waited), share(gone, waited)

    rows = [Row(tag, cells(tag)) for tag in counted.languages("human answer", "left unanswered")]
    return Table("language", ("Asked, and answered or left", "Share that left"), (*rows, Row("", cells(None), total=True)))


@statistic("answers", "Asked again within seven days", drawn=1)
def asked_again(counted: Counted) -> Table:
    """Wishes for an officer by somebody whose last one was closed in the seven days before. Target: under 20 percent."""
    return _by_language(
        counted, ("Asked for an officer", "Share within seven days"), ("asked for an officer",),
        lambda tag: (
            count(counted.total("asked for an officer", language=tag)),
            share(counted.total("asked again", language=tag), counted.total("asked for an officer", language=tag)),
        ),
    )  # fmt: skip


@statistic("language", "How officers and residents understood each other", drawn=1)
def language_match(counted: Counted) -> Table:
    """As officers said when they closed a thread, in all languages but English. Qualified: a certified officer, or an
    interpreter by phone. Targets: at least 80 percent qualified, at most 10 percent by machine alone."""
    def times(tag: str | None, *services: str) -> int:
        english = 0 if tag else counted.total("understood by", *services, language="en")
        return counted.total("understood by", *services, language=tag) - english

    def cells(tag: str | None) -> tuple[Cell, ...]:
        closed = times(tag)
        return count(closed), share(times(tag, *_QUALIFIED), closed), share(times(tag, _MACHINE), closed)

    rows = [Row(tag, cells(tag)) for tag in counted.languages("understood by") if tag != "en"]
    return Table("language", ("Threads closed", "Qualified", "By machine alone"), (*rows, Row("", cells(None), total=True)))


@statistic("language", "By machine alone where it is sensitive")
def machine_where_sensitive(counted: Counted) -> Table:
    """Closed threads with danger or a sensitive topic. Target: none."""
    return _counts("language", "Threads", counted.by("language", "machine only where it is sensitive"))


@statistic("language", "Wrong language", drawn=1)
def wrong_language(counted: Counted) -> Table:
    """The line recognised one language and the resident chose another. Target: under 3 percent."""
    return _by_language(
        counted, ("Contacts", "Share corrected"), ("contact",),
        lambda tag: (
            count(counted.total("contact", language=tag)),
            share(counted.total("language corrected", language=tag), counted.total("contact", language=tag)),
        ),
    )  # fmt: skip


@statistic("language", "Machine translation")
def machine_translation(counted: Counted) -> Table:
    """Texts shown to staff beside the original, and words of officers that a machine translated. Refused: consent,
    rights and statements are not for a machine."""
    return _by_language(
        counted, ("Texts read with it", "Answers sent", "Dropped or taken back", "Refused"), ("machine translation",),
        lambda tag: tuple(
            count(counted.total("machine translation", *states, language=tag))
            for states in (("in made",), ("out sent",), ("out dropped", "out taken back", "out offered"), ("out refused",))
        ),
    )  # fmt: skip


@statistic("language", "Officers asked to take a thread", drawn=None)
def pagings(counted: Counted) -> Table:
    """What officers answered who were asked one by one, on shift or on call."""
    columns = ("took it", "declined", "silent", "no longer needed")
    rows = [
        Row(tag, tuple(count(counted.total("asked an officer", answer, language=tag)) for answer in columns))
        for tag in counted.languages("asked an officer")
    ]
    return Table("language", ("Took it", "Declined", "Silent", "No longer needed"), tuple(rows))


@statistic("safety", "Safety notices by kind")
def notices(counted: Counted) -> Table:
    """How often the line said what to do in danger, whoever held the thread."""
    return _counts("danger", "Notices", counted.by("detail", "notice"))


@statistic("safety", "Safety cards", drawn=None)
def safety_cards(counted: Counted) -> Table:
    """Opened: from the notice until somebody here opened the card. Target: two minutes in open hours."""
    spreads = counted.spreads("language", "safety card opened")
    rows = [
        Row(tag, (count(counted.total("notice", language=tag)), *_lasted(spreads.get(tag, _NO_SPREAD))))
        for tag in counted.languages("notice", "safety card opened")
    ]
    whole = Row("", (count(counted.total("notice")), *_lasted(Spread(counted.rows("safety card opened")))), total=True)
    return Table("language", ("Notices", "Cards opened", "Half of them within", "90 of 100 within"), (*rows, whole))


@statistic("safety", "Threads looked at again", drawn=None)
def reviews(counted: Counted) -> Table:
    """The monthly sample that supervisors read: how many notices nobody needed, how many should have been said and
    were not."""
    names = ("reviewed", "notice nobody needed", "notice that was missing")
    columns = ("Threads", "Notices nobody needed", "Notices that were missing")
    return Table("", columns, (Row("", tuple(plain(counted.total(name)) for name in names), total=True),))


@statistic("safety", "Private numbers masked")
def masked(counted: Counted) -> Table:
    """Texts with a number that nobody asked for, such as of Social Security. Staff see them masked, all of them."""
    return _counts("language", "Texts", counted.by("language", "private number masked"))


@statistic("reports", "Reports by kind")
def reports(counted: Counted) -> Table:
    """Days: from filing to the first decision."""
    filed, bad = counted.by("detail", "report filed"), counted.by("detail", "report not complete")
    decided = counted.spreads("detail", "report decided, by kind")
    rows = []
    for kind in dict.fromkeys((*filed, *decided)):
        whole, spread = filed.get(kind, 0), decided.get(kind, _NO_SPREAD)
        cells = (count(whole), share(whole - bad.get(kind, 0), whole), count(spread.n), spread.cell(0.5, Unit.DAYS))
        rows.append(Row(kind, cells))
    every, complete = Spread(counted.rows("report decided, by kind")), sum(filed.values()) - sum(bad.values())
    sums = (count(sum(filed.values())), share(complete, sum(filed.values())), count(every.n), every.cell(0.5, Unit.DAYS))
    columns = ("Filed", "Complete", "Decided", "Days, half of them within")
    return Table("kind", columns, (*rows, Row("", sums, total=True)))


@statistic("reports", "Reports by language")
def reports_by_language(counted: Counted) -> Table:
    """In time: nobody had to be told that it takes longer. Target: 90 percent."""
    filed = counted.by("language", "report filed")
    promised = counted.by("language", "report promise")
    kept = counted.by("language", "report promise", "kept")
    rows = [
        Row(tag, (count(filed.get(tag, 0)), count(promised.get(tag, 0)), share(kept.get(tag, 0), promised.get(tag, 0))))
        for tag in counted.languages("report filed", "report promise")
    ]
    sums = tuple(sum(one.values()) for one in (filed, promised, kept))
    whole = Row("", (count(sums[0]), count(sums[1]), share(sums[2], sums[1])), total=True)
    return Table("language", ("Filed", "Decided", "In time"), (*rows, whole))


@statistic("reports", "What was decided")
def decisions(counted: Counted) -> Table:
    """The first decision on each report."""
    return _counts("state", "Reports", counted.by("detail", "report decided"))


@statistic("reports", "Complaints", drawn=None)
def complaints(counted: Counted) -> Table:
    """Of an officer, or that there was no interpreter. Days: until the first decision."""
    filed = counted.by("language", "report filed", "complaint")
    spreads = counted.spreads("language", "report decided, by kind", "complaint")
    rows = [
        Row(tag, (count(filed.get(tag, 0)), count((spread := spreads.get(tag, _NO_SPREAD)).n), spread.cell(0.5, Unit.DAYS)))
        for tag in counted.languages("report filed", "report decided, by kind") if tag in filed or tag in spreads
    ]  # fmt: skip
    every = Spread(counted.rows("report decided, by kind", "complaint"))
    whole = Row("", (count(sum(filed.values())), count(every.n), every.cell(0.5, Unit.DAYS)), total=True)
    return Table("language", ("Filed", "Decided", "Days, half of them within"), (*rows, whole))


@statistic("reports", "Reports left unfinished")
def drafts(counted: Counted) -> Table:
    """Drafts that were dropped after the department's days, by the question at which their residents stopped."""
    return _counts("question", "Drafts", counted.by("detail", "draft dropped"))


@statistic("help", "Help that nobody gives")
def gaps(counted: Counted) -> Table:
    """Searches of the directory in which nothing fitted: what was wanted, in which language."""
    found: dict[str, int] = {}
    for row in counted.rows("no help found"):
        label = f"{row.detail} {row.language}"
        found[label] = found.get(label, 0) + row.times
    most = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return Table("need", ("Searches",), tuple(Row(label, (count(times),)) for label, times in most))


@statistic("help", "How threads ended")
def outcomes(counted: Counted) -> Table:
    """As officers said when they closed them."""
    return _counts("outcome", "Threads", counted.by("detail", "closed"))


@statistic("help", "Meetings", drawn=None)
def meetings(counted: Counted) -> Table:
    """What took place, and who said they come."""
    wanted = counted.total("interpreter for a meeting")
    booked = counted.total("interpreter for a meeting", "booked")
    cells = (
        plain(counted.total("meeting", "held")), plain(counted.total("meeting", "cancelled")),
        count(counted.total("said they come")), plain(wanted), plain(booked),
    )  # fmt: skip
    columns = ("Took place", "Cancelled", "People who said they come", "Interpreters wanted", "Interpreters found")
    return Table("", columns, (Row("", cells, total=True),))


@statistic("trust", "How our help was", drawn=1)
def survey(counted: Counted) -> Table:
    """Asked a day after it, three questions, answered by who wants to. 5 is best. Kept without who said it."""
    def cells(tag: str | None) -> tuple[Cell, ...]:
        answers = counted.total("survey: help", language=tag)
        again = counted.total("survey: again", language=tag)
        yes = counted.total("survey: again", "yes", language=tag)
        scores = (_mean(counted, f"survey: {name}", tag) for name in ("help", "understood"))
        return count(answers), *scores, share(yes, again)

    rows = [Row(tag, cells(tag)) for tag in counted.languages("survey: help", "survey: understood", "survey: again")]
    columns = ("Answers", "How was our help", "Did we understand you", "Would contact police again")
    return Table("language", columns, (*rows, Row("", cells(None), total=True)))


@statistic("trust", "Got what they needed", drawn=1)
def needed(counted: Counted) -> Table:
    """Asked a day after a report was decided. Target: 75 percent."""
    return _by_language(
        counted, ("Answers", "Yes"), ("survey: needed",),
        lambda tag: (
            count(counted.total("survey: needed", language=tag)),
            share(counted.total("survey: needed", "yes", language=tag), counted.total("survey: needed", language=tag)),
        ),
    )  # fmt: skip


def _mean(counted: Counted, what: str, tag: str | None) -> Cell:
    rows = counted.rows(what, language=tag)
    answers = sum(row.times for row in rows)
    return Cell(Unit.SCORE, sum(row.value * row.times for row in rows) / answers if answers else None, answers)


def _by_language(
    counted: Counted, columns: tuple[str, ...], whats: tuple[str, ...], cells: Callable[[str | None], tuple[Cell, ...]]
) -> Table:
    rows = [Row(tag, cells(tag)) for tag in counted.languages(*whats)]
    return Table("language", columns, (*rows, Row("", cells(None), total=True)))


def _counts(rows_are: str, column: str, found: Mapping[str, int]) -> Table:
    rows = [Row(label, (count(times),)) for label, times in found.items()]
    return Table(rows_are, (column,), (*rows, Row("", (count(sum(found.values())),), total=True)))


def _lasted(spread: Spread) -> tuple[Cell, ...]:
    return count(spread.n), spread.cell(0.5), spread.cell(0.9)

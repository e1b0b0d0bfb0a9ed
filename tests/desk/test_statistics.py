"""Statistics of a month that is written out here, by numbers worked out by hand, on both databases; and what is hidden."""

import random
import threading
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.demo import month
from bot.demo.past import Past
from bot.desk.statistics import counting, hiding, periods, reading, yearly
from bot.desk.statistics.tables import Cell, Counted, Row, Spread, Table, Unit, count, share
from bot.errors import NotUsable
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import messages, staff
from bot.store.sums import Sum
from tests.line import Clock

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=ZONE)
OCTOBER = periods.read("2026-10")
OFFICER = 71


def ms(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 10, day, hour, minute, tzinfo=ZONE).timestamp() * 1000)


def october(line: Hotline) -> None:
    """Contacts: 12 English, 21 Spanish, 3 Vietnamese, 11 Korean. All but the Korean ones ask for an officer."""
    past = Past(line.keys)
    for n in range(1, 13):  # English, Monday the 5th at 10:00; answered after 1, 2 … 12 minutes
        ask(past, f"en-{n}", "en", ms(5, 10), n * 60, "certified officer")
    for n in range(1, 21):  # Spanish, Tuesday the 6th at 11:00; after 2, 4 … 40 minutes
        ask(past, f"es-{n}", "es", ms(6, 11), n * 120, "certified officer" if n <= 11 else "machine translation only")
    ask(past, "es-21", "es", ms(6, 22), 36_000, "machine translation only")  # at 22:00, when nobody answers
    for n in range(1, 4):
        ask(past, f"vi-{n}", "vi", ms(7, 10), 60, "certified officer")
    for n in range(1, 12):  # Korean, the 7th at 12:00: the line answered them; ten in 2 seconds, one in 8
        thread = past.thread(f"ko-{n}", f"Korean {n}", "ko", "twilio-sms", ms(7, 12))
        came = past.text(thread, ms(7, 12), "words")
        past.text(thread, ms(7, 12), "words", "bot", answers=came, took=2000 if n <= 10 else 8000)
    with line.db.write() as conn:
        past.keep(conn)


def ask(past: Past, name: str, tag: str, at: int, seconds: int, service: str) -> None:
    thread = past.thread(name, name, tag, "simulator", at)
    past.text(thread, at, "words")
    closed = at + seconds * 1000 + 60_000
    past.handoff(thread, at, language=tag, officer=OFFICER, closed=closed, outcome="answered", service=service)
    past.text(thread, at + seconds * 1000, "words", "officer", officer=OFFICER)
    past.text(thread, at + seconds * 1000 + 30_000, "words", "officer", officer=OFFICER)  # only the first answer counts


@pytest.fixture
def town(hotline: Hotline) -> Hotline:
    line = replace(hotline, now=Clock(NOW))
    october(line)
    return line


def rows(table: Table) -> dict[str, tuple[Cell, ...]]:
    return {"all" if row.total else row.label: row.cells for row in table.rows}


def raw(line: Hotline, name: str) -> dict[str, tuple[Cell, ...]]:
    """A table of October as it is, nothing hidden."""
    with line.db.read() as conn:
        return rows(reading.STATISTICS[name].make(reading._counted(conn, OCTOBER)))


def test_a_month_by_numbers_worked_out_by_hand(town: Hotline) -> None:
    assert counting.count_days(town) == 29  # the 5th, on which the first text came, to 2 November

    contacts = raw(town, "contacts")
    assert {label: cells[0].value for label, cells in contacts.items()} == {"en": 12, "es": 21, "ko": 11, "vi": 3, "all": 47}
    assert contacts["all"][1].value == 1.0  # all of them wrote for the first time
    answers = raw(town, "human_answers")
    # English: the 6th of 12 is 6 minutes; 90 of 100 are ceil(10.8) = the 11th, 11 minutes.
    assert [cell.value for cell in answers["en"]] == [12, 360, 660, 1.0]
    # Spanish, in open hours: the 10th of 20 is 20 minutes, the 18th is 36; the gap is 20 / 6.
    assert [cell.value for cell in answers["es"]] == [20, 1200, 2160, pytest.approx(20 / 6)]
    # Of all 35 the 18th: within 9 minutes are 9 English, 4 Spanish, 3 Vietnamese, that is 16; within 10 minutes 18.
    assert answers["all"][1].value == 600
    match = raw(town, "language_match")
    assert match["es"][1].value == pytest.approx(11 / 21) and match["es"][2].value == pytest.approx(10 / 21)
    assert match["all"][1].value == pytest.approx(14 / 24)  # the Vietnamese three too; the English ones are not asked about
    automatic = raw(town, "automatic_answers")
    # Eleven: half of them within the 6th, 2 s; 95 of 100 within ceil(10.45) = the 11th, 8 s.
    assert [cell.value for cell in automatic["twilio-sms"]] == [11, 2, 8]
    hours = raw(town, "hours")
    assert (hours["10"][0].value, hours["11"][0].value, hours["22"][0].value) == (15, 20, 1)


def test_on_a_holiday_nobody_is_there_to_answer(town: Hotline) -> None:
    line = replace(town, config=replace(town.config, department_holidays=("2026-10-05",)))  # the day of all English ones
    counting.count_days(line)

    assert set(raw(line, "human_answers")) == {"es", "vi", "all"}


def test_an_answer_that_was_read_counts_from_when_it_arrived(hotline: Hotline) -> None:
    line = replace(hotline, now=Clock(NOW))
    past = Past(line.keys)
    thread = past.thread("one", "one", "es", "twilio-whatsapp", ms(5, 10))
    came = past.text(thread, ms(5, 10), "words")
    answered = past.text(thread, ms(5, 10), "words", "bot", answers=came, took=3000)
    with line.db.write() as conn:
        past.keep(conn)
    with line.db.write() as conn:
        assert messages.receive_receipt(conn, answered, "read", ms(5, 12), "SM" + "1" * 32, "") == thread
    counting.count_days(line)

    assert [cell.value for cell in raw(line, "automatic_answers")["twilio-whatsapp"]] == [1, 3, 3]


def test_what_is_shown_hides_three_and_what_tells_of_them(town: Hotline) -> None:
    counting.count_days(town)

    sheet = reading.sheet(town, OCTOBER)

    contacts = rows(sheet.tables["contacts"])
    # 3 Vietnamese are too few; the next smallest, 11 Korean, would tell them: 47 - 12 - 21 - 11.
    assert {label: cells[0].value for label, cells in contacts.items()} == {"en": 12, "es": 21, "ko": None, "vi": None, "all": 47}
    assert contacts["vi"][0].hidden and contacts["ko"][0].hidden
    match = rows(sheet.tables["language_match"])
    assert match["vi"][1].hidden and match["es"][1].hidden and match["all"][1].value == pytest.approx(14 / 24)
    assert sheet.heads["Contacts"].value == 47
    assert sheet.until == OCTOBER.last
    with pytest.raises(NotUsable):
        reading.sheet(town, periods.read("2026-12"))


def test_a_day_is_counted_once_whoever_looks(town: Hotline) -> None:
    done: list[int] = []
    together = [threading.Thread(target=lambda: done.append(counting.count_days(town))) for _ in range(3)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert sum(done) == 29 and counting.count_days(town) == 0
    assert raw(town, "contacts")["all"][0].value == 47


def test_what_came_to_its_end_later_counts_on_that_day(hotline: Hotline) -> None:
    line = replace(hotline, now=Clock(NOW))
    past = Past(line.keys)
    thread = past.thread("one", "one", "es", "simulator", ms(5, 10))
    past.text(thread, ms(5, 10), "words")
    report = past.report(thread, ms(5, 10), "theft", "26-AAAAA-1", late=ms(20, 10))
    past.decided(report, ms(26, 11), "accepted")
    past.decided(report, ms(28, 11), "closed")  # the first decision counts
    other = past.report(thread, ms(6, 10), "noise", "26-AAAAA-2", complete=False)
    past.decided(other, ms(9, 9), "closed")
    past.event(thread, ms(6, 9), "language", "pt detected 0.71 of es 0.2")
    past.event(thread, ms(6, 10), "language", "es chosen 1.00")
    past.event(thread, ms(6, 11), "language", "es detected 0.99")
    past.event(thread, ms(6, 12), "notice", "safety: crisis, dv said in a flow")
    past.handoff(thread, ms(6, 12), language="es", kind="safety", seen=ms(6, 12, 3))
    past.event(thread, ms(6, 12, 3), "opened the safety card")
    past.event(thread, ms(9, 12), "draft dropped", "report_theft.worth")
    past.missed(ms(9, 13), "shelter", "es")
    first = past.handoff(thread, ms(10, 10), language="es", closed=ms(10, 11), outcome="the resident left")
    past.paged(first, OFFICER, ms(10, 10), "declined")
    past.handoff(thread, ms(17, 10), language="es", officer=OFFICER, closed=ms(17, 11), outcome="answered")  # within 7 days
    past.handoff(thread, ms(25, 10), language="es", officer=OFFICER, closed=ms(25, 11), outcome="answered")  # 7 d 23 h later
    with line.db.write() as conn:
        staff.add(conn, replace(_anybody(), id=OFFICER), "no password", ms(1, 8))
        past.keep(conn)
    counting.count_days(line)

    assert [cell.value for cell in raw(line, "reports")["all"]] == [2, 0.5, 2, 2]  # 2 days and 23 hours, 21 days and an hour
    assert raw(line, "decisions")["all"][0].value == 2 and raw(line, "decisions")["accepted"][0].value == 1
    assert raw(line, "reports_by_language")["es"][2].value == 0.5  # one of two in time
    assert raw(line, "wrong_language")["es"][1].part == 1
    assert {name: cells[0].value for name, cells in raw(line, "notices").items()} == {"crisis": 1, "dv": 1, "all": 2}
    assert raw(line, "safety_cards")["es"][2].value == 180
    assert raw(line, "drafts")["report_theft.worth"][0].value == 1
    assert raw(line, "gaps") == {"shelter es": (count(1),)}
    assert raw(line, "left")["es"][1] == share(1, 1)
    assert raw(line, "asked_again")["es"] == (count(3), share(1, 3))
    assert raw(line, "pagings")["es"][1].value == 1


def test_a_share_of_all_is_the_shortest_time_within_which_it_was_over() -> None:
    spread = Spread([Sum("2026-10", "x", "en", "", -1, "", value, times) for value, times in ((5, 3), (9, 6), (60, 1))])

    assert (spread.n, spread.at(0.3), spread.at(0.31), spread.at(0.9), spread.at(0.91)) == (10, 5, 9, 9, 60)
    assert Spread(()).at(0.5) is None


def column(values: list[int]) -> Table:
    parts = [Row(str(n), (count(value),)) for n, value in enumerate(values)]
    return Table("language", ("Contacts",), (*parts, Row("", (count(sum(values)),), total=True)))


def test_no_small_figure_can_be_read_or_worked_out_of_a_total() -> None:
    chance = random.Random(1)
    for _ in range(3000):
        values = [chance.choice((0, 1, 2, 5, 9, 10, 11, 30, 500)) for _ in range(chance.randrange(1, 7))]
        hidden = hiding.hide(column(values)).rows
        seen = [row.cells[0] for row in hidden if not row.total]
        lost = [value for value, cell in zip(values, seen, strict=True) if cell.hidden]

        assert all(cell.hidden for value, cell in zip(values, seen, strict=True) if 0 < value < 10)
        assert all(cell.value is None for cell in seen if cell.hidden)
        if lost and not hidden[-1].cells[0].hidden:
            assert len(lost) > 1 and sum(lost) >= 10
        if not any(0 < value < 10 for value in [*values, sum(values)]):
            assert not any(row.cells[0].hidden for row in hidden)  # and nothing is hidden without a reason


def test_what_is_hidden_in_a_month_cannot_be_taken_from_the_quarter() -> None:
    def contacts(month: int, tag: str, times: int) -> Sum:
        return Sum(f"2026-{month:02}", "contact", tag, "simulator", 10, "new", 0, times)

    make = reading.STATISTICS["channels"].make
    months = Counted([contacts(10, "es", 25), contacts(11, "es", 12), contacts(12, "es", 3)])

    quarter = rows(hiding.shown(make, months, periods.read("2026-Q4")))

    # 40 in the quarter, 25 and 12 in two of its months: the third would be known to be 3.
    assert quarter["simulator"][0].hidden and quarter["all"][0].hidden
    # Two months of 6 each: their sum, 12, may be known.
    months = Counted([contacts(10, "es", 25), contacts(11, "es", 6), contacts(12, "es", 6)])
    assert rows(hiding.shown(make, months, periods.read("2026-Q4")))["simulator"][0].value == 37


def test_medians_and_shares_of_few_are_hidden_too() -> None:
    def shown(cell: Cell) -> bool:
        return not hiding.hide(Table("language", ("x",), (Row("es", (cell,)),))).rows[0].cells[0].hidden

    assert shown(Cell(Unit.SECONDS, 60, 10)) and not shown(Cell(Unit.SECONDS, 60, 9))
    assert shown(share(10, 20)) and shown(share(0, 20)) and shown(share(20, 20))
    assert not shown(share(9, 20)) and not shown(share(11, 20)) and not shown(share(0, 9))  # nine of twenty are the others
    assert shown(Cell(Unit.COUNT, 2, open=True))  # officers are no residents


def test_few_who_were_asked_about_or_left_are_not_told_by_another_table() -> None:
    def row(what: str, detail: str, times: int) -> Sum:
        return Sum("2026-10", what, "es", "simulator", -1, detail, 60, times)

    def shown(name: str, *sums: Sum) -> tuple[Cell, ...]:
        return rows(hiding.hide(reading.STATISTICS[name].make(Counted(sums))))["es"]

    # 30 were answered, as another table says: 33 who asked would be 3 who left.
    assert shown("left", row("human answer", "open", 30), row("left unanswered", "", 3))[0].hidden
    assert shown("left", row("human answer", "open", 30), row("left unanswered", "", 10))[0].value == 40
    # Officers are asked about residents.
    took, declined, *_ = shown("pagings", row("asked an officer", "took it", 3), row("asked an officer", "declined", 12))
    assert took.hidden and declined.value == 12


def test_the_demo_stops_where_residents_stop(hotline: Hotline) -> None:
    for stop in month._STOPS:
        flow, _, step = stop.partition(".")
        script = hotline.library.script(flow)
        assert script and script.steps[step].waits, stop


@pytest.mark.parametrize(("code", "months"), [("2026-11", 1), ("2026-Q4", 3), ("2026", 12)])
def test_periods_are_what_their_address_says(code: str, months: int) -> None:
    period = periods.read(code)

    assert (period.code, period.months) == (code, months)
    assert period.next().previous() == period
    assert period.next().first > period.last >= period.first
    assert all(period.first <= part.first and part.last <= period.last for part in period.parts())


@pytest.mark.parametrize("code", ["", "2026-13", "2026-Q5", "26", "2026-1", "../2026"])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(NotUsable):
        periods.read(code)


def test_the_report_of_a_year_adds_what_a_department_writes(town: Hotline) -> None:
    counting.count_days(town)
    officer = replace(_anybody(), id=OFFICER)
    yearly.keep(town, officer, 2026, yearly.Written({"es": 4200, "vi": 300}, 12_500, {"changes": " Two more officers. "}))

    report = yearly.report(town, 2026)

    reach = rows(report.tables["reach"])
    assert [cell.value for cell in reach["es"]] == [4200, 21, 5.0]  # 21 of 4,200 are 5 of 1,000
    assert reach["vi"][1].hidden and reach["vi"][2].hidden and reach["vi"][2].value is None  # no rate tells the count
    assert report.written.texts == {"changes": "Two more officers."} and report.written.spent == 12_500
    for year, typed in ((2026, yearly.Written({"es": -1}, version=report.written.version)), (2027, yearly.Written())):
        with pytest.raises(NotUsable):
            yearly.keep(town, officer, year, typed)


def test_of_two_who_write_in_it_at_once_the_second_looks_again(town: Hotline) -> None:
    officer = replace(_anybody(), id=OFFICER)
    seen = yearly.written(town, 2026)
    for words in ("first", "second", "third"):  # the clock stands still
        yearly.keep(town, officer, 2026, replace(seen, texts={"changes": words}))
        with pytest.raises(NotUsable):
            yearly.keep(town, officer, 2026, replace(seen, texts={"changes": "too late"}))
        seen = yearly.written(town, 2026)
        assert seen.texts == {"changes": words}


def _anybody() -> Officer:
    return Officer(1, "lead", "Lead", Role.SUPERVISOR)

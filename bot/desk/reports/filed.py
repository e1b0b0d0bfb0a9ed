"""Reports at the desk: listed, read in full, and brought from one state to the next by one officer at a time. What the
resident is told of it stands in `news`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.reports import city, news, states
from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable, Stale, Unsure
from bot.flow.steps.talk import Ask, Collect
from bot.hotline import Hotline
from bot.line import complaints
from bot.model import Officer
from bot.store import attachments, bars, casework, events, staff, threads
from bot.store import city as stored_city
from bot.store.attachments import Attachment
from bot.store.casework import Case, Row, Wanted
from bot.store.city import Request, Route
from bot.store.database import Connection
from bot.text import mask
from bot.text.fold import fold

LONGEST_WORDS = 240  # characters of a reason or a question
REASONS: Mapping[str, Sequence[str]] = {
    "not_police": ("reason_civil", "reason_no_crime", "reason_twice"),
    "closed": (
        "reason_done", "reason_no_trace", "reason_twice", "reason_wish", "reason_no_answer", "reason_city_did",
        "reason_no_crime",
    ),
}  # fmt: skip
_PHRASES = {
    "reading": "report_reading", "more": news.QUESTION, "accepted": "report_accepted", "officer": "report_officer",
    "not_police": "report_not_police", "closed": "report_closed",
}  # fmt: skip
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the form and its answer; `language` is in which it was given."""

    question: str
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as its page shows it. `language` is what the resident reads now; `untold` says why they cannot be texted."""

    case: Case
    language: str
    answers: tuple[Answer, ...]
    attachments: tuple[Attachment, ...]
    next: tuple[str, ...]
    untold: str
    questions: tuple[tuple[str, str], ...]  # value and English words of the reviewed ones
    sees_thread: bool
    city: Request | None
    route: Route | None
    takers: tuple[Officer, ...]  # who may be given it
    place: str  # where it was, as written and masked; empty if a spot on the map says so


@dataclass(frozen=True, slots=True)
class Step:
    """Where a report is to go next, as an officer filled it in. `reason_is` and `question_is` name a reviewed text, which
    goes before own words. `all_the_same`: in English, though the resident reads another language."""

    state: str
    version: int
    reason: str = ""
    reason_is: str = ""
    question: str = ""
    question_is: str = ""
    police_number: str = ""
    officer_id: int = 0
    agency: str = ""
    agency_phone: str = ""
    sent_there: bool = False
    to_city: bool = False
    for_city: str = ""  # what the city is told, in English
    place_for_city: str = ""  # where it was, as the city is told; not needed where a spot on the map is known
    all_the_same: bool = False

    @property
    def goes_to_city(self) -> bool:
        return self.state == "sent" and self.to_city


def listed(hotline: Hotline, officer: Officer, wanted: Wanted) -> list[Row]:
    """By promised day."""
    hidden = () if complaints.may_read(officer) else (complaints.KIND,)
    with hotline.db.read() as conn:
        kept_from = bars.of_staff(conn, officer.id)
        found = casework.listed(conn, replace(wanted, hidden_kinds=hidden), hotline.instant())
        return [row for row in found if row.thread_id not in kept_from]


def filed_within(hotline: Hotline, days: int) -> int:
    """The instant from which a list of so many days begins; 0 for all."""
    begin = hotline.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    return int(begin.timestamp() * 1000) if days else 0


def view(hotline: Hotline, officer: Officer, report_id: int) -> ReportView:
    """Raises NotFound for a report that is not there, or not for this person. That it was read is kept."""
    with hotline.db.write() as conn:
        case = _case(conn, hotline, officer, report_id)
        came = _came_with(conn, hotline, case)
        sees_thread, language = _sees_thread(conn, hotline, officer, case.row), _reads(conn, hotline, case.row)
        request = stored_city.of_report(conn, hotline.keys, report_id)
        route = stored_city.route(conn, hotline.keys, case.row.kind)
        takers = _takers(conn, hotline, case.row)
        events.write(conn, f"officer:{officer.id}", "read a report", f"report:{report_id}", hotline.instant())
    choices = _choices(hotline, case.row.kind)
    answers = tuple(
        Answer(asked, choices.get(words) or mask.mask(words), "en" if words in choices else case.row.language or "")
        for asked, words in case.answers
    )
    case = replace(case, additions=tuple(replace(one, words=mask.mask(one.words)) for one in case.additions))
    return ReportView(
        case, language, answers, came, states.NEXT[case.row.state], news.untold(case.row, hotline.instant()),
        _questions(hotline, case.row.kind), sees_thread, request, route, tuple(takers), _place(case),
    )  # fmt: skip


def _case(conn: Connection, hotline: Hotline, officer: Officer, report_id: int) -> Case:
    case = casework.case(conn, hotline.keys, report_id)
    if case is None or not access.may_read(officer, case.row.kind) or officer.id in bars.of_thread(conn, case.row.thread_id):
        raise NotFound("There is no such report.")
    return case


def _takers(conn: Connection, hotline: Hotline, row: Row) -> list[Officer]:
    """Who may be given a report: whoever works here, reads reports of its kind and is not kept from its thread; by name."""
    kept_from = bars.of_thread(conn, row.thread_id)
    return [
        one
        for one in staff.everybody(conn, hotline.today())
        if access.may(one, Deed.REPORTS) and access.may_read(one, row.kind) and one.id not in kept_from
    ]


def _place(case: Case) -> str:
    """As it was written, where no spot is known."""
    where = next((words for question, words in case.answers if question == "Where"), "")
    return "" if case.spot else mask.mask(where)


def _sees_thread(conn: Connection, hotline: Hotline, officer: Officer, row: Row) -> bool:
    try:
        seen_by(conn, hotline, officer, row.thread_id)
    except NotFound:
        return False
    return True


def _reads(conn: Connection, hotline: Hotline, row: Row) -> str:
    """The language in which the resident reads now; it may be another than that of the report."""
    return threads.read(conn, hotline.keys, row.thread_id).language or row.language or "en"


def _came_with(conn: Connection, hotline: Hotline, case: Case) -> tuple[Attachment, ...]:
    """Pictures and files sent while it was being told, and with what was added later."""
    row = case.row
    began = max(
        casework.filed_before(conn, row.thread_id, row.id),
        row.filed_at - hotline.config.department_draft_days * 86_400_000,
    )
    later = {one.added_at for one in case.additions}
    return tuple(
        one
        for ones in attachments.of_thread(conn, row.thread_id).values()
        for one in ones
        if began < one.created_at <= row.filed_at or one.created_at in later
    )


def _asked_of(hotline: Hotline, kind: str) -> list[tuple[str, str, Ask | Collect]]:
    """Flow, name and step of every question that a kind of report asks, those of its parts too."""
    scripts = hotline.library.scripts
    todo = [name for name, script in scripts.items() if script.report and script.report.kind == kind]
    asked, seen = list[tuple[str, str, Ask | Collect]](), set[str]()
    while todo:
        name = todo.pop(0)
        if name in seen or name not in scripts:
            continue
        seen.add(name)
        for step_name, step in scripts[name].steps.items():
            if isinstance(step, Ask | Collect):
                asked.append((name, step_name, step))
            todo += [part for part in (getattr(step, "part", ""),) if part]
    return asked


def _choices(hotline: Hotline, kind: str) -> dict[str, str]:
    """Answers that were chosen, not written, as they are kept, and what they are called in English."""
    choices = (choice for _, _, step in _asked_of(hotline, kind) if isinstance(step, Ask) for choice in step.choices)
    return {kept: choice.label.english for choice in choices for kept in (choice.value, choice.label.english) if kept}


def _questions(hotline: Hotline, kind: str) -> tuple[tuple[str, str], ...]:
    """The flows' own questions for something written: every language has them, reviewed."""
    return tuple(
        (f"{flow}/{name}", step.text.english)
        for flow, name, step in _asked_of(hotline, kind)
        if isinstance(step, Collect) and step.label and step.save not in ("name", "call_time")
    )


def change(hotline: Hotline, officer: Officer, report_id: int, step: Step) -> str:
    """Bring it into another state, and tell its resident; what became of the telling, as in `news.tell`. Raises
    NotUsable with what is missing or not allowed, Unsure for a text in a language its resident does not read, Stale if
    another officer changed it meanwhile."""
    with hotline.db.write() as conn:
        case = _case(conn, hotline, officer, report_id)
        if step.version != case.row.version:
            raise Stale("{who} changed this report in the meantime. See how it stands now.", who=_who_changed(case))
        states.check(case.row.state, step.state)
        phrase, said = _said(conn, hotline, officer, case, step)
        for_city = city.content(case, step.for_city, step.place_for_city) if step.goes_to_city else {}
        owner = int(said.pop("officer_id", 0)) or officer.id
        at = hotline.instant()
        moved = casework.move(
            conn,
            hotline.keys,
            report_id,
            step.version,
            step.state,
            at,
            officer_id=owner,
            police_number=said.get("code", ""),
        )
        if not moved:
            case = _case(conn, hotline, officer, report_id)  # with what the other has just written
            raise Stale("{who} changed this report in the meantime. See how it stands now.", who=_who_changed(case))
        change_id = casework.note_change(
            conn, hotline.keys, report_id, step.state, at,
            officer_id=officer.id, phrase=phrase, said=said, telling="held" if for_city else "due",
        )  # fmt: skip
        if case.row.state == "sent":
            city.withdraw(conn, report_id)
        if for_city:
            stored_city.hand_over(conn, hotline.keys, report_id, case.row.kind, change_id, for_city, at)
        events.write(conn, f"officer:{officer.id}", f"report {step.state}", f"report:{report_id}", at, case.row.number)
    hotline.queue.announce(case.row.thread_id)
    if for_city:
        hotline.queue.put("tell_city", case.row.thread_id)
        return "city"
    return news.tell(hotline, change_id)


def _who_changed(case: Case) -> str:
    return next((one.officer for one in reversed(case.changes) if one.officer), "") or "Another officer"


def _said(conn: Connection, hotline: Hotline, officer: Officer, case: Case, step: Step) -> tuple[str, dict[str, str]]:
    """The phrase that is said of a step, and what it is filled with."""
    match step.state:
        case "reading":
            return _PHRASES["reading"], {}
        case "more":
            return _PHRASES["more"], _question(conn, hotline, case, step)
        case "accepted":
            return _PHRASES["accepted"], {"code": _needed(step.police_number, "Enter the police number.")}
        case "officer":
            wanted = step.officer_id or officer.id
            chosen = next((one for one in _takers(conn, hotline, case.row) if one.id == wanted), None)
            if chosen is None:
                raise NotUsable("Choose an officer.")
            return _PHRASES["officer"], {"officer": chosen.name, "officer_id": str(chosen.id)}
        case "sent":
            return _sent(conn, hotline, case, step)
        case _:
            return _PHRASES[step.state], _reason(conn, hotline, case, step)


def _question(conn: Connection, hotline: Hotline, case: Case, step: Step) -> dict[str, str]:
    if step.question_is:
        if step.question_is not in {value for value, _ in _questions(hotline, case.row.kind)}:
            raise NotUsable("Choose one of the questions, or write your own.")
        return {"question_is": step.question_is}
    words = _needed(step.question, "Choose a question or write your own.")
    _readable(conn, hotline, case.row, words, step)
    return {"question": words}


def _reason(conn: Connection, hotline: Hotline, case: Case, step: Step) -> dict[str, str]:
    if step.reason_is:
        if step.reason_is not in REASONS[step.state]:
            raise NotUsable("Choose one of the reasons, or write your own.")
        return {"reason_is": step.reason_is}
    words = _needed(step.reason, "Choose a reason or write your own: the resident is told it.")
    _readable(conn, hotline, case.row, words, step)
    return {"reason": words if words[-1] in ".!?。！？؟।" else f"{words}."}


def _sent(conn: Connection, hotline: Hotline, case: Case, step: Step) -> tuple[str, dict[str, str]]:
    if step.goes_to_city:
        route = stored_city.route(conn, hotline.keys, case.row.kind)
        if route is None:
            raise NotUsable("No city takes this kind of report. An admin can say which does.")
        return "report_sent", {"name": route.agency, "phone": route.agency_phone}
    agency = _needed(step.agency, "Enter the name of the other office.")
    phone = _needed(step.agency_phone, "Enter the phone of the other office, so that the resident can call it.")
    return "report_sent" if step.sent_there else "report_sent_not", {"name": agency, "phone": phone}


def _needed(words: str, sentence: str) -> str:
    words = " ".join(words.split())
    if not words:
        raise NotUsable(sentence)
    if len(words) > LONGEST_WORDS:
        raise NotUsable("This has {n} characters; {most} are the most.", n=len(words), most=LONGEST_WORDS)
    return words


def _readable(conn: Connection, hotline: Hotline, row: Row, words: str, step: Step) -> None:
    """Raises Unsure if the words are English and their reader reads another language."""
    if _reads(conn, hotline, row) == "en" or step.all_the_same or news.untold(row, hotline.instant()):
        return
    if looks_english(hotline, words):
        raise Unsure("This seems to be English, and the resident reads another language.")


_COMMON = frozenset(
    "the a an is are was were we you your it not and of to in on this that have has did do please can what when".split()
)


def looks_english(hotline: Hotline, words: str) -> bool:
    """Whether the line takes the words for English, or they are too few to tell and hold its commonest words."""
    guesses = hotline.detect(words)
    if guesses and guesses[0][0] == "en" and guesses[0][1] >= _SURE:
        return True
    return len(_COMMON & set(fold(words).split())) >= 2

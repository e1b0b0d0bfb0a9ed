"""Who gets in where: every route by everybody who may try, against a table that is written down here. A route that is not in
it fails, and says which row to add once somebody has thought about it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

from bot.desk.duty import handoffs
from bot.desk.identity import accounts, tokens
from bot.desk.threads import views
from bot.hotline import Hotline
from bot.model import Media, Officer, Role
from bot.store import attachments, factors, messages, sessions
from bot.store.database import carry_out
from bot.store.factors import Factor
from bot.store.ids import new_id
from bot.store.sealing import new_keyset
from bot.web.app import create
from tests.conftest import MONDAY
from tests.line import Clock, build_hotline, settings

# Who tries. N: nobody; F: somebody whose password was right and who has a second factor to give; E: one who must set one up
# first; then officer, supervisor, admin, translator, auditor.
EVERYBODY, SIGNED_IN, ANSWER, SUPERVISE = "NFEOSATR", "OSATR", "OSA", "SA"

# Method and address -> who gets in. After a slash: who does where the thread is another officer's, and not in a language of
# one's own. With ! only after a second factor given within the last five minutes.
FORM = {"words": "Good morning", "kind": "reply", "outcome": "answered", "reason": "because it is asked for here"}
TABLE = {
    "GET /": EVERYBODY,
    "GET /account": SIGNED_IN,
    "GET /account/factor": "EOSATR!",
    "POST /account/factor/<int:factor_id>/remove": "OSATR!",
    "POST /account/factor/app": "EOSATR!",
    "POST /account/factor/app/code": "EOSATR!",
    "POST /account/factor/paper": "OSATR!",
    "POST /account/factor/passkey": "EOSATR!",
    "POST /account/factor/passkey/options": "EOSATR!",
    "POST /account/password": "OSATR!",
    "GET /account/phone": ANSWER,
    "POST /account/phone": "OSA!",
    "POST /account/phone/code": ANSWER,
    "POST /account/phone/off": ANSWER,
    "POST /account/sessions/end": SIGNED_IN,
    "POST /account/sessions/end-others": SIGNED_IN,
    "POST /account/tongue": SIGNED_IN,
    "GET /audit": "SAR",
    "GET /audit.csv": "SAR",
    "GET /communities": "OSAT",
    "GET /communities/<name>": "OSAT",
    "GET /communities/<name>/edit": SUPERVISE,
    "POST /communities/<name>/edit": SUPERVISE,
    "POST /communities/<name>/restore": SUPERVISE,
    "GET /communities/practice": "OSAT",
    "GET /communities/practice/<name>": "OSAT",
    "POST /communities/practice/<name>": "OSAT",
    "GET /communities/practised": SUPERVISE,
    "GET /desk": ANSWER,
    "GET /desk/<int:thread_id>": "OSA/SA",
    "GET /desk/<int:thread_id>/attachments/<int:attachment_id>": "OSA/SA",
    "POST /desk/<int:thread_id>/claim": "OSA/SA",
    "POST /desk/<int:thread_id>/close": "OSA/SA",
    "GET /desk/<int:thread_id>/conversation": "OSA/SA",
    "POST /desk/<int:thread_id>/draft": "OSA/SA",
    "GET /desk/<int:thread_id>/interpreter": "OSA/SA",
    "POST /desk/<int:thread_id>/interpreter": "OSA/SA",
    "POST /desk/<int:thread_id>/join": "OSA/SA",
    "POST /desk/<int:thread_id>/later": "OSA/SA",
    "POST /desk/<int:thread_id>/meet": "OSA/SA",
    "POST /desk/<int:thread_id>/note": "OSA/SA",
    "GET /desk/<int:thread_id>/number": "OSA/SA!",
    "POST /desk/<int:thread_id>/number": "OSA/SA!",
    "POST /desk/<int:thread_id>/part": "OSA/SA",
    "GET /desk/<int:thread_id>/ready": "OSA/SA",
    "GET /desk/<int:thread_id>/records": "OSA/SA",
    "POST /desk/<int:thread_id>/records": "OSA/SA",
    "POST /desk/<int:thread_id>/release": "OSA/SA",
    "POST /desk/<int:thread_id>/reply": "OSA/SA",
    "POST /desk/<int:thread_id>/transfer": "OSA/SA",
    "GET /desk/<int:thread_id>/typing": "OSA/SA",
    "POST /desk/<int:thread_id>/translate": "OSA/SA",
    "POST /desk/<int:thread_id>/translate/drop": "OSA/SA",
    "POST /desk/<int:thread_id>/translate/send": "OSA/SA",
    "POST /desk/<int:thread_id>/undo": "OSA/SA",
    "GET /desk/alerts": ANSWER,
    "GET /desk/alerts-worker.js": ANSWER,
    "POST /desk/alerts/browsers": ANSWER,
    "POST /desk/alerts/browsers/<int:browser_id>/remove": ANSWER,
    "POST /desk/alerts/browsers/forget": ANSWER,
    "POST /desk/alerts/try": ANSWER,
    "GET /desk/health": SUPERVISE,
    "GET /desk/health/link": SUPERVISE,
    "GET /desk/health/now": SUPERVISE,
    "GET /desk/list": ANSWER,
    "GET /desk/live": ANSWER,
    "GET /desk/numbers": SUPERVISE,
    "POST /desk/numbers/<int:reveal_id>": SUPERVISE,
    "GET /desk/replies": SUPERVISE,
    "POST /desk/replies": SUPERVISE,
    "POST /desk/replies/<int:canned_id>": SUPERVISE,
    "POST /desk/replies/<int:canned_id>/drop": SUPERVISE,
    "GET /desk/search": ANSWER,
    "POST /desk/shift": ANSWER,
    "GET /desk/teams": SUPERVISE,
    "POST /desk/teams": SUPERVISE,
    "POST /desk/teams/<int:team_id>": SUPERVISE,
    "GET /duty": SUPERVISE,
    "POST /duty/asked/<int:thread_id>/decline": "OSA/OSA",
    "POST /duty/busy": ANSWER,
    "GET /duty/handover": ANSWER,
    "POST /duty/handover/<int:thread_id>": "OSA/OSA",
    "GET /duty/people/<int:staff_id>": SUPERVISE,
    "POST /duty/people/<int:staff_id>/languages": SUPERVISE,
    "POST /duty/people/<int:staff_id>/languages/<tag>/off": SUPERVISE,
    "POST /duty/people/<int:staff_id>/limits": SUPERVISE,
    "POST /duty/plan": SUPERVISE,
    "POST /duty/plan/<int:shift_id>/off": SUPERVISE,
    "POST /duty/thread/<int:thread_id>/about": "SA/SA",
    "POST /duty/thread/<int:thread_id>/again": "SA/SA",
    "POST /duty/thread/<int:thread_id>/know": "OSA/SA",
    "POST /duty/told/<int:paging_id>": ANSWER,
    "GET /healthz": EVERYBODY,
    "POST /interpreters/<int:task_id>": ANSWER,
    "GET /meetings": ANSWER,
    "GET /meetings.ics": EVERYBODY,
    "GET /meetings/calendars": SUPERVISE,
    "POST /meetings/calendars": SUPERVISE,
    "POST /meetings/calendars/<int:calendar_id>/remove": SUPERVISE,
    "POST /meetings/cancel": ANSWER,
    "GET /meetings/edit": ANSWER,
    "POST /meetings/edit": ANSWER,
    "POST /meetings/interpreter": ANSWER,
    "GET /meetings/new": ANSWER,
    "POST /meetings/new": ANSWER,
    "GET /meetings/one": ANSWER,
    "GET /meetings/past": ANSWER,
    "GET /metrics": EVERYBODY,
    "GET /open311/discovery.<any(json, xml):form>": EVERYBODY,
    "GET /open311/v2/request/<id_>.<any(json, xml):form>": EVERYBODY,
    "GET /open311/v2/requests.<any(json, xml):form>": EVERYBODY,
    "POST /open311/v2/requests.<any(json, xml):form>": "",
    "GET /open311/v2/requests/<id_>.<any(json, xml):form>": EVERYBODY,
    "GET /open311/v2/services.<any(json, xml):form>": EVERYBODY,
    "GET /open311/v2/services/<code>.<any(json, xml):form>": EVERYBODY,
    "GET /open311/v2/tokens/<id_>.<any(json, xml):form>": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /reports": ANSWER,
    "GET /reports.csv": "OSA!",
    "GET /reports/<int:report_id>": ANSWER,
    "POST /reports/<int:report_id>/change": ANSWER,
    "GET /reports/city": "A",
    "POST /reports/city/key": "A!",
    "POST /reports/city/key/<int:key_id>/end": "A!",
    "POST /reports/city/route": "A!",
    "POST /reports/city/service": "A!",
    "GET /reports/inbox": ANSWER,
    "POST /reports/inbox/<int:id_>": ANSWER,
    "GET /safety/<int:thread_id>": "OSA/OSA",
    "POST /safety/<int:thread_id>/dispatch": "OSA/OSA",
    "POST /safety/<int:thread_id>/read": "OSA/OSA",
    "GET /signin": EVERYBODY,
    "POST /signin": EVERYBODY,
    "GET /signin/confirm": SIGNED_IN,
    "POST /signin/confirm": SIGNED_IN,
    "GET /signin/elsewhere": EVERYBODY,
    "GET /signin/elsewhere/back": EVERYBODY,
    "POST /signin/passkey": "FOSATR",
    "GET /signin/second": "FOSATR",
    "POST /signin/second": "FOSATR",
    "POST /signout": "FEOSATR",
    "GET /simulator": EVERYBODY,
    "GET /simulator/messages": EVERYBODY,
    "POST /simulator/texts": EVERYBODY,
    "GET /staff": "A",
    "POST /staff": "A!",
    "GET /staff/<int:officer_id>": "A",
    "POST /staff/<int:officer_id>": "A!",
    "POST /staff/<int:officer_id>/factors": "A!",
    "POST /staff/<int:officer_id>/link": "A!",
    "POST /staff/<int:officer_id>/open": "A!",
    "POST /staff/<int:officer_id>/shut": "A!",
    "POST /staff/<int:officer_id>/unlock": "A!",
    "GET /staff/new": "A!",
    "GET /static/<path:filename>": EVERYBODY,
    "GET /statistics": "SAR",
    "GET /statistics/report": "SAR",
    "GET /statistics/report.pdf": "SAR",
    "GET /statistics/report/edit": SUPERVISE,
    "POST /statistics/report/edit": SUPERVISE,
    "GET /statistics/survey": SUPERVISE,
    "POST /statistics/survey/<int:task_id>/read": SUPERVISE,
    "GET /statistics/table/<name>.csv": "SAR",
    "GET /welcome": EVERYBODY,
    "POST /welcome": EVERYBODY,
    "GET /supervise": SUPERVISE,
    "POST /supervise/approvals/<int:approval_id>": SUPERVISE,
    "GET /supervise/mute/<int:thread_id>": "SA/SA",
    "POST /supervise/mute/<int:thread_id>": "SA/SA",
    "POST /supervise/mute/<int:thread_id>/lift": "SA/SA",
    "GET /supervise/now": SUPERVISE,
    "GET /supervise/reviews": SUPERVISE,
    "GET /supervise/reviews/<int:review_id>": SUPERVISE,
    "POST /supervise/reviews/<int:review_id>": SUPERVISE,
    "GET /whatsapp": "A",
    "POST /whatsapp": "A",
}


@dataclass(frozen=True, slots=True)
class Town:
    """A line with one of each, and an officer's own thread and another's."""

    line: Hotline
    app: Flask
    production: Flask
    people: dict[str, Officer]
    own: int
    other: int
    alarm: int  # a thread in which somebody is in danger, which every officer sees
    pictures: dict[int, int]  # that came with a text, by thread
    rows: tuple[tuple[str, dict[str, Any]], ...]

    def restore(self) -> None:
        """Both threads as they were, whatever was just done to them."""
        with self.line.db.write() as conn:
            conn.exec_driver_sql("DELETE FROM bars")
            for statement, row in self.rows:
                conn.exec_driver_sql(statement, row)

    def enter(self, who: str, *, fresh: bool = True) -> FlaskClient:
        """A browser of theirs, just signed in."""
        client = (self.production if who == "E" else self.app).test_client()
        if who == "N":
            return client
        token = tokens.new()
        with self.line.db.write() as conn:
            name = tokens.digest(token)
            factor = "" if who in "FE" else "passkey"
            sessions.open_one(conn, name, self.people[who].id, "secret", "", factor, self.line.instant())
            if not fresh:
                sessions.prove(conn, name, 0)
                sessions.see(conn, name, self.line.instant())
        client.set_cookie("__Host-puente" if who == "E" else "puente", token)
        return client


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Town]:
    config = settings(tmp_path_factory.mktemp("access"), REDIS_URL=redis_url, SEAL_KEYS=new_keyset())
    line = replace(build_hotline(config, demo=True, at=MONDAY), now=Clock(MONDAY))
    app = create(line)
    city = create(replace(line, config=replace(config, env="production", public_url="https://localhost")))
    known = {one.officer.login: one.officer for one in accounts.everybody(line)}
    auditor, enrols = (
        accounts.add(line, one, one, Role.AUDITOR, "seven purple teapots", "", {}) for one in ("aud", "new")
    )
    people = {
        "O": known["rodriguez"], "S": known["santos"], "A": known["whitfield"], "T": known["morales"], "R": auditor,
        "E": enrols, "F": known["park"],
    }  # fmt: skip
    with line.db.write() as conn:
        factors.add(conn, Factor(new_id(), known["park"].id, "app", "", b"", "", 0, 1, 1, None))
    own = _thread(line, app, known["rodriguez"], "quiero hablar con un oficial", "un vecino ruidoso")
    other = _thread(line, app, known["haddad"], "أريد أن أتحدث مع شرطي", "جاري يصرخ كل ليلة")
    _write(app, "help he has a gun and is breaking in")
    (alarm,) = {one.thread_id for one in views.open_for(line, known["whitfield"]) if one.kind == "safety"}
    rows = (
        *_rows(line, "threads", f"id IN ({own}, {other}, {alarm})"),
        *_rows(line, "handoffs", f"thread_id IN ({own}, {other}, {alarm})"),
    )
    pictures = {thread: _picture(line, thread) for thread in (own, other, alarm)}
    yield Town(line, app, city, people, own, other, alarm, pictures, rows)
    line.db.close()


def _thread(line: Hotline, app: Flask, officer: Officer, *texts: str) -> int:
    """A thread this officer has claimed."""
    before = {one.thread_id for one in views.open_for(line, officer)}
    _write(app, *texts)
    (thread,) = {one.thread_id for one in views.open_for(line, officer)} - before
    handoffs.claim(line, officer, thread)
    return thread


def _write(app: Flask, *texts: str) -> None:
    """As a resident does."""
    phone = uuid.uuid4().hex
    for text in texts:
        app.test_client().post("/simulator/texts", json={"id": uuid.uuid4().hex, "phone": phone, "text": text})


def _picture(line: Hotline, thread: int) -> int:
    """What came with a text of this thread, as it is kept."""
    with line.db.write() as conn:
        text = messages.of_thread(conn, line.keys, thread)[0]
        carry_out(conn, attachments.attached(text.id, 0, Media("ME" + "0" * 32, "text/plain"), 1))
        (one,) = attachments.of_message(conn, text.id)
        assert attachments.claim(conn, one, 1, 2)
        assert attachments.keep(conn, line.keys, one, b"a list", "text/plain", 1)
    return one.id


def _rows(line: Hotline, table: str, which: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Statements that write rows back as they are now."""
    with line.db.read() as conn:
        found = [dict(row) for row in conn.exec_driver_sql(f"SELECT * FROM {table} WHERE {which}").mappings()]
    return tuple(
        (f"UPDATE {table} SET {', '.join(f'{name} = :{name}' for name in row if name != 'id')} WHERE id = :id", row)
        for row in found
    )


def _routes(town: Town) -> Iterator[tuple[str, str, Rule]]:
    """Method, name in the table, and rule of every route there is."""
    for rule in town.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, f"{method} {rule.rule}", rule


def _address(town: Town, rule: Rule, thread: int) -> str:
    """With a thread that is there and what came in it, and of everything else something that is not."""
    thread = town.alarm if rule.rule.startswith("/safety") else thread
    there = {"thread_id": thread, "attachment_id": town.pictures[thread]}
    values = {name: there.get(name) or _something(rule._converters[name]) for name in rule.arguments}
    with town.app.test_request_context():
        built = rule.build(values, append_unknown=False)
    assert built
    return built[1]


def _something(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 7 if isinstance(converter, IntegerConverter) else "x"


def _try(town: Town, who: str, method: str, address: str, *, fresh: bool = True, csrf: str = "secret") -> TestResponse:
    client, form = town.enter(who, fresh=fresh), {**FORM, "staff": str(town.people["T"].id)}
    answer = client.open(
        address,
        method=method,
        data=form if method == "POST" else None,
        headers={"Accept": "text/html", "X-CSRF-Token": csrf},
        buffered=False,
        base_url="https://localhost" if who == "E" else "http://localhost",
    )
    if answer.mimetype != "text/event-stream":  # which has no end
        answer.get_data()
    answer.close()
    if method != "GET":
        town.restore()
    return answer


def _got_in(answer: TestResponse, who: str) -> bool:
    """401 and 403 keep out, and so does being sent to a step of signing in."""
    where = answer.headers.get("Location", "")
    step = {"N": "/signin?", "F": "/signin/second", "E": "/account/factor"}.get(who)
    return answer.status_code not in (401, 403) and not (answer.status_code == 302 and step and where.startswith(step))


def _says_that_it_is_gone(answer: TestResponse) -> bool:
    """What a page that was open is told: the thread went to somebody else."""
    return answer.headers.get("Location", "").endswith("done=gone") or "This thread was closed or passed on</h1>" in answer.text


def _observed(town: Town, method: str, rule: Rule, open_to_all: bool) -> str:
    """The row as it is."""

    def letters(thread: int) -> str:
        found = ""
        for who in EVERYBODY:
            if who == "E" and rule.endpoint.startswith("simulator."):
                found += who if open_to_all else ""
                continue
            answer = _try(town, who, method, _address(town, rule, thread))
            if answer.status_code >= 500:
                return f"fails for {who}"
            hidden = "thread_id" in rule.arguments and (answer.status_code == 404 or _says_that_it_is_gone(answer))
            found += who if _got_in(answer, who) and not hidden else ""
        return found

    row = letters(town.own)
    if "thread_id" in rule.arguments:
        row += f"/{letters(town.other)}"
    return row + _asks_again(town, method, rule, row)


def _asks_again(town: Town, method: str, rule: Rule, row: str) -> str:
    inside = next((who for who in row.partition("/")[0] if who in "OSATR"), None)
    if inside is None:
        return ""
    answer = _try(town, inside, method, _address(town, rule, town.own), fresh=False)
    return "!" if answer.headers.get("Location", "").startswith("/signin/confirm?") else ""


def _by_hand(row: str) -> str:
    """As it stands in the table."""
    names = {EVERYBODY: "EVERYBODY", SIGNED_IN: "SIGNED_IN", ANSWER: "ANSWER", SUPERVISE: "SUPERVISE"}
    return names.get(row, f'"{row}"')


def test_everybody_gets_in_where_the_table_says_and_nowhere_else(town: Town) -> None:
    found = {}
    for method, name, rule in _routes(town):
        open_to_all = (
            rule.endpoint == "static" or getattr(town.app.view_functions[rule.endpoint], "rule", "") == "open to all"
        )
        found[name] = _observed(town, method, rule, open_to_all)
    surprises = [f'    "{name}": {_by_hand(row)},' for name, row in sorted(found.items()) if TABLE.get(name) != row]
    gone = sorted(TABLE.keys() - found.keys())
    assert not surprises, "rows that are as here, and not so in the table:\n" + "\n".join(surprises)
    assert not gone, f"rows of routes that are no more: {gone}"


def test_every_form_needs_the_secret_of_its_session(town: Town) -> None:
    let_in = []
    for method, name, rule in _routes(town):
        who = next((one for one in TABLE.get(name, "").partition("/")[0] if one in "OSATR"), None)
        if method == "GET" or who is None or "N" in TABLE[name]:
            continue
        for csrf in ("", "another"):
            if _try(town, who, method, _address(town, rule, town.own), csrf=csrf).status_code != 403:
                let_in.append(name)
    assert let_in == []

"""Who gets in where: every route by everybody who may try, against the table of `tests/access_table.py`. A route that is not in
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
from tests.access_table import ANSWER, EVERYBODY, SIGNED_IN, SUPERVISE, TABLE
from tests.conftest import MONDAY
from tests.line import Clock, build_hotline, settings

FORM = {"words": "Good morning", "kind": "reply", "outcome": "answered", "reason": "because it is asked for here"}


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
    assert not surprises, "rows that are as here, and not so in tests/access_table.py:\n" + "\n".join(surprises)
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

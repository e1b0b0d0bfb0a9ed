"""A hundred and fifty ways to smuggle a script in, through everything strangers and colleagues write, on every page that
shows it: none runs, and none so much as tries."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from bot.desk.duty import handoffs
from bot.desk.supervision import approving, muting
from bot.desk.threads import interpreters, notes, replies, revealing
from bot.desk.threads.interpreters import Wish
from bot.flow.effects import AddToReport, Effect, FileReport
from bot.line.applying import Kept, rows
from bot.store import messages, translations
from bot.store.database import carry_out
from bot.web.app import create
from tests.browser.conftest import Visitor
from tests.line import Line

# § is the payload's number; x() is what it would call.
_VECTORS = (
    "<script>x(§)</script>", "<ScRiPt>x(§)</sCrIpT>", "<script src=//evil.example/§></script>",
    "<img src=/none onerror=x(§)>", "<svg onload=x(§)>", "<svg><script>x(§)</script></svg>", "<body onload=x(§)>",
    "<iframe srcdoc='<script>parent.x(§)</script>'></iframe>", "<iframe src=javascript:parent.x(§)></iframe>",
    "<details open ontoggle=x(§)>", "<input autofocus onfocus=x(§)>", "<a class=go href=javascript:x(§)>go</a>",
    "<math><mi xlink:href=javascript:x(§)>m</mi></math>", "<video><source onerror=x(§)></video>",
    "<audio src=/none onerror=x(§)>", "<object data=javascript:x(§)>", "<embed src=javascript:x(§)>",
    "<form action=javascript:x(§)><button class=go>go</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:x(§)'>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/§>", "<style>@import '//evil.example/§'</style>", "<marquee onstart=x(§)>",
    "<div hx-get=/desk hx-trigger=load></div>", "<div hx-on:htmx:load=x(§)></div>", "<template><script>x(§)</script></template>",
    "<noscript><p title='</noscript><img src=/none onerror=x(§)>'>", "<plaintext>", "{{7*7}}{% print(7) %}${x(§)}`${x(§)}`",
    "javascript:x(§)//<!--",
)  # fmt: skip
_PLACES = ("{}", '">{}', "'>{}", "</bdi></textarea></title></script>{}", "\u202e\x0b{}<!--")
PAYLOADS = [
    place.replace("{}", vector).replace("§", str(1 + at * len(_PLACES) + n))
    for at, vector in enumerate(_VECTORS)
    for n, place in enumerate(_PLACES)
]
_NO_PAGES = ("/hooks", "/healthz", "/readyz", "/metrics", "/desk/live", "/open311", "/simulator")
_OF_AUDIT = ("person", "thread", "verb", "from", "to", "line")
_TOGETHER = 30  # payloads of one thread

_WATCH = """
window.ran = []; window.refused = [];
window.x = (number) => window.ran.push(number);
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));
"""
# What a payload that became part of the page would leave in it, whether or not it ran.
_FOREIGN = """() => [...document.querySelectorAll("*")].filter((one) =>
    [...one.attributes].some((each) => /^on|^hx-on/i.test(each.name) || /^\\s*(javascript|vbscript):/i.test(each.value)
        && ["href", "src", "action", "data", "xlink:href"].includes(each.name))
    || (one.tagName === "SCRIPT" && !one.src.startsWith(location.origin))
    || ["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "PLAINTEXT", "MATH", "STYLE"].includes(one.tagName)
    || one.matches(".go, .bubble__text :not(.unseen), .note__words :not(.unseen), .card__about :not(.unseen), .machine__words :not(.unseen)")
).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def threads(line: Line) -> Iterator[list[int]]:
    """Five threads in which every payload came as words, name, button, label, kind of file and note."""
    batches = [PAYLOADS[at : at + _TOGETHER] for at in range(0, len(PAYLOADS), _TOGETHER)]
    yield [_thread(line, f"+150055880{at:02}", batch) for at, batch in enumerate(batches)]


def _thread(line: Line, who: str, batch: Sequence[str]) -> int:
    address, officer = f"whatsapp:{who}", line.officer("rodriguez")
    line.twilio.text(address, "quiero hablar con un oficial")
    line.twilio.text(address, batch[0])  # what it is about, on the card
    thread = line.thread_of(who, "twilio-whatsapp")
    handoffs.claim(line.hotline, officer, thread)
    for payload in batch:
        line.twilio.text(address, payload, ProfileName=payload)
        spot = {"Latitude": "41.1", "Longitude": "-92.3", "Label": payload, "Address": payload}
        file = {"NumMedia": "1", "MediaContentType0": payload, "MediaUrl0": payload}
        line.twilio.text(address, "", ButtonText=payload, ListTitle=payload, **spot, **file)
        notes.write(line.hotline, officer, thread, payload.replace("@", ""))
        if "{" not in payload:  # braces are refused: something would be left to fill in
            replies.reply(line.hotline, officer, thread, payload)
        revealing.reveal(line.hotline, officer, thread, f"because of {payload}")
    _report(line, thread, batch)
    _supervised(line, thread, batch)
    return thread


def _supervised(line: Line, thread: int, batch: Sequence[str]) -> None:
    """What a machine made of it, and what officers and supervisors write elsewhere than in the thread."""
    hotline, officer, boss = line.hotline, line.officer("rodriguez"), line.officer("santos")
    with hotline.db.write() as conn:
        for message in messages.of_thread(conn, hotline.keys, thread):
            if message.author == "resident" and message.text:
                made = f"In English: {message.text}"
                assert translations.put_beside(
                    conn, hotline.keys, message, engine=batch[0], source="es", target="en", words=made, at=hotline.instant()
                )
    tomorrow = hotline.now() + timedelta(days=1)
    for payload in batch:
        task = interpreters.ask(hotline, officer, thread, Wish("es", "in person", tomorrow, payload[: interpreters.LONGEST["place"]]))
        if len(payload) <= interpreters.LONGEST["service"]:
            interpreters.settle(hotline, officer, task, "booked", payload)
    approving.ask(hotline, officer, thread, approving.KINDS[0], f"because of {batch[0]}")
    muting.mute(hotline, boss, thread, f"because of {batch[-1]}", 48)


def _report(line: Line, thread: int, batch: Sequence[str]) -> None:
    row = line.hotline.db.look("SELECT resident_id FROM threads WHERE id = :id", {"id": thread})
    assert row
    kept = Kept(line.hotline, row[0], thread, "es", line.hotline.instant())
    number = f"26-X{thread % 10_000:04}-0"
    answers = tuple(("What happened", payload) for payload in batch)
    effects: list[Effect] = [FileReport(number, "theft", complete=True, answers=answers)]
    effects += [AddToReport(number, payload) for payload in batch]
    with line.hotline.db.write() as conn:
        for effect in effects:
            for statement in rows(kept, effect):
                carry_out(conn, statement)


def test_nothing_anybody_writes_runs_on_any_page(visit: Visitor, line: Line, threads: list[int]) -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 150
    desk, boss = visit.officer("rodriguez"), visit.officer("santos")
    for page in (desk, boss):
        page.add_init_script(_WATCH)
    for thread in threads:
        _look(desk, f"{visit.url}/desk/{thread}")
        assert desk.locator(".bubble--resident").count() == 2 + 2 * _TOGETHER
        assert desk.locator(".note").count() == _TOGETHER
        assert desk.locator(".machine__words").count() >= _TOGETHER
        shown = desk.locator(".bubble--resident .bubble__text").all_text_contents()
        assert all(_shown(payload) in shown for payload in PAYLOADS[threads.index(thread) * _TOGETHER :][:_TOGETHER])
        _look(desk, f"{visit.url}/desk/{thread}/number")
    for payload in PAYLOADS[:: len(_PLACES) + 1]:
        _look(desk, f"{visit.url}/desk/search?{_query(q=payload, topic=payload, language=payload)}")
        _look(boss, f"{visit.url}/audit?{_query(**dict.fromkeys(_OF_AUDIT, payload))}")
        _look(boss, f"{visit.url}/statistics?{_query(period=payload)}")
    for thread in threads:
        _look(boss, f"{visit.url}/supervise/mute/{thread}")
        _look(boss, f"{visit.url}/desk/{thread}/interpreter")
    for path in ("/desk/search?q=e", *_reports(boss, visit), *_pages(visit)):
        _look(boss, visit.url + path)


def _pages(visit: Visitor) -> list[str]:
    """Every page there is without a thing in its address."""
    rules = [rule for rule in create(visit.hotline).url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return [rule.rule for rule in rules if not rule.rule.startswith(_NO_PAGES) and "." not in rule.rule]


def _look(page: Page, url: str) -> None:
    page.goto(url)
    assert page.evaluate("window.ran") == [], url
    assert page.evaluate("window.refused") == [], url
    assert page.evaluate(_FOREIGN) == [], url


def _shown(payload: str) -> str:
    return payload.replace("\u202e", "U+202E").replace("\x0b", "U+000B")


def _query(**values: str) -> str:
    from urllib.parse import urlencode

    return urlencode(values)


def _reports(boss: Page, visit: Visitor) -> list[str]:
    """The list of reports and some of what it leads to."""
    boss.goto(f"{visit.url}/reports")
    found = boss.locator("main a[href^='/reports/']").evaluate_all("links => links.map((one) => one.getAttribute('href'))")
    assert found, json.dumps("no report is listed")
    return ["/reports", *dict.fromkeys(found)][:8]

"""How soon open desks hear of what residents write, whether they hear all of it, and whether residents notice the desks."""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from bot import migrations
from bot.bench import measure
from bot.bench.desks import Plan
from bot.bench.driver import send, signed
from bot.config import Config, read
from bot.demo.load import demo_password, load_once
from bot.errors import PuenteError
from bot.hotline import build
from bot.live_texts import HOME
from bot.studio.releasing.publishing import keep_live

_TEXTS = ("quiero hablar con un oficial", "un vecino ruidoso")
_SEE_SPANISH, _SEE_ARABIC = ("rodriguez", "santos"), ("haddad",)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run. Times in milliseconds; `memory` is what the streams added to all web processes, in megabytes."""

    streams: int
    memory: float
    told: Mapping[str, float]


def measure_live(streams: int, changes: int, rate: float, cuts: float, database: str) -> str:
    """A table of a run without streams and one with them, on one server each. Raises PuenteError."""
    with tempfile.TemporaryDirectory(prefix="puente-bench-") as folder, measure.own_redis(Path(folder)) as redis_url:
        environment = {**measure.settings(Path(folder), database, redis_url), "DEPARTMENT_HOURS": "24/7"}
        config = read(environment)
        migrations.upgrade(config.database)
        load_once(config)
        keep_live(build(config))
        with measure.serving(measure.line_command(), environment) as (url, process):
            threads = _threads(url, config, residents=max(20, min(400, int(20 * rate))))
            cookies, others = (
                [_cookie(url, config, login) for login in those] for those in (_SEE_SPANISH, _SEE_ARABIC)
            )
            plan = Plan(
                url,
                measure.TOKEN,
                measure.ACCOUNT,
                measure.LINE,
                threads,
                cookies,
                others,
                streams,
                changes,
                rate,
                cuts,
            )
            runs = [_run(replace(plan, streams=number, changes=some), process.pid) for number, some in (
                (0, min(changes, 1000)), (streams, changes),
            )]  # fmt: skip
    return "\n".join(_table(runs, plan, database))


def _run(plan: Plan, server: int) -> Figures:
    before = measure.memory(server)
    driver = subprocess.Popen(
        [sys.executable, "-m", "bot.bench.desks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOME
    )
    assert driver.stdin and driver.stdout
    driver.stdin.write(json.dumps(asdict(plan)) + "\n")
    driver.stdin.flush()
    if driver.stdout.readline() != "open\n":
        raise PuenteError("The streams could not be opened.")
    grown = measure.memory(server) - before
    said, _ = driver.communicate("go\n")
    if driver.returncode:
        raise PuenteError("The driver failed.")
    return Figures(plan.streams, grown, json.loads(said))


def _threads(url: str, config: Config, residents: int) -> dict[str, int]:
    """Residents who wait for an officer who speaks Spanish, and their threads."""
    senders = [f"+1512{number:07}" for number in range(residents)]
    for words in _TEXTS:
        talk = ((sender, words) for sender in senders)
        for _, request in islice(signed(url, measure.TOKEN, measure.ACCOUNT, measure.LINE, talk), residents):
            send(url, request)
    hotline = build(config)
    sql = """SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id JOIN handoffs h ON h.thread_id = t.id
        WHERE r.address_hash = :hash AND h.closed_at IS NULL"""
    found: dict[str, int] = {}
    for sender in senders:
        if row := hotline.db.look(sql, {"hash": hotline.keys.digest(f"twilio-sms:{sender}")}):
            found[sender] = int(row[0])
    hotline.db.close()
    if len(found) < residents:
        raise PuenteError(f"Only {len(found)} of {residents} residents wait for an officer.")
    return found


def _cookie(url: str, config: Config, login: str) -> str:
    """Of somebody who just signed in."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            return None

    form = urlencode({"login": login, "password": demo_password(config)}).encode()
    try:
        urllib.request.build_opener(Stay).open(url.removesuffix("/hooks/twilio") + "/signin", form, timeout=30)
    except urllib.error.HTTPError as answer:
        return "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or ())
    raise PuenteError(f"{login} could not sign in.")


def _table(runs: Sequence[Figures], plan: Plan, database: str) -> list[str]:
    without, beside = runs
    told = beside.told
    place = database.rsplit("@", maxsplit=1)[-1] or "SQLite, synchronous=FULL"
    return [
        f"{plan.streams} streams, {told['changes']:,} texts at {plan.rate:g}/s, {plan.cuts:g} streams cut a second; {place}",
        "",
        f"{'':44} {'p50':>8} {'p95':>8} {'p99':>8}",
        f"{'answer of the webhook to event, ms':44} {told['p50']:8.1f} {told['p95']:8.1f} {told['p99']:8.1f}",
        f"{'webhook without streams, ms':44} {without.told['webhook_p50']:8.1f} {'':8} {without.told['webhook_p99']:8.1f}",
        f"{'webhook with them, ms':44} {told['webhook_p50']:8.1f} {'':8} {told['webhook_p99']:8.1f}",
        "",
        f"{'told of a change, told to look at everything':44} {told['told']:,}, {told['looks']:,}",
        f"{'lost, told to others, webhooks not answered':44} {told['lost']:,}, {told['others']:,}, {told['wrong']:,}",
        f"{'memory of the streams, all web processes':44} {beside.memory:.0f} MB",
    ]

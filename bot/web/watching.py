"""The page that says how the line is, for supervisors and admins. It looks again by itself; what it says is words and
figures, nothing of a resident."""

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.config import Config
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.store import alarms as store
from bot.store.alarms import Kept
from bot.store.figures import Pile
from bot.watch import alarms, rules
from bot.watch.rules import Alarm
from bot.watch.snapshot import Redis, Snapshot, take
from bot.watch.telling import ways
from bot.watch.words import KINDS, number, span
from bot.web.doors import frame, hotline, may
from bot.web.wording import channel

pages = Blueprint("watching", __name__)
_WEEK = 7 * 86_400_000  # ms


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm as the page shows it: `kept` is None if it was only just found, `here` false if it no longer is."""

    alarm: Alarm
    kept: Kept | None
    here: bool


@pages.record
def _link(state: BlueprintSetupState) -> None:
    """Every page of the desk links here, and says so when something is the matter."""
    state.app.jinja_env.globals["alarms_standing"] = lambda: alarms.standing(hotline())


@pages.get("/desk/health")
@may(Deed.WATCH)
def show(who: Session) -> AnyResponse:
    return make_response(render_template("desk/health.html", **frame(who), **_page()))


@pages.get("/desk/health/now")
@may(Deed.WATCH)
def now(who: Session) -> AnyResponse:
    """The same without its frame, for a page that is open. What it says at the top is read out only if it changed."""
    values = _page()
    changed = values["whole"] != request.args.get("whole")
    return make_response(render_template("desk/health_now.html", **values, apart=True, changed=changed))


@pages.get("/desk/health/link")
@may(Deed.WATCH)
def link(who: Session) -> AnyResponse:
    return make_response(render_template("desk/health_link.html"))


def _page() -> dict[str, object]:
    line = hotline()
    snapshot = take(line)
    with line.db.read() as conn:
        kept = {one.kind: one for one in store.all_open(conn)}
        past = store.closed_since(conn, snapshot.at - _WEEK)
    found = rules.alarms(snapshot, line.config)
    standing = [Standing(alarm, kept.pop(alarm.kind, None), True) for alarm in found]
    standing += [Standing(Alarm(one.kind, one.note), one, False) for one in kept.values() if one.kind in KINDS]
    return {
        "at": snapshot.at,
        "standing": standing,
        "whole": _whole(len(standing)),
        "groups": _groups(snapshot, line.config),
        "past": [(KINDS[one.kind].title, one) for one in past if one.kind in KINDS],
        "nobody_told": not (ways(line.config) or line.config.development),
    }


def _whole(count: int) -> str:
    if not count:
        return "Everything works"
    return f"{number(count, 'thing')} {'needs' if count == 1 else 'need'} somebody"


Rows = list[tuple[str, str]]


def _groups(now: Snapshot, config: Config) -> list[tuple[str, Rows]]:
    return [
        ("Residents", _residents(now, config)),
        ("Officers", _officers(now)),
        ("Twilio", _twilio(now)),
        ("This machine", _machine(now)),
    ]


def _residents(now: Snapshot, config: Config) -> Rows:
    hour = now.hour
    return [
        ("Texts in the last hour", f"{hour.texts_in:,} in, {hour.texts_out:,} out"),
        ("Threads in the last hour", f"{hour.threads:,}"),
        (
            "Answers of the line itself in the last hour",
            f"{hour.automatic:,} of at most {config.most_answers_an_hour:,}",
        ),
        ("Texts the line could not understand, last day", _count(now.doubts["quarantined"])),
        ("Pictures and voice notes on their way", _pile(now, now.attachments.waiting)),
        ("Of those not taken, last day", _count(now.attachments.refused)),
    ]


def _officers(now: Snapshot) -> Rows:
    waiting = now.waiting
    return [
        ("Waiting for an officer", _pile(now, waiting.all)),
        ("Of those urgent", _pile(now, waiting.urgent)),
        ("Of those not shown at desks yet", _pile(now, waiting.unpaged)),
        ("Threads officers answer now", _count(waiting.taken)),
    ]


def _twilio(now: Snapshot) -> Rows:
    heard = now.heard
    came = _ago(now, heard.last) if heard.last else "none in the last day"
    asked = [f"{channel(name)} {_ago(now, at) if at else 'never'}" for name, at in now.listed.items()]
    failed = sum(now.hour.failed.values())
    return [
        ("Last text it brought us", came),
        ("Texts it did not bring and we fetched, last 10 minutes", _count(heard.fetched)),
        ("Last asked for its texts", ", ".join(asked) or "Twilio is not set up"),
        ("Texts to residents on their way", _pile(now, now.sending.queued)),
        ("Texts not delivered in the last hour", _count(failed)),
        ("Texts of which nobody knows whether they arrived, last day", _count(now.doubts["uncertain"])),
    ]


def _machine(now: Snapshot) -> Rows:
    seen = f"looked {_ago(now, now.watched)}" if now.watched else "has never looked"
    free = [] if now.disk.free is None else [("Free disk", _bytes(now.disk.free))]
    return [("Database", f"answers, {_bytes(now.disk.size)}"), *free, ("Scheduler", seen), *_redis(now, now.redis)]


def _redis(now: Snapshot, redis: Redis | None) -> Rows:
    if redis is None:
        return [("Redis", "does not answer"), ("Workers", "not known without Redis")]
    most = f" of {_bytes(redis.state.most)}" if redis.state.most else ""
    bells = redis.bells
    return [
        ("Redis", f"answers, {_bytes(redis.state.used)}{most} used"),
        ("Workers", "at work" if redis.worker else "no sign of life for 30 seconds"),
        ("Jobs for workers", f"{_pile(now, Pile(bells.waiting, bells.oldest))} waiting, {_count(bells.started)} begun"),
    ]


def _ago(now: Snapshot, instant: int) -> str:
    seconds = now.age(instant)
    return f"{span(seconds)} ago" if seconds >= 2 else "just now"


def _pile(now: Snapshot, pile: Pile) -> str:
    return f"{pile.count:,}, the oldest for {span(now.age(pile.oldest))}" if pile.oldest else _count(pile.count)


def _count(count: int) -> str:
    return f"{count:,}" if count else "none"


def _bytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"

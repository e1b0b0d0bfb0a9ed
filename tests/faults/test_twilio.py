"""Twilio at its worst: it takes texts and does not say so, has no room, and does not call us; meanwhile a worker stands
still. Everybody is told everything once, in order."""

from bot.storm import day, faults, masses, oracle
from bot.storm.oracle import Calm, kept_ids
from bot.storm.residents import Crowd
from bot.storm.scripts import GREETING, OFFICER, QUICK
from bot.storm.town import Town
from tests.faults.conftest import Towns

SCRIPTS = (GREETING, OFFICER, QUICK)
BAD = 33.0  # seconds: longer than a worker's lease on a text, and not as long as others wait before they look for it


def test_a_bad_day(towns: Towns, calm: Calm) -> None:
    everything = faults.one_by_one(
        faults.together(faults.unsure_sends(0.5, BAD), faults.withheld(0.1, BAD), faults.frozen("worker", BAD)),
        faults.busy(10),
    )
    days = towns.each(lambda town: day.bad_day(town, calm, everything, rate=8, scripts=SCRIPTS))

    for name, (went, town) in zip(days, zip(days.values(), towns.values(), strict=True), strict=True):
        print(f"{name}\n{went}\n{town.twilio.requests()}\n")
    assert [went.broken for went in days.values()] == [[] for _ in days]
    for town in towns.values():
        told = town.twilio.requests()["create"]
        assert told.get(0) or told.get(500), "no send was without an answer"
        assert any(row.withheld for row in town.twilio.ledger()), "no webhook was withheld"


def test_webhooks_that_come_late_or_again_change_nothing(towns: Towns) -> None:
    """Texts of this run, also those that were listed first, come again until it is 2,000: no row, no reply."""

    def again(town: Town) -> None:
        if not (sids := [row.sid for row in town.twilio.ledger() if row.direction == "inbound"]):
            sids = list(masses.written(town, Crowd(town), 100)[0].sids)
            oracle.quiet(town, day.PATIENCE)
        before = rows(town)
        town.twilio.release()
        statuses = masses.again(town, sids[:200], times=10)
        town.twilio.settle(60)
        assert set(statuses) == {200}
        assert rows(town) == before

    towns.each(again)


def test_one_webhook_fifty_times_at_once(towns: Towns) -> None:
    def at_once(town: Town) -> None:
        texts, statuses = masses.written(town, Crowd(town), 20, times=50)
        oracle.quiet(town, day.PATIENCE)

        assert statuses == {200: 1000}
        assert texts.wrong(town) == []

    towns.each(at_once)


def test_what_came_twice_is_seen(towns: Towns) -> None:
    """The judge of these tests itself."""
    town = towns["sqlite"]
    texts, _ = masses.written(town, Crowd(town), 2)
    oracle.quiet(town, day.PATIENCE)
    [one, other], [sid, _] = texts.numbers, texts.sids

    town.twilio.texts([{"from": one, "body": masses.WORDS}])
    oracle.quiet(town, day.PATIENCE)

    assert masses.Written([one, other], [sid, "SM" + "0" * 32]).wrong(town) == [
        "of 2 texts 1 were kept not once but [0] times",
        "of 2 texts 1 were answered not once but [2] times",
    ]


def rows(town: Town) -> tuple[int, int]:
    """Texts that are kept, and texts that Twilio was given for residents."""
    return len(kept_ids(town)), sum(row.direction != "inbound" for row in town.twilio.ledger())

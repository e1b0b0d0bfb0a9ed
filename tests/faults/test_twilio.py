"""Twilio at its worst: it takes texts and does not say so, has no room, and does not call us; meanwhile a worker stands
still. Everybody is told everything once, in order."""

from collections import Counter

from bot.storm import day, faults, oracle
from bot.storm.oracle import Calm, kept_ids
from bot.storm.residents import Crowd, Ledger
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
    assert [went.verdict.broken for went in days.values()] == [[] for _ in days]
    for town in towns.values():
        assert town.twilio.requests()["create"][0] >= 5, "few sends were without an answer"
        assert any(row.withheld for row in town.twilio.ledger()), "no webhook was withheld"


def test_webhooks_that_come_late_or_again_change_nothing(towns: Towns) -> None:
    """Every text of this run, also those that were listed first, comes again until it is 2,000: no row, no reply."""

    def again(town: Town) -> None:
        sids = [row.sid for row in town.twilio.ledger() if row.direction == "inbound"] or sent(town, 100)
        before = told(town), kept(town)
        town.twilio.release()
        statuses = town.twilio.repeat(sids[:200], times=10, at_once=True, new_delivery=True)
        town.twilio.settle(60)
        assert set(statuses) == {200}
        assert (told(town), kept(town)) == before

    towns.each(again)


def test_one_webhook_fifty_times_at_once(towns: Towns) -> None:
    def at_once(town: Town) -> None:
        crowd = Crowd(town)
        texts = [{"from": crowd.number(), "body": "hola, buenos dias", "withhold": True} for _ in range(20)]
        sids = town.twilio.texts(texts)
        statuses = town.twilio.repeat(sids, times=50, at_once=True, new_delivery=True)
        town.twilio.settle(60)

        ledger = told(town)
        assert statuses == {200: 1000}
        assert [ledger[str(text["from"])] for text in texts] == [1] * 20
        assert [kept(town)[sid] for sid in sids] == [1] * 20

    towns.each(at_once)


def told(town: Town) -> Counter[str]:
    """How many texts each resident was sent."""
    ledger = Ledger(town.twilio)
    ledger.read()
    return Counter({number: len(texts) for number, texts in ledger.told.items()})


def kept(town: Town) -> Counter[str]:
    return Counter(kept_ids(town))


def sent(town: Town, number: int) -> list[str]:
    """Texts of new residents, answered."""
    crowd = Crowd(town, [GREETING])
    crowd.come(number)
    assert crowd.finish(day.PATIENCE)
    oracle.quiet(town, day.PATIENCE)
    return crowd.sids

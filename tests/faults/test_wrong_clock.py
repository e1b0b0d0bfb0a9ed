"""One web server, one worker and one scheduler are an hour ahead of the others, then an hour behind, while residents
write: nothing is lost, nothing happens twice, and everybody is told what they would have been told.

On PostgreSQL alone, whose clock all go by: a SQLite file is on one machine, whose processes have one clock."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.storm import day
from bot.storm.day import Fault
from bot.storm.faults import one_by_one
from bot.storm.oracle import Calm
from bot.storm.residents import Crowd
from bot.storm.town import Town
from tests.faults.conftest import Towns
from tests.servers import NO_POSTGRES

SECONDS = 8.0  # under each wrong clock
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

pytestmark = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not on this machine: apt-get install libfaketime")


def test_three_processes_have_a_clock_of_their_own(towns: Towns, calm: Calm) -> None:
    if "postgresql" not in towns:
        pytest.skip(NO_POSTGRES)
    went = day.bad_day(towns["postgresql"], calm, one_by_one(apart("+1h"), apart("-1h")), rate=8)

    print(went)
    assert went.broken == []


def apart(shift: str) -> Fault:
    """The first of each kind has a clock of its own for a while, as on a machine that nobody set."""
    clock = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": shift}

    def work(town: Town, crowd: Crowd) -> None:
        right = town.webs[0].environment, town.workers[0].environment, town.schedulers[0].environment
        begin_anew(town, *({**environment, **clock} for environment in right))
        time.sleep(SECONDS)
        begin_anew(town, *right)

    return work


def begin_anew(town: Town, *environments: Mapping[str, str]) -> None:
    first = town.webs[0], town.workers[0], town.schedulers[0]
    for service, environment in zip(first, environments, strict=True):
        service.stop()
        service.environment = environment
        service.start()
    for service in first:
        service.wait_until_ready()

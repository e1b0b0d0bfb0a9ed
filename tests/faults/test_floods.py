"""Many texts of new residents within a second, to four web processes: none is lost or refused, and each resident has one
thread, in order."""

from bot.storm import masses, oracle
from bot.storm.day import PATIENCE
from bot.storm.residents import Crowd
from tests.faults.conftest import Towns

PEOPLE = 50


def test_twenty_first_texts_of_fifty_numbers(towns: Towns) -> None:
    for town in towns.values():  # one after the other, or they would take the machine from each other
        found = masses.flood(PEOPLE)(town, Crowd(town))
        oracle.quiet(town, PATIENCE)

        assert found
        print(found.said)
        assert found.broken() == []

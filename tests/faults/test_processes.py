"""Processes of the line are killed, frozen and restarted under texts: nothing is lost, nothing happens twice."""

from pathlib import Path

from bot.live_texts import HOME
from bot.storm import day, faults
from bot.storm.oracle import Calm
from bot.storm.processes import Service
from bot.storm.residents import Crowd
from bot.storm.town import Town
from tests.faults.conftest import Towns

SECONDS = 30  # of each half
KILLS = 20  # in each half


def without_retry(town: Town, crowd: Crowd) -> None:
    """From here on Twilio calls a webhook once: what meets a dying process is lost until it is listed."""
    town.twilio.set(webhook_fragment="#rc=0")


def test_forty_kills(towns: Towns, calm: Calm) -> None:
    storm = faults.one_by_one(faults.kills(KILLS, SECONDS, seed=1), without_retry, faults.kills(KILLS, SECONDS, seed=2))
    days = towns.each(lambda town: day.bad_day(town, calm, storm, rate=10))
    towns.each(lambda town: town.twilio.set(webhook_fragment=""))

    for name, went in days.items():
        print(f"{name}\n{went}\n")
    assert [went.broken for went in days.values()] == [[] for _ in days]
    assert all(sum(service.starts for service in town.services) >= KILLS for town in towns.values()), "few were killed"


def test_rolling_restarts(towns: Towns, calm: Calm, tmp_path: Path) -> None:
    """Four of the web and four of the workers, each by way of the same release in another folder and back; each ends by
    itself in time, with exit code 0."""
    other = tmp_path / "other"
    other.symlink_to(HOME, target_is_directory=True)
    halves = [faults.restarts(2, [kind], other) for kind in ("web", "worker")]

    def deploy(town: Town, crowd: Crowd) -> None:
        faults.together(*halves)(town, crowd)
        assert all(str(other) in environment(service) for service in [*town.webs, *town.workers])
        faults.together(*halves)(town, crowd)
        assert not any(str(other) in environment(service) for service in town.services)

    days = towns.each(lambda town: day.bad_day(town, calm, deploy, rate=10))

    for name, went in days.items():
        print(f"{name}\n{went}\n")
    assert [went.broken for went in days.values()] == [[] for _ in days]
    assert all(set(went.answers.statuses) <= {0, 200} for went in days.values())


def environment(service: Service) -> str:
    return Path(f"/proc/{service.pid}/environ").read_text()

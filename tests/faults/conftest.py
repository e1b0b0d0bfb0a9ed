"""Lines of real processes for the tests of faults: one on each database, started once. Whoever breaks a line for good
starts one of their own (`running_town`)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import pytest

from bot.storm import day
from bot.storm.oracle import Calm
from bot.storm.town import Town, running_town
from tests.databases import fresh_postgres
from tests.servers import postgres_programs

T = TypeVar("T")
HERE = __file__.rpartition("/")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.faults)


class Towns(dict[str, Town]):
    """The lines by the name of their database."""

    def each(self, do: Callable[[Town], T]) -> dict[str, T]:
        """The same done to all of them at once, since most of it is waiting."""
        with ThreadPoolExecutor(len(self)) as pool:
            return dict(zip(self, pool.map(do, self.values()), strict=True))


@pytest.fixture(scope="package")
def towns(request: pytest.FixtureRequest) -> Iterator[Towns]:
    """Two web servers of two processes each, two workers, two schedulers; on SQLite, and on PostgreSQL where there is
    one."""
    databases = {"sqlite": ""}
    if postgres_programs():
        databases["postgresql"] = fresh_postgres(request.getfixturevalue("postgres_url"))
    with ExitStack() as stack:
        yield Towns(
            (name, stack.enter_context(running_town(database=database, webs=2, workers=2, schedulers=2)))
            for name, database in databases.items()
        )


@pytest.fixture(scope="package")
def calm(towns: Towns) -> Calm:
    """What residents are told on a calm day; on every database the same."""
    told = list(towns.each(day.calm).values())
    assert all(one == told[0] for one in told)
    return told[0]

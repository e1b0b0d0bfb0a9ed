"""A small disk of its own for a test, which is skipped where there can be none."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.errors import PuenteError
from bot.storm import disk


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """A file system in memory, mounted there."""
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.small_disk(folder, megabytes=megabytes))
        except PuenteError as error:
            pytest.skip(str(error))
        yield folder

"""Brings a database to the newest tables, and back. Numbered steps in `versions/`, each with its way back; knows
nothing of what stands in the tables."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.errors import DatabaseUnreachable


def upgrade(url: str, to: str = "head") -> None:
    """To the newest tables; nothing happens if they are there. Several processes may ask at once: one does it, the
    others wait. Raises DatabaseUnreachable."""
    _run(command.upgrade, url, to)


def downgrade(url: str, to: str) -> None:
    """Back to an earlier step, "base" for an empty database. What the later tables held is lost."""
    _run(command.downgrade, url, to)


def head() -> str:
    """The number of the newest step."""
    newest = ScriptDirectory.from_config(_settings("")).get_current_head()
    assert newest is not None
    return newest


def in_metadata(name: str | None, kind: str, parents: Any) -> bool:
    """Whether a table or column should be described in schema.py. The search index is not: it is FTS5 here and a
    generated column there, which SQLAlchemy's tables cannot say in one way. For Alembic's `include_name`."""
    return not (name or "").startswith("resources_search")


def _run(order: Any, url: str, to: str) -> None:
    try:
        order(_settings(url), to)
    except (OperationalError, InterfaceError) as error:
        why = str(error.orig).strip().splitlines()[0].rstrip(".")
        raise DatabaseUnreachable(f"The tables cannot be brought up to date: {why}.") from error


def _settings(url: str) -> Config:
    settings = Config(attributes={"url": url})
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings

"""The texts a line speaks from: flows, catalogues and the department's settings, as files were shipped and as releases
changed them since. What is live is the one over the other; nothing else decides it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path

from bot.config import Config, department_of
from bot.errors import FlowsBroken
from bot.flow.library import Library, read_texts, texts_of
from bot.flow.phrases import Catalogue, read_catalogue
from bot.flow.reading import Problem, read_yaml
from bot.flow.script import version_of
from bot.store import releases
from bot.store.database import Database

HOME = Path(__file__).parent.parent  # flows/ and locales/ lie beside the package
FLOW, CATALOGUE, DEPARTMENT = "flow", "catalogue", "department"
SETTINGS = "settings"  # the one document of the department

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """Flow files by name, catalogues as PO by language, and the department's settings as YAML, empty if all are as the
    operator set them. `number` is the release they are of."""

    flows: Mapping[str, str]
    catalogues: Mapping[str, Callable[[], str]]
    department: str = ""
    number: int = 0

    def document(self, kind: str, name: str) -> str | None:
        """Its text, or None where there is none."""
        if kind == FLOW:
            return self.flows.get(name)
        if kind == CATALOGUE:
            return self.catalogues[name]() if name in self.catalogues else None
        return self.department or None

    def version(self, kind: str, name: str) -> str:
        """Empty where there is no such document."""
        body = self.document(kind, name)
        return version_of(body) if body else ""

    def changed(self, documents: Mapping[releases.Name, str]) -> "Texts":
        """With these texts in place of their own; an empty one takes a document away."""
        flows, catalogues, department = dict(self.flows), dict(self.catalogues), self.department
        for (kind, name), body in documents.items():
            if kind == DEPARTMENT:
                department = body
            elif kind == FLOW:
                flows.pop(name, None)
                flows |= {name: body} if body else {}
            else:
                catalogues.pop(name, None)
                catalogues |= {name: _said(body)} if body else {}
        return replace(self, flows=flows, catalogues=catalogues, department=department)


@cache
def shipped(home: Path = HOME) -> Texts:
    """The files as they came with the program."""
    paths = sorted((home / "locales").glob("*/LC_MESSAGES/bot.po"))
    return Texts(texts_of(home / "flows"), {path.parts[-3]: _read(path) for path in paths})


def live(db: Database) -> Texts:
    """What releases changed, over what was shipped. Raises DatabaseUnreachable."""
    with db.read() as conn:
        number, documents = releases.newest(conn), releases.live(conn)
    return replace(shipped().changed(documents), number=number)


def library_of(texts: Texts) -> Library:
    """Raises FlowsBroken with every mistake there is."""
    library, problems = read_texts(texts.flows)
    if library is None or problems:
        raise FlowsBroken(problems)

    library.catalogues = {tag: partial(_catalogue, tag, text) for tag, text in sorted(texts.catalogues.items())}
    return library


def _catalogue(tag: str, text: Callable[[], str]) -> Catalogue:
    return _read_once(text(), tag)


@lru_cache(maxsize=32)
def _read_once(text: str, tag: str) -> Catalogue:
    """Read once for all the drafts that are tried beside it; nobody changes a catalogue."""
    return read_catalogue(text, tag)


def config_of(config: Config, texts: Texts) -> Config:
    """The operator's settings with the department's own over them. Raises SettingWrong, FlowsBroken."""
    return department_of(config, settings_of(texts.department)) if texts.department else config


def settings_of(department: str) -> dict[str, str]:
    """The settings a department's document names, by their name in the environment. Raises FlowsBroken."""
    if not department.strip():
        return {}
    problems: list[Problem] = []
    top = read_yaml(department, "department.yml", problems)
    values = {name: top.text(name, "") for name in top.names()} if top else {}
    if problems:
        raise FlowsBroken(problems)
    return values


def _read(path: Path) -> Callable[[], str]:
    return lambda: path.read_text(encoding="utf-8")


def _said(body: str) -> Callable[[], str]:
    return lambda: body

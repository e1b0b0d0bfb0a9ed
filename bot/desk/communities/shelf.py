"""Notes on how to write to people of a community: shipped with the line, changed by the department. They are questions to
ask and things to handle with care; nothing in them is a fact about one resident, and nothing of a resident is in them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot import plain_yaml
from bot.errors import NotFound, NotUsable, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, learning
from bot.store.learning import Version

GENERAL = "general"
_SHIPPED = Path(__file__).parent / "shipped"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOST_LINES, _LONGEST_LINE, _LONGEST_TITLE, _LONGEST_NAME = 20, 400, 120, 120

# What notes are made of, in the order in which they are read; the general ones have parts of their own.
PARTS = ("greet", "names", "example", "address", "ask", "contact", "care", "avoid", "sources")
GENERAL_PARTS = ("rules", "not_in_chat", "sources")


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes on one community, or the general ones. `version` is 0 as long as they are as shipped."""

    name: str
    title: str
    languages: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    version: int = 0
    changed: bool = False
    changed_by: str = ""
    changed_at: int | None = None
    read_by: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        return GENERAL_PARTS if self.name == GENERAL else PARTS


@dataclass(frozen=True, slots=True)
class Greeting:
    """Words to begin with, in one language, and what they say in English."""

    tag: str
    words: str
    means: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Notes as somebody typed them."""

    title: str
    languages: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read_by: str = ""


def everything(hotline: Hotline) -> Mapping[str, Notes]:
    """All notes by name, as they are now; the general ones first, then by title."""
    with hotline.db.read() as conn:
        last = {version.community: version for version in learning.last_versions(conn)}
    now = (_as_left(one, last.get(name)) for name, one in shipped().items())
    return {one.name: one for one in sorted(now, key=lambda one: (one.name != GENERAL, one.title))}


def notes(hotline: Hotline, name: str) -> Notes:
    """Raises NotFound."""
    found = everything(hotline).get(name)
    if found is None:
        raise NotFound("There are no notes of this name.")
    return found


def fitting(known: Iterable[Notes], tag: str | None) -> list[Notes]:
    """Notes on the communities whose language this may be, those it is the first language of before others. Several may
    fit, so which one it is must be asked."""
    if not tag:
        return []
    ranked = [(rank, one.title, one) for one in known if (rank := _rank(one, tag)) is not None]
    return [one for _, _, one in sorted(ranked, key=lambda each: each[:2])]


def _rank(one: Notes, tag: str) -> int | None:
    for wanted in (tag, tag.partition("-")[0]):
        if wanted in one.languages:
            return one.languages.index(wanted)
    return None


def greetings(one: Notes, tag: str | None = None) -> list[Greeting]:
    """All of them; or those in a language, if there are any."""
    found = [Greeting(*(part.strip() for part in line.split("|"))) for line in one.parts.get("greet", ())]
    return [greeting for greeting in found if tag and tag.startswith(greeting.tag)] or found


def change(hotline: Hotline, officer: Officer, name: str, draft: Draft, version: int) -> None:
    """The department's own text in the place of a version. Raises NotUsable with what is wrong in it, Stale if somebody
    changed the notes meanwhile, NotFound."""
    before = shipped().get(name)
    if before is None:
        raise NotFound("There are no notes of this name.")
    _check(before, draft)
    parts = {part: lines for part in before.order if (lines := draft.parts.get(part))}
    body = {"title": draft.title, "languages": draft.languages, "parts": parts}
    _keep(hotline, officer, name, version, json.dumps(body, ensure_ascii=False), draft.read_by)


def restore(hotline: Hotline, officer: Officer, name: str, version: int) -> None:
    """As shipped again; what the department wrote stays in the history. Raises Stale, NotFound."""
    if name not in shipped():
        raise NotFound("There are no notes of this name.")
    _keep(hotline, officer, name, version, None, "")


def history(hotline: Hotline, name: str) -> Sequence[Version]:
    """Every version the department wrote, the newest first."""
    with hotline.db.read() as conn:
        return learning.history(conn, name)


def _keep(hotline: Hotline, officer: Officer, name: str, version: int, body: str | None, read_by: str) -> None:
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not learning.keep(conn, name, version, body, read_by, officer.id, at):
            raise Stale("Somebody changed these notes meanwhile. Load the page again and look at what they wrote.")
        verb = "changed notes" if body is not None else "restored notes"
        events.write(conn, f"officer:{officer.id}", verb, f"community:{name}", at)


def _check(before: Notes, draft: Draft) -> None:
    if not draft.title or len(draft.title) > _LONGEST_TITLE:
        raise NotUsable("A title has 1 to {most} characters.", most=_LONGEST_TITLE)
    if len(draft.read_by) > _LONGEST_NAME:
        raise NotUsable("Who read it is said in at most {most} characters.", most=_LONGEST_NAME)
    for tag in draft.languages:
        if not _TAG.fullmatch(tag):
            raise NotUsable("“{tag}” is no language tag. Write tags like es or zh-Hant.", tag=tag)
    if before.name != GENERAL and not draft.languages:
        raise NotUsable("Name at least one language, or the notes are shown beside no thread.")
    for lines in draft.parts.values():
        if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
            raise NotUsable(
                "A part has at most {lines} lines of at most {long} characters: two minutes is all there is to read.",
                lines=_MOST_LINES, long=_LONGEST_LINE,
            )  # fmt: skip
    for line in draft.parts.get("greet", ()):
        if line.count("|") != 2 or not _TAG.fullmatch(line.partition("|")[0].strip()):
            raise NotUsable(
                "A greeting is written like this: es | Buenos días | Good morning. This is not: {line}", line=line
            )


def _as_left(ours: Notes, version: Version | None) -> Notes:
    if version is None:
        return ours
    told = json.loads(version.body) if version.body else None
    return Notes(
        ours.name,
        told["title"] if told else ours.title,
        tuple(told["languages"]) if told else ours.languages,
        {part: tuple(lines) for part, lines in told["parts"].items()} if told else ours.parts,
        version.id, told is not None, version.staff, version.created_at, version.read_by,
    )  # fmt: skip


@cache
def shipped() -> Mapping[str, Notes]:
    """All notes by name, as they come with the line."""
    return {path.stem: _read(path) for path in sorted(_SHIPPED.glob("*.yml"))}


def _read(path: Path) -> Notes:
    told = plain_yaml.read(path)
    title, languages = told.pop("title"), tuple(told.pop("languages", ()))
    return Notes(path.stem, title, languages, {part: tuple(lines) for part, lines in told.items()})

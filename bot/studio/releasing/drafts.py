"""Drafts of documents: begun from what is live, kept at each save, shared by who works on them. The second of two saves
never wins silently.
"""

from dataclasses import dataclass

from bot.errors import NotUsable, PuenteError
from bot.hotline import Hotline
from bot.live_texts import live
from bot.model import Officer
from bot.store import studio_drafts as store
from bot.store.studio_drafts import Draft

_MOST_CHARACTERS = 1_000_000
_AT_IT = 90_000  # ms since somebody's page was last heard of, in which they count as working on it


@dataclass(frozen=True, slots=True)
class Desk:
    """A document as it lies before somebody: its text, the draft it is of, if there is one, and who else has it open.
    `live` is what residents get, empty if nothing; `moved` says that it changed since the draft was begun."""

    kind: str
    name: str
    body: str
    live: str
    draft: Draft | None
    moved: bool
    others: tuple[str, ...]

    @property
    def revision(self) -> int:
        """What to name at the next save; 0 where there is no draft."""
        return self.draft.revision if self.draft else 0


class Overtaken(PuenteError):
    """Somebody else saved since the page was opened; `theirs` is what they wrote."""

    def __init__(self, editor: str, theirs: str) -> None:
        self.theirs = theirs
        super().__init__("{editor} saved since you opened this. Compare before you go on.", editor=editor)


def on_desk(hotline: Hotline, who: Officer, kind: str, name: str) -> Desk:
    """The draft, or what is live, for somebody to work on; notes that they have it open."""
    today, at = live(hotline.db), hotline.instant()
    with hotline.db.write() as conn:
        store.look(conn, kind, name, who.id, at)
        draft = store.one(conn, kind, name)
        others = store.others(conn, kind, name, who.id, at - _AT_IT)
    body = today.document(kind, name) or ""
    moved = draft is not None and draft.base != today.version(kind, name)
    return Desk(kind, name, draft.body if draft else body, body, draft, moved, tuple(others))


def save(hotline: Hotline, who: Officer, kind: str, name: str, body: str, seen: int) -> int:
    """Keep a draft; gives its new revision. Whatever it says is kept, also what could not go live: checks are told beside
    it. Raises Overtaken."""
    if len(body) > _MOST_CHARACTERS:
        raise NotUsable("This is longer than a million characters.")
    if "\x00" in body:
        raise NotUsable("There is a character in this that no text can have. Type the place anew.")
    at, base = hotline.instant(), live(hotline.db).version(kind, name)
    with hotline.db.write() as conn:
        kept = store.save(conn, Draft(kind, name, base, body, seen, who.id, who.name, at), seen)
        now = store.one(conn, kind, name)
    if not kept:
        if now is None:
            raise NotUsable("This draft was published or thrown away meanwhile. What you wrote is still in the form.")
        raise Overtaken(now.editor, now.body)
    return now.revision if now else 0


def discard(hotline: Hotline, kind: str, name: str, seen: int) -> None:
    """Throw a draft away as it was seen. Raises NotUsable if it changed since."""
    with hotline.db.write() as conn:
        if not store.drop(conn, kind, name, seen):
            raise NotUsable("Somebody changed this draft meanwhile. Look at it first.")


def take_up(hotline: Hotline, kind: str, name: str) -> None:
    """The author has seen what is live now; the draft goes on from there."""
    with hotline.db.write() as conn:
        store.rebase(conn, kind, name, live(hotline.db).version(kind, name))


def every(hotline: Hotline) -> list[Draft]:
    with hotline.db.read() as conn:
        return store.every(conn)

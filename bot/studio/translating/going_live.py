"""Reviewed wordings on their way into the catalogue that residents are answered from. How a release is made and who may hold
it up is for the releases."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.errors import NotUsable
from bot.hotline import Hotline
from bot.live_texts import CATALOGUE
from bot.model import Officer
from bot.store import wordings
from bot.store.database import Connection
from bot.store.releases import Release
from bot.store.wordings import REVIEWED, Wording
from bot.studio.checking.findings import Finding
from bot.studio.releasing import releases
from bot.studio.translating.catalogues import brought_up, written
from bot.studio.translating.progress import digest_of

_BY = re.compile(r"^(?:Written by|Read by) .*$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ready:
    """What would go live: the wordings, and what stands in their way or should be read first."""

    taken: Sequence[Wording]
    errors: Sequence[Finding]
    warnings: Sequence[Finding]


def going_live(hotline: Hotline, conn: Connection, tag: str) -> tuple[str, list[Wording]]:
    """The live catalogue with every reviewed wording in it, as the text of a PO file, and the wordings it took up."""
    texts = hotline.texts
    po = brought_up(hotline.library, texts.catalogues[tag]() if tag in texts.catalogues else "", tag)
    entries = {digest_of((entry.msgctxt or "", entry.msgid)): entry for entry in po if not entry.obsolete}
    taken = []
    for digest, one in wordings.of_language(conn, tag).items():
        entry = entries.get(digest)
        if entry is None or one.state != REVIEWED:
            continue
        entry.msgstr, entry.previous_msgid = one.text, None
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.tcomment = _comment(entry.tcomment, one)
        taken.append(one)
    return written(po), taken


def look(hotline: Hotline, tag: str) -> Ready:
    """Everything that is checked before a release, for this one."""
    with hotline.db.read() as conn:
        body, taken = going_live(hotline, conn, tag)
    if not taken:
        return Ready((), (), ())
    looked = releases.look_over(hotline, {(CATALOGUE, tag): body})
    return Ready(taken, looked.errors, looked.warnings)


def put_live(hotline: Hotline, officer: Officer, tag: str, note: str, acknowledged: Collection[str] = ()) -> Release:
    """What is reviewed goes live together, or waits for whom the department wants to hear; `acknowledged` names warnings
    (releases.name_of). Raises NotUsable, FlowsBroken."""
    with hotline.db.read() as conn:
        body, taken = going_live(hotline, conn, tag)
    if not taken:
        raise NotUsable("There is nothing reviewed that is not live yet.")
    name = (CATALOGUE, tag)
    base = hotline.texts.version(*name)
    made = releases.publish(hotline, officer, {name: body}, note, bases={name: base}, acknowledged=acknowledged)
    if made.state == "live":
        with hotline.db.write() as conn:
            wordings.went_live(conn, [one.id for one in taken])
    return made


def _comment(before: str, one: Wording) -> str:
    """The translators' comment of an entry: what stood there, the author's note, and who wrote and read these words."""
    own = _BY.sub("", before).strip()
    note = "" if one.note in own else one.note
    return "\n".join(filter(None, (own, note, f"Written by {one.author}", f"Read by {one.reviewer}")))

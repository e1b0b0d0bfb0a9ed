"""Rehearsals played on what would be live, before it is: those that come through a changed flow, in every language they
have; all of them where words change that are said or understood everywhere.
"""

from collections.abc import Iterator, Mapping

from bot.hotline import Hotline
from bot.live_texts import CATALOGUE, FLOW, Texts, library_of, live
from bot.store.releases import Name
from bot.studio.trying import rehearsals
from bot.studio.trying.rehearsal_files import Rehearsal
from bot.studio.trying.rehearsals import Outcome

_MOST_FOUND, _MOST_KNOWN = 8, 1000
_FOUND: dict[tuple[object, ...], tuple[Outcome, ...]] = {}  # how the last drafts that were looked at went
_KNOWN: dict[tuple[object, ...], frozenset[str]] = {}  # what each comes through, of the releases looked at


def red(hotline: Hotline, changes: Mapping[Name, str]) -> tuple[Outcome, ...]:
    """What would go otherwise than it is expected to. Asked again for the same changes, as a page is before it is sent, it
    answers at once. Raises FlowsBroken if the changes cannot be live at all."""
    today, (known, _) = live(hotline.db), rehearsals.all_of(hotline)
    key = (today.number, hash(str(sorted(changes.items()))), hash(str(known)), hotline.config.department_languages)
    found = _FOUND.get(key)
    if found is None:
        found = tuple(_played(hotline, today, known, changes))
        if len(_FOUND) >= _MOST_FOUND:
            _FOUND.clear()
        _FOUND[key] = found
    return found


def _played(
    hotline: Hotline, today: Texts, known: Mapping[str, Rehearsal], changes: Mapping[Name, str]
) -> Iterator[Outcome]:
    library = library_of(today.changed(changes))
    flows = {name for kind, name in changes if kind == FLOW}
    tags = tuple(sorted(name for kind, name in changes if kind == CATALOGUE))
    everywhere = bool(flows - library.scripts.keys())
    for _, one in sorted(known.items()):
        through = flows and (everywhere or flows & _visited(hotline, today, one))
        outcome = rehearsals.run(hotline, library, one, () if through else tags) if through or tags else None
        if outcome and not outcome.green:
            yield outcome


def _visited(hotline: Hotline, today: Texts, rehearsal: Rehearsal) -> frozenset[str]:
    """The flows a rehearsal comes through as the line speaks today. It cannot come through a changed one unless it does so
    today, since all before that is as it was."""
    key = (today.number, rehearsal.name, hash(str(rehearsal)), hotline.config.department_languages)
    if key not in _KNOWN:
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = rehearsals.visited(hotline, library_of(today), rehearsal)
    return _KNOWN[key]

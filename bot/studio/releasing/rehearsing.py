"""Rehearsals played on what would be live, before it is: those that come through a changed flow, in every language they
have; all of them where words change that are said or understood everywhere.
"""

from collections.abc import Mapping

from bot.hotline import Hotline
from bot.live_texts import CATALOGUE, FLOW, Texts, library_of, live
from bot.store.releases import Name
from bot.studio.trying import rehearsals
from bot.studio.trying.rehearsal_files import Rehearsal
from bot.studio.trying.rehearsals import Outcome

_MOST_KNOWN = 1000
_KNOWN: dict[tuple[object, ...], frozenset[str]] = {}  # what each comes through, of the releases looked at


def red(hotline: Hotline, changes: Mapping[Name, str]) -> list[Outcome]:
    """What would go otherwise than it is expected to. Raises FlowsBroken if the changes cannot be live at all."""
    today = live(hotline.db)
    library = library_of(today.changed(changes))
    flows = {name for kind, name in changes if kind == FLOW}
    tags = tuple(sorted(name for kind, name in changes if kind == CATALOGUE))
    known, _ = rehearsals.all_of(hotline)
    everywhere = bool(flows - library.scripts.keys())
    played = []
    for _, one in sorted(known.items()):
        if flows and (everywhere or flows & _visited(hotline, today, one)):
            played.append(rehearsals.run(hotline, library, one))
        elif tags:
            played.append(rehearsals.run(hotline, library, one, tags))
    return [one for one in played if not one.green]


def _visited(hotline: Hotline, today: Texts, rehearsal: Rehearsal) -> frozenset[str]:
    """The flows a rehearsal comes through as the line speaks today. It cannot come through a changed one unless it does so
    today, since all before that is as it was."""
    key = (today.number, rehearsal.name, hash(str(rehearsal)), hotline.config.department_languages)
    if key not in _KNOWN:
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = rehearsals.visited(hotline, library_of(today), rehearsal)
    return _KNOWN[key]

"""What residents would be told of a service that is only typed yet. Keeps nothing."""

from dataclasses import replace

from bot.hotline import Hotline
from bot.store.listing import Listing
from bot.studio.directory import keeping, rewriting
from bot.studio.directory.services import Records, Service, catalogue


def listings_of(hotline: Hotline, service: Service) -> list[Listing]:
    """One for each place, as if it were kept and open. Nothing while it has no name, or hours or degrees cannot be read."""
    known, today = keeping.whole(hotline)[1], hotline.today()
    wanted = replace(service, closed=False)
    if not wanted.name:
        return []
    try:
        change = rewriting.changes(known, wanted, today)
    except ValueError:
        return []
    shared: Records = {kind: records for kind, records in known.records.items() if kind != "service"}
    return list(catalogue(rewriting.with_changes(shared, change), today).told.get(service.id, ()))

"""The tables, a file for each noun they are about. Private columns are sealed bytes; instants are milliseconds since 1970
in UTC."""

from bot.store.schema.columns import metadata
from bot.store.schema.directory import hsds_records, misses, places, resources
from bot.store.schema.handoffs import handoffs
from bot.store.schema.keeping import documents, events, marks
from bot.store.schema.meetings import meetings, rsvps
from bot.store.schema.reports import additions, reports
from bot.store.schema.staff import sessions, staff
from bot.store.schema.threads import attachments, attempts, messages, residents, threads
from bot.store.schema.watch import alarms, tellings

__all__ = [
    "additions",
    "alarms",
    "attachments",
    "attempts",
    "documents",
    "events",
    "handoffs",
    "hsds_records",
    "marks",
    "meetings",
    "messages",
    "metadata",
    "misses",
    "places",
    "reports",
    "residents",
    "resources",
    "rsvps",
    "sessions",
    "staff",
    "tellings",
    "threads",
]

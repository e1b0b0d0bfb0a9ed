"""The tables, a file for each noun they are about. Private columns are sealed bytes; instants are milliseconds since 1970
in UTC."""

from bot.store.schema.city import city_inbox, city_keys, city_requests, city_routes, city_services
from bot.store.schema.columns import metadata
from bot.store.schema.directory import directory_uploads, hsds_records, misses, places, resources, service_marks
from bot.store.schema.duty import bars, handovers, pagings, shift_turns, shifts
from bot.store.schema.handoffs import handoffs
from bot.store.schema.keeping import documents, events, marks
from bot.store.schema.learning import community_notes, practices
from bot.store.schema.meetings import (
    calendars,
    interpreter_tasks,
    meeting_answers,
    meeting_texts,
    meetings,
    opt_ins,
    rsvps,
)
from bot.store.schema.push import browsers, pushes
from bot.store.schema.relay import relay_phones, relay_threads, relays
from bot.store.schema.reports import additions, report_changes, reports
from bot.store.schema.showing import joins, reveals, whatsapp_templates
from bot.store.schema.sign_in import devices, factors, guesses, links, recovery_codes, sessions
from bot.store.schema.staff import staff
from bot.store.schema.statistics import counted_days, sums, survey_answers, surveys, yearly_reports
from bot.store.schema.studio import (
    drafts,
    editors,
    live_documents,
    rehearsals,
    release_documents,
    releases,
    terms,
    wordings,
)
from bot.store.schema.supervision import approvals, mutes, reviews
from bot.store.schema.threads import attachments, attempts, messages, residents, threads
from bot.store.schema.translations import translations
from bot.store.schema.watch import alarms, tellings
from bot.store.schema.work import canned, canned_words, mentions, notes, team_members, teams, unsent

__all__ = [
    "additions",
    "alarms",
    "approvals",
    "attachments",
    "attempts",
    "bars",
    "browsers",
    "calendars",
    "canned",
    "canned_words",
    "city_inbox",
    "city_keys",
    "city_requests",
    "city_routes",
    "city_services",
    "community_notes",
    "counted_days",
    "devices",
    "directory_uploads",
    "documents",
    "drafts",
    "editors",
    "events",
    "factors",
    "guesses",
    "handoffs",
    "handovers",
    "hsds_records",
    "interpreter_tasks",
    "joins",
    "links",
    "live_documents",
    "marks",
    "meeting_answers",
    "meeting_texts",
    "meetings",
    "mentions",
    "messages",
    "metadata",
    "misses",
    "mutes",
    "notes",
    "opt_ins",
    "pagings",
    "places",
    "practices",
    "pushes",
    "recovery_codes",
    "rehearsals",
    "relay_phones",
    "relay_threads",
    "relays",
    "release_documents",
    "releases",
    "report_changes",
    "reports",
    "residents",
    "resources",
    "reveals",
    "reviews",
    "rsvps",
    "service_marks",
    "sessions",
    "shift_turns",
    "shifts",
    "staff",
    "sums",
    "survey_answers",
    "surveys",
    "team_members",
    "teams",
    "tellings",
    "terms",
    "threads",
    "translations",
    "unsent",
    "whatsapp_templates",
    "wordings",
    "yearly_reports",
]

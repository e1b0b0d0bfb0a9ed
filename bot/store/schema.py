"""The tables. Private columns are sealed bytes; instants are milliseconds since 1970 in UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def _instant(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


residents = Table(
    "residents",
    metadata,
    _id(),
    Column("handle", Text, nullable=False),
    Column("address_hash", Text, nullable=False, unique=True),
    Column("address", LargeBinary, nullable=False),  # sealed
    _instant("created_at"),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("officer_id", BigInteger),
    Column("language", Text),
    Column("state", LargeBinary, nullable=False),  # sealed: place, language, notices, what was just said
    Column("version", Integer, nullable=False),
    _flag("stopped"),
    _flag("urgent"),
    _flag("safe_contact"),
    _instant("last_in_at"),
    _instant("draft_until", nullable=True),
    _instant("created_at"),
    UniqueConstraint("resident_id", "channel"),
    Index(
        "threads_with_draft",
        "draft_until",
        sqlite_where=text("draft_until IS NOT NULL"),
        postgresql_where=text("draft_until IS NOT NULL"),
    ),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("direction", Text, nullable=False),  # in, out
    Column("author", Text, nullable=False),  # resident, bot, officer
    Column("officer_id", BigInteger),
    Column("provider_id", Text),
    Column("text", LargeBinary, nullable=False),  # sealed
    Column("extra", LargeBinary),  # sealed: media, spot, profile name
    Column("language", Text),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("answers", BigInteger),  # the inbound text this replies to
    Column("repeat_token", Text),
    _instant("created_at"),
    _instant("state_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),  # how often we handed it to a provider
    _instant("due_at", nullable=True),  # not to be tried again before
    _flag("recovered"),  # found in the provider's list: its webhook never reached us
    UniqueConstraint("channel", "provider_id"),
    Index("messages_of_thread", "thread_id", "id"),
    Index(
        "messages_answers",
        "answers",
        sqlite_where=text("answers IS NOT NULL"),
        postgresql_where=text("answers IS NOT NULL"),
    ),
    Index(
        "messages_to_send",
        "state",
        sqlite_where=text("state IN ('queued', 'submitting')"),
        postgresql_where=text("state IN ('queued', 'submitting')"),
    ),
    Index(
        "messages_in_doubt",
        "state",
        sqlite_where=text("state IN ('uncertain', 'quarantined')"),
        postgresql_where=text("state IN ('uncertain', 'quarantined')"),
    ),
)

attachments = Table(  # pictures, voice notes and files that came with a text
    "attachments",
    metadata,
    _id(),
    Column("message_id", BigInteger, ForeignKey("messages.id"), nullable=False),
    Column("place", Integer, nullable=False),  # 0 is the first of its text
    Column("provider_id", Text, nullable=False),  # empty if the provider named none
    Column("content_type", Text, nullable=False),  # as told by the provider; as found once it is kept
    Column("state", Text, nullable=False),  # waiting, fetching, kept, refused, gone
    Column("code", Text),  # why it was refused, or why the last try failed
    Column("size", BigInteger),  # bytes, before sealing
    Column("content", LargeBinary),  # sealed
    Column("tries", Integer, nullable=False, server_default=text("0")),
    _instant("due_at", nullable=True),  # not to be tried again before
    _instant("created_at"),
    _instant("state_at"),
    UniqueConstraint("message_id", "place"),
    Index(
        "attachments_to_fetch",
        "state",
        sqlite_where=text("state IN ('waiting', 'fetching')"),
        postgresql_where=text("state IN ('waiting', 'fetching')"),
    ),
)

attempts = Table(  # texts whose understanding is begun and not known to have ended: what kills us is not tried for ever
    "attempts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    _instant("last_at"),
)

alarms = Table(  # what somebody must look at, from when to when
    "alarms",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),  # figures, never a resident's words
    _instant("opened_at"),
    _instant("seen_at"),  # when it was last found to be so
    _instant("told_at", nullable=True),
    _instant("closed_at", nullable=True),
    Index(
        "alarms_open",
        "kind",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

tellings = Table(  # whom an alarm, or its end, is still to be told; a row goes when that is done
    "tellings",
    metadata,
    _id(),
    Column("alarm_id", BigInteger, ForeignKey("alarms.id"), nullable=False),
    Column("state", Text, nullable=False),  # open, over
    Column("way", Text, nullable=False),  # webhook, email
    Column("tries", Integer, nullable=False, server_default=text("0")),
    _instant("due_at"),
)

handoffs = Table(
    "handoffs",
    metadata,
    _id(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("kind", Text, nullable=False),  # officer, safety
    Column("reason", Text, nullable=False),
    Column("about", LargeBinary),  # sealed: what the resident wants to talk about
    Column("language", Text),
    _flag("any_language"),  # whoever is free, with an interpreter
    _flag("urgent"),
    _instant("opened_at"),
    _instant("paged_at", nullable=True),
    _instant("told_at", nullable=True),
    _instant("claimed_at", nullable=True),
    Column("officer_id", BigInteger),
    _instant("closed_at", nullable=True),
    Column("outcome", Text),
    Index(
        "handoffs_open",
        "thread_id",
        "kind",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

reports = Table(
    "reports",
    metadata,
    _id(),
    Column("number", Text, nullable=False, unique=True),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    _flag("complete"),
    Column("answers", LargeBinary, nullable=False),  # sealed JSON: [[label, words], ...]
    Column("language", Text),
    _instant("filed_at"),
    Index("reports_of_resident", "resident_id", "id"),
)

additions = Table(
    "additions",
    metadata,
    _id(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("words", LargeBinary, nullable=False),  # sealed
    _instant("added_at"),
    Index("additions_of_report", "report_id"),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Text, primary_key=True),  # the event's uid; with the first-planned start if it comes back
    Column("uid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("interpreters", Text, nullable=False),  # JSON list of tags
    _instant("starts_at"),
    _instant("ends_at"),
    _flag("cancelled"),
    Column("version", BigInteger, nullable=False),  # the same in all rows; another after every change
    Index("meetings_by_start", "starts_at"),
)

rsvps = Table(
    "rsvps",
    metadata,
    _id(),
    Column("meeting_id", Text, ForeignKey("meetings.id"), nullable=False),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("need", Text, nullable=False),
    Column("language", Text),
    Column("code", Text, nullable=False),
    _instant("created_at"),
    UniqueConstraint("meeting_id", "resident_id"),
    Index("rsvps_of_resident", "resident_id"),
)

hsds_records = Table(
    "hsds_records",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON, as it came
)

resources = Table(
    "resources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("service_id", Text, nullable=False),  # a service given in three places is three rows
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("languages", Text, nullable=False),  # JSON list of tags
    Column("hours", Text, nullable=False),  # JSON list of [weekday, opens, closes]
    Column("needs", Text, nullable=False),  # JSON list of category codes
    Column("address", Text, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    _flag("no_id_needed"),
    Column("checked_on", Text, nullable=False),
    Column("tok", Text, nullable=False),  # our own tokens, hex-coded, separated by spaces
    Column("version", BigInteger, nullable=False),  # the same in all rows; another after every change
)

places = Table(
    "places",
    metadata,
    Column("name", Text, primary_key=True),
    Column("folded", Text, nullable=False),  # JSON list of folded names it goes by
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("version", BigInteger, nullable=False),  # the same in all rows; another after every change
)

misses = Table(
    "misses",
    metadata,
    _id(),
    Column("need", Text, nullable=False),
    Column("near", Text, nullable=False),
    Column("language", Text),
    _instant("created_at"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("badge", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("languages", Text, nullable=False),  # JSON: tag -> level
    _flag("on_shift"),
    _flag("disabled"),
    _instant("created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    _instant("created_at"),
    _instant("seen_at"),
)

events = Table(  # the audit trail: who did what to which thing; never what a resident said
    "events",
    metadata,
    _id(),
    _instant("at"),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("events_of_subject", "subject", "id"),
)

marks = Table(  # how far a round of housekeeping has come, by the name of the round
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    _instant("at"),
)

documents = Table(  # every version of a flow that residents may still stand in
    "documents",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("body", Text, nullable=False),
    _instant("created_at"),
)

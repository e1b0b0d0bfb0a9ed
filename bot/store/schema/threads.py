"""Residents, their threads, what was said and what came with it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from bot.store.schema.columns import flag, instant, key, metadata, where

residents = Table(
    "residents",
    metadata,
    key(),
    Column("handle", Text, nullable=False),
    Column("address_hash", Text, nullable=False, unique=True),
    Column("address", LargeBinary, nullable=False),  # sealed
    instant("created_at"),
)


threads = Table(
    "threads",
    metadata,
    key(),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("officer_id", BigInteger),
    Column("language", Text),
    Column("state", LargeBinary, nullable=False),  # sealed: place, language, notices, what was just said
    Column("version", Integer, nullable=False),
    flag("stopped"),
    flag("urgent"),
    flag("safe_contact"),
    instant("last_in_at"),
    instant("draft_until", nullable=True),
    instant("created_at"),
    instant("muted_until", nullable=True),  # up to when the line does not answer, but for danger
    Column("joined_to", BigInteger),  # the thread of the same person on another channel
    Column("at_flow", Text),  # the question that is open, to be counted; empty where nothing is asked
    Column("at_step", Text),
    Column("at_version", Text),
    UniqueConstraint("resident_id", "channel"),
    where("threads_joined", "joined_to", rows="joined_to IS NOT NULL"),
    where("threads_standing", "at_flow", "at_step", rows="at_flow IS NOT NULL"),
    where("threads_with_draft", "draft_until", rows="draft_until IS NOT NULL"),
)


messages = Table(
    "messages",
    metadata,
    key(),
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
    instant("created_at"),
    instant("state_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),  # how often we handed it to a provider
    instant("due_at", nullable=True),  # not to be tried again before
    flag("recovered"),  # found in the provider's list: its webhook never reached us
    Column("template", Text),  # JSON: the provider's id of a prepared text, and what fills it
    UniqueConstraint("channel", "provider_id"),
    Index("messages_of_thread", "thread_id", "id"),
    where("messages_answers", "answers", rows="answers IS NOT NULL"),
    where("messages_to_send", "state", rows="state IN ('queued', 'submitting')"),
    where("messages_for_window", "thread_id", rows="state = 'waiting for the window'"),
    where("messages_in_doubt", "state", rows="state IN ('uncertain', 'quarantined')"),
)


attachments = Table(  # pictures, voice notes and files that came with a text
    "attachments",
    metadata,
    key(),
    Column("message_id", BigInteger, ForeignKey("messages.id"), nullable=False),
    Column("place", Integer, nullable=False),  # 0 is the first of its text
    Column("provider_id", Text, nullable=False),  # empty if the provider named none
    Column("content_type", Text, nullable=False),  # as told by the provider; as found once it is kept
    Column("state", Text, nullable=False),  # waiting, fetching, kept, refused, gone
    Column("code", Text),  # why it was refused, or why the last try failed
    Column("size", BigInteger),  # bytes, before sealing
    Column("content", LargeBinary),  # sealed
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at", nullable=True),  # not to be tried again before
    instant("created_at"),
    instant("state_at"),
    UniqueConstraint("message_id", "place"),
    where("attachments_to_fetch", "state", rows="state IN ('waiting', 'fetching')"),
)


attempts = Table(  # texts whose understanding is begun and not known to have ended: what kills us is not tried for ever
    "attempts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    instant("last_at"),
)

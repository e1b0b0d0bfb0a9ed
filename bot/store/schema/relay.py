"""Officers who answer from their own phone: which phones, which threads are on them under which number, and what is texted
to and fro. An officer's phone is no resident: none of it is in `messages`."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.schema.columns import flag, instant, key, metadata, where

relay_phones = Table(  # the number itself is in `staff`, and counts only while it is the one that was proved
    "relay_phones",
    metadata,
    Column("staff_id", BigInteger, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("phone_hash", Text, nullable=False),
    Column("state", Text, nullable=False),  # asked (a code was sent), on, stopped (they sent STOP), off
    Column("code_hash", Text),
    instant("since"),  # of this state
    flag("on_duty"),  # as they were told last
    Column("last_number", Integer, nullable=False, server_default=text("0")),  # the last a thread was given
)


relay_threads = Table(  # a thread as one officer knows it by phone
    "relay_threads",
    metadata,
    key(),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("handoff_id", BigInteger),  # what they were asked to take; none if they held it already
    Column("number", Integer, nullable=False),  # 1 to 99, of this officer's
    Column("state", Text, nullable=False),  # offered, on, over
    Column("seen_id", BigInteger, nullable=False, server_default=text("0")),  # the resident's last text they were given
    instant("at"),
    instant("over_at", nullable=True),
    where("relay_threads_open", "staff_id", "number", rows="state <> 'over'", unique=True),
    Index("relay_threads_of_staff", "staff_id", "number"),
)


relays = Table(  # texts to and from officers' phones
    "relays",
    metadata,
    key(),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("direction", Text, nullable=False),  # in, out
    Column("kind", Text, nullable=False),  # in: text, late, stop, start; out: offer, text, told, code
    Column("channel", Text, nullable=False),
    Column("line", Text, nullable=False),  # the number of ours
    Column("provider_id", Text),
    Column("text", LargeBinary, nullable=False),  # sealed
    Column("media", Integer, nullable=False, server_default=text("0")),  # how many pictures came with it
    Column("state", Text, nullable=False),  # in: received, held, done; out: as of messages
    Column("code", Text),
    Column("thread_id", BigInteger),  # what it is about
    Column("about_id", BigInteger),  # the officer's text that did not arrive
    instant("created_at"),
    instant("state_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at", nullable=True),
    UniqueConstraint("channel", "provider_id"),
    Index("relays_of_staff", "staff_id", "id"),
    where("relays_to_do", "staff_id", "id", rows="state IN ('queued', 'submitting', 'received')"),
    where("relays_about", "about_id", rows="about_id IS NOT NULL", unique=True),
)

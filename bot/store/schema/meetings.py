"""Community meetings and where they come from, who said they come, and what those were told."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    instant("starts_at"),
    instant("ends_at"),
    flag("cancelled"),
    Column("source", Text, nullable=False, server_default=text("''")),  # desk, calendar:<id>; empty: by the command
    Column("published", Boolean, nullable=False, server_default=text("true")),
    Column(
        "sequence", Integer, nullable=False, server_default=text("0")
    ),  # one more with every change, as calendars count
    instant("moved_at", nullable=True),  # when its time or place was last changed
    instant("cancelled_at", nullable=True),
    Column("people", Integer),  # who said they come, kept as a count when the list is gone
    Column("version", BigInteger, nullable=False),  # the same in all rows; another after every change
    Index("meetings_by_start", "starts_at"),
)


rsvps = Table(
    "rsvps",
    metadata,
    key(),
    Column("meeting_id", Text, ForeignKey("meetings.id"), nullable=False),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("need", Text, nullable=False),
    Column("language", Text),
    Column("code", Text, nullable=False),
    flag("ask_after"),  # they may be asked afterwards how it was
    instant("created_at"),
    UniqueConstraint("meeting_id", "resident_id"),
    Index("rsvps_of_resident", "resident_id"),
)


meeting_texts = (
    Table(  # what a resident was told of a meeting without asking: each once; goes with the list of who comes
        "meeting_texts",
        metadata,
        key(),
        Column("meeting_id", Text, nullable=False),
        Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
        Column("kind", Text, nullable=False),  # tomorrow, changed, cancelled, no_interpreter, after
        Column("occasion", BigInteger, nullable=False),  # which change, which date: told again for another
        Column("state", Text, nullable=False),  # queued, or why not: stopped, careful, window
        instant("created_at"),
        UniqueConstraint("meeting_id", "resident_id", "kind", "occasion"),
    )
)


interpreter_tasks = Table(  # an interpreter to be found: for a meeting where somebody needs one, or for one resident
    "interpreter_tasks",
    metadata,
    key(),
    Column("meeting_id", Text),  # this or the thread
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),  # open, booked, none; of a thread also done
    Column("staff_id", BigInteger),
    instant("created_at"),
    instant("settled_at", nullable=True),
    Column("thread_id", BigInteger),
    Column("how", Text),  # phone, in person
    instant("starts_at", nullable=True),  # when they meet; a meeting has its own
    Column("place", LargeBinary),  # sealed
    Column("service", Text),  # who sends the interpreter
    Column("asked_by", BigInteger),  # the officer
    UniqueConstraint("meeting_id", "language"),
    Index("interpreter_tasks_of_thread", "thread_id"),
)


opt_ins = Table(  # what residents said yes to be told of unasked
    "opt_ins",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("topic", Text, nullable=False),  # meetings
    Column("channel", Text, nullable=False),
    Column("language", Text),
    Column("words", LargeBinary, nullable=False),  # sealed JSON: what they were asked and what they wrote
    instant("at"),
    instant("over_at", nullable=True),
    Column("why", Text),  # told, stopped, careful
    where("opt_ins_open", "thread_id", "topic", rows="over_at IS NULL", unique=True),
)


meeting_answers = Table(  # how a meeting was, without who said it
    "meeting_answers",
    metadata,
    key(),
    Column("meeting_id", Text, nullable=False),
    Column("useful", Text, nullable=False),  # yes, little, no
    Column("words", LargeBinary),  # sealed: what to talk about next time
    Column("language", Text),
    instant("created_at"),
    Index("meeting_answers_of_meeting", "meeting_id"),
)


calendars = Table(  # calendars of others, read again and again, and files that were brought
    "calendars",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("url", LargeBinary),  # sealed: it may hold a key; NULL for a file
    Column("body", LargeBinary),  # a file until it is read
    Column("state", Text, nullable=False),  # waiting, read, failed
    Column("note", Text, nullable=False),  # how the last reading went, in a sentence
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    instant("due_at", nullable=True),  # NULL: not to be read again
    instant("read_at", nullable=True),
    instant("created_at"),
)

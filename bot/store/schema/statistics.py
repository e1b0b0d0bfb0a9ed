"""What statistics are made of: how often what happened on which day, what residents said of the line, and what a department
writes once a year. Nothing here says who."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from bot.store.schema.columns import instant, key, metadata, where

counted_days = Table(  # days that were counted, each once
    "counted_days",
    metadata,
    Column("day", Text, primary_key=True),  # ISO date
    instant("at"),
)


sums = Table(  # how often something happened on a day, in a language, by a channel …
    "sums",
    metadata,
    Column("day", Text, nullable=False),  # ISO date
    Column("what", Text, nullable=False),
    Column("language", Text, nullable=False),  # empty: not known
    Column("channel", Text, nullable=False),
    Column("hour", Integer, nullable=False),  # -1: not kept
    Column("detail", Text, nullable=False),
    Column("value", BigInteger, nullable=False),  # seconds or days it took; 0 if it took no time
    Column("times", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "what", "language", "channel", "hour", "detail", "value"),
)


surveys = Table(  # when a resident was last asked how our help was; not what they said
    "surveys",
    metadata,
    Column("resident_id", BigInteger, primary_key=True, autoincrement=False),
    instant("asked_at"),
)


survey_answers = Table(  # one answer to one question, without who gave it, in which thread, or at which time of day
    "survey_answers",
    metadata,
    key(),  # drawn by chance: an id made by the clock would say when
    Column("day", Text, nullable=False),  # ISO date
    Column("question", Text, nullable=False),  # help, understood, again, words, needed
    Column("answer", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("words", LargeBinary),  # sealed: what they added
    Column("task", Text),  # open, done: something a supervisor reads
    Column("done_by", BigInteger),
    Index("survey_answers_by_day", "day"),
    where("survey_tasks", "day", rows="task = 'open'"),
)


yearly_reports = Table(  # what a department writes into its language-access report of a year
    "yearly_reports",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON
    Column("staff_id", BigInteger, nullable=False),
    instant("changed_at"),
)

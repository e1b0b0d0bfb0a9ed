"""The directory of help, and places it is found by."""

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, Table, Text

from bot.store.schema.columns import flag, instant, key, metadata

hsds_records = Table(
    "hsds_records",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON, as it came
    Column("position", Integer),  # in the file among its kind: the first of several phones is told
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
    flag("no_id_needed"),
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
    key(),
    Column("need", Text, nullable=False),
    Column("near", Text, nullable=False),
    Column("language", Text),
    instant("created_at"),
)


service_marks = Table(  # what people did with a service on the page; one that only ever came in a file has no row
    "service_marks",
    metadata,
    Column("service_id", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),  # another after every change; grows
    Column("hand", Text, nullable=False),  # JSON list of what was changed by hand: a file does not overwrite it unasked
    flag("made_here"),  # no file brought it
    Column("changed_by", BigInteger),
    instant("changed_at", nullable=True),
    Column("checked_by", BigInteger),
    instant("checked_at", nullable=True),
)


directory_uploads = Table(  # a file that was brought and waits for somebody to say that its changes are wanted
    "directory_uploads",
    metadata,
    key(),
    Column("staff_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    instant("made_at"),
)

"""Reports that go to a city's own systems and those that come from there (Open311 GeoReport v2)."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from bot.store.schema.columns import flag, instant, key, metadata, where

city_routes = Table(  # which kind of report a city takes, and where
    "city_routes",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("agency_phone", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("service_code", Text, nullable=False),
    Column("api_key", LargeBinary),  # sealed
)


city_requests = Table(  # a report on its way to a city, and what the city says of it
    "city_requests",
    metadata,
    key(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("change_id", BigInteger, nullable=False),  # what the resident is told once the city has it
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # sending, token, open, closed, refused, withdrawn
    Column("content", LargeBinary, nullable=False),  # sealed JSON: what the city is told
    Column("token", Text),
    Column("request_id", Text),  # the city's number for it
    Column("note", LargeBinary),  # sealed: the city's own words on how it stands
    Column("code", Text),  # why the last try failed
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at"),
    instant("created_at"),
    where("city_requests_open", "due_at", rows="state IN ('sending', 'token', 'open')"),
    Index("city_requests_of_report", "report_id"),
)


city_services = Table(  # which kinds of report we show to others, and take from them
    "city_services",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("area", Text, nullable=False),  # block, area: how closely a place is shown
    flag("takes"),  # whether others may send us such reports
)


city_keys = Table(  # who may send us reports
    "city_keys",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    instant("created_at"),
    instant("ended_at", nullable=True),
)


city_inbox = Table(  # reports others sent us; no resident of ours stands behind them
    "city_inbox",
    metadata,
    key(),
    Column("public_id", Text, nullable=False, unique=True),
    Column("key_id", BigInteger, ForeignKey("city_keys.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # received, reading, closed
    Column("reason", Text),  # why it was closed: the name of one of our sentences
    Column("content", LargeBinary, nullable=False),  # sealed JSON: place and words
    Column("officer_id", BigInteger),
    instant("received_at"),
    instant("changed_at"),
    Index("city_inbox_of_state", "state", "id"),
    Index("city_inbox_of_key", "key_id", "received_at"),
)

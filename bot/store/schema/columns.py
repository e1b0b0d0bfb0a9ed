"""What every table is made with. Private columns are sealed bytes; instants are milliseconds since 1970 in UTC."""

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, text

metadata = MetaData()


def key() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def instant(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


def where(name: str, *columns: str, rows: str, unique: bool = False) -> Index:
    """An index of some rows only."""
    return Index(name, *columns, unique=unique, sqlite_where=text(rows), postgresql_where=text(rows))

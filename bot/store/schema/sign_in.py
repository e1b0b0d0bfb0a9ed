"""What signing in needs: sessions, second factors, one-time links, known browsers, and guesses counted. Tokens, codes and
network addresses are here as hashes only."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from bot.store.schema.columns import instant, key, metadata


def _whose(primary_key: bool = False) -> Column[int]:
    return Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False, primary_key=primary_key)


sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _whose(),
    Column("csrf", Text, nullable=False),
    instant("created_at"),
    instant("seen_at"),
    Column("factor", Text),  # by what the sign-in was made whole; none: it is not yet
    instant("proven_at", nullable=True),  # when this person last proved to be who they are
    Column("challenge", Text),  # what a passkey is asked to sign next
    Column("browser", Text),
    Index("sessions_of_staff", "staff_id"),
)


factors = Table(
    "factors",
    metadata,
    key(),
    _whose(),
    Column("kind", Text, nullable=False),  # app or passkey
    Column("name", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # sealed: the app's secret, or the passkey's public key
    Column("credential", Text, unique=True),  # what a passkey calls itself
    Column("counter", BigInteger, nullable=False),  # the step of the last code used, or how often the passkey signed
    instant("created_at"),
    instant("confirmed_at", nullable=True),
    instant("used_at", nullable=True),
    Index("factors_of_staff", "staff_id"),
)


recovery_codes = Table("recovery_codes", metadata, Column("code_hash", Text, primary_key=True), _whose())


links = Table(  # one-time links that an admin hands over
    "links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _whose(),
    Column("kind", Text, nullable=False),  # invitation or reset
    instant("expires_at"),
)


devices = Table(  # browsers somebody signed in with before, by the token in their cookie
    "devices",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _whose(primary_key=True),
    instant("seen_at"),
)


guesses = Table(  # failures in a row, by the hash of what is guessed or where from
    "guesses",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    instant("last_at"),
)

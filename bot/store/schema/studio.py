"""What admins and translators work on: releases, drafts, wordings, terms, rehearsals. Nothing of a resident."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bot.store.schema.columns import flag, instant, key, metadata, where

releases = Table(  # every change of what is live; number 0, the shipped files, has no row
    "releases",
    metadata,
    key(),
    Column("number", Integer, unique=True),  # in the order in which they went live; empty before
    Column("state", Text, nullable=False),  # asked (a second person decides), planned, live, refused, withdrawn, failed
    Column("note", Text, nullable=False),
    Column("why", Text, nullable=False),  # why it was refused or failed
    Column("author_id", BigInteger, nullable=False),
    instant("made_at"),
    Column("second_id", BigInteger),  # the second person who agreed or refused
    instant("due_at", nullable=True),
    instant("live_at", nullable=True),
    where("releases_open", "due_at", rows="state IN ('asked', 'planned')"),
)


release_documents = Table(  # what a release changes: each document's version, and the one it takes the place of
    "release_documents",
    metadata,
    Column("release_id", BigInteger, ForeignKey("releases.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),  # empty: no longer there
    Column("was", Text, nullable=False),  # empty: new
    Index("release_documents_of_document", "kind", "name", "release_id"),
)


live_documents = Table(  # what is live and is not as it was shipped; an empty version: taken away
    "live_documents",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("release_id", BigInteger, nullable=False),
)


drafts = Table(  # one for each document, of everybody who works on it
    "drafts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("base", Text, nullable=False),  # the live version it began from; empty: new
    Column("body", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("editor_id", BigInteger, nullable=False),
    instant("saved_at"),
)


editors = Table(  # who looks at which draft, so that two are told of each other
    "editors",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("staff_id", BigInteger, primary_key=True),
    instant("seen_at"),
)


wordings = Table(  # what translators wrote for one string of one language, from draft to live
    "wordings",
    metadata,
    key(),
    Column("tag", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of context and English, which together name a string
    Column("context", Text, nullable=False),
    Column("english", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),  # machine, draft, sent back, reviewed, live
    flag("same"),  # the English is right in this language too: no translation needed
    Column("note", Text, nullable=False),
    Column("author_id", BigInteger),  # empty: a machine
    instant("written_at"),
    Column("reviewer_id", BigInteger),
    instant("reviewed_at", nullable=True),
    UniqueConstraint("tag", "digest"),
    Index("wordings_of_language", "tag", "state"),
)


terms = Table(  # the glossary; a term of no language is a name that stays as it is in all of them
    "terms",
    metadata,
    key(),
    Column("tag", Text, nullable=False),  # empty: a protected name
    Column("term", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("staff_id", BigInteger, nullable=False),
    instant("at"),
    UniqueConstraint("tag", "term"),
)


rehearsals = Table(  # saved conversations that every publishing plays again; shipped ones are files
    "rehearsals",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),  # empty: the shipped one of this name was taken away
    Column("staff_id", BigInteger, nullable=False),
    instant("at"),
)

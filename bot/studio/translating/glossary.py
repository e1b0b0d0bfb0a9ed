"""Words that are always said the same way in a language, and names that are kept in all of them. It only warns: grammar may
want another form, and only a person can tell."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, terms
from bot.store.terms import EVERYWHERE, Term
from bot.studio.translating import progress
from bot.text.fold import fold

LONGEST = 120


def hits(known: Iterable[Term], english: str) -> list[Term]:
    """The terms and names that stand in a text, whatever their case."""
    return [one for one in known if _pattern(one.term).search(english)]


def missed(known: Iterable[Term], english: str, text: str) -> list[str]:
    """What a translation does not say as the glossary wants it, in words."""
    found = []
    for one in hits(known, english):
        if one.tag == EVERYWHERE:
            if one.term not in text:
                found.append(f"the name {one.term} is not kept as it is")
        elif fold(one.wording) not in fold(text):
            found.append(f"the glossary has {one.wording} for {one.term}")
    return found


def of_language(hotline: Hotline, tag: str) -> list[Term]:
    """A language's own terms and the protected names."""
    with hotline.db.read() as conn:
        return terms.of_language(conn, tag)


def every(hotline: Hotline) -> list[Term]:
    with hotline.db.read() as conn:
        return terms.every(conn)


def put(hotline: Hotline, officer: Officer, tag: str, term: str, wording: str = "", note: str = "") -> None:
    """A term, or a protected name where `tag` is EVERYWHERE. Raises NotUsable."""
    term, wording, note = " ".join(term.split()), " ".join(wording.split()), " ".join(note.split())
    if tag != EVERYWHERE and tag not in progress.tags(hotline):
        raise NotUsable("Choose one of the languages this line has.")
    if not fold(term) or (tag != EVERYWHERE and not wording):
        raise NotUsable("A term has its English and how it is said in the language; a name is its own.")
    if max(map(len, (term, wording, note))) > LONGEST:
        raise NotUsable("A term, its words and its note have at most {most} characters each.", most=LONGEST)
    at = hotline.instant()
    with hotline.db.write() as conn:
        terms.put(conn, tag, term, wording if tag != EVERYWHERE else "", note, officer.id, at)
        events.write(conn, f"officer:{officer.id}", "kept a term", f"glossary:{tag or 'names'}", at, term)


def drop(hotline: Hotline, officer: Officer, term_id: int) -> None:
    """Raises NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        gone = next((one for one in terms.every(conn) if one.id == term_id), None)
        if gone is None or not terms.drop(conn, term_id):
            raise NotFound("This term is not there any more.")
        events.write(conn, f"officer:{officer.id}", "dropped a term", f"glossary:{gone.tag or 'names'}", at, gone.term)


@lru_cache(maxsize=1024)
def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)

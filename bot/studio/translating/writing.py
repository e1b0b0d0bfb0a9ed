"""What translators do with a string: write it, let a machine draft it, read what another wrote. Every text is checked before
it is kept, and nobody reviews their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.errors import NotUsable, NotYours, Stale
from bot.flow.reading import Line
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, terms, trail, wordings
from bot.store.database import Connection
from bot.store.wordings import DRAFT, MACHINE, NOTHING, REVIEWED, SENT_BACK, Wording, Written
from bot.studio.checking.findings import must_not_fail
from bot.studio.checking.translation_checks import is_safety_text
from bot.studio.translating import progress
from bot.studio.translating.examining import Wrong, examine, standing_words
from bot.studio.translating.progress import Language, Standing, String
from bot.text.machine_limits import never_by_machine
from bot.translators.base import LONGEST

LONGEST_NOTE = 500
_MOST_TOLD = 50
_PATIENCE = 8.0  # seconds; a translator waits longer than somebody who talks with a resident
_MEANWHILE = "Somebody changed this string meanwhile. Look at what stands there now, and decide anew."
_RIGHTS = ("privacy.", "report_complaint.")  # flows in which people agree to things or learn their rights
NO_MACHINE = {
    "safety": "A safety text is never written by a machine: a wrong word can cost a life.",
    "typed": "These are words people type. A machine does not know them; write what people really say.",
    "rights": "A machine does not word consent, rights or promises: a wrong word does harm.",
    "none": "This line has no machine that translates.",
}
# What the trail says was done with a string.
VERBS = (
    "wrote a wording", "took a machine's wording", "had a machine word it", "agreed to a wording", "sent a wording back",
    "threw a wording away", "brought a wording",
)  # fmt: skip
_WROTE, _TOOK, _HAD_WORDED, _AGREED, _RETURNED, _THREW, _BROUGHT = VERBS


@dataclass(frozen=True, slots=True)
class Told:
    """One thing somebody did with a string, at an instant in ms."""

    at: int
    who: str
    verb: str
    note: str


def write(
    hotline: Hotline, officer: Officer, tag: str, digest: str, text: str, seen: int, *, same: bool = False, note: str = ""
) -> list[str]:  # fmt: skip
    """Keep somebody's words for a string as a draft that waits for review; `same`: the English is right here too. Gives what
    to look at once more. Raises NotUsable with what is wrong, Stale, NotFound."""
    language = progress.language(hotline, tag)
    string = language.string(digest)
    text = string.line.english if same else tidy(text)
    _refuse_english(string, text)
    wrong = check(hotline, language, {digest: text})
    kept = Written(tag, digest, *string.key, text, DRAFT, text == string.line.english, tidy_note(note), officer.id)
    at = hotline.instant()
    with hotline.db.write() as conn:
        _put(conn, kept, seen, at)
        _tell(conn, officer, _WROTE, tag, digest, at)
    return wrong.warnings


def accept(hotline: Hotline, officer: Officer, tag: str, digest: str, seen: int) -> None:
    """Take a machine's words as one's own; somebody else still reviews them. Raises Stale, NotUsable, NotFound."""
    language = progress.language(hotline, tag)
    check(hotline, language, {digest: _worked_on(language.string(digest), seen).text})
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not wordings.accept(conn, seen, officer.id, at):
            raise Stale(_MEANWHILE)
        _tell(conn, officer, _TOOK, tag, digest, at)


def draft_by_machine(hotline: Hotline, officer: Officer, tag: str, digest: str, seen: int) -> None:
    """Ask the machine for a first wording, marked as its own until a person takes it. Raises NotUsable where no machine may
    write or what it wrote cannot be used, NotTranslated, Stale, NotFound."""
    language = progress.language(hotline, tag)
    string = language.string(digest)
    why = refuses_machine(string.line)
    if hotline.translator is None or why:
        raise NotUsable(why or NO_MACHINE["none"])
    if seen != NOTHING and _worked_on(string, seen).state not in (MACHINE, wordings.LIVE):
        raise NotUsable("A person has written this already; a machine does not write over it.")
    said = hotline.translator.translate(string.line.english[:LONGEST], "en", tag, within=_PATIENCE)
    text = tidy(said.words)
    check(hotline, language, {digest: text})
    at = hotline.instant()
    with hotline.db.write() as conn:
        _put(conn, Written(tag, digest, *string.key, text, MACHINE, False, hotline.translator.name, None), seen, at)
        _tell(conn, officer, _HAD_WORDED, tag, digest, at)


def refuses_machine(line: Line) -> str:
    """Why no machine may word a string; empty if it may."""
    if must_not_fail(line) or is_safety_text(line):
        return NO_MACHINE["safety"]
    if line.typed:
        return NO_MACHINE["typed"]
    if line.context.startswith(_RIGHTS) or never_by_machine(line.english):
        return NO_MACHINE["rights"]
    return ""


def agree(hotline: Hotline, officer: Officer, tag: str, seen: Mapping[str, int]) -> int:
    """One's word that these drafts of somebody else are right: digest -> what one saw. All or none; how many. Raises
    NotYours, NotUsable if they do not go together with what else is said, Stale, NotFound."""
    language = progress.language(hotline, tag)
    texts = {digest: _waiting(language.string(digest), one, officer).text for digest, one in seen.items()}
    check(hotline, language, texts)
    at = hotline.instant()
    with hotline.db.write() as conn:
        for digest, one in seen.items():
            kept = language.string(digest).work
            if not wordings.judge(conn, one, REVIEWED, kept.note if kept else "", officer.id, at):
                raise Stale(_MEANWHILE)
            _tell(conn, officer, _AGREED, tag, digest, at)
    return len(texts)


def send_back(hotline: Hotline, officer: Officer, tag: str, seen: Mapping[str, int], reason: str) -> int:
    """Drafts of somebody else are to be written anew, and why. All or none; how many. Raises NotYours, NotUsable without a
    reason, Stale, NotFound."""
    if not (reason := tidy_note(reason)):
        raise NotUsable("Say what is to be changed, so that it can be.")
    language = progress.language(hotline, tag)
    for digest, one in seen.items():
        _waiting(language.string(digest), one, officer)
    at = hotline.instant()
    with hotline.db.write() as conn:
        for digest, one in seen.items():
            if not wordings.judge(conn, one, SENT_BACK, reason, officer.id, at):
                raise Stale(_MEANWHILE)
            _tell(conn, officer, _RETURNED, tag, digest, at, reason)
    return len(seen)


def withdraw(hotline: Hotline, officer: Officer, tag: str, digest: str, seen: int) -> None:
    """Forget what is not live yet; residents read on what they read now. Raises Stale."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not wordings.drop(conn, seen):
            raise Stale(_MEANWHILE)
        _tell(conn, officer, _THREW, tag, digest, at)


def waiting(language: Language) -> list[String]:
    """What waits for somebody who did not write it, in the order of the flows."""
    return [one for one in language.strings if one.standing == Standing.DRAFT]


def history(hotline: Hotline, tag: str, digest: str) -> list[Told]:
    """Who wrote and read it, the newest first."""
    with hotline.db.read() as conn:
        found, names = events.latest(conn, subject(tag, digest), _MOST_TOLD), trail.names(conn)
    return [Told(one.at, names.get(_person(one.actor), one.actor), one.verb, one.note) for one in found]


def _person(actor: str) -> int:
    kind, _, id_ = actor.partition(":")
    return int(id_) if kind == "officer" and id_.isdecimal() else 0


def check(hotline: Hotline, language: Language, texts: Mapping[str, str]) -> Wrong:
    """Texts by digest against what else is said. Gives warnings; raises NotUsable with every error."""
    found = wrong_of(hotline, language, texts)
    errors = [sentence for one in found.values() for sentence in one.errors]
    if errors:
        raise NotUsable("This cannot be kept. {wrong}", wrong=" ".join(errors))
    return Wrong(warnings=[sentence for one in found.values() for sentence in one.warnings])


def wrong_of(hotline: Hotline, language: Language, texts: Mapping[str, str]) -> dict[progress.Key, Wrong]:
    """As `check`, told string by string."""
    with hotline.db.read() as conn:
        known = terms.of_language(conn, language.tag)
    changes = {one.key: texts[one.digest] for one in language.strings if one.digest in texts}
    return examine(hotline.library, language.tag, standing_words(language.strings), changes, known)


def tidy(text: str) -> str:
    """As it is kept: line ends as ours, nothing before or behind."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def tidy_note(note: str) -> str:
    """Raises NotUsable if it is too long."""
    if len(note := " ".join(note.split())) > LONGEST_NOTE:
        raise NotUsable("A note has at most {most} characters.", most=LONGEST_NOTE)
    return note


def subject(tag: str, digest: str) -> str:
    """As the audit trail names a string."""
    return f"wording:{tag}/{digest}"


def keep_drafts(hotline: Hotline, officer: Officer, kept: Iterable[tuple[Written, int]]) -> None:
    """Drafts that were checked already, each with what was seen. All or none. Raises Stale."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        for one, seen in kept:
            _put(conn, one, seen, at)
            _tell(conn, officer, _BROUGHT, one.tag, one.digest, at)


def _put(conn: Connection, one: Written, seen: int, at: int) -> None:
    if not wordings.put(conn, one, seen, at):
        raise Stale(_MEANWHILE)


def _refuse_english(string: String, text: str) -> None:
    if text == string.line.english and must_not_fail(string.line) and not string.line.typed:
        raise NotUsable("A safety text is always translated.")


def _worked_on(string: String, seen: int) -> Wording:
    """Raises Stale if it is not what was seen."""
    if string.work is None or string.work.id != seen:
        raise Stale(_MEANWHILE)
    return string.work


def _waiting(string: String, seen: int, officer: Officer) -> Wording:
    """A draft that this person may judge. Raises NotYours, Stale."""
    found = _worked_on(string, seen)
    if found.state != DRAFT:
        raise Stale(_MEANWHILE)
    if found.author_id == officer.id:
        raise NotYours("Nobody reviews their own words. Somebody else has to read them.")
    return found


def _tell(conn: Connection, officer: Officer, verb: str, tag: str, digest: str, at: int, note: str = "") -> None:
    events.write(conn, f"officer:{officer.id}", verb, subject(tag, digest), at, note)

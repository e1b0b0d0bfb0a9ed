"""Conversations that are played again before anything is published: what was tried once and was right must stay so.

A rehearsal is played in the small town, so that only a change of the flows turns it red. Its words are expected in its
first language, in which whoever saved it read them. In every other language the line must go the same way: through the same
steps, with the same strings put into words, and with the same left for officers. What the words are there is the
translators' matter, and a sentence they mend turns nothing red; but an answer that is not understood in a language leads
another way, and is found. Left out of that are safety texts, which name another number by language, and, where the first
text says which language it is, what is said about the language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import FlowsBroken, NotUsable, PuenteError
from bot.flow.library import Library
from bot.flow.reading import Problem
from bot.hotline import Hotline
from bot.live_texts import HOME
from bot.model import Officer
from bot.store import events
from bot.store import rehearsals as store
from bot.studio.trying import staff_side
from bot.studio.trying.houses import rehearsed
from bot.studio.trying.rehearsal_files import EVERY, Move, Rehearsal, Typed, read, read_folder
from bot.studio.trying.sandbox import Exchange, Pause, Play, Reply, Said, play

FOLDER = HOME / "flows" / "rehearsals"
_LONGEST_NAME = 60
_BETWEEN = "\n---\n"  # two texts that are sent one after the other
_BY_LANGUAGE = "notices."  # contexts of what differs by language, though the way is the same


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a rehearsal went otherwise. `turn` counts what was said, from 1; 0: it could not be played."""

    turn: int
    said: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a rehearsal went in one language."""

    tag: str
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rehearsal went in every language it has."""

    name: str
    verdicts: tuple[Verdict, ...]

    @property
    def green(self) -> bool:
        return all(one.difference is None for one in self.verdicts)


def run(hotline: Hotline, library: Library, rehearsal: Rehearsal, only: Sequence[str] = ()) -> Outcome:
    """Play a rehearsal as if the line spoke from `library`, in all its languages or, of these, in `only` some."""
    tags = languages(hotline, library, rehearsal)
    tags = tags[:1] + [tag for tag in tags[1:] if not only or tag in only]
    if not tags:
        return Outcome(rehearsal.name, (Verdict("", Difference(0, "", "a language", "no language has all its words")),))
    verdicts = []
    first: Play | None = None
    for tag in tags:
        try:
            played = _play(hotline, library, rehearsal, tag)
        except PuenteError as error:
            verdicts.append(Verdict(tag, Difference(0, "", "a conversation", str(error))))
            continue
        verdicts.append(Verdict(tag, _first_difference(rehearsal, tag, tags[0], played, first)))
        first = first or played
    return Outcome(rehearsal.name, tuple(verdicts))


def run_all(hotline: Hotline, library: Library, only: Sequence[str] = ()) -> list[Outcome]:
    """Every rehearsal of this department. One that cannot be read is red."""
    known, problems = all_of(hotline)
    outcomes = [run(hotline, library, known[name], only) for name in sorted(known)]
    for one in problems:
        outcomes.append(Outcome(one.file, (Verdict("", Difference(0, "", "a rehearsal", str(one))),)))
    return outcomes


def visited(hotline: Hotline, library: Library, rehearsal: Rehearsal) -> frozenset[str]:
    """The flows it comes through in its first language; all there are if it cannot be played."""
    try:
        played = _play(hotline, library, rehearsal, languages(hotline, library, rehearsal)[0])
    except (PuenteError, IndexError):
        return frozenset(library.scripts)
    return frozenset(flow for flow, _ in played.path)


def languages(hotline: Hotline, library: Library, rehearsal: Rehearsal) -> list[str]:
    """Those a rehearsal is played in, the one its words are expected in first: English, where it has it."""
    offered = [tag for tag in hotline.config.department_languages if tag == "en" or tag in library.catalogues]
    tags = list(rehearsal.languages) or offered
    for move in rehearsal.moves:
        if isinstance(move.said, Mapping) and EVERY not in move.said:
            tags = [tag for tag in tags if tag in move.said]
    return sorted(tags, key=lambda tag: tag != "en")


def record(hotline: Hotline, library: Library, rehearsal: Rehearsal) -> Rehearsal:
    """The same rehearsal, expecting what the line says to it now: wherever it expected something before, or everywhere if it
    expected nothing yet. Raises NotUsable if it cannot be played."""
    tags = languages(hotline, library, rehearsal)
    if not tags:
        raise NotUsable("No language has all the words of this rehearsal.")
    plays = {tag: _play(hotline, library, rehearsal, tag) for tag in tags[:1]}
    for move in rehearsal.moves:
        for tag in move.line.keys() & set(tags):
            plays[tag] = plays.get(tag) or _play(hotline, library, rehearsal, tag)
    expects = any(move.line or move.staff for move in rehearsal.moves)
    moves = (
        _recorded(move, n, plays) if not expects or move.line or move.staff else move
        for n, move in enumerate(rehearsal.moves)
    )
    return replace(rehearsal, moves=tuple(moves))


def all_of(hotline: Hotline) -> tuple[Mapping[str, Rehearsal], list[Problem]]:
    """Those that were shipped and those this department saved, by name, and what is wrong with any of them."""
    known, problems = read_folder(FOLDER)
    with hotline.db.read() as conn:
        saved = store.all_bodies(conn)
    for name, body in saved.items():
        known.pop(name, None)
        rehearsal, wrong = read(name, body) if body else (None, [])
        problems += wrong
        if rehearsal:
            known[name] = rehearsal
    return known, problems


def save(hotline: Hotline, author: Officer, name: str, body: str) -> None:
    """Keep a rehearsal under a name, or with an empty body take the shipped one away. Raises FlowsBroken with its mistakes,
    NotUsable for a name that is none."""
    if not name.isidentifier() or not name.isascii() or not name.islower() or len(name) > _LONGEST_NAME:
        raise NotUsable("A name is of small letters, digits and _, at most sixty, and begins with a letter.")
    _, problems = read(name, body) if body else (None, [])
    if problems:
        raise FlowsBroken(problems)
    at = hotline.instant()
    with hotline.db.write() as conn:
        store.put(conn, name, body, author.id, at)
        verb = "saved a rehearsal" if body else "took a rehearsal away"
        events.write(conn, f"officer:{author.id}", verb, f"rehearsal:{name}", at)


# Playing


def _play(hotline: Hotline, library: Library, rehearsal: Rehearsal, tag: str) -> Play:
    preset = replace(rehearsal.preset, language="" if rehearsal.told else tag)
    return play(hotline, library, preset, [_said(library, move, tag) for move in rehearsal.moves], rehearsed())


def _said(library: Library, move: Move, tag: str) -> Said:
    match move.said:
        case Typed(context):
            return _own_word(library, tag, context)
        case Reply() | Pause() as other:
            return other
        case words:
            return words.get(EVERY) or words[tag]


def _own_word(library: Library, tag: str, context: str) -> str:
    """The first word of a language for a string that lists what may be typed."""
    line = next((line for line in library.lines() if line.context == context and line.typed), None)
    if line is None:
        raise NotUsable("There is no string {context} that lists what may be typed.", context=context)
    return library.voice(tag).text(line).split("|")[0].replace("*", "").strip()


# Comparing


def _first_difference(
    rehearsal: Rehearsal, tag: str, first_tag: str, played: Play, first: Play | None
) -> Difference | None:
    for n, (move, got) in enumerate(zip(rehearsal.moves, played.exchanges, strict=True)):
        pairs = list(_expected(move, tag, got, is_first=tag == first_tag))
        if first is not None:
            pairs += _same_way(first.exchanges[n], got, told=rehearsal.told)
        for expected, said in pairs:
            if expected != said:
                return Difference(n + 1, str(got.said), expected, said)
    return None


def _expected(move: Move, tag: str, got: Exchange, *, is_first: bool) -> Iterator[tuple[str, str]]:
    line = move.line.get(tag) or (move.line.get(EVERY) if is_first else None)
    if line is not None:
        yield _trimmed(line), _heard(got)
    if is_first and move.staff:
        yield move.staff.strip(), _found(got)


def _same_way(first: Exchange, got: Exchange, *, told: bool) -> Iterator[tuple[str, str]]:
    yield _way(first), _way(got)
    yield "\n".join(staff_side.kinds(first)), "\n".join(staff_side.kinds(got))
    yield first.silence, got.silence
    if not told:
        yield _strings(first), _strings(got)


def _way(one: Exchange) -> str:
    steps = " > ".join(f"{flow}.{step}" for flow, step in one.path)
    return f"{steps} ({one.holder.value}, at {'.'.join(one.at)})"


def _strings(one: Exchange) -> str:
    return "\n".join(context for context in one.strings if not context.startswith(_BY_LANGUAGE))


def _heard(one: Exchange) -> str:
    texts = [_trimmed(sent.text) for sent in one.sent]
    return _BETWEEN.join([*texts, *([f"({one.silence})"] if one.silence else [])])


def _trimmed(text: str) -> str:
    """Without spaces at the ends of lines, which nobody sees."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _found(one: Exchange) -> str:
    return "\n".join(staff_side.found(one))


def _recorded(move: Move, n: int, plays: Mapping[str, Play]) -> Move:
    first = next(iter(plays.values())).exchanges[n]
    by_language = {tag: _heard(plays[tag].exchanges[n]) for tag in move.line if tag != EVERY}
    line = by_language or {EVERY: _heard(first)}
    return replace(move, line=line if any(line.values()) else {}, staff=_found(first))

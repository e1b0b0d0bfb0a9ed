"""What can be seen of a translation without reading it: what is missing, stale, lost, added or too long.

Whether it is good, only people can say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polib

from bot.flow.library import Library
from bot.flow.phrases import Catalogue, Voice, fill, placeholders
from bot.flow.reading import Line
from bot.flow.strings import unique
from bot.studio.checking import forbidden_questions
from bot.studio.checking.findings import Finding, error, must_not_fail, warning
from bot.text.fold import western
from bot.text.language_names import endonym, spoken_name
from bot.text.sms import segments

MOST_CHARACTERS = 300
MOST_SEGMENTS = 3
MOST_SEGMENTS_OF_A_NOTICE = 2

# What is said right before and after a notice, and the words for it.
_WITH_SAFETY_TEXTS = frozenset(
    "line.welcome line.change_language line.empty line.tech_down line.lang_pick line.lang_switched line.lang_none"
    " line.help line.help_ask line.stopped line.started line.thanks line.kept line.left_officer line.officer_join"
    " line.officer_end line.officer_wait line.got_voice words.stop words.start words.help words.officer".split()
)
# Lists of which the line counts the parts: days, months, number words.
_COUNTED = frozenset({"line.weekdays", "line.months", "words.numbers"})
# Words that an emergency centre, a hotline or a carrier reads, not a person: they stay as they are.
_KEPT = {
    "notices.em_911_text_en": ("HELP POLICE",),
    "notices.em_crisis_es": ("AYUDA",),
    "notices.em_dv": ("START",),
    "line.welcome": ("STOP", "HELP"),
    "line.help": ("STOP",),
    "line.stopped": ("START",),
}
_NUMBER = re.compile(r"\d[\d-]*\d|\d")
_LONG_NUMBER = 3  # digits from which a number is one to dial, and may be neither lost nor added
_TYPICAL = {
    "dept": "Rivertown Police", "city": "Rivertown", "phone": "555-010-0100", "open": "Monday-Friday 8:00 AM-8:00 PM",
    "next_open": "Monday 8:00 AM", "retention": "for 2 years", "review_days": "3", "answer_by": "September 30",
    "oversight": "Rivertown Police Oversight Office", "oversight_phone": "555-010-0200", "record_law": "Public Records Act",
    "url": "rivertown.example/privacy", "draft_days": "7", "num": "26-K7P4M-3", "wait": "10 min", "summary": "",
    "list": "", "time": "8:00 AM", "least": "0", "most": "9", "n": "10", "count": "2", "day": "12", "code": "4821",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Translations:
    """One language's catalogue, with what is needed to say where in its file a mistake is."""

    tag: str
    file: str
    covers: str  # "safety texts" where a language has no more yet; empty: everything
    entries: Mapping[tuple[str, str], polib.POEntry]
    voice: Voice

    def line_of(self, line: Line | None) -> int:
        """Where a string stands in the PO file; its first line if it does not."""
        entry = self.entries.get((line.context, line.english)) if line else None
        return int(entry.linenum) if entry else 1


def read_translations(text: str, file: str, tag: str) -> tuple[Translations | None, list[Finding]]:
    """The text of a PO file; none, and why, if it cannot be read."""
    try:
        po = polib.pofile(f"{text}\n")  # polib takes words without a line's end for the name of a file
    except (OSError, ValueError) as failure:
        at = re.search(r"line (\d+)", str(failure))
        return None, [error("catalogue", file, int(at.group(1)) if at else 1, "this is no PO file")]
    entries: dict[tuple[str, str], polib.POEntry] = {}
    found = list(_header(po, file, tag))
    for entry in po:
        if entry.obsolete:
            continue
        key = (entry.msgctxt or "", entry.msgid)
        if key in entries:
            found.append(error("catalogue", file, entry.linenum, f"{key[0]} stands here twice", key[0]))
        entries.setdefault(key, entry)
    served = {key: entry.msgstr for key, entry in entries.items() if entry.msgstr and not entry.fuzzy}
    covers = po.metadata.get("X-Covers", "")
    return Translations(tag, file, covers, entries, Voice(Catalogue(tag, served))), found


def _header(po: polib.POFile, file: str, tag: str) -> Iterator[Finding]:
    if po.metadata.get("Language") != tag:
        yield error("catalogue", file, 1, f"`Language` in the header is not {tag}")
    for field, says in (
        ("Last-Translator", "who wrote it"),
        ("X-Reviewed-By", "which qualified translator has read it"),
        ("X-Reviewed-On", "when that was"),
    ):
        if not po.metadata.get(field, "").strip():
            yield warning("reviewed", file, 1, f"`{field}` is missing in the header: {says}")


def check_translations(library: Library, own: Translations) -> Iterator[Finding]:
    """Each string of the flows in one language, then the questions that may not be asked."""
    wanted = set()
    for line, _ in unique(library):
        wanted.add((line.context, line.english))
        entry = own.entries.get((line.context, line.english))
        if entry is None or not entry.msgstr or entry.fuzzy:
            if own.covers and not is_safety_text(line):
                continue
            yield _not_served(line, own, "stale" if entry and entry.msgstr else "missing")
        else:
            for rule, words, blocks in _wrong(line, entry.msgstr, own.tag):
                say = error if blocks else warning
                yield say(rule, own.file, entry.linenum, f"{line.context}: {words}", line.context)
    unknown = [entry.linenum for key, entry in own.entries.items() if key not in wanted]
    if unknown:
        words = f"{len(unknown)} strings that the flows no longer have; `python -m bot locales export` sets them aside"
        yield warning("left_over", own.file, min(unknown), words)
    for line, whole in forbidden_questions.questions(library):
        asked = forbidden_questions.asked_for(own.voice.text(line), own.tag, whole)
        if asked:
            words = f"{line.context}: asks for {asked}, which this line never asks"
            yield error("forbidden_question", own.file, own.line_of(line), words, line.context)


def is_safety_text(line: Line) -> bool:
    """Whether a language that covers the safety texts alone must have this string."""
    return line.context.startswith(("notices.", "safe_contact.")) or line.context in _WITH_SAFETY_TEXTS


def _not_served(line: Line, own: Translations, state: str) -> Finding:
    say = error if must_not_fail(line) else warning
    words = f"{line.context}: the translation is {state}, and people read English"
    return say(state, own.file, own.line_of(line), words, line.context)


def _wrong(line: Line, text: str, tag: str) -> Iterator[tuple[str, str, bool]]:
    """What is wrong with one translation: the rule, in words, and whether it blocks."""
    if turned := turning_sign(text):
        yield "hidden_signs", f"holds {turned}, which turns the order of what is read", True
    if line.context in _COUNTED:
        counts = line.english.count("|") + 1, sum(bool(part.strip()) for part in text.split("|"))
        if counts[0] != counts[1] or text.count("|") != line.english.count("|"):
            yield "parts", f"has {counts[1]} parts instead of {counts[0]}", True
    if line.typed:
        return
    yield from _lost(line, text)
    shown = filled(text, tag)
    if len(shown) > MOST_CHARACTERS:
        yield "long", f"is {len(shown)} characters long; {MOST_CHARACTERS} are the most", True
    most = MOST_SEGMENTS_OF_A_NOTICE if line.context.startswith("notices.") else MOST_SEGMENTS
    if (count := segments(shown)) > most and line.context not in _COUNTED:
        yield "segments", f"takes {count} segments; {most} are the most", False


def _lost(line: Line, text: str) -> Iterator[tuple[str, str, bool]]:
    english, own = set(placeholders(line.english)), set(placeholders(text))
    for name in sorted(english - own):
        yield "lost_placeholder", f"{{{name}}} is lost", True
    for name in sorted(own - english):
        yield "added_placeholder", f"{{{name}}} is not in the English", True
    if has_stray_brace(text):
        yield "braces", "has a { or } that belongs to no placeholder", True
    for word in _KEPT.get(line.context, ()):
        if word not in text:
            yield "kept_word", f"{word} must stay as it is", True
    here, there = _NUMBER.findall(line.english), _NUMBER.findall(western(text))
    for number in sorted(set(here) - set(there)):
        yield "lost_number", f"the number {number} is lost", len(number) >= _LONG_NUMBER
    for number in sorted(set(there) - set(here)):
        if len(number) >= _LONG_NUMBER:
            yield "added_number", f"the number {number} is not in the English", True


def has_stray_brace(text: str) -> bool:
    """Whether a { or } would be sent as it is."""
    return bool(re.search(r"[{}]", fill(text, lambda name: "")))


def turning_sign(text: str) -> str:
    """A sign that makes others be read in another order than they are written, which no script needs, as `U+202E`."""
    found = re.search("[\u202a\u202b\u202d\u202e]", text)
    return f"U+{ord(found[0]):04X}" if found else ""


def filled(text: str, tag: str) -> str:
    """The text as a resident might read it, with values of usual length."""
    names = {"lang": endonym(tag), "lang_en": spoken_name(tag)}
    return fill(text, lambda name: names.get(name) or _TYPICAL.get(name, "Maple Street"))

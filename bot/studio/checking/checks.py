"""Everything that can be found wrong with flows and translations before a resident meets it, with its file and line."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from bot.flow.library import REST, Library, read_texts, texts_of
from bot.flow.reading import Line, Problem
from bot.flow.steps.talk import Ask
from bot.flow.strings import unique
from bot.studio.checking import forbidden_questions
from bot.studio.checking.findings import Finding, error, warning
from bot.studio.checking.reading_grade import grade
from bot.studio.checking.translation_checks import (
    MOST_CHARACTERS,
    MOST_SEGMENTS,
    Translations,
    check_translations,
    filled,
    has_stray_brace,
    read_translations,
    turning_sign,
)
from bot.studio.checking.typed_word_checks import KEYWORDS, check_typed_words
from bot.studio.checking.used_answers import check_used_answers
from bot.text.hints import phrases
from bot.text.keywords import CARRIERS
from bot.text.sms import segments

HIGHEST_GRADE = 6.0
_ONE_MESSAGE = 1600  # characters that Twilio takes in one

# What each safety text promises, in words that must stand in it.
PROMISES = {
    "em_911_text": ("911",), "em_911_text_en": ("911", "HELP POLICE"), "em_911_call": ("911",), "em_app": ("911",),
    "em_med": ("911",), "em_poison": ("911", "1-800-222-1222"), "em_fire": ("911",), "em_crisis": ("988", "911"),
    "em_crisis_es": ("988", "AYUDA"), "em_crisis_lang": ("988", "911"), "em_crisis_other": ("988", "911"),
    "em_dv": ("911", "1-800-799-7233", "START", "88788"), "em_dv_lang": ("911", "1-800-799-7233"),
    "em_dv_neck": ("911",), "em_child": ("911", "1-800-422-4453"), "em_traffic": ("911", "1-888-373-7888"),
    "em_interpreter": ("911", "{phone}", "{lang_en}"), "em_resume": ("911",), "em_not": ("9",),
    "sens_got": (), "sens_ask": (),
}  # fmt: skip
# What the line itself says, and what it understands, whatever flows there are.
PHRASES = (
    "voice_note", "photo",
    "welcome", "change_language", "retry_1", "retry_2", "unclear", "empty", "tech_down", "came_late", "got_all", "left",
    "left_report", "draft_remind", "nothing_to_skip", "nothing_before", "when_future", "number_typo", "number_other_phone",
    "count_wrong", "photo_got", "lang_pick", "lang_switched", "lang_none", "help", "help_ask", "stopped", "started",
    "thanks", "privacy_asked", "kept", "left_officer", "officer_join", "officer_passed", "officer_goes_on",
    "officer_meet", "officer_end", "officer_wait", "wait_choices", "wait_on", "wish_noted", "wish_away", "officers_back",
    "after_hours", "staff_read", "mt_note", "got_photo",
    "got_place", "got_voice", "wa_template", "wa_closed", "rsvp_cancelled", "meeting_planned",
    "meeting_cancelled", "meeting_cannot",
    "today_until", "opens", "call_for_hours", "no_id", "weekdays",
    "months", "date", "minutes", "years",
    "state_received", "state_reading", "state_more", "state_accepted", "state_officer",
    "state_sent", "state_not_police", "state_closed", "state_accepted_as",
    "report_safe", "report_reading", "report_accepted", "report_officer", "report_sent", "report_sent_not",
    "report_not_police", "report_closed", "report_late",
    "reason_done", "reason_no_trace", "reason_twice", "reason_wish", "reason_no_answer", "reason_city_did",
    "reason_civil", "reason_no_crime",
)  # fmt: skip
WORDS = (
    *KEYWORDS, "menu", "back", "skip", "leave", "unclear", "officer", "language",
    "thanks", "done", "yes", "no", "numbers",
)  # fmt: skip
FLOWS = (
    REST[0], "officer", "language", "report", "report_check", "draft_back", "report_question", "not_understood",
    "safe_contact", "meeting_news", "call_back", "survey",
)  # fmt: skip

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n.,?!:;'\"()-/+=&%|")


def check_folder(flows: Path, locales: Path) -> tuple[list[Problem], list[Problem]]:
    """Errors, with which nothing may go live, and warnings; each by file and line. Files that cannot be read as flows
    are all there is to say until they can.
    """
    paths = sorted(locales.glob("*/LC_MESSAGES/bot.po"))
    catalogues = {path.parts[-3]: path.read_text(encoding="utf-8", errors="replace") for path in paths}
    found = check_texts(texts_of(flows), catalogues, flows.name, locales.name)
    return _sorted(found, blocks=True), _sorted(found, blocks=False)


def check_texts(
    texts: Mapping[str, str], catalogues: Mapping[str, str], flows: str = "flows", locales: str = "locales"
) -> list[Finding]:
    """What is wrong with flow files by name and catalogues by language; `flows` and `locales` are what problems call
    their folders."""
    library, problems = read_texts(texts, flows)
    if library is None or problems:
        return [_placed(library, problem) for problem in problems]
    found = [*_library(library, flows)]
    for tag, text in sorted(catalogues.items()):
        own, unreadable = _translations(text, f"{locales}/{tag}/LC_MESSAGES/bot.po", tag)
        found += unreadable
        if own is not None:
            found += check_translations(library, own)
            found += check_typed_words(library, own)
    return found


@lru_cache(maxsize=32)
def _translations(text: str, file: str, tag: str) -> tuple[Translations | None, list[Finding]]:
    """Read once for all the times a draft is looked at beside it; nobody changes what comes back."""
    return read_translations(text, file, tag)


def _placed(library: Library | None, problem: Problem) -> Finding:
    """What the reader found, at the last step that begins no later."""
    script = next((one for one in library.scripts.values() if one.file == problem.file), None) if library else None
    before = [name for name, line in script.lines_of_steps.items() if line <= problem.line] if script else []
    return Finding(problem, True, "file", script.name if script else "", before[-1] if before else "", problem.field)


def _sorted(found: list[Finding], *, blocks: bool) -> list[Problem]:
    wanted = {one.problem for one in found if one.blocks is blocks}
    return sorted(wanted, key=lambda problem: (problem.file, problem.line, problem.words))


def _library(library: Library, folder: str) -> Iterator[Finding]:
    """What is wrong with the English: parts that are gone, words that clash, texts that are long, hard or forbidden."""
    yield from _gone(library, folder)
    yield from check_typed_words(library)
    yield from check_used_answers(library)
    for line, _ in unique(library):
        if turned := turning_sign(line.english):
            words = f"this text holds {turned}, which turns the order of what is read"
            yield error("hidden_signs", line.file, line.line, words, line.context)
        if not line.typed:
            yield from _text(line)
    yield from _long_questions(library)
    for line, whole in forbidden_questions.questions(library):
        asked = forbidden_questions.asked_for(line.english, "en", whole)
        if asked:
            words = f"this asks for {asked}, which this line never asks"
            yield error("forbidden_question", line.file, line.line, words, line.context)


def _gone(library: Library, folder: str) -> Iterator[Finding]:
    for name, promised in PROMISES.items():
        phrase = library.phrases.get(name)
        if phrase is None:
            yield error(
                "safety_text",
                f"{folder}/notices.yml",
                1,
                f"the safety text `{name}` is gone; it cannot be removed",
                f"notices.{name}",
            )
            continue
        for words in promised:
            if words not in phrase.english:
                said = f"the safety text `{name}` must say {words}"
                yield error("safety_promise", phrase.file, phrase.line, said, phrase.context)
    for name in PHRASES:
        if name not in library.phrases:
            yield error("phrase", f"{folder}/phrases.yml", 1, f"the phrase `{name}` is gone, and the line needs it")
    for name in WORDS:
        line = library.everywhere.get(name)
        if line is None:
            yield error("words", f"{folder}/words.yml", 1, f"the words for `{name}` are gone, and the line needs them")
        elif name in CARRIERS and name not in phrases(line.english):
            yield error(
                "safety_promise", line.file, line.line, f"the words for `{name}` must hold {name}", line.context
            )
    for name in FLOWS:
        script = library.scripts.get(name)
        if script is None:
            yield error("needed_flow", f"{folder}/{name}.yml", 1, f"the flow `{name}` is gone, and the line needs it")
        elif name == REST[0] and REST[1] not in script.steps:
            yield error("needed_flow", script.file, 1, f"`{name}` wants a step `{REST[1]}`, where residents rest")


def _text(line: Line) -> Iterator[Finding]:
    shown = filled(line.english, "en")
    if has_stray_brace(line.english):
        words = "this text has a { or } that belongs to no placeholder"
        yield error("braces", line.file, line.line, words, line.context)
    if len(shown) > MOST_CHARACTERS:
        words = f"this text is {len(shown)} characters long; {MOST_CHARACTERS} are the most"
        yield error("long", line.file, line.line, words, line.context)
        return  # what else may be said of it is about a text that will be another
    if (count := segments(shown)) > MOST_SEGMENTS and "|" not in line.english:
        words = f"this text takes {count} segments; {MOST_SEGMENTS} are the most"
        yield warning("segments", line.file, line.line, words, line.context)
    odd = sorted(set(shown) - _PLAIN - set("{}"))
    if odd:
        words = f"{' '.join(odd)} is no plain letter or mark, and may be dear to send"
        yield warning("plain_letters", line.file, line.line, words, line.context)
    if "|" not in line.english and (school := grade(shown)) > HIGHEST_GRADE:
        words = f"this text wants {school:.1f} years of school; {HIGHEST_GRADE:.0f} are the most"
        yield warning("reading_grade", line.file, line.line, words, line.context)


def _long_questions(library: Library) -> Iterator[Finding]:
    """Questions that would come in pieces, so that a resident answers before they have read it all."""
    for script in library.scripts.values():
        for name, step in script.steps.items():
            if not isinstance(step, Ask):
                continue
            texts = [*step.texts, *(choice.label for choice in step.choices), *([step.after] if step.after else [])]
            length = sum(len(filled(line.english, "en")) + 3 for line in texts)  # with a number and two blanks each
            if length > _ONE_MESSAGE:
                words = f"this question takes {length} characters with its choices; {_ONE_MESSAGE} are the most"
                line = script.lines_of_steps[name]
                yield error("long_question", script.file, line, words, f"{script.name}.{name}.{step.key}")

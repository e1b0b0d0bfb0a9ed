"""Which sentences the desk says, found where they are written, so that locales/<tag>/LC_MESSAGES/desk.po can hold them all.
For whoever develops and translates; no page needs it."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from bot import errors
from bot.live_texts import HOME
from bot.model import Role
from bot.web.tongue import TONGUES

Sentence = str | tuple[str, str]  # one, or (one, many)

_METHODS = [
    ("web/templates/**.html", "jinja2.ext:babel_extract"), ("web/**.py", "python"), ("desk/**.py", "python"),
    ("studio/**.py", "python"),
    ("errors.py", "python"),
]  # fmt: skip
_OPTIONS = {"web/templates/**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}}
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "Way": None,
    "__init__": None,  # errors that have one sentence of their own
    **{name: None for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)},
}
# Tables whose words are said by a name that stands elsewhere.
_TABLES = (
    ("bot.errors", "_UNTRANSLATED"), ("bot.desk.threads.machine_replies", "_REFUSED"),
    ("bot.text.wording_warnings", "_WORDS"),
    ("bot.desk.supervision.reviewing", "VERDICTS"),
    ("bot.desk.threads.outcomes", "OUTCOMES"), ("bot.desk.threads.outcomes", "SERVICES"),
    ("bot.desk.reports.states", "STATES"), ("bot.desk.reports.states", "_WHY_NOT"),
    ("bot.store.templates", "STATES"), ("bot.web.account", "_DONE"), ("bot.web.app", "_SENTENCES"),
    ("bot.web.alerts", "_DONE"), ("bot.web.communities", "TITLES"), ("bot.web.meetings", "FAILURES"),
    ("bot.web.interpreters", "HOWS"), ("bot.web.interpreters", "STATES"),
    ("bot.web.meetings", "NEEDS"), ("bot.web.meetings", "REASONS"), ("bot.web.meetings", "USEFUL"),
    ("bot.web.reports", "_BUTTON_WORDS"), ("bot.web.reports", "_CITY_WORDS"), ("bot.web.reports", "_STEP_WORDS"),
    ("bot.web.reports", "_THINGS"), ("bot.web.reports", "_TOLD"), ("bot.web.reports", "_UNTOLD"),
    ("bot.web.relay", "_DONE"), ("bot.web.relay", "_STATES"), ("bot.web.relay", "_NOT"),
    ("bot.desk.relay.phones", "_ASKED_TOO_OFTEN"),
    ("bot.web.staff", "_DONE"), ("bot.web.statistics", "_MONTHS"), ("bot.web.statistics", "_SPANS"),
    ("bot.web.statistics", "_QUESTIONS"), ("bot.web.figure_words", "DANGERS"), ("bot.desk.statistics.figures", "GROUPS"),
    ("bot.desk.statistics.reading", "SENTENCES"), ("bot.desk.statistics.yearly", "SENTENCES"),
    ("bot.studio.translating.writing", "NO_MACHINE"), ("bot.studio.translating.writing", "VERBS"),
    ("bot.studio.translating.writing", "_MEANWHILE"), ("bot.web.wordings", "STANDINGS"), ("bot.web.wordings", "_SAID"),
    ("bot.studio.editing.step_fields", "SENTENCES"), ("bot.studio.editing.differences", "SENTENCES"),
    ("bot.web.trying", "OFFICERS"),
    ("bot.web.directory", "NEED_WORDS"), ("bot.web.directory", "SHOWN"), ("bot.web.directory", "_DONE"),
    ("bot.studio.directory.services", "FIELDS"), ("bot.studio.directory.files", "_UNREADABLE"),
    ("bot.studio.directory.importing", "_OVERTAKEN"), ("bot.web.directory_files", "SEVERITIES"),
    ("bot.web.wording", "_COMPASS"), ("bot.web.wording", "_REFUSED"),
    ("bot.web.wording", "_STATES"), ("bot.web.wording", "_THINGS"),
)  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sentences() -> dict[Sentence, list[str]]:
    """Every sentence, and where it is written."""
    found: dict[Sentence, list[str]] = {}
    for path, _, message, _, _ in extract_from_dir(
        HOME / "bot", _METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, callback=None
    ):
        one = message if isinstance(message, str) else (message[0], message[1])
        found.setdefault(one, []).append(f"bot/{path}")
    for module, name in _TABLES:
        for words in _words(getattr(import_module(module), name)):
            found.setdefault(words, []).append(module.replace(".", "/") + ".py")
    for words in (*_DAYS, *_MONTHS, *(role.value for role in Role)):
        found.setdefault(words, []).append("bot/web/tongue.py")
    return {one: sorted(set(places)) for one, places in found.items() if isinstance(one, tuple) or one.strip()}


def bring_up_to_date() -> Iterator[str]:
    """Write every desk.po anew: what was translated stays, what is new is empty, what is said no more goes."""
    known = sentences()
    for tag in TONGUES:
        if tag == "en":
            continue
        path = _path(tag)
        before = {_key(one): one for one in polib.pofile(str(path))} if path.exists() else {}
        written = _catalogue(tag, known, before)
        written.save(str(path))
        yield f"{path.relative_to(HOME)}: {len(written)} sentences, {len(written.untranslated_entries())} to translate."


def _catalogue(tag: str, known: Mapping[Sentence, list[str]], before: Mapping[Sentence, polib.POEntry]) -> polib.POFile:
    written = polib.POFile(wrapwidth=118)
    written.metadata = {
        "Language": tag, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit", "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }  # fmt: skip
    for one in sorted(known, key=lambda one: (known[one][0], one if isinstance(one, str) else one[0])):
        old = before.get(one)
        places = [(place, "") for place in known[one][:3]]
        if isinstance(one, str):
            written.append(polib.POEntry(msgid=one, msgstr=old.msgstr if old else "", occurrences=places))
        else:
            plural = dict(old.msgstr_plural) if old else {0: "", 1: ""}
            written.append(polib.POEntry(msgid=one[0], msgid_plural=one[1], msgstr_plural=plural, occurrences=places))
    return written


def _path(tag: str) -> Path:
    return HOME / "locales" / tag / "LC_MESSAGES" / "desk.po"


def _key(entry: polib.POEntry) -> Sentence:
    return (entry.msgid, entry.msgid_plural) if entry.msgid_plural else entry.msgid


def _words(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, Mapping):
        for one in table.values():
            yield from _words(one)
    elif isinstance(table, tuple | list | frozenset):
        for one in table:
            yield from _words(one)

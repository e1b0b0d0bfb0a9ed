"""The language in which staff read the desk. Sentences are written in English where they are used; the others stand in
locales/<tag>/LC_MESSAGES/desk.po. Has nothing to do with the languages of residents."""

from collections.abc import Mapping
from functools import cache

import polib
from flask import g, has_request_context, request
from flask.sansio.app import App

from bot.errors import DatabaseUnreachable, PuenteError
from bot.live_texts import HOME
from bot.web import doors

TONGUES = {"en": "English", "es": "Español"}


def register(app: App) -> None:
    """`_` and `ngettext` in every template, as Jinja's i18n extension has them."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["tongue"] = tongue
    app.jinja_env.globals["TONGUES"] = TONGUES


def tongue() -> str:
    """The tag of the language this request is answered in: what the person chose, else what their browser asks for."""
    if not has_request_context():
        return "en"
    if "tongue" not in g:
        try:
            who = doors.session()
        except DatabaseUnreachable:
            who = None  # also the page that says so is said in some language
        chosen = who.officer.tongue if who else ""
        g.tongue = chosen if chosen in TONGUES else request.accept_languages.best_match(TONGUES) or "en"
    return str(g.tongue)


def gettext(sentence: str) -> str:
    return _sentences(tongue()).get((sentence, 0), sentence)


def ngettext(one: str, many: str, number: int) -> str:
    """English and Spanish count alike: one, and more or none."""
    return _sentences(tongue()).get((one, int(number != 1)), one if number == 1 else many)


def told(error: PuenteError) -> str:
    """What an error says, in the language of whoever reads it."""
    sentence = gettext(error.sentence)
    return sentence.format(**error.values) if error.values else sentence


@cache
def _sentences(tag: str) -> Mapping[tuple[str, int], str]:
    """(sentence, 0 or for more than one 1) -> how it is said."""
    path = HOME / "locales" / tag / "LC_MESSAGES" / "desk.po"
    if not path.exists():
        return {}
    kept: dict[tuple[str, int], str] = {}
    for entry in polib.pofile(str(path), encoding="utf-8"):
        if entry.fuzzy or entry.obsolete:
            continue
        if entry.msgstr:
            kept[entry.msgid, 0] = entry.msgstr
        for number, words in entry.msgstr_plural.items():
            if words:
                kept[entry.msgid, int(number)] = words
    return kept

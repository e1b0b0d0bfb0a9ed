"""Whether the translator, if there is one, answers, knows the languages, and is our own. Judges what was answered."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.doctor.signs import Check, Signs
from bot.errors import PuenteError
from bot.text.language_names import english_name

_NAME = "translator"


def translator(signs: Signs) -> Iterator[Check]:
    told = signs.translator
    if told is None:
        return
    if isinstance(told, PuenteError):
        yield Check(_NAME, "warning", f"Officers see originals only. {told}", "Check TRANSLATOR_URL and TRANSLATOR_KEY.")
        return
    if not told.inside:
        host = urlsplit(signs.config.translator_url).hostname
        says = f"{host} is outside your network: what residents write would leave the department."
        yield Check(_NAME, "bad", says, "Run LibreTranslate beside the line (docs/translation.md), or empty TRANSLATOR_URL.")
    offered = [tag for tag in signs.config.department_languages if tag != "en"]
    lacks = ", ".join(english_name(tag) for tag in offered if tag in told.lacking)
    if lacks:
        says = f"It does not know {lacks}. Officers see originals there."
        yield Check(_NAME, "warning", says, "Load these languages in LibreTranslate if it has them, or rely on interpreters.")
    elif told.inside:
        yield Check(_NAME, "good", f"It answers, and knows all {len(offered)} languages besides English.")

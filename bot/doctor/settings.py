"""Whether settings, languages, flows and keys are complete and plausible for a real town. Asks no other machine."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import Config
from bot.doctor.signs import Check, Signs, twilio_wanted
from bot.errors import PuenteError
from bot.live_texts import HOME
from bot.store.condition import PostgresState, SqliteState
from bot.studio.checking.checks import check_folder
from bot.studio.checking.translation_checks import read_translations
from bot.watch.telling import ways

LONGEST_NAME = 20  # characters; with longer names safety texts need another segment
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_HERE = ("127.0.0.1", "localhost", "::1")


def address(signs: Signs) -> Iterator[Check]:
    config = signs.config
    name, url = "public address", config.url
    reached_from_outside = urlsplit(url).hostname not in _HERE
    if config.development and reached_from_outside:
        says = f"PUENTE_ENV is development, but the line is reached at {url}: its phone simulator is open to anyone."
        yield Check(name, "warning", says, "Set PUENTE_ENV=production for residents.")
    elif config.development:
        yield Check(name, "good", f"A line for trying out, at {url}.")
    elif urlsplit(url).scheme != "https":
        says = f"PUBLIC_URL is {url}; what residents write would cross the internet in the open."
        yield Check(name, "bad", says, "Put a proxy with a certificate in front, and set PUBLIC_URL=https://…")
    elif urlsplit(url).path or urlsplit(url).query:
        yield Check(
            name, "bad", f"PUBLIC_URL is {url}, with a path.", "Set only the host, like https://line.example.gov"
        )
    else:
        yield Check(name, "good", f"{url} is https.")


def department(signs: Signs) -> Iterator[Check]:
    """Its name, phones and days; what was left as in the example is wrong in every real town."""
    config, sound = signs.config, True
    for check in (*_name(config), *_examples(config), *_line_numbers(config), *_holidays(config)):
        sound = False
        yield check
    if sound:
        yield Check("department", "good", f"{config.department_name}, {config.department_city}.")


def languages(signs: Signs) -> Iterator[Check]:
    """Whether the line can speak every language it offers."""
    gone, safety_only = [], []
    for tag in signs.config.department_languages:
        if tag == "en":
            continue
        covers = _covers(HOME / "locales" / tag / "LC_MESSAGES" / "bot.po", tag)
        if covers is None:
            gone.append(tag)
        elif covers:
            safety_only.append(tag)
    if gone:
        says = f"There are no texts in {', '.join(gone)}; people who choose it read English."
        yield Check("languages", "bad", says, "Take it out of DEPARTMENT_LANGUAGES, or add locales/<tag>.")
    if safety_only:
        says = f"Only the safety texts are translated into {', '.join(safety_only)}; all else is said in English."
        yield Check("languages", "warning", says, "Have the rest translated (docs/translators.md), or do not offer it.")
    if not gone and not safety_only:
        yield Check("languages", "good", f"{len(signs.config.department_languages)} languages have all their texts.")


def flows(signs: Signs) -> Iterator[Check]:
    errors, warnings = check_folder(HOME / "flows", HOME / "locales")
    if errors:
        says = f"{len(errors)} mistakes in flows and translations; the first: {errors[0]}."
        yield Check("flows", "bad", says, "See all with: python -m bot flows check")
    else:
        yield Check("flows", "good", f"No mistakes in flows and translations ({len(warnings)} remarks).")


def keys(signs: Signs) -> Iterator[Check]:
    """Whether SEAL_KEYS can be read, opens what is kept, and is not the keyset that lies beside the database."""
    config, trouble = signs.config, signs.keys
    made_here = config.data_dir / "seal-keys"
    if isinstance(trouble, PuenteError):
        yield Check("seal keys", "bad", str(trouble), "Put the keyset you keep back into SEAL_KEYS.")
    elif trouble:
        says = f"SEAL_KEYS does not fit the database: {trouble}."
        yield Check("seal keys", "bad", says, "Put back the keyset that was used with this database.")
    elif trouble is None:
        yield Check("seal keys", "good", "A keyset for development is made at the first start.")
    elif not config.development and made_here.exists() and made_here.read_text().strip() == config.seal_keys:
        says = f"SEAL_KEYS is the keyset for development, which lies in {made_here} beside the database."
        do = "Before going live, make another with: python -m bot keys new; then delete that file."
        yield Check("seal keys", "bad", says, do)
    else:
        opens = isinstance(signs.database, SqliteState | PostgresState)
        yield Check("seal keys", "good", f"They can be read{', and open what is kept' if opens else ''}.")


def alarms(signs: Signs) -> Iterator[Check]:
    """Whether anybody is told when something is wrong."""
    config, name = signs.config, "alarms"
    if bool(config.alarm_email_to) != bool(config.smtp_url):
        lacks = "SMTP_URL" if config.alarm_email_to else "ALARM_EMAIL_TO"
        yield Check(name, "bad", f"{lacks} is empty, so no alarm is e-mailed.", f"Set {lacks} too, or neither.")
    elif how := ways(config):
        yield Check(name, "good", f"They are told by {' and '.join(how)}.")
    elif config.development:
        yield Check(name, "good", "A line for trying out tells nobody of alarms.")
    else:
        says = "Nobody is told when something is wrong; only the page /desk/health says it."
        yield Check(name, "warning", says, "Set ALARM_EMAIL_TO and SMTP_URL, or ALARM_WEBHOOK_URL.")


def _name(config: Config) -> Iterator[Check]:
    if len(config.department_name) > LONGEST_NAME:
        says = f"DEPARTMENT_NAME has {len(config.department_name)} characters, so safety texts get too long."
        yield Check("department", "bad", says, f"Shorten it to {LONGEST_NAME}.")


def _examples(config: Config) -> Iterator[Check]:
    if config.development:
        return
    example = Config()
    left = [
        name
        for name, value, as_shipped in (
            ("DEPARTMENT_NAME", config.department_name, example.department_name),
            ("DEPARTMENT_CITY", config.department_city, example.department_city),
            ("DEPARTMENT_PHONE", config.department_phone, example.department_phone),
            ("DEPARTMENT_URL", config.department_url, example.department_url),
        )
        if value == as_shipped
    ]
    if left:
        says = f"Still as in the example: {', '.join(left)}. Residents are told to call and read what is not yours."
        yield Check("department", "bad", says, "Set them to your own.")


def _line_numbers(config: Config) -> Iterator[Check]:
    wrong = [number for number in config.line_numbers if not _NUMBER.fullmatch(number)]
    if wrong:
        says = f"LINE_NUMBERS has {', '.join(wrong)}, which is no phone number as Twilio writes it."
        yield Check("department", "bad", says, "Write it with country code and without spaces, like +15550001111.")
    if twilio_wanted(config) and not config.line_numbers:
        yield Check("department", "bad", "LINE_NUMBERS is empty.", "Set it to your Twilio number, like +15550001111.")


def _holidays(config: Config) -> Iterator[Check]:
    if not any(day >= date.today().isoformat() for day in config.department_holidays):
        says = "DEPARTMENT_HOLIDAYS has no day to come: on holidays, residents are told that officers answer."
        yield Check("department", "warning", says, "Add the next ones, like 2027-12-25.")


def _covers(path: Path, tag: str) -> str | None:
    """What the texts of a language are limited to, empty for all of them; None if they cannot be read."""
    own, _ = read_translations(path.read_text(encoding="utf-8"), path.name, tag) if path.exists() else (None, [])
    return own.covers if own else None

"""Settings: complete or refused with a sentence, and every one of them documented."""

from dataclasses import fields
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.config import Config, read
from bot.errors import SettingWrong

ROOT = Path(__file__).parent.parent
NAMES = [one.metadata["name"] for one in fields(Config)]


def rows() -> dict[str, str]:
    """The table of docs/settings.md: each setting, and its default as it is written in the environment."""
    lines = (ROOT / "docs/settings.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {name.strip("`"): default.strip("`") for name, _, default in cells}


def test_the_manual_lists_every_setting_with_its_default_and_no_other() -> None:
    written = rows()
    assert list(written) == NAMES
    for one in fields(Config):
        default = written[one.metadata["name"]]
        assert one.metadata["parse"](default) == one.default if default else one.default in ("", ()), one.name


def test_the_example_says_the_same() -> None:
    example = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
    assert example == rows()
    assert read(example) == Config()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "eight", "PORT='eight' cannot be used: it is a whole number."),
        ("PUENTE_ENV", "prod", "it is one of development, production"),
        ("PUBLIC_URL", "example.org", "it begins with http:// or https://"),
        ("DEPARTMENT_TIMEZONE", "Chicago", "it is a time zone like America/Chicago"),
        ("DEPARTMENT_PRIVACY", "C", "it is one of A, B"),
        ("DEPARTMENT_HOURS", "always", "DEPARTMENT_HOURS"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingWrong, match="cannot be used") as refused:
        read({name: value})

    assert says in str(refused.value)


def test_production_names_everything_that_is_missing() -> None:
    with pytest.raises(SettingWrong) as refused:
        read({"PUENTE_ENV": "production", "PUBLIC_URL": "https://line.example.gov"})

    for name in ("SEAL_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "LINE_NUMBERS"):
        assert name in str(refused.value)
    assert "PUBLIC_URL" not in str(refused.value)


def test_a_heroku_like_database_url_uses_psycopg() -> None:
    assert read({"DATABASE_URL": "postgres://a:b@c/d"}).database == "postgresql+psycopg://a:b@c/d"

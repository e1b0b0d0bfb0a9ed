"""Settings: complete or refused with a sentence, and every one of them documented."""

from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import Config, read
from bot.errors import SettingWrong

ROOT = Path(__file__).parent.parent
NAMES = [one.metadata["name"] for one in fields(Config)]


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_example_and_the_manual(name: str) -> None:
    assert f"\n{name}=" in (ROOT / ".env.example").read_text()
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text()


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

"""What every door does whoever comes and whatever is away."""

from pathlib import Path

import pytest

from bot.hotline import build
from bot.web.app import create
from bot.web.doors import network_of
from tests.line import settings


def test_while_the_database_is_away_pages_say_so(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    browser = create(build(settings(tmp_path, DATABASE_URL=nowhere, REDIS_URL="redis://127.0.0.1:1/0"))).test_client()
    browser.set_cookie("puente", "of somebody who signed in before")

    answer = browser.get("/desk", headers={"Accept": "text/html"})
    spanish = browser.get("/no/such/page", headers={"Accept": "text/html", "Accept-Language": "es"})

    assert answer.status_code == 503 and "The line cannot do this at the moment" in answer.text
    assert spanish.status_code == 404 and '<html lang="es"' in spanish.text


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::6", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2:0::6%eth0", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_household_is_one_place_however_its_address_is_written(written: str, network: str) -> None:
    assert network_of(written) == network

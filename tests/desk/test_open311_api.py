"""What other systems are served, as it stands in its description: schemathesis asks everything of a running line that the
description allows, and much that it does not."""

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from bot.desk.reports import filed, open311
from bot.desk.reports.filed import Step
from bot.store.published import Service
from tests.conftest import MONDAY
from tests.desk.reporting import NOISE_EN
from tests.line import Line

DESCRIPTION = Path("bot/web/static/open311.yml")
SHOWN = (
    Service("noise", "noise", "Noise", "Loud things", "area", True),
    Service("damage", "damage", "Damage", "", "block", False),
)


@pytest.fixture(scope="module")
def served(line: Line) -> tuple[str, str, str]:
    """The address of a line that shows two kinds, a key, and the name of a report of each origin that is shown."""
    line.clock.time = MONDAY
    admin = line.officer("whitfield")
    for one in SHOWN:
        open311.set_service(line.hotline, admin, one)
    key = open311.give_key(line.hotline, admin, "Riverbend 311")
    for words in NOISE_EN:
        line.twilio.text("+15005557311", words.replace("12 Lantern Street", "my yard"))
    row = line.hotline.db.look("SELECT id, version, public_id FROM reports ORDER BY id DESC LIMIT 1", {})
    assert row
    filed.change(line.hotline, admin, row[0], Step("reading", row[1]))
    return f"{line.url}/open311", key, row[2]


def test_schemathesis_finds_nothing(served: tuple[str, str, str], tmp_path: Path) -> None:
    url, _, _ = served
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program
    order = [program, "run", str(DESCRIPTION.resolve()), "--url", url, "--max-examples", "12", "--seed", "7", "--no-color",
             "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all", "--generation-database", "none"]  # fmt: skip

    run = subprocess.run(order, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def test_what_is_sent_with_a_key_is_found_again(served: tuple[str, str, str]) -> None:
    url, key, _ = served
    form = {
        "api_key": key, "service_code": "noise", "lat": "41.1125", "long": "-92.3055", "description": "Ana, 555-555-0123",
        "first_name": "Ana", "attribute[what]": "Dogs",
    }  # fmt: skip

    taken = requests.post(f"{url}/v2/requests.json", data=form, timeout=10).json()[0]

    number = taken["service_request_id"]
    found = requests.get(f"{url}/v2/requests/{number}.json", timeout=10)
    assert found.json()[0]["description"] == "Noise: Dogs" and "Ana" not in found.text
    assert requests.get(f"{url}/v2/tokens/{number}.json", timeout=10).json()[0]["service_request_id"] == number
    whole = ElementTree.fromstring(requests.get(f"{url}/v2/requests/{number}.xml", timeout=10).content)
    assert (whole.tag, whole.findtext("request/status"), whole.findtext("request/lat")) == (
        "service_requests",
        "open",
        "41.115",
    )


def test_every_list_is_served_as_xml_and_as_json(served: tuple[str, str, str]) -> None:
    url, _, public_id = served

    names = ElementTree.fromstring(requests.get(f"{url}/v2/services.xml", timeout=10).content)
    assert [one.findtext("service_code") for one in names] == ["damage", "noise"]
    definition = ElementTree.fromstring(requests.get(f"{url}/v2/services/noise.xml", timeout=10).content)
    assert "Dogs" in [one.text for one in definition.findall("attributes/attribute/values/value/name")]
    listed = requests.get(f"{url}/v2/requests.json?service_request_id={public_id}", timeout=10)
    assert [one["service_request_id"] for one in listed.json()] == [public_id]
    assert listed.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v2/requests.json?start_date=soon", 400), ("/v2/requests.json?status=lost", 400), ("/v2/requests/none.xml", 404),
        ("/v2/requests/%00.json", 404), ("/v2/services/none.json", 404), ("/v2/requests.json?service_request_id=%00,'", 200),
        ("/v2/requests.json?start_date=2026-13-01", 400), ("/v2/requests.yaml", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(served: tuple[str, str, str], path: str, code: int) -> None:
    assert requests.get(f"{served[0]}{path}", timeout=10).status_code == code


@pytest.mark.parametrize(
    "form", [{"lat": "nan", "long": "1"}, {"lat": "91", "long": "0"}, {"lat": "1"}, {"address_id": "7"}]
)
def test_a_place_that_is_none_is_refused(served: tuple[str, str, str], form: dict[str, str]) -> None:
    url, key, _ = served

    answer = requests.post(
        f"{url}/v2/requests.json", data={"api_key": key, "service_code": "noise", **form}, timeout=10
    )

    assert answer.status_code == 400 and answer.json()[0]["code"] == 400

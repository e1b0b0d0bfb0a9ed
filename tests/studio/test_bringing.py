"""`python -m bot flows bring`: whichever system a file is of, what comes of it stands in a folder of its own."""

import csv
import json
from pathlib import Path

import pytest

from bot.errors import NotBrought
from bot.studio.importing.bringing import bring, put
from tests.studio.test_rapidpro import CAT, export, flow
from tests.studio.test_twilio_studio import definition, says


def test_flows_and_wordings_are_written_and_what_was_left_out_is_told(tmp_path: Path) -> None:
    brought = bring(export(flow(*CAT, localization={"spa": {"t4": {"text": ["¿Cómo se llama?"]}}})), "export")
    told = list(put(brought, tmp_path / "brought"))
    assert (tmp_path / "brought" / "lost_cat.yml").read_text(encoding="utf-8") == brought[0].yaml
    with (tmp_path / "brought" / "lost_cat.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"language": "es", "context": "lost_cat.name", "English": "What is its name?", "translation": "¿Cómo se llama?"}
    ]
    assert told[1].endswith("lost_cat.csv: 1 texts in es")
    assert any("left out at `Sorry, what color?`: A step. Nobody" in line for line in told)


def test_studio_flows_are_called_as_their_file_and_nothing_is_overwritten(tmp_path: Path) -> None:
    brought = bring(json.dumps(definition(says("hello", "Hello."))), "After hours")
    assert [one.name for one in brought] == ["after_hours"]
    list(put(brought, tmp_path))
    with pytest.raises(NotBrought, match=r"There is a `after_hours.yml`"):
        list(put(brought, tmp_path))


def test_other_files_are_refused() -> None:
    with pytest.raises(NotBrought, match="no export of"):
        bring('{"a": 1}', "x")

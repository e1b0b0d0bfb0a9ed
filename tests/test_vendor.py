"""Libraries of others are exactly what VENDOR.md says, and nothing lies beside them."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "bot" / "web" / "static" / "vendor"
ROW = re.compile(r"^\| (\S+) \| \S+ \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def test_every_file_is_what_was_released() -> None:
    listed = dict(ROW.findall((VENDOR / "VENDOR.md").read_text()))

    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.md"
    }

    assert there == listed


def test_our_styles_ask_only_for_files_that_are_there() -> None:
    static = VENDOR.parent
    for sheet in static.glob("*.css"):
        for wanted in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text()):
            assert (static / wanted).is_file(), f"{sheet.name} asks for {wanted}"

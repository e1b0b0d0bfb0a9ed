"""Reads a file that somebody brought: HSDS as JSON, one table as CSV, or a zip of either. Believes nothing that a zip says of
itself."""

import csv
import json
import tempfile
import zipfile
import zlib
from datetime import date
from pathlib import Path, PurePosixPath

from bot.errors import ImportRefused
from bot.store.problems import Problem
from bot.studio.directory.services import Catalogue, catalogue

MOST_BYTES = 900_000  # of what is brought: a whole request has at most a million
MOST_UNPACKED = 20_000_000
MOST_FILES = 100
_READ = (".json", ".csv")
_UNREADABLE = "This cannot be read as a directory of help: the file is broken, or is something else."


def read(name: str, body: bytes, today: date) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Raises ImportRefused if it is no directory, or none with a service."""
    from bot.store import hsds  # its parts know all languages and phone numbers of the world

    if len(body) > MOST_BYTES:
        raise ImportRefused("The file is larger than {most} kB. Pack it as a zip.", most=MOST_BYTES // 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        _unpack(name, body, path)
        try:
            found = hsds.read(path, today)
            known = catalogue(found.records, today)
            json.dumps(found.records, ensure_ascii=False).encode()
        except (csv.Error, RecursionError, TypeError, AttributeError, OverflowError, UnicodeError) as error:
            raise ImportRefused(_UNREADABLE) from error
    if "\\u0000" in json.dumps(found.records):
        raise ImportRefused(_UNREADABLE)  # no database keeps it
    if not known.services:
        raise ImportRefused("There is no service in this file, so the directory stays as it is.")
    return known, found.problems


def _unpack(name: str, body: bytes, folder: Path) -> None:
    """Into files directly in the folder, under their own last names, which say what tables they are."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if ending in _READ:
        (folder / _safe(name)).write_bytes(body)
        return
    if ending != ".zip":
        raise ImportRefused("Bring a file that ends in .json, .csv or .zip.")
    with tempfile.TemporaryFile() as held:
        held.write(body)
        try:
            _unzip(zipfile.ZipFile(held), folder)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise ImportRefused("This zip cannot be opened: it is broken, or needs a password.") from error


def _unzip(packed: zipfile.ZipFile, folder: Path) -> None:
    entries = [one for one in packed.infolist() if PurePosixPath(one.filename).suffix.lower() in _READ]
    entries = [one for one in entries if not one.filename.startswith("__MACOSX/")]
    if len(entries) > MOST_FILES:
        raise ImportRefused("There are more than {most} files in this zip.", most=MOST_FILES)
    left = MOST_UNPACKED
    for entry in entries:
        with packed.open(entry) as inside:
            content = inside.read(left + 1)
        left -= len(content)
        if left < 0:
            raise ImportRefused("Unpacked, this zip is larger than {most} MB.", most=MOST_UNPACKED // 1_000_000)
        (folder / _safe(entry.filename)).write_bytes(content)


def _safe(name: str) -> str:
    """The last part of a name, without what no table is called."""
    last = PurePosixPath(name.replace("\\", "/"))
    stem = "".join(char for char in last.stem if char.isalnum() or char in "_-. ")[:80].lstrip(".")
    return f"{stem or 'file'}{last.suffix.lower()}"

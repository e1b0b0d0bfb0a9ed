"""A file of another system, whichever it is, and what comes of it put into a folder where nothing is live."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.errors import NotBrought
from bot.studio.importing import exports, rapidpro, twilio_studio
from bot.studio.importing.sketch import Brought


def bring(text: str, title: str) -> list[Brought]:
    """The flows of an export of RapidPro, TextIt or Twilio Studio; `title` for those that have none in the file. Raises
    NotBrought with a sentence for who brought it."""
    top = exports.read(text)
    if "states" in top or "states" in exports.inner(top, "definition"):
        return [twilio_studio.bring(text, title)]
    if "flows" in top or "nodes" in top:
        return rapidpro.bring(text)
    raise NotBrought("This is no export of RapidPro, TextIt or Twilio Studio.")


def put(brought: Sequence[Brought], folder: Path) -> Iterator[str]:
    """Write each flow and the wordings beside it, and tell what was written and left out. Raises NotBrought before
    anything is written if a file of the same name is there."""
    for one in brought:
        if (folder / f"{one.name}.yml").exists():
            raise NotBrought(
                "There is a `{name}` in `{folder}` already. Choose another folder.",
                name=f"{one.name}.yml",
                folder=folder,
            )
    folder.mkdir(parents=True, exist_ok=True)
    for one in brought:
        path = folder / f"{one.name}.yml"
        path.write_text(one.yaml, encoding="utf-8")
        yield f"{path}"
        if one.wordings:
            languages = ", ".join(sorted({wording.language for wording in one.wordings}))
            yield f"{_wordings(one, folder)}: {len(one.wordings)} texts in {languages}"
        for left in one.left_out:
            yield f"  left out at `{left.place}`: {left.what}. {left.why}"


def _wordings(one: Brought, folder: Path) -> Path:
    path = folder / f"{one.name}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("language", "context", "English", "translation"))
        writer.writerows((row.language, row.context, row.english, row.translation) for row in one.wordings)
    return path

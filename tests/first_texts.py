"""What residents wrote first, beside `first_texts.tsv`: each text with what the line should do."""

import csv
from pathlib import Path


def first_texts() -> list[tuple[str, str]]:
    """(action and language, text)"""
    lines = (Path(__file__).parent / "first_texts.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [(wanted, text) for wanted, text in rows]

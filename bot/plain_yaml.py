"""YAML in which every value is text: a badge and a ZIP code keep their zeros, `no` is Norwegian, not false."""

from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> Any:
    """Lists, mappings and text, as the file has them. Raises OSError, UnicodeError, yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes text of everything

"""Logs: one JSON line each, with ids and never a text, a name or a number."""

import json
import logging
import sys
from datetime import UTC, datetime

_QUIET = ("twilio", "urllib3", "rq", "sqlalchemy", "alembic", "granian.access", "werkzeug")


class JsonLines(logging.Formatter):
    """A record as JSON. Of an error only its kind stays: a traceback quotes values, and they may be a resident's."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def set_up(level: int = logging.INFO) -> None:
    """Send every logger of the process through one formatter on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

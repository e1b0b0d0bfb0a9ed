"""Logs are JSON lines without anything of a resident."""

import json
import logging

from bot.logs import JsonLines


def record(message: str, *args: object, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("bot.line", logging.ERROR, "", 0, message, args, info)  # type: ignore[arg-type]


def test_a_line_is_json_whatever_is_in_it() -> None:
    line = JsonLines().format(record("thread %s\r\n\x1b[31m", 7))

    assert "\n" not in line
    assert json.loads(line)["event"] == "thread 7\r\n\x1b[31m"


def test_of_an_error_only_its_kind_is_written() -> None:
    line = JsonLines().format(record("failed", error=ValueError("my secret address")))

    assert json.loads(line)["error"] == "ValueError"
    assert "secret" not in line

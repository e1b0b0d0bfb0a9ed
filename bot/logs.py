"""Logs: one JSON line each, with ids and never a text, a name or a number."""

import logging
import sys

import structlog

_QUIET = ("twilio", "urllib3", "rq", "sqlalchemy", "alembic", "granian.access")


def set_up(level: int = logging.INFO) -> None:
    """Send every logger of the process through one JSON formatter on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_trace,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_trace(logger: object, name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A traceback quotes values, and they may be a resident's: only the kind of error stays."""
    trace = line.pop("exc_info", None)
    if isinstance(trace, tuple) and trace[0]:
        line["error"] = trace[0].__name__
    line.pop("stack_info", None)
    return line

"""Addresses of stylesheets, scripts and pictures that change when the file does, so that browsers may keep them."""

from pathlib import Path
from typing import Any

from flask import Response, request
from flask.sansio.app import App
from werkzeug.security import safe_join

_YEAR = "public, max-age=31536000, immutable"
_DAY = "public, max-age=86400"  # what stylesheets ask for by themselves: typefaces and icons


def register(app: App) -> None:
    """Give every address of a static file its version, and tell browsers how long it lasts."""
    folder = app.static_folder or ""

    @app.url_defaults
    def _versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _version(folder, values["filename"])

    @app.after_request
    def _lasting(answer: Response) -> Response:
        if request.endpoint == "static" and answer.status_code in (200, 304):
            answer.headers["Cache-Control"] = _YEAR if "v" in request.args else _DAY
        return answer


def _version(folder: str, filename: str) -> str | None:
    path = safe_join(folder, filename)
    try:
        return f"{Path(path).stat().st_mtime_ns // 1_000_000:x}" if path else None
    except OSError:
        return None

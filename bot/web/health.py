"""Whether the process lives, and whether the line can serve. Reveals nothing else."""

from flask import Blueprint, Response, jsonify

from bot.errors import DatabaseUnreachable
from bot.web.doors import hotline, open_to_all

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@open_to_all
def healthz() -> Response:
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@pages.get("/readyz")
@open_to_all
def readyz() -> tuple[Response, int]:
    """200 while residents can be answered: that needs the database. The rest is told for whoever watches."""
    line = hotline()
    try:
        database = line.db.look("SELECT count(*) FROM documents", {}) is not None
    except DatabaseUnreachable:
        database = False
    redis = line.queue.alive()
    state = {
        "database": database,
        "redis": redis,
        "worker": redis and line.queue.beats("worker"),
        "scheduler": redis and line.queue.beats("scheduler"),
    }
    return jsonify(state), 200 if database else 503

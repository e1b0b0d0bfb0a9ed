"""What residents sent besides words, given to a browser: only to whoever may see the thread, never kept by it, never run."""

from io import BytesIO

from flask import Blueprint, Response, request, send_file

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import opening
from bot.web.doors import hotline, may

pages = Blueprint("attachments", __name__)
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
# Our own names: nothing a stranger wrote becomes a name on an officer's disk.
_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/mpeg": "mp3", "audio/amr": "amr", "audio/3gpp": "3gp",
    "video/mp4": "mp4", "video/3gpp": "3gp", "video/quicktime": "mov", "application/pdf": "pdf", "text/plain": "txt",
}  # fmt: skip


@pages.get("/desk/<int:thread_id>/attachments/<int:attachment_id>")
@may(Deed.THREADS)
def show(who: Session, thread_id: int, attachment_id: int) -> Response:
    """Whole, or the part a player asks for. A page of its own has no rights: neither scripts nor our origin."""
    opened = opening.attachment(hotline(), who.officer, thread_id, attachment_id)
    answer = send_file(
        BytesIO(opened.content),
        mimetype=opened.kind if opened.kind in _ENDINGS else "application/octet-stream",
        as_attachment=not opened.shown or "download" in request.args,
        download_name=f"{thread_id % 10_000:04}-{attachment_id % 10_000:04}.{_ENDINGS.get(opened.kind, 'bin')}",
        conditional=True,
        etag=False,
    )
    if opened.kind == "text/plain":
        answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cache-Control"] = "no-store, private"
    return answer

"""Pages of files for the directory: brought, looked at with all they would change, and only then imported."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import ImportRefused, Stale
from bot.store.problems import Severity
from bot.studio.directory import importing
from bot.studio.directory.files import MOST_BYTES
from bot.web import tongue
from bot.web.directory import page
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("directory_files", __name__)
SEVERITIES = {Severity.ERROR: "not used", Severity.WARNING: "partly used", Severity.NOTE: "good to know"}
_MOST_SHOWN = 500  # problems, or services of a kind, on one page


@pages.get("/studio/directory/files")
@may(Deed.DIRECTORY)
def show(who: Session) -> AnyResponse:
    said = _("The changes are imported. Residents are told them from now on.") if "done" in request.args else ""
    return page(who, "directory/files.html", "files", said=said)


@pages.post("/studio/directory/files")
@may(Deed.DIRECTORY)
def bring(who: Session) -> AnyResponse:
    file = request.files.get("file")
    if file is None or not file.filename:
        return page(who, "directory/files.html", "files", sentence=_("Choose a file first."), code=422)
    try:
        id_ = importing.bring(hotline(), who.officer, file.filename, file.read(MOST_BYTES + 1))
    except ImportRefused as refusal:
        return page(who, "directory/files.html", "files", sentence=tongue.told(refusal), code=422)
    return redirect(url_for("directory_files.look", upload_id=id_), 303)


@pages.get("/studio/directory/files/<int:upload_id>")
@may(Deed.DIRECTORY)
def look(who: Session, upload_id: int) -> AnyResponse:
    return _look(who, upload_id)


@pages.post("/studio/directory/files/<int:upload_id>")
@may(Deed.DIRECTORY)
def apply(who: Session, upload_id: int) -> AnyResponse:
    theirs = [(id_, field) for one in request.form.getlist("theirs") for field, _, id_ in [one.partition(":")]]
    try:
        importing.apply(
            hotline(), who.officer, upload_id, request.form.get("seen", ""), theirs=theirs,
            close_gone=request.form.get("close_gone") == "yes",
        )  # fmt: skip
    except Stale as refusal:
        return _look(who, upload_id, sentence=tongue.told(refusal), code=409)
    return redirect(url_for("directory_files.show", done=""), 303)


@pages.post("/studio/directory/files/<int:upload_id>/drop")
@may(Deed.DIRECTORY)
def drop(who: Session, upload_id: int) -> AnyResponse:
    importing.drop(hotline(), upload_id)
    return redirect(url_for("directory_files.show"), 303)


def _look(who: Session, upload_id: int, **values: Any) -> AnyResponse:
    found = importing.look(hotline(), upload_id)
    worst = sorted(found.problems, key=lambda one: list(Severity).index(one.severity))
    return page(who, "directory/look.html", "files", look=found, problems=worst[:_MOST_SHOWN], most=_MOST_SHOWN,
                severities=SEVERITIES, **values)  # fmt: skip

"""Sheets of a language's strings, to take along and to bring back."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import ImportRefused
from bot.studio.translating import sheets
from bot.studio.translating.sheet_files import MOST_BYTES
from bot.web import tongue
from bot.web.doors import hotline, may
from bot.web.tongue import gettext as _
from bot.web.wordings import strings_page

pages = Blueprint("wording_sheets", __name__)


@pages.get("/studio/languages/<tag>/sheet/<any(xlsx, csv, po):kind>")
@may(Deed.WORDINGS)
def take(who: Session, tag: str, kind: str) -> AnyResponse:
    answer = Response(sheets.export(hotline(), tag, kind), content_type=sheets.KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="puente-{tag}.{kind}"'
    return answer


@pages.post("/studio/languages/<tag>/sheet")
@may(Deed.WORDINGS)
def bring(who: Session, tag: str) -> AnyResponse:
    """Taken in whole, or refused with every row that is wrong."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return strings_page(who, tag, sentence=_("Choose a file first."), code=422)
    try:
        brought = sheets.bring(hotline(), who.officer, tag, file.filename, file.read(MOST_BYTES + 1))
    except ImportRefused as refusal:
        return strings_page(who, tag, sentence=tongue.told(refusal), code=422)
    if brought.problems:
        sentence = _("Nothing was taken in. Mend these rows and bring the file again.")
        return strings_page(who, tag, sentence=sentence, brought=brought, code=422)
    return strings_page(who, tag, brought=brought)

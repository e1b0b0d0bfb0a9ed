"""Pages of the directory of help: its services as forms, what is due for checking, what residents did not find, and the
directory to take along."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.errors import NotUsable, Stale
from bot.store import places
from bot.store.needs import NEEDS
from bot.studio.directory import exporting, forms, keeping, missing, previewing, telling
from bot.studio.directory.forms import Form, Typed
from bot.studio.directory.keeping import Kept, Query
from bot.studio.directory.rewriting import new_service
from bot.studio.directory.services import FIELDS, Service
from bot.web import tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("directory", __name__)
_AT_ONCE = 50
_MOST_DAYS = 3_650
SHOWN: Mapping[str, str] = {"open": "Shown to residents", "due": "Due for checking", "closed": "Closed", "all": "All"}
NEED_WORDS: Mapping[str, str] = {
    "food": "Food", "shelter": "Place to stay, rent", "immigration_lawyer": "Immigration lawyer",
    "safety_at_home": "Safety at home", "health": "Doctor", "mental_health": "Mental health",
    "english": "English classes", "translation": "Translation", "work": "Work, unpaid pay", "school": "School, child care",
    "crime_victims": "Help after a crime", "papers": "ID, papers", "transport": "Transport", "money": "Money, bills",
    "elder_disability": "Elder or disability help", "lawyer": "Lawyer, not immigration",
}  # fmt: skip
_DONE: Mapping[str, str] = {
    "kept": "Kept. Residents are told this from now on.",
    "added": "The service is added. Residents are told of it from now on.",
    "closed": "Closed. Residents are no longer told of it; all of it is kept.", "opened": "Residents are told of it again.",
    "checked": "Checked today.",
}  # fmt: skip


@pages.record
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(need_words=NEED_WORDS, service_fields=FIELDS)
    state.app.jinja_env.filters["told_error"] = tongue.told


@pages.get("/studio/directory")
@may(Deed.DIRECTORY)
def show(who: Session) -> AnyResponse:
    asked = _query()
    line = hotline()
    found = keeping.listed(line, asked)
    start = max(0, request.args.get("start", 0, int))
    values: dict[str, Any] = {
        "found": found[start : start + _AT_ONCE], "count": len(found), "start": start, "asked": asked,
        "following": start + _AT_ONCE if len(found) > start + _AT_ONCE else None, "at_once": _AT_ONCE,
        "counts": keeping.counts(line, asked.days), "languages": keeping.languages(line),
    }  # fmt: skip
    return page(who, "directory/list.html", "list", shown_words=SHOWN, **values)


@pages.get("/studio/directory/new")
@may(Deed.DIRECTORY)
def new(who: Session) -> AnyResponse:
    form = {"main": [request.args.get("need", "")], "language": request.args.getlist("language")}
    return _form(who, None, Typed(new_service(), {}), form)


@pages.post("/studio/directory/new")
@may(Deed.DIRECTORY)
def add(who: Session) -> AnyResponse:
    typed = _typed(Service())
    sentence = ""
    if not typed.wrong and "more" not in request.form:
        try:
            id_ = keeping.add(hotline(), who.officer, typed.service)
            return redirect(url_for("directory.one", id=id_, done="added"), 303)
        except NotUsable as refusal:
            sentence = tongue.told(refusal)
    return _form(who, None, typed, _sent(), sentence=sentence)


@pages.get("/studio/directory/service")
@may(Deed.DIRECTORY)
def one(who: Session) -> AnyResponse:
    kept = keeping.find(hotline(), request.args.get("id", ""))
    said = _DONE.get(request.args.get("done", ""), "")
    return _form(who, kept, Typed(kept.service, {}), forms.shown(kept.service), said=_(said) if said else "")


@pages.post("/studio/directory/service")
@may(Deed.DIRECTORY)
def change(who: Session) -> AnyResponse:
    kept = keeping.find(hotline(), request.form.get("id", ""))
    typed = _typed(kept.service)
    sentence = ""
    if not typed.wrong and "more" not in request.form:
        try:
            keeping.change(hotline(), who.officer, typed.service, request.form.get("seen", ""))
            return redirect(url_for("directory.one", id=kept.service.id, done="kept"), 303)
        except NotUsable as refusal:
            sentence = tongue.told(refusal)
        except Stale as refusal:
            return _overtaken(who, kept.service.id, typed, tongue.told(refusal))
    return _form(who, kept, typed, _sent(), sentence=sentence, seen=request.form.get("seen", ""))


@pages.post("/studio/directory/service/<any(close, reopen, check):deed>")
@may(Deed.DIRECTORY)
def act(who: Session, deed: str) -> AnyResponse:
    """In one press, on what was seen."""
    acts = {"close": (keeping.close, "closed"), "reopen": (keeping.reopen, "opened"), "check": (keeping.check, "checked")}
    do, done = acts[deed]
    id_ = request.form.get("id", "")
    try:
        do(hotline(), who.officer, id_, request.form.get("seen", ""))
    except (NotUsable, Stale) as refusal:
        kept = keeping.find(hotline(), id_)
        form = forms.shown(kept.service)
        return _form(who, kept, Typed(kept.service, {}), form, sentence=tongue.told(refusal), code=409)
    if request.form.get("due"):
        return redirect(url_for("directory.show", shown="due", days=request.form["due"]), 303)
    return redirect(url_for("directory.one", id=id_, done=done), 303)


@pages.post("/studio/directory/preview")
@may(Deed.DIRECTORY)
def preview(who: Session) -> AnyResponse:
    """What residents would get of what is typed now."""
    known = keeping.whole(hotline())[1].services
    typed = _typed(known.get(request.form.get("id", ""), Service(id=new_service().id)))
    return make_response(render_template("directory/preview.html", **_preview(typed, request.form.get("tag", ""))))


@pages.get("/studio/directory/missed")
@may(Deed.DIRECTORY)
def missed(who: Session) -> AnyResponse:
    this = hotline().today().year
    year = request.args.get("year", this, int)
    year = year if this - 10 <= year <= this else this
    return page(who, "directory/missed.html", "missed", missing=missing.missing(hotline(), year), this_year=this)


@pages.get("/studio/directory/take.<any(json, zip):kind>")
@may(Deed.DIRECTORY)
def take(who: Session, kind: str) -> AnyResponse:
    answer = Response(exporting.export(keeping.whole(hotline())[1], kind), content_type=exporting.KINDS[kind])
    day = hotline().today().isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="puente-directory-{day}.{kind}"'
    return answer


def page(
    who: Session, template: str, here: str, *, sentence: str = "", said: str = "", code: int = 200, **values: Any
) -> AnyResponse:
    common = frame(who) | {"here": here, "sentence": sentence, "said": said, "needs": NEEDS}
    return make_response(render_template(template, **common, **values), code)


def _overtaken(who: Session, id: str, typed: Typed, sentence: str) -> AnyResponse:
    """Somebody else kept something first: theirs beside what was typed, and the next press keeps what is typed over it."""
    theirs = keeping.find(hotline(), id)
    return _form(who, theirs, typed, _sent(), sentence=sentence, theirs=theirs.service, code=409)


def _form(
    who: Session, kept: Kept | None, typed: Typed, form: Form, *, seen: str = "", code: int = 0, **values: Any
) -> AnyResponse:
    count = max(forms.places_in(form), 0)
    more = forms.NEW_PLACES if kept is None or "more" in request.form or not count else 0
    if typed.wrong and not values.get("sentence"):
        values["sentence"] = _("Nothing is kept yet: look at what is marked below.")
    return page(
        who, "directory/service.html", "list", kept=kept, form=form, wrong=typed.wrong, places=count + more,
        seen=seen or (kept.service.seen if kept else ""), longest=forms.LONGEST, named=_named(), today=hotline().today(),
        offered=_offered(typed.service), code=code or (422 if values.get("sentence") else 200),
        **_preview(typed, request.values.get("tag", "")), **values,
    )  # fmt: skip


def _preview(typed: Typed, tag: str) -> dict[str, Any]:
    """In English and in one language more."""
    line = hotline()
    others = [one for one in line.config.department_languages if one != "en"]
    tag = tag if tag in others else (others[0] if others else "en")
    listings = previewing.listings_of(line, typed.service)
    return {
        "told": telling.told(line, listings[:1], ("en",)), "also": telling.told(line, listings[:1], (tag,)), "tag": tag,
        "tags": others, "more_texts": max(0, len(listings) - 1),
    }  # fmt: skip


def _typed(before: Service) -> Typed:
    return forms.read(_sent(), before, _named(), hotline().today())


def _sent() -> Form:
    return request.form.to_dict(flat=False)


def _named() -> list[places.Place]:
    with hotline().db.read() as conn:
        return sorted(places.all_places(conn), key=lambda one: one.name)


def _offered(service: Service) -> list[str]:
    """Languages to tick: those of the line, and those that are ticked."""
    return list(dict.fromkeys([*hotline().config.department_languages, *service.languages]))


def _query() -> Query:
    given = request.args
    days = given.get("days", keeping.DUE_AFTER, int)
    return Query(
        words=given.get("q", "").strip()[:100],
        need=given.get("need", "") if given.get("need", "") in NEEDS else "",
        language=given.get("language", "")[:20],
        shown=given.get("shown", "") if given.get("shown", "") in keeping.SHOWN else "open",
        days=min(max(days, 1), _MOST_DAYS),
    )

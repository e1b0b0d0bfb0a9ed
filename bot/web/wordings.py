"""The translators' pages: how far each language has come, its strings, one string to be worded, what waits for a second
reader, and what goes live. Shows nothing of a resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.desk.threads import whatsapp
from bot.errors import FlowsBroken, NotTranslated, NotUsable, NotYours, Stale
from bot.store.wordings import NOTHING
from bot.studio.checking.translation_checks import filled
from bot.studio.releasing.releases import name_of
from bot.studio.translating import glossary, going_live, progress, reviews, sheets, writing
from bot.studio.translating.examining import Wrong
from bot.studio.translating.progress import Language, Standing, String
from bot.text import sms
from bot.text.language_names import direction
from bot.web import doors, tongue
from bot.web.doors import frame, hotline, may
from bot.web.tongue import gettext as _

pages = Blueprint("wordings", __name__)

STANDINGS: Mapping[Standing, str] = {
    Standing.MISSING: "Missing", Standing.STALE: "English changed", Standing.MACHINE: "Machine draft",
    Standing.DRAFT: "Waits for review", Standing.SENT_BACK: "Sent back", Standing.REVIEWED: "Reviewed, not live",
    Standing.TRANSLATED: "Live",
}  # fmt: skip
_SAID = {
    "kept": "Kept. Somebody else reads it before residents do.",
    "taken": "These are your words now. Somebody else reads them.",
    "drafted": "A machine wrote this. Change it, or take it as it is.", "thrown": "Thrown away.",
    "agreed": "Agreed.", "returned": "Sent back.", "live": "This is live now.",
    "asked": "A second person has to agree to this release.",
}  # fmt: skip
_AT_ONCE = 100  # strings on a page
_REFUSED = (NotUsable, NotYours, NotTranslated)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which strings are shown. Empty: all."""

    standing: str = ""
    flow: str = ""
    words: str = ""

    def fits(self, one: String) -> bool:
        wanted = self.words.casefold()
        return (
            (not self.standing or one.standing == self.standing)
            and (not self.flow or one.flow == self.flow)
            and (
                not wanted
                or any(wanted in text.casefold() for text in (one.line.english, one.newest, one.line.context))
            )
        )

    @property
    def values(self) -> dict[str, Any]:
        """As an address says it."""
        said = {"standing": self.standing, "flow": self.flow, "q": self.words}
        return {name: words for name, words in said.items() if words}


@pages.record
def _in_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["standings"] = STANDINGS
    state.app.jinja_env.filters["direction"] = direction


@pages.get("/studio/languages")
@may(Deed.WORDINGS)
def show(who: Session) -> AnyResponse:
    """The languages the department offers; with `all`, every one there is."""
    line, wanted = hotline(), "all" in request.args
    tags = [tag for tag in progress.tags(line) if wanted or tag in line.config.department_languages]
    found = [(progress.language(line, tag), reviews.review(tag, _body(tag))) for tag in tags]
    return _page(who, "wordings/languages.html", found=found, more=len(progress.tags(line)) - len(tags))


@pages.get("/studio/languages/<tag>")
@may(Deed.WORDINGS)
def strings(who: Session, tag: str) -> AnyResponse:
    return strings_page(who, tag)


def strings_page(who: Session, tag: str, *, code: int = 200, **values: object) -> AnyResponse:
    """The strings of a language; `values` is what else the page is to say, such as what became of a file."""
    language, asked = progress.language(hotline(), tag), _asked()
    found = [one for one in language.strings if asked.fits(one)]
    start = min(max(request.args.get("start", 0, int), 0), max(len(found) - 1, 0))
    shared = {
        "language": language, "asked": asked, "found": found[start : start + _AT_ONCE], "count": len(found), "start": start,
        "following": start + _AT_ONCE if start + _AT_ONCE < len(found) else 0, "at_once": _AT_ONCE,
        "review": reviews.review(tag, _body(tag)), "kinds": tuple(sheets.KINDS), "here": "strings",
    }  # fmt: skip
    return _page(who, "wordings/strings.html", code=code, **{**shared, **values})


@pages.get("/studio/languages/<tag>/<digest>")
@may(Deed.WORDINGS)
def one(who: Session, tag: str, digest: str) -> AnyResponse:
    return _one(who, tag, digest)


@pages.post("/studio/languages/<tag>/<digest>")
@may(Deed.WORDINGS)
def change(who: Session, tag: str, digest: str) -> AnyResponse:
    """Write it, say that no translation is needed, have a machine draft it, take that, or throw what is not live away."""
    form, line = request.form, hotline()
    seen, deed, text, note = (
        form.get("seen", NOTHING, int),
        form.get("deed", ""),
        form.get("text", ""),
        form.get("note", ""),
    )
    try:
        if deed == "machine":
            writing.draft_by_machine(line, who.officer, tag, digest, seen)
        elif deed == "accept":
            writing.accept(line, who.officer, tag, digest, seen)
        elif deed == "withdraw":
            writing.withdraw(line, who.officer, tag, digest, seen)
        else:
            same = deed == "same"
            warned = writing.write(line, who.officer, tag, digest, text, seen, same=same, note=note)
            if warned:
                sentence = _SAID["kept"]
                return _one(who, tag, digest, said=_(sentence), warned=warned)
    except Stale as refusal:  # whoever saves now has seen what somebody else wrote
        told, theirs = tongue.told(refusal), progress.language(line, tag).string(digest).newest
        return _one(who, tag, digest, typed=text, code=409, sentence=told, noted=note, theirs=theirs)
    except _REFUSED as refusal:
        told = tongue.told(refusal)
        return _one(who, tag, digest, typed=text, code=422, sentence=told, noted=note, seen=seen)
    done = {"machine": "drafted", "accept": "taken", "withdraw": "thrown"}.get(deed, "kept")
    return redirect(url_for("wordings.one", tag=tag, digest=digest, done=done, **_asked().values), 303)


@pages.post("/studio/languages/<tag>/<digest>/preview")
@may(Deed.WORDINGS)
def preview(who: Session, tag: str, digest: str) -> AnyResponse:
    """How a text would look on a phone, and what is wrong with it, while it is typed."""
    language = progress.language(hotline(), tag)
    string, text = language.string(digest), writing.tidy(request.form.get("text", ""))
    wrong = writing.wrong_of(hotline(), language, {digest: text}).values() if text else ()
    sentences = [(kind, words) for one in wrong for kind, found in _kinds(one) for words in found]
    values = {"language": language, "string": string, "phone": _phone(string, text, tag), "found": sentences}
    return make_response(render_template("wordings/preview.html", **values))


@pages.get("/studio/languages/<tag>/review")
@may(Deed.WORDINGS)
def review(who: Session, tag: str) -> AnyResponse:
    return _review(who, tag)


@pages.post("/studio/languages/<tag>/review")
@may(Deed.WORDINGS)
def judge(who: Session, tag: str) -> AnyResponse:
    """The drafts a form names: one, or all that were shown."""
    form, line = request.form, hotline()
    seen = {digest: form.get(f"seen-{digest}", NOTHING, int) for digest in form.getlist("string")}
    agrees = form.get("deed") == "agree"
    try:
        if agrees:
            writing.agree(line, who.officer, tag, seen)
        else:
            writing.send_back(line, who.officer, tag, seen, form.get("reason", ""))
    except (Stale, *_REFUSED) as refusal:
        return _review(who, tag, sentence=tongue.told(refusal), code=409 if isinstance(refusal, Stale) else 422)
    return redirect(url_for("wordings.review", tag=tag, done="agreed" if agrees else "returned"), 303)


@pages.get("/studio/languages/<tag>/live")
@may(Deed.WORDINGS)
def ready(who: Session, tag: str) -> AnyResponse:
    return _ready(who, tag)


@pages.post("/studio/languages/<tag>/live")
@may(Deed.WORDINGS)
def put_live(who: Session, tag: str) -> AnyResponse:
    """Everything that is reviewed."""
    try:
        made = going_live.put_live(
            hotline(), who.officer, tag, request.form.get("note", ""), request.form.getlist("warning")
        )
    except FlowsBroken:
        return _ready(who, tag, sentence=_("This cannot go live as it is."), code=422)
    except NotUsable as refusal:
        return _ready(who, tag, sentence=tongue.told(refusal), code=422)
    doors.latest().read()  # so that the next page shows what was published
    return redirect(url_for("wordings.strings", tag=tag, done="live" if made.state == "live" else "asked"), 303)


def _one(
    who: Session, tag: str, digest: str, *, code: int = 200, typed: str | None = None, **values: object
) -> AnyResponse:
    line, asked = hotline(), _asked()
    language = progress.language(line, tag)
    string = language.string(digest)
    text = string.newest if typed is None else typed
    shared = {
        "language": language, "string": string, "asked": asked, "typed": text, "noted": _own_note(string), "warned": (),
        "seen": string.work.id if string.work else NOTHING, "phone": _phone(string, text, tag), "here": "strings",
        "before": _differences(string.was, string.line.english) if string.was else (),
        "others": _others(string, tag), "terms": glossary.hits(glossary.of_language(line, tag), string.line.english),
        "neighbours": _neighbours(language, string, asked), "history": writing.history(line, tag, digest),
        "machine": line.translator is not None, "no_machine": writing.refuses_machine(string.line),
        "earlier": [one for one in language.earlier if one.context == string.line.context],
        "whatsapp": _template(string, tag), "longest_note": writing.LONGEST_NOTE,
    }  # fmt: skip
    return _page(who, "wordings/one.html", code=code, **{**shared, **values})


def _review(who: Session, tag: str, *, sentence: str = "", code: int = 200) -> AnyResponse:
    language = progress.language(hotline(), tag)
    found = writing.waiting(language)
    theirs = [one for one in found if one.work and one.work.author_id != who.officer.id]
    values = {
        "language": language, "theirs": theirs[:_AT_ONCE], "more": len(theirs) - _AT_ONCE, "own": len(found) - len(theirs),
        "phones": {one.digest: _phone(one, one.newest, tag) for one in theirs[:_AT_ONCE]}, "here": "review",
        "longest_note": writing.LONGEST_NOTE,
    }  # fmt: skip
    return _page(who, "wordings/review.html", code=code, sentence=sentence, **values)


def _ready(who: Session, tag: str, *, sentence: str = "", code: int = 200) -> AnyResponse:
    language = progress.language(hotline(), tag)
    found = going_live.look(hotline(), tag)
    warnings = [(name_of(one), one.problem) for one in found.warnings]
    values = {
        "language": language,
        "ready": found,
        "warnings": warnings,
        "here": "live",
        "note": request.form.get("note", ""),
    }
    return _page(who, "wordings/live.html", code=code, sentence=sentence, **values)


@dataclass(frozen=True, slots=True)
class _Phone:
    """A text as a resident's phone shows it, and what it costs."""

    text: str
    characters: int
    segments: int
    encoding: str


def _phone(string: String, text: str, tag: str) -> _Phone:
    shown = text if string.line.typed else filled(text, tag)
    sent = sms.plain(shown)
    return _Phone(shown, len(sent), sms.segments(sent), sms.encoding(sent))


def _kinds(wrong: Wrong) -> Sequence[tuple[str, Sequence[str]]]:
    return ("error", wrong.errors), ("warning", wrong.warnings)


def _own_note(string: String) -> str:
    """A reviewer's reason is answered, not written on."""
    return string.work.note if string.work and string.work.state == Standing.DRAFT else ""


def _others(string: String, tag: str) -> list[tuple[str, str]]:
    """The string as the department's other languages say it."""
    library = hotline().library
    voices = [library.voice(one) for one in hotline().config.department_languages if one not in ("en", tag)]
    return [(voice.tag, voice.text(string.line)) for voice in voices if voice.has(string.line)]


def _neighbours(language: Language, string: String, asked: Filter) -> tuple[str, str]:
    """Digests of the string before and the one behind among those asked for; empty where there is none."""
    at = language.strings.index(string)
    before = next((one.digest for one in reversed(language.strings[:at]) if asked.fits(one)), "")
    behind = next((one.digest for one in language.strings[at + 1 :] if asked.fits(one)), "")
    return before, behind


def _template(string: String, tag: str) -> tuple[str, str] | None:
    """What WhatsApp is to approve, and how far that has come; None if the string is no template."""
    if string.line.context != f"line.{whatsapp.PHRASE}":
        return None
    known = next((one.state for one in whatsapp.listed(hotline()) if one.language == tag), "")
    return whatsapp.wording(hotline(), tag), known


def _differences(old: str, new: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """The words of both, each with whether it is not in the other."""
    before, after = old.split(" "), new.split(" ")
    parts = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return (
        [(kind != "equal", " ".join(before[a:b])) for kind, a, b, _, _ in parts if a < b],
        [(kind != "equal", " ".join(after[c:d])) for kind, _, _, c, d in parts if c < d],
    )


def _body(tag: str) -> str:
    known = hotline().texts.catalogues
    return known[tag]() if tag in known else ""


def _asked() -> Filter:
    said = request.args
    return Filter(said.get("standing", ""), said.get("flow", ""), said.get("q", "").strip()[:100])


def _page(who: Session, template: str, *, code: int = 200, **values: object) -> AnyResponse:
    done = _SAID.get(request.args.get("done", ""), "") if request.method == "GET" else ""
    shared = {**frame(who), "said": _(done) if done else ""}
    return make_response(render_template(template, **{**shared, **values}), code)

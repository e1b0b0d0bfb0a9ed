"""What a {name} in a text stands for: an answer, a fact of the department, or something that is said of the moment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flow import wording
from bot.text.language_names import endonym, spoken_name

if TYPE_CHECKING:
    from bot.flow.walk import Walk


def named(walk: "Walk", name: str, extra: Mapping[str, str]) -> str:
    """What a {name} stands for. What nobody knows is nothing: no resident sees a raw name."""
    if name in extra:
        return extra[name]
    match name:
        case "lang":
            return endonym(walk.voice.tag)
        case "lang_en":
            return spoken_name(walk.voice.tag)
        case "open":
            return wording.opening_hours(walk)
        case "next_open":
            return wording.next_opening(walk)
        case "retention":
            return walk.fill(walk.library.phrase("years"), {"n": walk.facts.values.get("retention_years", "")})
        case "answer_by":
            return wording.day(walk, walk.facts.now.date() + timedelta(days=int(walk.facts.values["complaint_days"])))
        case "summary":
            return "\n" + "\n".join(f"{label}: {shown}" for _, label, shown in walk.summary())
        case "topic" | "num" if (about := _report_named(walk, name)) is not None:
            return about
    answer = walk.answers.get(name) if walk.place.frames else None
    if answer is None and name.endswith("_label"):
        return _wish_label(walk, name.removesuffix("_label"))
    return answer if answer is not None else walk.facts.values.get(name, "")


def language_names(tag: str) -> dict[str, str]:
    """{lang} and {lang_en} for a language."""
    return {"lang": endonym(tag), "lang_en": spoken_name(tag)}


def _report_named(walk: "Walk", name: str) -> str | None:
    """The topic or number of the report that is open here or was left as a draft."""
    flows = [(frame.flow, frame.version, frame.scratch.get("filed", "")) for frame in walk.place.frames]
    if walk.place.draft:
        flows.insert(0, (walk.place.draft.topic, "", ""))
    for flow, version, filed in reversed(flows):
        script = walk.library.script(flow, version)
        if script and script.report:
            return walk.voice.text(script.report.topic) if name == "topic" else str(filed)
    return None


def _wish_label(walk: "Walk", name: str) -> str:
    """An answer that a wish gave, in words: {kind_label} is `Theft` where kind is theft."""
    value = walk.answers.get(name)
    for wish in walk.library.wishes.values():
        if (name, value) in wish.given:
            return walk.voice.text(wish.label)
    return value or ""

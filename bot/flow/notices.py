"""Which safety texts a finding is answered with, in which order. Nothing a department edits can take one away."""

from collections.abc import Iterable, Sequence

from bot.flow.facts import Facts

_EMERGENCY = {"text": "em_911_text", "text-en": "em_911_text_en", "call": "em_911_call"}


def notice_lines(labels: Sequence[str], marks: Iterable[str], facts: Facts, tag: str) -> list[str]:
    """Names of the phrases for these labels, given in order of precedence; notices add up and none is said twice."""
    said: list[str] = []
    marked = frozenset(marks)
    for label in labels:
        said += [name for name in _lines(label, marked, facts, tag) if name not in said]
    return said


def _lines(label: str, marks: frozenset[str], facts: Facts, tag: str) -> list[str]:
    match label:
        case "fire":
            return ["em_fire"]
        case "medical":
            poison = ["em_poison"] if "poison" in marks else []
            return ["em_med", *poison, *(_crisis(marks, tag) if "on_purpose" in marks else [])]
        case "emergency":
            traffic = ["em_traffic"] if "trafficking" in marks else []
            child = ["em_child"] if "child" in marks else []
            # A resident who writes English can be read by every centre that takes texts at all.
            variant = "text" if facts.text_911 == "text-en" and tag == "en" else facts.text_911
            return [_EMERGENCY[variant], *(["em_app"] if facts.app_channel else []), *child, *traffic]
        case "crisis":
            # The act begun, or the means in hand: the ambulance first.
            return [*(["em_med"] if "on_purpose" in marks else []), *_crisis(marks, tag)]
        case "dv":
            text_service = tag in ("en", "es")
            neck = ["em_dv_neck"] if "neck" in marks else []
            child = ["em_child"] if "child" in marks else []
            return ["em_dv" if text_service else "em_dv_lang", *child, *neck]
        case _:
            return []


def _crisis(marks: frozenset[str], tag: str) -> list[str]:
    spanish = ["em_crisis_es"] if tag == "es" else []
    if "other_person" in marks:
        return ["em_crisis_other", *spanish]
    if tag in ("en", "es"):
        return ["em_crisis", *spanish]
    return ["em_crisis_lang"]

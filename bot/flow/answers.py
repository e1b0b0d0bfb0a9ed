"""What a typed answer must be, one kind each: what is understood, what is kept, and what is said if it cannot be.

An answer is kept in the resident's own words. Nobody is held up: what cannot be read a second time is kept as written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.flow.steps.base import STAY, Heard, Way
from bot.text import amount, report_number, when
from bot.text.fold import fold

if TYPE_CHECKING:
    from bot.flow.steps.talk import Collect
    from bot.flow.walk import Walk


_LIKE_A_NUMBER = re.compile(r"^\d{2}[a-z0-9]{5,6}$")


@dataclass(frozen=True, slots=True)
class Got:
    """An answer: the words to keep, and what was understood beyond them (saved as `name_extra`)."""

    value: str
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer. `understand` gives the answer, STAY if it said why it wants another, None if it is lost."""

    understand: "Callable[[Walk, Collect, Heard], Got | Way | None]"
    extras: tuple[str, ...] = ()
    digits: bool = False  # a lone digit is an answer here, `0` included


def _text(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    words = heard.text.strip()
    if heard.voice:
        return Got(f"({walk.fill(walk.library.phrase('voice_note'))}) {words}".strip())
    if heard.photos:
        return Got(f"({walk.fill(walk.library.phrase('photo'))}) {words}".strip())
    if heard.spot:
        return Got(_spot(heard))
    return Got(words) if fold(words) or len(words) > 1 else None


def _name(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    words = heard.text.strip()
    if step.skip and walk.is_word(heard, "no"):
        return step.pass_over(walk)
    return Got(words) if any(char.isalpha() for char in words) else None


def _place(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    if heard.spot:
        return Got(_spot(heard), {"spot": f"{heard.spot.latitude:.5f},{heard.spot.longitude:.5f}"})
    words = heard.text.strip()
    if len(fold(words).replace(" ", "")) < 2:
        return None
    found = walk.facts.place(words)
    if found is None:
        return Got(words)
    name, spot = found
    same = fold(name) == fold(words)
    return Got(words, {"found": "" if same else name, "spot": f"{spot.latitude:.5f},{spot.longitude:.5f}"})


def _when(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    words = heard.text.strip()
    understood = when.understand(words, walk.voice.tag, walk.facts.now)
    if understood is None:
        return Got(words, {"flags": "unsure"}) if walk.place.misses else None
    if "future" in understood.flags and not walk.place.misses:
        walk.place.misses = 1
        walk.say(walk.library.phrase("when_future"))
        return STAY
    start = understood.start.isoformat() if understood.start else ""
    return Got(
        words,
        {
            "start": start,
            "flags": " ".join(sorted(understood.flags | {understood.precise})),
            "now": "yes" if "now" in understood.flags else "",
        },
    )


def _money(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    value = amount.number(heard.text)
    if value is None:
        return Got(heard.text.strip()) if walk.place.misses else None
    return Got(heard.text.strip(), {"amount": f"{value:f}"})


def _number(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    value = amount.number(heard.text)
    return Got(f"{value:f}") if value is not None else None


def _count(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    value = amount.count(heard.text, step.least, step.most)
    if value is None:
        word = walk.number_word(heard.text)
        value = word if word is not None and step.least <= word <= step.most else None
    if value is None and step.least == 0 and walk.is_word(heard, "no"):
        value = 0  # "no", "none": nobody
    if value is not None:
        return Got(str(value))
    walk.complain(walk.library.phrase("count_wrong"), {"least": str(step.least), "most": str(step.most)})
    return None


def _phone(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    number = amount.phone(heard.text)
    return Got(number) if number else None


def _photo(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    count = int(walk.answers.get(f"{step.save}_count") or 0)
    if heard.photos or heard.voice:
        count += heard.photos or 1
        walk.answers[f"{step.save}_count"] = str(count)
        walk.say(walk.library.phrase("photo_got"), extra={"count": str(count)})
        return STAY
    if walk.is_word(heard, "done") or walk.is_word(heard, "no"):
        if not count:
            return step.pass_over(walk)
        return Got(str(count), {"count": str(count)})
    return None


def _report_number(walk: "Walk", step: "Collect", heard: Heard) -> Got | Way | None:
    found = report_number.find(heard.text) or report_number.read(heard.text)
    if found is None:
        if _LIKE_A_NUMBER.match(fold(heard.text).replace(" ", "")):  # a letter in it that no number has
            walk.complain(walk.library.phrase("number_typo"))
        return None
    if not report_number.right(found):
        walk.complain(walk.library.phrase("number_typo"))
        return None
    return Got(found)


def _spot(heard: Heard) -> str:
    assert heard.spot
    label = heard.spot.label.strip()
    return label or f"{heard.spot.latitude:.5f}, {heard.spot.longitude:.5f}"


KINDS: Mapping[str, Kind] = {
    "text": Kind(_text),
    "name": Kind(_name),
    "place": Kind(_place, extras=("found", "spot")),
    "when": Kind(_when, extras=("start", "flags", "now")),
    "money": Kind(_money, extras=("amount",), digits=True),
    "number": Kind(_number, digits=True),
    "count": Kind(_count, digits=True),
    "phone": Kind(_phone),
    "photo": Kind(_photo, extras=("count",)),
    "report_number": Kind(_report_number),
}

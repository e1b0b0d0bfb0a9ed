"""A sketch made whole: ways that lead on, answers that are there, choices that differ; then written as our YAML.

What it gives, our own reader takes without a word; whatever had to be bent for that is told.
"""

from collections.abc import Iterator, Mapping

from bot.errors import NotBrought
from bot.flow.circles import circles, reached
from bot.flow.phrases import fill, placeholders
from bot.flow.script import parse, wrong_answer
from bot.flow.steps.base import END
from bot.studio.importing.sketch import LONGEST, OVER, Brought, Option, Said, Sketch, Stop, Wording, name_of
from bot.studio.importing.writing import write
from bot.text.fold import fold

_MOST_STOPS = 3_000
_TOO_LARGE = "The flow `{name}` is too large to be brought over in one piece."
_MOST_CHOICES = 20
_MOST_TEXTS = 10
_WAIT_HERE = "A person who speaks your language will write to you here."


def finish(sketch: Sketch) -> Brought:
    """The flow in our language. Raises NotBrought where it holds more than one flow can."""
    if len(sketch.stops) > _MOST_STOPS:
        raise NotBrought(_TOO_LARGE, name=sketch.name)
    _pass_over(sketch)
    _join_questions(sketch)
    _name_answers(sketch)
    before = ""
    while before != (before := repr(sketch.stops)):  # what one of them takes away, another may have hung on
        _drop_silent(sketch)
        _break_circles(sketch)
        _drop_unreached(sketch)
        _mend_branches(sketch)
        _mend_texts(sketch)
        _mend_choices(sketch)
    _name(sketch)
    yaml = write(sketch)
    script, problems = parse(yaml, f"{sketch.name}.yml")
    if script is None or problems:
        raise NotBrought(_TOO_LARGE, name=sketch.name)
    return Brought(sketch.name, yaml, tuple(_wordings(sketch)), tuple(sketch.left_out))


def _pass_over(sketch: Sketch) -> None:
    """Ways lead past stops that do nothing here; to the end where there is nothing, or a ring of them."""

    def onward(name: str) -> str:
        seen = set[str]()
        while name in sketch.stops and sketch.stops[name].kind == "pass" and name not in seen:
            seen.add(name)
            name = sketch.stops[name].next
        return OVER if name in seen or name not in sketch.stops else name

    for stop in sketch.stops.values():
        stop.next = onward(stop.next)
        for option in stop.options:
            option.next = onward(option.next)
    sketch.start = onward(sketch.start)
    sketch.stops = {name: stop for name, stop in sketch.stops.items() if stop.kind != "pass"}
    if sketch.start == OVER:
        raise NotBrought("The flow `{name}` says and asks nothing that could be brought over.", name=sketch.name)


def _join_questions(sketch: Sketch) -> None:
    """A question without words of its own takes those of the only stop before it, which says them right before."""
    before: dict[str, list[str]] = {}
    for name, stop in sketch.stops.items():
        for following in set(stop.leads_to()):
            before.setdefault(following, []).append(name)
    for name, stop in list(sketch.stops.items()):
        if stop.kind not in ("ask", "collect") or any(text.english for text in stop.texts):
            continue
        only = before.get(name, [])
        saying = sketch.stops.get(only[0]) if len(only) == 1 and name != sketch.start else None
        if saying is None or saying.kind != "say" or only[0] == name:
            words = "A question without words of its own"
            sketch.leave_out(stop.place, words, "Write what is asked, so that residents see it with the choices.")
            continue
        stop.texts = saying.texts
        saying.kind, saying.next = "pass", name
    _pass_over(sketch)


def _mend_choices(sketch: Sketch) -> None:
    """No two choices alike, none unseen, none too many; a question without any takes any answer."""
    for stop in sketch.stops.values():
        if stop.kind == "ask":
            stop.options = list(_different(sketch, stop))
            _number(sketch, stop)
            if not stop.options:
                stop.kind = "collect"
                stop.save = stop.save or name_of("answer", {one.save for one in sketch.stops.values()})
        else:
            for option in stop.options:
                option.words = Said(_cut(option.words.english.split("|")), option.words.others)
            stop.options = [option for option in stop.options if option.words.english]


def _number(sketch: Sketch, stop: Stop) -> None:
    """Their numbers, if each choice has one of its own, else ours; a number is no word to be typed beside them."""
    keys = [option.key for option in stop.options]
    for place, option in enumerate(stop.options, 1):
        option.key = option.key if all(keys) and len(set(keys)) == len(keys) else 0
        words = option.words.english.split("|")
        for number in (word for word in words if word.isdecimal() and word != str(option.key or place)):
            sketch.leave_out(stop.place, f"The number {number}", f"`{option.label.english}` has another one here.")
        option.words = Said("|".join(word for word in words if not word.isdecimal()), option.words.others)


def _different(sketch: Sketch, stop: Stop) -> Iterator[Option]:
    taken: dict[str, str] = {}
    for place, option in enumerate(stop.options):
        label = option.label.english
        if place == _MOST_CHOICES:
            sketch.leave_out(stop.place, "More than 20 choices", "Ask twice: nobody can choose among so many.")
            return
        if not fold(label) or fold(label) in taken:
            sketch.leave_out(stop.place, f"The choice {label}", "It has no words, or another choice has the same.")
            continue
        taken[fold(label)] = label
        others = option.words.others  # they hang on the English words, which may then say the label again
        words = [
            word for word in option.words.english.split("|") if fold(word) and (others or fold(word) != fold(label))
        ]
        option.words = Said(_cut([word for word in words if taken.setdefault(fold(word), label) == label]), others)
        yield option


def _cut(words: list[str]) -> str:
    """A list of words that is no longer than a text may be; `$` would name a list of ours."""
    kept, length = [], 0
    for word in dict.fromkeys(word.strip().lstrip("$").strip() for word in words):
        length += len(word) + 1
        if word and length <= LONGEST:
            kept.append(word)
    return "|".join(kept)


def _break_circles(sketch: Sketch) -> None:
    """Rounds in which nobody is asked anything end where they would begin again."""
    while found := circles({name: [] if stop.waits else stop.leads_to() for name, stop in sketch.stops.items()}):
        for circle in found:
            for stop in (sketch.stops[name] for name in circle if circle[0] in sketch.stops[name].leads_to()):
                stop.lead(circle[0], OVER)
                words = "A way back to where it came from"
                sketch.leave_out(stop.place, words, "It would go round without asking; it ends here now.")


def _drop_unreached(sketch: Sketch) -> None:
    kept = set(reached([sketch.start], {name: stop.leads_to() for name, stop in sketch.stops.items()}))
    for name, stop in sketch.stops.items():
        if name not in kept and stop.place:
            sketch.leave_out(stop.place, "A step", "Nobody would ever come to it.")
    sketch.stops = {name: stop for name, stop in sketch.stops.items() if name in kept}


def _name_answers(sketch: Sketch) -> None:
    """Every typed answer has a name, and none takes one of ours."""
    for stop in sketch.stops.values():
        if stop.kind == "collect" and not stop.save:
            stop.save = name_of("answer", {one.save for one in sketch.stops.values()})
        if stop.save and wrong_answer(stop.save):
            other = name_of(f"their_{stop.save}", {one.save for one in sketch.stops.values()})
            _rename_answer(sketch, stop.save, other)


def _mend_branches(sketch: Sketch) -> None:
    """Branches go by answers that are there."""
    saved = {stop.save for stop in sketch.stops.values() if stop.save}
    for stop in sketch.stops.values():
        if stop.kind == "branch" and (stop.on not in saved or not stop.options):
            why = "Nobody is asked for what it goes by; it goes on as if nothing fitted."
            sketch.leave_out(stop.place, f"A way by `{stop.on}`", why)
            stop.kind, stop.options = "pass", []


def _drop_silent(sketch: Sketch) -> None:
    """Stops that have nothing to say lead nowhere by themselves."""
    for stop in sketch.stops.values():
        if stop.kind == "say" and not any(text.english for text in stop.texts):
            stop.kind = "pass"
    _pass_over(sketch)


def _rename_answer(sketch: Sketch, old: str, new: str) -> None:
    for stop in sketch.stops.values():
        stop.save = new if stop.save == old else stop.save
        stop.on = new if stop.on == old else stop.on
        stop.texts = [_renamed(text, old, new) for text in stop.texts]
        for option in stop.options:
            option.label = _renamed(option.label, old, new)


def _renamed(said: Said, old: str, new: str) -> Said:
    def put(text: str) -> str:
        return fill(text, lambda name: f"{{{new if name == old else name}}}")

    return Said(put(said.english), {tag: put(text) for tag, text in said.others.items()})


def _mend_texts(sketch: Sketch) -> None:
    """Placeholders of answers that are there, texts of a length that can be read, a sentence for who waits."""
    saved = {stop.save for stop in sketch.stops.values() if stop.save}
    for stop in sketch.stops.values():
        if stop.kind in ("collect", "handoff") and len(stop.texts) > 1:
            stop.texts = [_joined(stop.texts)]
        stop.texts = [_filled(sketch, stop, text, saved) for text in stop.texts]
        for option in stop.options:
            option.label = _filled(sketch, stop, option.label, saved)
        if len(stop.texts) > _MOST_TEXTS:
            sketch.leave_out(stop.place, "Texts after the tenth", "One step says ten at most. Write another one.")
            stop.texts = stop.texts[:_MOST_TEXTS]
        if stop.kind == "handoff" and not stop.texts:
            stop.texts = [Said(_WAIT_HERE)]
            sketch.leave_out(stop.place, "What is said to who waits", "We wrote a sentence. Look at it.")


def _joined(texts: list[Said]) -> Said:
    """One text of several; in the languages that have them all."""
    tags = set.intersection(*(set(text.others) for text in texts))
    others = {tag: " ".join(text.others[tag] for text in texts) for tag in sorted(tags)}
    return Said(" ".join(text.english for text in texts), others)


def _filled(sketch: Sketch, stop: Stop, said: Said, saved: set[str]) -> Said:
    for name in placeholders(said.english):
        if name not in saved:
            sketch.leave_out(stop.place, f"The value of {name}", "Nobody is asked for it here; the text goes without.")

    def put(text: str) -> str:
        kept = fill(text, lambda name: f"{{{name}}}" if name in saved else "")
        if len(kept) > LONGEST:
            sketch.leave_out(stop.place, f"{kept[:40]} ...", f"Its end: it is longer than {LONGEST} characters.")
            kept = kept[:LONGEST].rpartition("{")[0] if "{" in kept[LONGEST - 64 : LONGEST] else kept[:LONGEST]
        return kept.strip()

    return Said(put(said.english), {tag: put(text) for tag, text in said.others.items()})


def _name(sketch: Sketch) -> None:
    """Names people can read: of the answer, else of the first words said."""
    names: dict[str, str] = {}
    for key, stop in sketch.stops.items():
        words = " ".join(stop.texts[0].english.split()[:4]) if stop.texts else ""
        names[key] = name_of(stop.save or words or stop.flow or stop.kind, {*names.values(), END})
    for stop in sketch.stops.values():
        stop.next = names.get(stop.next, END)
        for option in stop.options:
            option.next = names.get(option.next, END)
    sketch.stops = {names[key]: stop for key, stop in sketch.stops.items()}
    sketch.start = names[sketch.start]


def _wordings(sketch: Sketch) -> Iterator[Wording]:
    for name, stop in sketch.stops.items():
        here = f"{sketch.name}.{name}"
        for text in stop.texts:
            yield from _in_each(here, text)
        for option in stop.options:
            if stop.kind == "ask":
                yield from _in_each(f"{here}.choice", option.label)
            if stop.kind != "branch":
                yield from _in_each(f"{here}.{_WORDS[stop.kind]}", option.words)


_WORDS: Mapping[str, str] = {"ask": "words", "collect": "says"}


def _in_each(context: str, said: Said) -> Iterator[Wording]:
    if said.english:
        for tag, text in said.others.items():
            if text:
                yield Wording(tag, context, said.english, text)

"""Reports while they are being told: the summary, what staff will read, and the draft left when a resident walks away."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bot.flow.effects import ReportFacts
from bot.flow.place import Draft, Frame, Place
from bot.flow.reading import Line
from bot.flow.steps.talk import Ask, Collect

if TYPE_CHECKING:
    from bot.flow.library import Library
    from bot.flow.phrases import Voice


def _asked(library: "Library", frame: Frame) -> Iterator[tuple[str, "Ask | Collect", str]]:
    """Name, question and answer, in the order the questions were first asked."""
    answers = frame.answers or {}
    for name, snapshot in frame.asked.items():
        if name not in answers:
            continue
        flow, version, step_name, _ = snapshot[-1]
        script = library.script(flow, version)
        step = script.steps.get(step_name) if script else None
        if isinstance(step, Ask | Collect) and step.label:
            yield name, step, answers[name]


def summary(library: "Library", voice: "Voice", frame: Frame, fill: Callable[[Line], str]) -> list[tuple[str, str, str]]:
    """Name, label and answer in the resident's language."""
    return [
        (name, fill(step.label), step.show(voice, value)) for name, step, value in _asked(library, frame) if step.label
    ]


def for_staff(library: "Library", frame: Frame) -> tuple[tuple[str, str], ...]:
    """Labels in English, answers as typed, with what was understood of them in brackets."""
    answers = frame.answers or {}
    told = []
    for name, step, value in _asked(library, frame):
        assert step.label
        understood = [
            answers[f"{name}_{extra}"]
            for extra in ("start", "found", "spot", "amount")
            if answers.get(f"{name}_{extra}")
        ]
        told.append((step.label.english, f"{value} [{'; '.join(understood)}]" if understood else value))
    return tuple(told)


def facts(library: "Library", frame: Frame, *, told: bool) -> ReportFacts:
    """What can be known of a report without reading its words. Name and contact are a person's own and stay out of what
    was chosen, and so does what its flow calls private."""
    answers = frame.answers or {}
    asked = [(name, step, value) for name, step, value in _asked(library, frame) if isinstance(step, Ask)]
    chosen = tuple(
        (step.label.english, step.show(library.voice("en"), value))
        for name, step, value in asked
        if step.label and name != "contact" and not step.private
    )
    private = any(choice and choice.private for choice in (step.chosen(value) for _, step, value in asked))
    spot = next((value for name, value in answers.items() if name.endswith("_spot") and value), "")
    return ReportFacts(answers.get("contact", ""), spot, chosen, told, private)


def open_report(library: "Library", place: Place) -> Frame | None:
    """The report being told, if one is, and nothing of it is filed yet."""
    for frame in place.frames:
        script = library.script(frame.flow, frame.version)
        if script and script.report and not frame.scratch.get("filed"):
            return frame
    return None


def set_aside(library: "Library", place: Place) -> Draft | None:
    """The open report as a draft, without what stands above it; None if there is none or nothing was answered."""
    frame = open_report(library, place)
    if frame is None or not frame.answers:
        return None
    at = place.frames.index(frame)
    above = next((n for n in range(at, len(place.frames)) if place.frames[n].interrupts), len(place.frames))
    return Draft(place.frames[at:above], [], frame.flow)

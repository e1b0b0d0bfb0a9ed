"""Where a thread stands: flow, version, step, answers so far, way back. Values that survive as JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# One stop on the way back: (flow, version, step, part of the frame below?) for every frame, bottom first.
Snapshot = tuple[tuple[str, str, str, bool], ...]

MOST_TRAIL = 16


@dataclass(slots=True)
class Frame:
    """One flow being walked. `answers` is None in a part, which writes into the frame below it."""

    flow: str
    version: str
    step: str
    answers: dict[str, str] | None = field(default_factory=dict)
    given: set[str] = field(default_factory=set)  # answers known before being asked; asked no more
    asked: dict[str, Snapshot] = field(default_factory=dict)  # where each answer was given, to change it
    scratch: dict[str, Any] = field(default_factory=dict)  # a step's own notes: lists shown, filed or not
    interrupts: bool = False  # stands above a question that is asked again when this ends


@dataclass(slots=True)
class Draft:
    """An unfinished report that its resident walked away from."""

    frames: list[Frame]
    trail: list[Snapshot]
    topic: str  # the flow it is of


@dataclass(slots=True)
class Place:
    """Frames from the bottom up; the last is where the next text is heard. No frames: nothing has been said yet."""

    frames: list[Frame] = field(default_factory=list)
    trail: list[Snapshot] = field(default_factory=list)
    misses: int = 0
    changing: Snapshot | None = None  # a summary to come back to once an answer is changed
    draft: Draft | None = None

    @property
    def top(self) -> Frame:
        return self.frames[-1]

    def home(self) -> Frame:
        """The frame whose answers the top one writes: itself, or the first below it that is no part."""
        return next(frame for frame in reversed(self.frames) if frame.answers is not None)

    def snapshot(self) -> Snapshot:
        return tuple((f.flow, f.version, f.step, f.answers is None) for f in self.frames)

    def restore(self, snapshot: Snapshot) -> None:
        """Stand where the snapshot stood; answers of frames that are still there are kept."""
        frames = []
        for at, (flow, version, step, part) in enumerate(snapshot):
            here = self.frames[at] if at < len(self.frames) else None
            if here and here.flow == flow:
                here.step = step
                frames.append(here)
            else:
                frames.append(Frame(flow, version, step, None if part else {}))
        self.frames = frames


def to_json(place: Place) -> dict[str, Any]:
    """As few characters as read well, since it is written at every turn."""
    kept: dict[str, Any] = {"f": [_frame_out(frame) for frame in place.frames]}
    if place.trail:
        kept["t"] = place.trail
    if place.misses:
        kept["m"] = place.misses
    if place.changing:
        kept["c"] = place.changing
    if place.draft:
        kept["d"] = [[_frame_out(f) for f in place.draft.frames], place.draft.trail, place.draft.topic]
    return kept


def from_json(kept: dict[str, Any]) -> Place:
    draft = kept.get("d")
    return Place(
        [_frame_in(one) for one in kept["f"]],
        [_snapshot_in(one) for one in kept.get("t", ())],
        kept.get("m", 0),
        _snapshot_in(kept["c"]) if "c" in kept else None,
        Draft([_frame_in(f) for f in draft[0]], [_snapshot_in(s) for s in draft[1]], draft[2]) if draft else None,
    )


def copy(place: Place) -> Place:
    """A place to walk on from, the old one left as it was."""
    return from_json(json.loads(json.dumps(to_json(place))))


def _frame_out(frame: Frame) -> list[Any]:
    out: list[Any] = [frame.flow, frame.version, frame.step, frame.answers]
    if frame.given or frame.asked or frame.scratch or frame.interrupts:
        out += [sorted(frame.given), frame.asked, frame.scratch, frame.interrupts]
    return out


def _frame_in(kept: list[Any]) -> Frame:
    flow, version, step, answers, *more = kept
    if not more:
        return Frame(flow, version, step, answers)
    given, asked, scratch, interrupts = more
    return Frame(
        flow, version, step, answers, set(given), {k: _snapshot_in(v) for k, v in asked.items()}, scratch, interrupts
    )


def _snapshot_in(kept: Iterable[Iterable[Any]]) -> Snapshot:
    return tuple(tuple(one) for one in kept)  # type: ignore[misc]  # JSON gives lists back

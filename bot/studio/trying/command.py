"""`python -m bot flows rehearse`: plays rehearsals, and prints where one went otherwise. Writes nothing but recordings."""

from collections.abc import Callable, Mapping, Sequence

from bot.errors import FlowsBroken, NotFound
from bot.hotline import Hotline, speaking
from bot.live_texts import live
from bot.studio.trying import rehearsal_files
from bot.studio.trying.rehearsals import FOLDER, Outcome, all_of, record, run

Tell = Callable[[str], None]


def rehearse(hotline: Hotline, names: Sequence[str], only: Sequence[str], tell: Tell, *, published: bool) -> bool:
    """Play the rehearsals of these names, or all; in `only` these languages, or all. Of what is in the files, or of what is
    published here, with the rehearsals saved here. Whether all were green. Raises FlowsBroken, NotFound."""
    if published:
        hotline = speaking(hotline, live(hotline.db))
        known, problems = all_of(hotline)
    else:
        known, problems = rehearsal_files.read_folder(FOLDER)
    if problems:
        raise FlowsBroken(problems)
    _must_be_known(names, known)
    green = True
    for name in names or sorted(known):
        outcome = run(hotline, hotline.library, known[name], only)
        green = green and outcome.green
        tell(_told(outcome))
    return green


def record_shipped(hotline: Hotline, names: Sequence[str], tell: Tell) -> None:
    """Let the shipped rehearsals of these names, or all, expect what the line says now: to be read before it is kept. Raises
    FlowsBroken, NotFound, NotUsable."""
    known, problems = rehearsal_files.read_folder(FOLDER)
    if problems:
        raise FlowsBroken(problems)
    _must_be_known(names, known)
    for name in names or sorted(known):
        text = rehearsal_files.written(record(hotline, hotline.library, known[name]))
        (FOLDER / f"{name}.yml").write_text(text, encoding="utf-8")
        tell(f"recorded  {name}")


def _must_be_known(names: Sequence[str], known: Mapping[str, object]) -> None:
    for name in names:
        if name not in known:
            raise NotFound("There is no rehearsal called {name}.", name=name)


def _told(outcome: Outcome) -> str:
    red = [one for one in outcome.verdicts if one.difference]
    tags = " ".join(one.tag for one in outcome.verdicts)
    lines = [f"{'RED' if red else 'green':<6}{outcome.name}  ({tags})"]
    for one in red:
        assert one.difference
        lines += [f"  {one.tag}, turn {one.difference.turn}: {one.difference.said}"]
        lines += [f"    expected | {line}" for line in one.difference.expected.splitlines() or [""]]
        lines += [f"    got      | {line}" for line in one.difference.got.splitlines() or [""]]
    return "\n".join(lines)

"""Any text at any step of the shipped flows, in any language: nothing is raised, and the resident is answered."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flow.library import load
from bot.flow.place import Frame, Place
from bot.flow.steps.base import Heard
from bot.model import Spot
from tests.fakes import TableFacts, Talk
from tests.test_steps import EVENTS, FILED, HELP

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "flows", ROOT / "locales")
EVERYWHERE = sorted(
    {
        word
        for tag in ("en", *LIBRARY.catalogues)
        for name in LIBRARY.everywhere
        for word in LIBRARY.words(LIBRARY.voice(tag), name)
    }
)
STOPS = sorted((script.name, step) for script in LIBRARY.scripts.values() for step in script.steps)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.integers(0, 20).map(str),
    st.sampled_from(EVERYWHERE),
    st.sampled_from(
        ["yesterday at 3", "$20", "26-K7P4M-3", "95112", "{phone}", "\u202e{0}", "%s", "\ud83d", "🏳️‍🌈", "०", "²"]
    ),
    st.text(st.characters(categories=("Nd", "Lo", "Mn", "Cf", "So", "Cs")), max_size=12),
)
HEARD = st.builds(
    Heard,
    TEXTS,
    st.sampled_from([0, 0, 0, 1, 3]),
    st.sampled_from([False, False, True]),
    st.sampled_from([None, None, None, Spot(37.3, -121.9), Spot(0.0, 0.0, "{topic}")]),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(STOPS),
    st.sampled_from(["en", *LIBRARY.catalogues]),
    st.lists(HEARD, min_size=1, max_size=5),
    st.booleans(),
)
def test_any_text_at_any_step_is_answered(stop: tuple[str, str], tag: str, texts: list[Heard], empty: bool) -> None:
    facts = TableFacts() if empty else TableFacts(help=HELP, events=EVENTS, filed=FILED, spoken=("en", "vi"))
    here = Talk(LIBRARY, tag, facts)
    script = LIBRARY.scripts[stop[0]]
    if script.part:  # parts stand in a report
        here.go("report_theft")
        here.place.frames.append(Frame(stop[0], script.version, stop[1], answers=None))
    else:
        here.place = Place([Frame(stop[0], script.version, stop[1])])
    for heard in texts:
        before = here.at
        here.hear(heard)
        assert here.effects or LIBRARY.scripts[before[0]].steps[before[1]].key == "handoff", (before, heard)
        assert here.place.frames, "nobody stands nowhere"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["en", *LIBRARY.catalogues]), st.lists(TEXTS, min_size=1, max_size=12))
def test_any_conversation_from_the_first_text_on(tag: str, texts: list[str]) -> None:
    here = Talk(LIBRARY, tag, TableFacts(help=HELP, events=EVENTS, filed=FILED))
    assert here.begin(texts[0])
    for words in texts[1:]:
        at = here.at
        said = here.text(words)
        assert said or here.effects or LIBRARY.scripts[at[0]].steps[at[1]].key == "handoff", (at, words)
        assert "{" not in said or "{" in "".join(texts), "no resident reads a brace of ours"

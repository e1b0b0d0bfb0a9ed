"""The statistics beside the phrases: made of the files that lie here, the same every time, never in the way."""

import numpy as np
import pytest

from bot.text import safety
from bot.text.safety_lexicon import LABELS, prepare
from bot.text.safety_model import concept_index, concepts, corpus, features, model


def test_the_concept_table_is_made_of_the_words_that_lie_here() -> None:
    """`python -m bot.text.safety_model.concept_index` was run after the last change of a locales/<tag>/concepts.yml."""
    fresh, shipped = concept_index.made(), concepts.shipped()
    assert fresh.names == shipped.names
    assert np.array_equal(fresh.keys, shipped.keys) and np.array_equal(fresh.meanings, shipped.meanings)


def test_every_language_speaks_of_the_same_concepts() -> None:
    names, found = concept_index.entries()
    spoken = {(language, concept) for meanings in found.values() for language, concept in meanings}
    languages = {language for language, _ in spoken}
    lacking = {language: len(names) - sum(one == language for one, _ in spoken) for language in languages}
    assert all(count <= 0.05 * len(names) for count in lacking.values()), lacking


@pytest.mark.parametrize(
    "text, concept",
    [
        ("somebody is in my kitchen", "kitchen"),
        ("esta en mi cocina", "kitchen"),
        ("厨房里有烟", "kitchen"),
        ("دخان في المطبخ", "kitchen"),  # the article is written onto the word
        ("он на кухне", "kitchen"),
    ],
)
def test_words_of_any_language_mean_the_same(text: str, concept: str) -> None:
    assert concept in concepts.said_in(prepare(text))


def test_own_texts_are_well_formed() -> None:
    texts = corpus.own()
    assert len({one.tag for one in texts}) >= 30
    assert not [one for one in texts if not one.labels <= set(LABELS) or not one.text.strip()]
    assert all(any(label in one.labels for one in texts) for label in LABELS)


def test_the_model_is_sure_of_what_it_learned_and_always_says_the_same() -> None:
    ready, ideas, _ = safety.heard_in("my neighbor is pointing a rifle at people from his balcony")
    first = model.chances(ready, ideas)
    assert first == model.chances(ready, ideas)
    assert max(first, key=lambda label: first[label]) == "emergency"
    assert all(0.0 <= chance <= 1.0 for chance in first.values())


def test_what_the_model_finds_names_its_words() -> None:
    for one in corpus.own()[::37]:
        found = safety.look(one.text)
        if found and found.labels != safety.by_phrases(one.text):
            assert found.evidence and all(word for word in found.evidence)


@pytest.mark.parametrize("text", ["", " ", "9", "🙂", "\u202e", "a" * 5000, "ا" * 3000, "火" * 3000, "\ud83d"])
def test_any_text_has_features(text: str) -> None:
    ready = prepare(text)
    assert features.written(ready).dtype == np.int64
    assert isinstance(concepts.said_in(ready), list)

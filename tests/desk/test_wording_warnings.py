"""Which English words whoever writes for a machine's translation is warned of."""

import pytest

from bot.text.wording_warnings import ambiguous


@pytest.mark.parametrize(
    "words, warned",
    [
        ("May we search your car?", ["search"]),
        ("You have the right to file a complaint. Is that right?", ["right", "complaint"]),  # each once
        ("They were charged. We are charging nobody else.", ["charged"]),  # every form of a word
        ("Statements in two CASES", ["Statements", "CASES"]),  # as it was written, in order
        ("I will write upright research in the suitcase.", []),  # inside other words it is another word
        ("", []),
    ],
)
def test_words_with_false_friends_are_found(words: str, warned: list[str]) -> None:
    assert [one.word for one in ambiguous(words)] == warned


def test_each_says_what_it_may_be_taken_for() -> None:
    assert all(" or " in one.may_mean for one in ambiguous("search charge statement right case complaint"))
    assert len(ambiguous("search charge statement right case complaint")) == 6

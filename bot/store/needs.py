"""The sixteen needs a directory of help is sorted by, and the words that people and other directories have for them."""

import functools
import re
from pathlib import Path

from bot import plain_yaml
from bot.text.fold import fold

NEEDS = (
    *("food", "shelter", "immigration_lawyer", "safety_at_home", "health", "mental_health", "english", "translation"),
    *("work", "school", "crime_victims", "papers", "transport", "money", "elder_disability", "lawyer"),
)


@functools.cache
def words_of(need: str) -> str:
    """All words for a need in every language, to be searched by."""
    return ", ".join(_words()[need].values())


def guess(text: str) -> tuple[str, ...]:
    """Needs that the words of a category or a name point to, in English; in the order of NEEDS. Never a lawyer: who
    may give legal advice is for a person to say."""
    folded = f" {fold(text)} "
    return tuple(need for need, pattern in _patterns().items() if pattern.search(folded))


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    """By need and language. Read when first asked: only imports need it."""
    words: dict[str, dict[str, str]] = plain_yaml.read(Path(__file__).parent / "needs.yml")
    return words


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def pattern(words: str) -> re.Pattern[str]:
        return re.compile(" (?:" + "|".join(re.escape(fold(word)) for word in words.split(",")) + ") ")

    return {need: pattern(_words()[need]["en"]) for need in NEEDS if "lawyer" not in need}

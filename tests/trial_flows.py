"""Flows that are only tried, beside those that are shipped: a question of each kind, and a report."""

from pathlib import Path

from bot.flow.library import load
from tests.fakes import TableFacts, Talk, with_texts

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "flows", ROOT / "locales")

PETS = """
flow: pets
about: Trial.
start: kind
steps:
  kind:
    ask: What pet?
    save: pet
    next: name
    choices:
      - {label: Dog, words: dog}
      - {label: Cat, words: cat}
      - {label: Fish, words: fish}
  name:
    collect: Its name?
    save: name
    skip: yes
    next: color
  color:
    collect: Its color?
    save: color
    next: told
  told:
    say: "{pet}, {name}, {color}."
    next: end
"""
REPORT = """
flow: report_pet
about: Trial.
report: {topic: Lost pet, kind: pet, keep_days: 30}
start: kind
steps:
  kind:
    ask: What pet?
    label: Pet
    save: pet
    next: name
    choices:
      - {label: Dog, words: dog}
      - {label: Cat, words: cat}
  name:
    collect: Its name?
    label: Name of it
    save: pet_name
    skip: yes
    next: seen
  seen:
    do: seen
    next: end
"""
SEEN = """
flow: seen
about: Part.
part: yes
start: where
steps:
  where:
    collect: Where was it?
    label: Place
    save: place
    next: when
  when:
    collect: When was it?
    label: Time
    as: when
    save: when
    next: end
"""


def talk(*flows: str, tag: str = "en", **facts: object) -> Talk:
    table = TableFacts(**facts)  # type: ignore[arg-type]
    return Talk(with_texts(LIBRARY, *flows), tag, table)

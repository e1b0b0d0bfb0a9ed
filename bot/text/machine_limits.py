"""What must not be said through a machine's translation, and whether a translation kept the numbers. Knows the English that
officers write, and no thread. What stands here follows the list of what is never done by text at all."""

import re
from collections import Counter
from collections.abc import Mapping

from bot.text.fold import western

_WE = r"(?:i|we|us|me|officers?|the (?:police|officers?)|they|somebody|someone)"
_YOURS = r"(?:your|the|his|her|their|this|that)"
_SEARCHED = (
    r"(?:car|truck|van|vehicle|trunk|house|home|apartment|room|garage|bag|backpack|purse|phone|pockets?|things|property)"
)
_TO_SEARCH = (
    r"(?:search|enter|come in\b|go through|take a look|look (?:in|into|inside|through|around)|"
    rf"(?:look at|check) {_YOURS} {_SEARCHED}|take (?:a )?(?:blood|dna|fingerprints?))"
)

# Topic -> what gives it away. Rather once too often than once too seldom: there is always the interpreter.
_TOPICS: Mapping[str, tuple[str, ...]] = {
    "consent": (
        r"\bconsent\w*", r"\bwaiv(?:e|er|es|ing)\b", r"\bsearch(?:es|ed|ing)? (?:your|his|her|their|through|you|him|them)\b",
        r"\bpermission to\b", r"\bdo you agree (?:to|that)\b", r"\b(?:agree|consent) to (?:a|the|this|being)\b",
        rf"\b(?:may|can|could|would you let|will you let|let) {_WE} (?:please )?{_TO_SEARCH}",
        rf"\bsearch (?:of )?(?:{_YOURS}|a) {_SEARCHED}\b", r"\b(?:blood|breath|dna|saliva) (?:test|sample)\b",
    ),
    "rights": (
        r"\bmiranda\b", r"\b(?:remain|stay|keep|be) silent\b", r"\bright to\b", r"\b(?:your|his|her|their|legal) rights\b",
        r"\bused against you\b", r"\ba(?:n attorney| lawyer) (?:present|before|during|appointed|will be|can be)\b",
        r"\b(?:under|you are|you're|being) (?:under )?arrest(?:ed)?\b", r"\bin custody\b", r"\byou are (?:a|the) suspect\b",
    ),
    "legal papers": (
        r"\bwarrants?\b", r"\bsubpoena\w*", r"\bsummons\b", r"\baffidavits?\b", r"\bcourt orders?\b",
        r"\b(?:restraining|protective|protection|no[- ]contact) orders?\b", r"\bplea(?:d|ds|s)? (?:guilty|deal|bargain)\b",
        r"\bunder (?:oath|penalty)\b", r"\bperjury\b", r"\bpress(?:ing)? charges\b", r"\bcharged with\b",
        r"\bsign(?:s|ed|ing)? (?:a|the|this|that|these|your|and return)\b", r"\bsignature\b", r"\bnotari[sz]ed?\b",
    ),
    "a statement": (
        r"(?<!bank )(?<!account )\bstatements?\b", r"\btestimon(?:y|ies)\b", r"\btestif(?:y|ies|ied)\b", r"\bsworn\b",
        r"\binterview(?:s|ed|ing)?\b", r"\binterrogat\w+", r"\bconfess\w*", r"\balibi\b", r"\bpolygraph\b",
        r"\blie detector\b", r"\bfor the record\b", r"\bin your own words\b",
    ),
    "knowing somebody again": (
        r"\bline[- ]?ups?\b", r"\bphoto (?:array|spread)\b", r"\bmug ?shots?\b",
        r"\b(?:do|can|could|would) you (?:recogni[sz]e|pick out|identify (?!yourself))",
        r"\bis (?:this|that|he|she) the (?:man|woman|person|one|guy|boy|girl)\b",
    ),
    "a promise": (r"\b(?:i|we) (?:can )?(?:promise|guarantee|swear)\b", r"\byou have my word\b"),
    "immigration": (
        r"\b(?:immigration|legal|citizenship|visa|resident|residency) status\b", r"\bundocumented\b", r"\bgreen card\b",
        r"\bdeport\w*", r"\b(?:are|were) you (?:a |an )?(?:legal|illegal|citizen|resident|documented)\b",
        r"\bhave (?:your )?papers\b",
        r"\bborn in (?:this|the|what|which)\b", r"\bcountry (?:of birth|were you born)\b",
    ),
    "a death": (
        r"\bpassed away\b", r"\b(?:has|have|had) (?:been killed|died)\b", r"\b(?:is|was|were|are|been) (?:found )?dead\b",
        r"\b(?:was|were) killed\b", r"\bdid not (?:make it|survive)\b", r"\bdeceased\b", r"\bnext of kin\b", r"\bmorgue\b",
        r"\bdied\b",
    ),
}  # fmt: skip
_GIVEN_AWAY = {topic: re.compile("|".join(signs), re.IGNORECASE) for topic, signs in _TOPICS.items()}
TOPICS = tuple(_TOPICS)
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+(?:[.,'\u00a0\u202f-]\d{2,4})*(?!\d)")  # with what stands between thousands or parts of a phone


def never_by_machine(words: str) -> str | None:
    """The topic for which English words must not go through a machine, one of TOPICS; None if there is none.

    >>> never_by_machine("Can we look inside your car?"), never_by_machine("The towed car is at 12 Mill Street.")
    ('consent', None)
    """
    plain = _SPACES.sub(" ", words.replace("’", "'"))
    return next((topic for topic, signs in _GIVEN_AWAY.items() if signs.search(plain)), None)


def changed_numbers(words: str, translated: str) -> tuple[str, ...]:
    """Numbers of a text that do not stand in its translation, in digits of any script and however they are grouped.

    >>> changed_numbers("Call 617-555-0199 before 5", "Llame al 617 555 0198 antes de las 5")
    ('617-555-0199',)
    """
    kept = Counter(map(_digits, _NUMBER.findall(western(translated))))
    run = _digits(western(translated))
    lost = []
    for number in _NUMBER.findall(western(words)):
        digits = _digits(number)
        if kept[digits]:
            kept[digits] -= 1
        elif len(digits) < 3 or digits not in run:
            lost.append(number)
    return tuple(dict.fromkeys(lost))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())

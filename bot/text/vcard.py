"""A contact card as lines a person can read. Numbers and addresses of the third person are shortened: enough to tell two
apart, too little to reach anybody. Pure; knows RFC 6350 and its forerunners as far as phones write them."""

import quopri
import re

_SHOWN = {
    "FN": "Name", "N": "Name", "ORG": "Works at", "TITLE": "Title", "TEL": "Phone", "EMAIL": "E-mail", "ADR": "Address",
    "NOTE": "Note",
}  # fmt: skip
_MOST = 20  # lines
_LONGEST = 200  # characters of one
_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK = re.compile(r"=\r?\n")
_LINE = re.compile(r"(?:[\w-]+\.)?(?P<name>[A-Za-z-]+)(?P<more>(?:;[^:]*)?):(?P<value>.*)")
_ESCAPED = re.compile(r"\\([\\,;nN])")


def lines(card: str) -> tuple[tuple[str, str], ...]:
    """What a card says, as (what it is, its words), in its order; the written name stands for its parts."""
    found: list[tuple[str, str]] = []
    whole = _FOLD.sub("", _SOFT_BREAK.sub("", card))
    named = re.search(r"^(?:[\w-]+\.)?FN[;:]", whole, re.MULTILINE | re.IGNORECASE) is not None
    for line in whole.splitlines():
        parts = _LINE.fullmatch(line.strip())
        name = parts["name"].upper() if parts else ""
        if not parts or name not in _SHOWN or (name == "N" and named):
            continue
        words = _shortened(name, _plain(parts["value"], parts["more"]))
        if words:
            found.append((_SHOWN[name], words[:_LONGEST]))
    return tuple(found[:_MOST])


def _plain(value: str, more: str) -> str:
    if "QUOTED-PRINTABLE" in more.upper():
        value = quopri.decodestring(value.encode()).decode(errors="replace")
    words = re.split(r"(?<!\\);", value)
    plain = (_ESCAPED.sub(lambda sign: " " if sign[1] in "nN" else sign[1], one).strip() for one in words)
    return ", ".join(filter(None, plain))


def _shortened(name: str, words: str) -> str:
    """
    >>> _shortened("TEL", "+1 555 555 0142"), _shortened("EMAIL", "ana@town.example")
    ('*********42', 'a**@town.example')
    """
    if name == "TEL":
        digits = re.sub(r"\D", "", words.removeprefix("tel:"))
        return "*" * (len(digits) - 2) + digits[-2:]
    if name == "EMAIL":
        user, at, host = words.partition("@")
        return f"{user[:1]}**{at}{host}"
    return words

"""Passwords: what is too weak is refused with the reason, what is kept is argon2id. They count exactly as typed; two ways
in which Unicode writes the same letters are one."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.config import Config
from bot.errors import Crowded, PuenteError
from bot.model import Officer, Role

LEAST, LEAST_OF_ADMINS, MOST = 12, 15, 200
_ENOUGH = 8  # signs that are left when every piece that is guessed first counts as one
_RUN = 4  # neighbours on a keyboard, or in the alphabet, that make a piece
_ROWS = (
    "1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./", "abcdefghijklmnopqrstuvwxyz", "azertyuiop", "qsdfghjklm",
    "qwertzuiop", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp",
)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.+?)\1{2,}|(.{3,}?)\2+")  # one sign or more three times, three or more twice
_MEANT = str.maketrans("0134578@$!|", "oieastbasii")  # what people write for letters

_hasher = PasswordHasher()
_line = threading.BoundedSemaphore(8)  # who waits for a place holds a thread of the server
_hashing = threading.BoundedSemaphore(2)  # each takes 64 MB: a flood of guesses must not take the machine
# Checked when there is no such person, so that the answer takes as long and says no more.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hashed(password: str, officer: Officer, config: Config) -> str:
    """What is kept of it. Raises PuenteError with the reason if it is too weak for this person."""
    password = _plain(password)
    least = LEAST_OF_ADMINS if officer.role == Role.ADMIN else LEAST
    if len(password) < least:
        raise PuenteError("A password of yours has at least {least} characters.", least=least)
    if len(password) > MOST:
        raise PuenteError("A password has at most {most} characters.", most=MOST)
    if (
        weight(password, (officer.login, officer.name, officer.badge, config.department_name, config.department_city))
        < _ENOUGH
    ):
        raise PuenteError(
            "This password is among the first that are guessed. Several words that have nothing to do with each other or "
            "with you are better."
        )
    return _hasher.hash(password)


def fits(hashed: str, password: str) -> bool:
    """Whether this is the password; of nobody's (an empty hash) it takes as long to say no. Raises Crowded if too many
    are checked at once."""
    if not _line.acquire(blocking=False):
        raise Crowded
    try:
        if not _hashing.acquire(timeout=5):
            raise Crowded
        try:
            return _hasher.verify(hashed or _NOBODY, _plain(password[: MOST * 2])) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            _hashing.release()
    finally:
        _line.release()


def weight(password: str, context: tuple[str, ...] = ()) -> int:
    """How many signs a guesser has to find: a word everybody tries, a word of `context`, a year, a run of keys and what is
    repeated count as one each."""
    words = sorted(_weak_words() | set(_words_of(context)), key=len, reverse=True)
    lowered = password.lower()
    return min(_pieces(lowered, words), _pieces(lowered.translate(_MEANT), words))


def _pieces(text: str, words: list[str]) -> int:
    text = _REPEATED.sub(_one, _YEAR.sub(_one, text))
    for word in words:
        text = text.replace(word, "\0")
    for run in _runs(text):
        text = text.replace(run, "\0")
    return len(text)


def _one(found: re.Match[str]) -> str:
    return "\0"


def _runs(text: str) -> Iterator[str]:
    """Stretches along a row, forth or back, the longest first."""
    neighbours = _neighbours()
    found, run = [], text[:1]
    for one, next_ in pairwise(text):
        if len(run) == 1 or (one + next_, run[-2] + run[-1]) in neighbours:
            run += next_
        else:
            found.append(run)
            run = one + next_
    found.append(run)
    return iter(sorted((one for one in found if len(one) >= _RUN), key=len, reverse=True))


@cache
def _neighbours() -> frozenset[tuple[str, str]]:
    """A step along a row, and the step before it in the same direction."""
    steps = set()
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        steps |= {(row[at : at + 2], row[at - 1 : at + 1]) for at in range(1, len(row) - 1)}
    return frozenset(steps)


def _words_of(context: tuple[str, ...]) -> Iterator[str]:
    """Names as they are and without their spaces, and their parts."""
    for name in context:
        parts = re.findall(r"[^\W_]+", name.lower())
        yield from (part for part in ("".join(parts), *parts) if len(part) >= 3)


@cache
def _weak_words() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "weak_words.txt").read_text(encoding="utf-8").split())


def _plain(password: str) -> str:
    return unicodedata.normalize("NFC", password)

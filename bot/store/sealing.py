"""Private fields under authenticated encryption, bound to their row; numbers found by keyed hash only.

A keyset is text, `1:BASE64,2:BASE64,index:BASE64`: 32-byte AES-256-GCM keys by number, of which the highest
seals and all open, and the key of the hashes, which never rotates. It lives outside the database.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SettingWrong

_FORMAT = b"\x01"
_NONCE = 12


class Keyset:
    """Seals and opens. A sealed value is format (1 byte), key number (2), nonce (12), text and tag."""

    def __init__(self, keys: Mapping[int, bytes], index: bytes) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)
        self._head = _FORMAT + self._newest.to_bytes(2, "big")
        self._index = index

    def seal(self, text: str, place: str) -> bytes:
        """The text sealed for one field of one row, named like `messages.text:42`."""
        return self.seal_bytes(text.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """The text again. Raises ValueError if it was sealed for another place, changed, or its key is gone."""
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """The same of what is no text."""
        nonce = os.urandom(_NONCE)
        return self._head + nonce + self._ciphers[self._newest].encrypt(nonce, content, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """The same of what is no text. Raises ValueError."""
        cipher = self._ciphers.get(int.from_bytes(sealed[1:3], "big"))
        if sealed[:1] != _FORMAT or cipher is None:
            raise ValueError("sealed with a key that is not in SEAL_KEYS")
        try:
            return cipher.decrypt(bytes(sealed[3 : 3 + _NONCE]), bytes(sealed[3 + _NONCE :]), place.encode())
        except InvalidTag:
            raise ValueError("this value was changed, or belongs to another row") from None

    def digest(self, text: str) -> str:
        """By what an address is found: the same text gives the same digest, and only with our key."""
        return hmac.new(self._index, text.encode(), hashlib.sha256).hexdigest()


def new_keyset() -> str:
    """Text of a fresh keyset, for SEAL_KEYS."""
    keys = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    return f"1:{next(keys)},index:{next(keys)}"


def read_keyset(text: str) -> Keyset:
    """Raises SettingWrong."""
    try:
        named = dict(part.strip().split(":", 1) for part in text.split(","))
        keys = {name: base64.b64decode(key, validate=True) for name, key in named.items()}
        index = keys.pop("index")
        numbered = {int(name): key for name, key in keys.items()}
    except (ValueError, KeyError) as error:
        raise SettingWrong("SEAL_KEYS is not a keyset. `python -m bot keys new` prints one.") from error
    if not numbered or any(len(key) != 32 for key in [index, *numbered.values()]):
        raise SettingWrong("Every key of SEAL_KEYS has 32 bytes. `python -m bot keys new` prints a keyset.")
    return Keyset(numbered, index)

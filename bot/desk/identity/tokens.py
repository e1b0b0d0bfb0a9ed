"""Secrets that somebody else holds: made by chance, kept here as hashes."""

import hashlib
import secrets


def new() -> str:
    """256 bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of it. Needs no key and no slowness: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()

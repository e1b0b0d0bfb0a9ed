"""Whom a hand-off goes to, and how they learn of it."""

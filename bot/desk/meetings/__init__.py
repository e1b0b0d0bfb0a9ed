"""Meetings at the desk, and calendars of others and our own."""

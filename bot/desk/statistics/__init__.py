"""Counts for a chief and a council: what was counted each day, which figures follow, and which of them may be shown."""

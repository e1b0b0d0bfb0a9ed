"""Watches the line: its figures, what they mean, and telling somebody who can help. Knows no page and no resident."""

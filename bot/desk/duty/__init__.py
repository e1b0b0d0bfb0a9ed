"""Who works when, what they hold, and how nobody waits unseen."""

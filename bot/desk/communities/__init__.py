"""How to write to people of a community, and practising it."""

"""Flows of other systems, brought over as far as both know the same kinds of steps."""

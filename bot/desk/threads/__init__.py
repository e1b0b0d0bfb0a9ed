"""One conversation as staff see and work on it."""

"""The web door: HTTP in, one use case called, an answer out."""

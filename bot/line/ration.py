"""So many of something at once, and one more now and then. One instant is all that is kept of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ration:
    """So many at once, and one more every so many milliseconds."""

    at_once: int
    every: int

    def after(self, full_at: int, at: int) -> int | None:
        """One is taken: when the ration is full again. None if none is left. An instant further away than it takes to
        fill was kept before the clock was put back."""
        due = full_at if at < full_at <= at + self.at_once * self.every else at
        return due + self.every if due + self.every <= at + self.at_once * self.every else None

"""Whether a supervisor has muted a resident: their texts are kept and neither answered nor shown at desks. Words of danger
never come here: the notice and the safety card of whoever is muted are those of everybody else."""

from bot.line.turning import Turning
from bot.text.safety import LABELS

LONGEST = 30 * 86_400_000  # ms
_AWAKE = 3_600_000  # ms


def is_muted(turn: Turning) -> bool:
    """A mute sleeps for an hour after a notice: whoever named a danger may have more to say of it, and is answered. One that
    ends later than the longest was made before the clock was put back."""
    until = turn.thread.muted_until if turn.thread else 0
    if not turn.at < until <= turn.at + LONGEST:
        return False
    noticed = (at for name, at in turn.memory.notices.items() if name in LABELS)
    return not any(0 <= turn.at - at < _AWAKE for at in noticed)

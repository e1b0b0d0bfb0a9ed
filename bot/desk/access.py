"""Who may do what: the one table of roles. What is not in it is not done. Knows no page and no database."""

from collections.abc import Mapping
from enum import StrEnum

from bot.model import Officer, Role

_O, _S, _A, _T, _R = Role.OFFICER, Role.SUPERVISOR, Role.ADMIN, Role.TRANSLATOR, Role.AUDITOR


class Deed(StrEnum):
    """A kind of thing people do at the desk. Whether a very thread is theirs to see is decided by its hand-offs."""

    OWN_ACCOUNT = "own account"  # signing out, one's own password, second factor, sessions and looks
    THREADS = "threads"  # read and answer threads, as far as they are one's own
    SUPERVISE = "supervise"  # all queues, all threads, load, mutes, review, approvals
    WATCH = "watch"  # the health of the line
    STAFF = "staff"  # who works here, in which role
    DUTY = "duty"  # shifts, on call, languages and their tests
    AUDIT = "audit"  # the trail of who did and opened what
    STATISTICS = "statistics"  # counts; nothing of one resident
    REPORTS = "reports"  # what residents filed
    MEETINGS = "meetings"
    LEARN = "learn"  # cultural notes and their practice
    EDIT_LEARNING = "edit learning"


ALLOWED: Mapping[Deed, frozenset[Role]] = {
    Deed.OWN_ACCOUNT: frozenset(Role),
    Deed.THREADS: frozenset({_O, _S, _A}),
    Deed.SUPERVISE: frozenset({_S, _A}),
    Deed.WATCH: frozenset({_S, _A}),
    Deed.STAFF: frozenset({_A}),
    Deed.DUTY: frozenset({_S, _A}),
    Deed.AUDIT: frozenset({_S, _A, _R}),
    Deed.STATISTICS: frozenset({_S, _A, _R}),
    Deed.REPORTS: frozenset({_O, _S, _A}),
    Deed.MEETINGS: frozenset({_O, _S, _A}),
    Deed.LEARN: frozenset({_O, _S, _A, _T}),
    Deed.EDIT_LEARNING: frozenset({_S, _A}),
}


def may(officer: Officer, deed: Deed) -> bool:
    return officer.role in ALLOWED[deed]

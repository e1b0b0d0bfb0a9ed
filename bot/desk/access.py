"""Who may do what: the one table of roles. What is not in it is not done. Knows no page and no database."""

from collections.abc import Mapping
from enum import StrEnum

from bot.line import complaints
from bot.model import Officer, Role

_O, _S, _A, _T, _R = Role.OFFICER, Role.SUPERVISOR, Role.ADMIN, Role.TRANSLATOR, Role.AUDITOR


class Stage(StrEnum):
    """How far somebody has come with signing in."""

    WHOLE = "whole"
    FACTOR = "factor"  # the password was right; the second factor is still to be given
    ENROL = "enrol"  # the password was right; a second factor must first be set up


class Deed(StrEnum):
    """A kind of thing people do at the desk. Whether a very thread is theirs to see is decided by its hand-offs."""

    SIGN_OUT = "sign out"
    GIVE_FACTOR = "give factor"  # the second step of signing in
    ENROL = "enrol"  # set up a second factor
    OWN_ACCOUNT = "own account"  # one's own password, second factors, sessions and looks
    THREADS = "threads"  # read and answer threads, as far as they are one's own
    SUPERVISE = "supervise"  # all queues, all threads, load, mutes, review, approvals
    WATCH = "watch"  # the health of the line
    STAFF = "staff"  # who works here, in which role
    DUTY = "duty"  # shifts, on call, languages and their tests
    CHANNELS = "channels"  # how providers are set up: templates of WhatsApp
    AUDIT = "audit"  # the trail of who did and opened what
    STATISTICS = "statistics"  # counts; nothing of one resident
    REPORTS = "reports"  # what residents filed
    MEETINGS = "meetings"
    LEARN = "learn"  # cultural notes and their practice
    EDIT_LEARNING = "edit learning"
    FLOWS = "flows"  # edit, try and publish what the line says
    WORDINGS = "wordings"  # what the line says in other languages; nothing of residents
    DEPARTMENT = "department"  # its names, numbers, hours, languages
    DIRECTORY = "directory"  # services near residents


ALLOWED: Mapping[Deed, frozenset[Role]] = {
    Deed.SIGN_OUT: frozenset(Role),
    Deed.GIVE_FACTOR: frozenset(Role),
    Deed.ENROL: frozenset(Role),
    Deed.OWN_ACCOUNT: frozenset(Role),
    Deed.THREADS: frozenset({_O, _S, _A}),
    Deed.SUPERVISE: frozenset({_S, _A}),
    Deed.WATCH: frozenset({_S, _A}),
    Deed.STAFF: frozenset({_A}),
    Deed.DUTY: frozenset({_S, _A}),
    Deed.CHANNELS: frozenset({_A}),
    Deed.AUDIT: frozenset({_S, _A, _R}),
    Deed.STATISTICS: frozenset({_S, _A, _R}),
    Deed.REPORTS: frozenset({_O, _S, _A}),
    Deed.MEETINGS: frozenset({_O, _S, _A}),
    Deed.LEARN: frozenset({_O, _S, _A, _T}),
    Deed.EDIT_LEARNING: frozenset({_S, _A}),
    Deed.FLOWS: frozenset({_A}),
    Deed.WORDINGS: frozenset({_A, _T}),
    Deed.DEPARTMENT: frozenset({_A}),
    Deed.DIRECTORY: frozenset({_S, _A}),
}

# All there is for somebody whose sign-in is not whole.
BEFORE: Mapping[Stage, frozenset[Deed]] = {
    Stage.FACTOR: frozenset({Deed.SIGN_OUT, Deed.GIVE_FACTOR}),
    Stage.ENROL: frozenset({Deed.SIGN_OUT, Deed.ENROL}),
}


def may(officer: Officer, deed: Deed) -> bool:
    return officer.role in ALLOWED[deed]


def may_read(officer: Officer, kind: str) -> bool:
    """Whether somebody may read reports of a kind: not where they may be one of those it is about."""
    return kind != complaints.KIND or complaints.may_read(officer)


def reaches(stage: Stage, deed: Deed) -> bool:
    """Whether somebody who has come so far with signing in may try this at all."""
    return stage == Stage.WHOLE or deed in BEFORE[stage]

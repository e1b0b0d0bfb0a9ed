"""Who is there, for tests of what officers do."""

from dataclasses import replace

import pytest

from bot.hotline import Hotline
from bot.model import Role
from tests.conftest import MONDAY
from tests.desk.post import Desk, Post
from tests.line import Clock


@pytest.fixture
def post(hotline: Hotline) -> Post:
    """Two officers who speak Spanish, and a supervisor."""
    clock = Clock(MONDAY)
    made = Post(replace(hotline, now=clock), clock)
    made.hire("anna", "es")
    made.hire("bela", "es")
    made.hire("santos", role=Role.SUPERVISOR)
    return made


@pytest.fixture
def desk(hotline: Hotline) -> Desk:
    """Those, one who speaks Vietnamese, and one who is not on shift."""
    clock = Clock(MONDAY)
    made = Desk(replace(hotline, now=clock), clock)
    made.hire("anna", "es")
    made.hire("bela", "es")
    made.hire("cleo", "vi")
    made.hire("dora", "es", on_shift=False)
    made.hire("santos", role=Role.SUPERVISOR)
    return made

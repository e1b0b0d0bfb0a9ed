"""Two translators, who read each other's words, and a machine they may ask."""

from collections.abc import Iterator

import pytest

from bot.desk.identity import accounts
from bot.hotline import Hotline
from bot.model import Officer, Role
from tests.fake_translator import FakeTranslator, fake_translator


@pytest.fixture
def ana(hotline: Hotline) -> Officer:
    return accounts.add(hotline, "ana", "Ana Ruiz", Role.TRANSLATOR, "", "", {})


@pytest.fixture
def bo(hotline: Hotline) -> Officer:
    return accounts.add(hotline, "bo", "Bo Lind", Role.TRANSLATOR, "", "", {})


@pytest.fixture(scope="module")
def machine() -> Iterator[FakeTranslator]:
    with fake_translator() as fake:
        yield fake

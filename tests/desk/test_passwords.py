"""Which passwords are too weak, and that what is kept tells nothing."""

import pytest

from bot.config import Config
from bot.desk.identity import passwords
from bot.errors import PuenteError
from bot.model import Officer, Role

OFFICER = Officer(1, "rodriguez", "Marisol Rodriguez", Role.OFFICER, "2147")
ADMIN = Officer(2, "boss", "Ada Boss", Role.ADMIN)
CONFIG = Config()


@pytest.mark.parametrize(
    "password",
    """Password2026! P@ssw0rd1234 Welcome123456 qwertyuiop123 1q2w3e4r5t6y 1qaz2wsx3edc zxcvbnm,./12 123456789012 0987654321098
    aaaaaaaaaaaaaaaa abcabcabcabc abcdefghijklm Summer-Winter-26 letmeinletmein iloveyou1234! dragonmonkey1 trustno1trustno1
    qazwsxedcrfv FootballFootball1 riverbend2026! RiverbendPD1234 rodriguez2147! marisolmarisol puente-puente-1 asdfghjkl;12
    contraseña123 Passwort12345 20252026202520 january-2026!! superman12345 police911police 111111111111 121212121212
    princess-2024 iloveyou-iloveyou thequickbrownfox correcthorsebatterystaple administrator1 changeme12345 azertyuiop12
    yankees-2025-yankees lkjhgfdsa123 Qwerty!Qwerty! monkey123monkey123""".split(),
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(PuenteError, match="among the first"):
        passwords.hashed(password, OFFICER, CONFIG)


@pytest.mark.parametrize(
    "password",
    ["seven purple teapots", "tulip-walnut-saddle-17", "quiet harbour 9 boats", "сорок две синих птицы", "x9$kQ2!vLm4&",
     "一只猫在屋顶上看着月亮睡觉", "Ünïcödé wörds àre fïne", "Unter einem Tisch aus Glas liegt kein Fisch, und so geht es weiter bis ans Ende einer langen Zeile, die kaum noch passt"],
)  # fmt: skip
def test_others_are_taken_and_count_exactly_as_typed(password: str) -> None:
    kept = passwords.hashed(password, OFFICER, CONFIG)

    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, password)
    assert not passwords.fits(kept, f"{password} ")


def test_lengths() -> None:
    for officer, password, sentence in (
        (OFFICER, "purple-otte", "at least 12"),
        (ADMIN, "purple-otters-", "at least 15"),
        (OFFICER, "purple otters " * 15, "at most 200"),
    ):
        with pytest.raises(PuenteError, match=sentence):
            passwords.hashed(password, officer, CONFIG)
    assert passwords.fits(passwords.hashed("purple-otters-2 ", ADMIN, CONFIG), "purple-otters-2 ")


def test_nobody_has_no_password() -> None:
    assert not passwords.fits("", "")
    assert not passwords.fits("not a hash", "not a hash")

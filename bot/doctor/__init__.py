"""Looks the whole line over and says what is good, doubtful or bad, and what to do about it. Changes nothing.

First every part is asked at once (`signs`), each for some seconds at most; then each check judges what was answered.
A check asks nobody, so it can be tried on any answer, and what could not be asked is said instead.
"""

from collections.abc import Callable, Iterable, Sequence

from bot.config import Config, read_environment
from bot.doctor import machines, settings, translator, twilio
from bot.doctor.signs import Check, Signs, look
from bot.errors import SettingWrong

__all__ = ["CHECKS", "Check", "Signs", "examine", "examine_here", "judge"]

CHECKS: Sequence[Callable[[Signs], Iterable[Check]]] = (
    settings.address,
    settings.department,
    settings.languages,
    settings.flows,
    settings.keys,
    settings.alarms,
    machines.database,
    machines.tables,
    machines.writing,
    machines.durability,
    machines.disk,
    machines.connections,
    machines.clocks,
    machines.redis,
    machines.heartbeats,
    translator.translator,
    twilio.account,
    twilio.token_before,
    twilio.sending,
    twilio.webhooks,
)


def examine_here() -> list[Check]:
    """The line of this folder and environment. Settings that cannot be used are a check by themselves."""
    try:
        config = read_environment()
    except SettingWrong as error:
        return [Check("settings", "bad", str(error), "Mend it in .env or the environment, then run this again.")]
    return examine(config)


def examine(config: Config) -> list[Check]:
    return judge(look(config))


def judge(signs: Signs) -> list[Check]:
    """Every check in its order. One that itself breaks is bad news, and keeps none of the others from being made."""
    found: list[Check] = []
    for check in CHECKS:
        try:
            found += check(signs)
        except Exception as error:
            says = f"This check could not be made ({type(error).__name__})."
            found.append(Check(check.__name__, "bad", says, "Please report this as a mistake of Puente."))
    return found

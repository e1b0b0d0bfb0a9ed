"""What residents and officers say in a storm, word by word. Every answer is the same each time but for its numbers,
so that what a resident was told on a calm day says what they must be told in a storm."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said, and how many texts the resident gets for it. `by` is resident, or what an officer does: claims,
    writes, closes."""

    words: str
    by: str = "resident"
    answers: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """A whole conversation."""

    name: str
    said: tuple[Said, ...]

    @property
    def texts(self) -> int:
        """How many of them the resident writes."""
        return sum(one.by == "resident" for one in self.said)


def _resident(*words: str) -> tuple[Said, ...]:
    return tuple(Said(one) for one in words)


GREETING = Script("a greeting, the menu, privacy", _resident("hola, buenos dias", "5", "1", "0", "gracias"))
LOST = Script(
    "lost keys, not sent",
    _resident(
        "perdi minhas chaves do carro", "não", "não sei", "sim", "chaves do carro e de casa", "chaveiro azul",
        "não sei onde foi", "hoje de manhã", "S", "não", "Beto", "1", "3", "obrigado",
    ),
)  # fmt: skip
THEFT = Script(
    "a stolen bicycle, to its number",
    _resident(
        "me robaron mi bici anoche afuera de la tienda, era roja", "no", "si", "si", "mi bicicleta", "2", "no",
        "frente al mercado en Dock Street, por el puerto", "si es ahi", "ayer en la noche como a las 9",
        "como 300 dolares", "roja, marca Trek", "no vi a nadie", "la tienda tiene cámara", "N", "Juana", "1", "1",
    ),
)  # fmt: skip
OFFICER = Script(
    "an officer is asked for, writes and closes",
    (
        Said("quiero hablar con un oficial que hable español"),
        Said("es sobre mi vecino que estaciona en mi lugar"),
        Said("", by="claims"),
        Said("Buenas tardes, ¿en qué calle vive?", by="writes"),
        Said("en la calle Gate 415", answers=0),
        Said("Mañana paso a hablar con él.", by="writes"),
        Said("Le aviso cuando termine.", by="writes"),
        Said("solved", by="closes"),
        Said("muchas gracias"),
    ),
)
CLAIMED = Script(
    "an officer is asked for and comes",
    (Said("quiero hablar con un oficial que hable español"), Said("S"), Said("", by="claims")),
)
QUICK = Script(
    "an officer writes without waiting",
    (
        *CLAIMED.said,
        *(Said(words, by="writes", answers=0) for words in ("Uno.", "Dos.", "Tres.", "Cuatro.")),
        Said("Cinco.", by="writes", answers=5),
    ),
)
SCRIPTS = (GREETING, OFFICER, LOST, THEFT, QUICK)

_REPORT_NUMBER = re.compile(r"\b\d\d-[0-9A-Z]{5}-[0-9A-Z]\b")


def without_numbers(text: str) -> str:
    """An answer without what differs each time: report numbers, places in a queue, minutes, dates."""
    return re.sub(r"\d+", "#", _REPORT_NUMBER.sub("#", text))

"""The parts of a line, and how they are put together. The only place that knows them all."""

import gc
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path

from bot import embedded_redis
from bot.channels.base import Channel
from bot.channels.simulator import Simulator
from bot.channels.twilio import of as twilio
from bot.config import Config, kept_secret
from bot.errors import SettingWrong
from bot.flow.library import Library
from bot.flow.script import Script, parse
from bot.live_texts import Texts, config_of, library_of, shipped
from bot.queue import Queue
from bot.store import documents
from bot.store.clock import milliseconds
from bot.store.database import Database
from bot.store.sealing import Keyset, new_keyset, read_keyset
from bot.text import language, safety
from bot.text.keywords import Keywords
from bot.text.safety_lexicon import Lexicon
from bot.translators.base import Translator
from bot.translators.libretranslate import LibreTranslate

CHANNELS: Mapping[str, Callable[[Config], Channel]] = {
    "twilio-sms": lambda config: twilio(config, "sms"),
    "twilio-whatsapp": lambda config: twilio(config, "whatsapp"),
    "simulator": lambda config: Simulator(),
}
Detector = Callable[[str], Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Hotline:
    """Everything a use case needs, in one value. Tests build one of other parts."""

    config: Config
    db: Database
    keys: Keyset
    queue: Queue
    channels: Mapping[str, Channel]
    texts: Texts
    library: Library  # what the texts say, read
    keywords: Keywords
    detect: Detector
    lexicon: Lexicon
    now: Callable[[], datetime]
    chance: random.Random = field(default_factory=random.SystemRandom)
    translator: Translator | None = None  # help for officers, where the department runs one

    def instant(self) -> int:
        """Now, as instants are stored: milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def today(self) -> date:
        """The day it is where the department is."""
        return self.now().date()

    def midnight(self, day: date) -> int:
        """The instant at which a day begins where the department is."""
        return int(datetime.combine(day, time(), self.config.timezone).timestamp() * 1000)


def build(config: Config) -> Hotline:
    """A line as the settings want it, speaking as it was shipped; `latest` gives it what was published since. Raises
    SettingWrong, FlowsBroken."""
    db = Database(config.database)
    library = replace(_shipped_library(), older=_older(db))
    return Hotline(
        config=config,
        db=db,
        keys=keys_of(config),
        queue=Queue(config.redis_url or embedded_redis.url(config.data_dir)),
        channels={name: make(config) for name, make in CHANNELS.items() if _wanted(name, config)},
        texts=shipped(),
        library=library,
        keywords=keywords_of(library, config.department_languages),
        detect=language.detect,
        lexicon=_lexicon(config),
        now=clock(config),
        translator=LibreTranslate(config.translator_url, config.translator_key) if config.translator_url else None,
    )


@cache
def _shipped_library() -> Library:
    return library_of(shipped())


def speaking(hotline: Hotline, texts: Texts) -> Hotline:
    """A line as its operator set it, speaking from other texts and with the settings they give its department. Raises
    FlowsBroken, SettingWrong."""
    library, config = library_of(texts), config_of(hotline.config, texts)
    library.older = _older(hotline.db)
    keywords = keywords_of(library, config.department_languages)
    return replace(hotline, texts=texts, library=library, config=config, keywords=keywords)


def keys_of(config: Config) -> Keyset:
    """What private fields are sealed with. Raises SettingWrong."""
    return read_keyset(config.seal_keys or _development_keys(config))


def warm(hotline: Hotline) -> None:
    """Read now what the first texts would otherwise all wait for, each thread reading it for itself."""
    language.load()
    safety.look("hello", None, hotline.lexicon)
    speak_once(hotline)
    hotline.queue.preload()
    hotline.db.preload()
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection needs to look through it again


def speak_once(hotline: Hotline) -> None:
    """Make the tables of every language offered, which the first text of each would otherwise wait for."""
    for tag in hotline.config.department_languages:
        hotline.library.wish(hotline.library.voice(tag), "hello")


def keywords_of(library: Library, languages: Sequence[str]) -> Keywords:
    """STOP, START, HELP and DELETE in every language of the department, and in others for who writes them."""
    voices = {tag: library.voice(tag) for tag in ("en", *languages)}
    names = ("stop", "start", "help", "delete")

    def others(tag: str) -> Mapping[str, Sequence[str]]:
        voice = library.voice(tag)
        return {name: library.words(voice, name) for name in names}

    return Keywords({name: {tag: library.words(voice, name) for tag, voice in voices.items()} for name in names}, others)


def clock(config: Config) -> Callable[[], datetime]:
    """Now, in the department's time zone."""
    zone = config.timezone
    return lambda: datetime.fromtimestamp(milliseconds() / 1000, zone)


def _lexicon(config: Config) -> Lexicon:
    if not config.safety_phrases:
        return safety.shipped()
    folder = Path(config.safety_phrases)
    if not folder.is_dir():
        raise SettingWrong(f"SAFETY_PHRASES={config.safety_phrases!r} is no folder.")
    return safety.load([folder])


def _older(db: Database) -> Callable[[str, str], Script | None]:
    """Finds a flow in a version that is no longer live, for residents who still stand in it."""

    @lru_cache(maxsize=64)
    def find(name: str, version: str) -> Script | None:
        body = documents.body(db, "flow", name, version)
        return parse(body, f"{name} {version}")[0] if body else None

    return find


def _wanted(name: str, config: Config) -> bool:
    if name == "twilio-whatsapp":
        return bool(config.whatsapp)  # off until somebody confirmed in writing that this department may use it
    return name != "simulator" or config.development


def _development_keys(config: Config) -> str:
    if not config.development:
        raise SettingWrong("SEAL_KEYS is missing. `python -m bot keys new` prints a keyset.")
    path = config.data_dir / "seal-keys"
    if not path.exists():
        config.data_dir.mkdir(parents=True, exist_ok=True)
        return kept_secret(config, "seal-keys", new_keyset())
    return path.read_text()

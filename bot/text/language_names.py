"""Names of languages: which one a text names, and how each is called in another.

Reads a small table made from CLDR beforehand and our own aliases; knows no thread and loads no locale data.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.text.fold import UNSPACED, fold

_TABLES = Path(__file__).parent / "language_model"
_OWN, _ALIAS, _DIRECTION = "=", "*", "@"

# Spoken languages helped by telephone: few of their speakers read them, so there are no texts to send.
_BY_TELEPHONE = (
    "mam quc kjb kek cak knj ixl cac jac mix zap trc nah tcf mco cta tsz tzo tzh qu cab rhg cnh cfm ctd eky ymm wo ff "
    "snk mnk bm tw kri ase"
)
VOICE_ONLY = frozenset(_BY_TELEPHONE.split())
MOST_LETTERS = 80  # a longer text names a language only in passing

# Words around the name in a text that only names a language, folded: "I speak …", "… please", "hablo …".
_AROUND = """
    i speak only in want need language the my is use please pls plz write talk text to me can you do help a
    speaker interpreter
    translator translate some someone who speaks with for have we change switch am know just little bit dialect
    native and
    hablo hablamos habla hablar hablan poco muy bien solo en idioma lengua quiero necesito por favor mi el la un
    una es interprete traductor traduccion de
    que hable alguien cambiar a entiendo yo dialecto porfavor porfa nada mas ustedes bajo alto
    falo fala so somente apenas lingua quero preciso interprete tradutor o um uma em eu minha alguem que fale
    je parle parlons seulement uniquement langue veux besoin d un une interprete en le l s il vous plait svp ma
    est du
    mwen m pale selman lang vle bezwen yon entepret tanpri se an nan
    toi em noi tieng muon can ngon ngu biet chi lam on phien dich vien xin bang minh giup
    ako po salita nagsasalita ng gusto ko wika lang kailangan marunong mag ang sa ako'y interpreter
    waan waxaan ku hadlaa af afka luqadda luuqada rabaa u baahanahay turjubaan kaliya
    ninasema nazungumza lugha nataka mkalimani naongea ya kwa
    я говорю на по только язык нужен переводчик мой хочу пожалуйста говорим языке хочу
    розмовляю говорю мовою українською тільки мова потрібен перекладач прошу мені
    انا اتكلم احكي اتحدث لغه اللغه فقط اريد مترجم بس لغتي من فضلك ana ba7ki bahki a7ki
    من به زبان صحبت ميكنم مي كنم فقط لطفا مترجم ميخواهم man zaban sohbat mikonam
    زه خبرې کوم ژبه يوازې
    main mein mai bolta bolti hoon hun hu bhasha sirf chahiye zaban boli bolda boldi haan
    मैं में बोलता बोलती हूं हूँ भाषा केवल सिर्फ चाहिए म बोल्छु मात्र आमी আমি ভাষা বলি কথা শুধু
    ben biliyorum konusuyorum sadece dili dilinde istiyorum tercuman
    ich spreche nur sprache auf bitte parlo solo io lingua mowie po tylko jezyk prosze vorbesc doar limba
    saya bicara bahasa hanya mau kuv hais lus xav tau tus txhais
    저는 만 합니다 해요 말해요 통역
"""
_HAN_AROUND = re.compile(
    r"^(?:我(?:只|会|會|想|要|是)*(?:说|說|讲|講|用|要|懂)*|请(?:用|说|讲)?|請(?:用|說|講)?|用|讲|講|说|說)+"
    r"|(?:谢谢|謝謝|吧|可以吗|可以嗎|翻译|翻譯)$"
)
_JOINED = re.compile(r"[/,;&+]|\b(?:y|o|and|or|e|ou|et|ak|va|hoac|at)\b")
# Names that are plain words in a language already being written.
_WORDS_OF = {"tl": frozenset({"hindi"}), "id": frozenset({"dari"}), "pl": frozenset({"mam"})}


@dataclass(frozen=True, slots=True)
class _Names:
    tags: dict[str, frozenset[str]]  # folded name -> tags
    said: dict[tuple[str, str], str]  # (tag, language it is said in) -> name
    from_right: frozenset[str]
    around: frozenset[str]  # words that may stand beside a name, folded


# Directories say "zh" for any Chinese; a resident who names it is asked for the form they read.
_SAID_ONLY = frozenset({"zh", "yue"})


def _rows() -> Iterator[tuple[str, str, str]]:
    for table in ("names.tsv", "name_aliases.tsv"):
        for line in (_TABLES / table).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                tag, said, name = line.split("\t")
                yield tag, said, name


@lru_cache(maxsize=1)
def _names() -> _Names:
    plain = fold.__wrapped__  # thousands of names read once need no place in its cache
    alone: dict[frozenset[str], frozenset[str]] = {}  # one set for each language, however many names it has
    cldr: dict[str, frozenset[str]] = {}
    ours: dict[str, frozenset[str]] = {}
    said: dict[tuple[str, str], str] = {}
    from_right: set[str] = set()
    for tag, where, name in _rows():
        if where == _DIRECTION:
            from_right.add(tag)
            continue
        if where != _ALIAS:
            said[sys.intern(tag), sys.intern(where)] = name.split("|")[0]
        if tag in _SAID_ONLY:
            continue
        known = ours if where == _ALIAS else cldr
        for one in name.split("|"):
            if folded := plain(one):
                tags = known.get(folded, frozenset()).union(tag.split())
                known[folded] = alone.setdefault(tags, tags)
    around = frozenset(word for one in _AROUND.split() for word in plain(one).split())
    return _Names(cldr | ours, said, frozenset(from_right), around)  # ours win where both know a name


def named(text: str, standing: str | None = None) -> frozenset[str]:
    """The tags of the languages a text names, if it does nothing else: "Spanish", "hablo mam", "tieng viet",
    "chino" (both forms of Chinese), "mam y español"; else none.

    `standing` is the language already being written: "hindi" is "no" in Tagalog.
    """
    if len(text) > MOST_LETTERS:
        return frozenset()
    folded = fold(text)
    found = _one(folded)
    if not found:
        parts = [fold(part) for part in _JOINED.split(_fold_keeping_joints(text))]
        each = [_one(part) for part in parts if part]
        found = frozenset().union(*each) if len(each) > 1 and all(each) else frozenset()
    if standing and folded in _WORDS_OF.get(standing, frozenset()):
        return frozenset()
    return found


def _fold_keeping_joints(text: str) -> str:
    """Folded, with the signs kept that stand between two names."""
    return " ".join(fold(part) if part not in "/,;&+" else part for part in re.split(r"([/,;&+])", text) if part)


def _one(folded: str) -> frozenset[str]:
    """The tags of one name, with or without words around it."""
    tags, around = _names().tags, _names().around
    if folded in tags:
        return tags[folded]
    if UNSPACED.search(folded):
        bare = _HAN_AROUND.sub("", folded.replace(" ", ""))
        if bare in tags:
            return tags[bare]
    words = folded.split()
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            name = " ".join(words[start:end])
            if name in tags and all(word in around for word in words[end:]):
                return tags[name]
        if words[start] not in around:
            break
    return frozenset()


def endonym(tag: str) -> str:
    """What a language calls itself, written large: "Español", "Tiếng Việt", "简体中文"; else its English name."""
    own = _names().said.get((tag, _OWN))
    return own[:1].upper() + own[1:] if own else english_name(tag)


def english_name(tag: str) -> str:
    """The name in English ("Haitian Creole"); the tag itself where none is known."""
    return _names().said.get((tag, "en"), tag)


def spoken_name(tag: str) -> str:
    """The English word to say for an interpreter: writing does not matter on the telephone.

    >>> spoken_name("zh-Hans"), spoken_name("zh-Hant"), spoken_name("tl")
    ('Mandarin', 'Cantonese', 'Tagalog')
    """
    return {"zh-Hans": "Mandarin", "zh-Hant": "Cantonese"}.get(tag) or english_name(tag)


def name_in(tag: str, language: str) -> str:
    """The name of `tag` as said in `language` ("fr" in "es" is "francés"); in English where that is not known."""
    return _names().said.get((tag, language)) or (endonym(tag) if tag == language else english_name(tag))


def direction(tag: str) -> str:
    """Either "rtl" or "ltr", as HTML's `dir` wants it."""
    return "rtl" if tag in _names().from_right else "ltr"

"""Numbers people write in answers: amounts of money, counts, phone numbers.

Reads digits of any script with the separators and the "thousand" words of many languages; number words alone
("three hundred") it does not know, and neither which currency is meant.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from bot.text.fold import UNSPACED, western

_LONGEST = 2000
_MOST_DIGITS = 15  # more of them is an account or a serial number, not an amount


def number(text: str) -> Decimal | None:
    """The amount a text names, without sign or currency: the number beside a currency if there is one, else the
    first. None if no number is written in digits.

    >>> number("about $1,200.50"), number("1.200,50"), number("٣٠٠"), number("2万"), number("zero")
    (Decimal('1200.50'), Decimal('1200.50'), Decimal('300'), Decimal('20000'), None)
    """
    bare = _bare(text[:_LONGEST])
    first: Decimal | None = None
    for amount, start, end in _amounts(bare):
        before = bare[max(0, start - 12) : start]
        if _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(bare, end):
            return amount
        if first is None and not _NAME_BEFORE.search(before):
            first = amount
    return first


def count(text: str, least: int, most: int) -> int | None:
    """The whole number a text names, if it lies from least to most (both included); else None."""
    amount = number(text)
    if amount is None or amount != amount.to_integral_value() or not least <= amount <= most:
        return None
    return int(amount)


def phone(text: str, region: str = "US") -> str | None:
    """A phone number as E.164 ("+14085550123"), from a channel's address or as a person writes it, alone or within
    a text; None if there is none that could be dialled. A number without country code is of the region.
    """
    import phonenumbers  # its tables take a while to load: only for who asks

    plain = western(unicodedata.normalize("NFKC", text[:_LONGEST])).strip().removeprefix("whatsapp:")
    parsed: phonenumbers.PhoneNumber | None = None
    if not _LETTER.search(plain):
        with suppress(phonenumbers.NumberParseException):
            parsed = phonenumbers.parse(plain, region)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        # Words or more numbers around it: look for one that is certain.
        parsed = next((found.number for found in phonenumbers.PhoneNumberMatcher(plain, region, max_tries=50)), None)
    if parsed is None:
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _bare(text: str) -> str:
    """Small letters without accents, Western digits; punctuation and length of spaces as they are."""
    letters = unicodedata.normalize("NFD", western(unicodedata.normalize("NFKC", text)).lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c) != "Mn"))


def _one_of(words: dict[str, int] | str) -> str:
    """A pattern for words, longest first; those of spaced scripts only where no letter follows."""
    listed = sorted(words.split() if isinstance(words, str) else words, key=len, reverse=True)
    return "|".join(re.escape(w) + ("" if _NO_SPACES.match(w) else r"(?![^\W\d_])") for w in listed)


_LETTER = re.compile(r"[^\W\d_]")
_NO_SPACES = re.compile(f"{UNSPACED.pattern}|[\uac00-\ud7a3]")

# Words after a number that multiply it: en, es, zh, vi, ko, tl, ar, ht, ru, pt, fr.
_TIMES = {
    100: "hundred 百 trăm 백 daan مئة مية مائة сотен сотни",
    1000: "k thousand thousands grand mil 千 仟 nghìn ngàn 천 libo libong ألف آلاف mille тысяч тысячи тысяча тыс",
    10_000: "万 萬 만",
    1_000_000: "million millions mln millón millones triệu tr 백만 milyon milyong مليون ملايين миллион миллиона "
    "миллионов млн milhão milhões",
    100_000_000: "亿 億 억",
}
_MULTIPLIER = {word: times for times, words in _TIMES.items() for word in _bare(words).split()}
# After these a single digit counts tenths of them: 2万5 is 25,000, "2 triệu 5" is 2,500,000.
_TENTHS_FOLLOW = frozenset(_bare("百 千 万 萬 亿 億 trăm nghìn ngàn triệu").split())
_CURRENCY = (
    "dollar dollars buck bucks usd us$ dólares dólar pesos peso euro euros quetzales lempiras 元 块 塊 美元 美金 刀 đô "
    "đôla đồng đ 달러 불 원 dolyar piso دولار دولارات دولارا dola goud доллар доллара долларов рублей руб "
    "reais real balles goudes"
)
_SIGNS = "$€£¥₩₫₱₽₹₪₺₴﷼"
_CURRENCY_AFTER = re.compile(rf"\s*(?:[{_SIGNS}]|{_one_of(_bare(_CURRENCY))})")
_CURRENCY_BEFORE = re.compile(rf"(?:[{_SIGNS}]|(?<![a-z])(?:us|usd|rs|rs\.|mxn|php|vnd|krw|rub|eur|hkd|cny|rmb))\s?$")
_NAME_BEFORE = re.compile(r"[a-z][-_]?$")  # A12, F-150: names, not numbers

# Spaces group digits only in full threes after one to three others: "2 300" is one number, "5 2" is two.
_TERM = re.compile(
    r"(?P<digits>\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?(?![\d])|\d+(?:[.,'’٫٬،]\d+)*|(?<!\d)\.\d+)"
    rf"(?:\s?(?P<times>{_one_of(_MULTIPLIER)}))?"
)


def _amounts(bare: str) -> Iterator[tuple[Decimal, int, int]]:
    """Every number with its start and end, those that belong together added up: 1万2千, 2 mil 500."""
    total: Decimal | None = None
    start = end = least = 0
    word = ""
    for term in _TERM.finditer(bare):
        value = _value(term["digits"])
        if value is None:
            continue
        times = _MULTIPLIER.get(term["times"] or "", 1)
        further = _further(value, times, term["digits"], least, word) if not bare[end : term.start()].strip() else None
        if total is not None and further is not None:
            total += further
        else:
            if total is not None:
                yield total, start, end
            total, start = value * times, term.start()
        end, least, word = term.end(), times, term["times"] or ""
    if total is not None:
        yield total, start, end


def _further(value: Decimal, times: int, digits: str, least: int, word: str) -> Decimal | None:
    """What a number right after a multiplied one (times `least`, by `word`) adds to it; None if it stands alone."""
    if times > 1 and value * times < least:
        return value * times
    if times == 1 and len(digits) == 1 and word in _TENTHS_FOLLOW:
        return value * least / 10
    return value if times == 1 and least == 1000 and len(digits) == 3 else None


def _value(digits: str) -> Decimal | None:
    """A number by its separators: the last of two kinds is the decimal sign; one alone is it unless full threes
    follow; None for what is no number, as 6.5.2025.
    """
    plain = re.sub("[ '’٬]", "", digits).replace("٫", ".").replace("،", ",")
    decimal = plain[max(plain.rfind("."), plain.rfind(","), 0)]
    if "." in plain and "," in plain:
        plain = plain.replace("," if decimal == "." else ".", "")
        if plain.count(decimal) > 1:
            return None
    elif re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3}", plain):
        plain = plain.replace(decimal, "")  # the second form is Indian: 1,00,000
    elif plain.count(decimal) > 1 and not decimal.isdigit():
        return None
    if len(plain) > _MOST_DIGITS:
        return None
    return Decimal(plain.replace(",", "."))

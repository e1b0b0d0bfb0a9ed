"""Private numbers (Social Security, A-number, passport, card, bank account) hidden before anybody reads them.

Knows shapes, check digits and the words people put before a number; knows nothing of who may see it.
"""

import re
from functools import lru_cache

from bot.text.fold import western

__all__ = ["mask", "masked"]

HIDDEN = "*"
KEPT = 2  # digits left to see, so that resident and officer can speak of the same number
BEFORE, AFTER = 48, 16  # how far from a number its naming word may stand

# One alternative per shape, the most telling first; every repetition is bounded, so time is linear.
_NUMBER = re.compile(
    r"""(?<![^\W\u3040-\u9fff\uac00-\ud7a3])(?:  # Chinese, Japanese and Korean put no space before a number
      (?P<abroad>(?:\+|00)[ ]?\d[\d ().-]{6,17}\d)
    | (?P<iban>[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?)
    | (?P<alien>[AaАа][ ]?\#?[ -]?\d{3}[ -]?\d{3}[ -]?\d{2,3})
    | (?P<phone>(?:1[ .-]?)?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4})
    | (?P<date>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})
    | (?P<social>\d{3}([ .–-]{1,3})\d{2}[ .–-]{1,3}\d{4})
    | (?P<card>\d{4}(?:[ .–-]{0,2}\d){9,15})
    | (?P<zip>\d{5}-\d{4})
    | (?P<book>[A-Z]{1,3}[ -]?\d{6,9}[A-Z]?|\d{2}[A-Z]{2}\d{5})
    | (?P<grouped>\d{2,6}(?:[ .-]\d{2,6}){1,5})
    | (?P<plain>\d{5,18})
    )(?![^\W\u3040-\u9fff\uac00-\ud7a3]|[-/]\d)""",
    re.VERBOSE | re.IGNORECASE,
)

# What residents call such a number, and what else numbers are called, in the languages of the line.
_PRIVATE = (
    "ssn|s\\.s\\.n|itin|social security|social|sócial|seguro social|sosyal|sécu|secu|sécurité sociale|securite sociale|"
    "segurança social|соц|ssn|соушл|сошиал|соціальн|an sinh|社安|社会安全|社會安全|社保|工卡|소셜|사회보장|주민|الضمان|ضمان|السوشيال|سوشيال|سوشل|"
    "سوسیال|سوشیال|تامین اجتماعی|सोशल|সোশ্যাল|সোশাল|ਸੋਸ਼ਲ|સોશિયલ|ሶሻል|lambarka bulshada|alien number|uscis|a number|a-number|número a|numero a|"
    "passport|pasaporte|passeport|passaporte|paspò|paspo|pasaport|pasport|paszport|pasipoti|baasaboor|hộ chiếu|ho chieu|护照|護照|여권|паспорт|"
    "جواز|پاسپورت|پاسپورٹ|पासपोर्ट|राहदानी|পাসপোর্ট|ਪਾਸਪੋਰਟ|પાસપોર્ટ|ፓስፖርት|ပတ်စပို့|លិខិតឆ្លងដែន|green card|greencard|гринкарт|грін|visa number|visa no|"
    "card|tarjeta|carte|cartão|cartao|kat kredi|kat la|thẻ|tín dụng|卡号|卡號|信用卡|银行卡|銀行卡|카드|карт|بطاقة|بطاقه|کارت|کارڈ|कार्ड|কার্ড|karta|karty|kadi|kaarka|ካርድ|ਕਾਰਡ|કાર્ડ|"
    "account|acct|routing|iban|bank|cuenta|ruta|compte|conta|kont|tài khoản|tai khoan|账号|賬號|帳號|账户|帳戶|계좌|счет|счёт|рахун|حساب|حسابي|"
    "अकाउंट|खाता|খাতা|একাউন্ট|অ্যাকাউন্ট|اکاؤنٹ|konto|konta|akaunti|xisaab|ሂሳብ|ਖਾਤਾ|ખાતા|license|licence|licencia|licença|permis de conduire|бс|driver"
)
_PUBLIC = (
    "phone|tel|telefon|teléfono|telefono|téléphone|cell|celular|mobile|móvil|call|whatsapp|zelle|llame|llamar|appel|fax|telefòn|rele|điện thoại|dien thoai|sđt|sdt|"
    "电话|電話|手机|手機|전화|핸드폰|연락처|телефон|тел|номер телефона|هاتف|تلفون|موبايل|موبایل|تلفن|فون|फोन|फ़ोन|मोबाइल|ফোন|মোবাইল|simu|taleefan|ስልክ|ਫੋਨ|ફોન|"
    "report|case|incident|reporte|caso|expediente|folio|rapport|dossier|rapò|rapo|dosye|boletim|ocorrência|ocorrencia|hồ sơ|ho so|vụ|案号|案件|案號|报告|報告|编号|編號|"
    "신고|사건|접수|отчет|отчёт|дело|заявлен|звіт|справ|تقرير|بلاغ|گزارش|پرونده|رپورٹ|रिपोर्ट|केस|রিপোর্ট|কেস|raport|zgłoszen|zgloszen|ripoti|kesi|warbixin|ሪፖርት|ਰਿਪੋਰਟ|રિપોર્ટ|"
    "order|tracking|pedido|rastreo|guía|colis|commande|订单|快递|單號|单号|운송장|주문|заказ|посыл|طلب|ticket|citation|multa|boleta|badge|placa|plate|serial|imei|vin|model|modelo|unit|confirmation|invoice|factura|"
    "apt|suite|dirección|direccion|address|adresse|endereço|địa chỉ|dia chi|地址|주소|адрес|عنوان|zip|код|code|código|codigo|código postal|邮编|郵編"
)
_NAMED = re.compile(f"(?P<private>{_PRIVATE})|(?P<public>{_PUBLIC})|(?P<money>[$€£¥₹]\\s?$)", re.IGNORECASE)
_CARD_STARTS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|(?:30|36|38|39)\d{12}|35\d{14}|"
    r"(?:6011|65|64)\d{12,14}|62\d{14,17}|(?:50|5[6-9]|6[0-9])\d{11,17}"
)


def mask(text: str) -> str:
    """The text with private numbers hidden but for their last two digits.

    >>> mask("my ssn is 987-65-4321, call 617-555-0199")
    'my ssn is ***-**-**21, call 617-555-0199'
    """
    return masked(text)[0]


@lru_cache(maxsize=4096)
def masked(text: str) -> tuple[str, int]:
    """The text with private numbers hidden, in any digits, and how many were hidden."""
    plain = western(text)  # as long as the text, so that places in one are places in the other
    hidden = [found.span() for found in _NUMBER.finditer(plain) if _is_private(found, plain)]
    for start, end in hidden:
        text = text[:start] + _veiled(text[start:end]) + text[end:]
    return text, len(hidden)


def _veiled(number: str) -> str:
    digits = sum(char.isdigit() for char in number)
    veiled = []
    for char in number:
        if char.isdigit():
            digits -= 1
            veiled.append(char if digits < KEPT else HIDDEN)
        else:
            veiled.append(HIDDEN if char.isalpha() else char)
    return "".join(veiled)


def _is_private(found: re.Match[str], text: str) -> bool:
    shape = found.lastgroup
    digits = re.sub(r"\D", "", found.group())
    named = _named(text, found.start(), found.end())
    match shape:
        case "alien":
            return True
        case "iban":
            return _iban(re.sub(r"[ ]", "", found.group()).upper())
        case "social":
            return named != "public" or not _touches(text, found.start())
        case "card":
            return _is_card(digits) or named == "private"
        case "book":
            return named == "private" or (named != "public" and len(digits) >= 7)
        case "grouped":
            return (_is_card(digits) and named != "public") or (named == "private" and 8 <= len(digits) <= 18)
        case "plain":
            return named == "private" or (named is None and (len(digits) == 9 or _is_card(digits)))
    return False


def _named(text: str, start: int, end: int) -> str | None:
    """What the word nearest before a number (or just after it) makes of it: private, public, or nothing said."""
    name = None
    for named in _NAMED.finditer(text, max(0, start - BEFORE), start):
        name = named.lastgroup
    if name is None and (after := _NAMED.search(text, end, min(len(text), end + AFTER))):
        name = after.lastgroup
    return "public" if name == "money" else name


def _touches(text: str, start: int) -> bool:
    """Whether the word that names a number stands right before it."""
    return bool(_NAMED.search(text, max(0, start - 14), start))


def _is_card(digits: str) -> bool:
    """Whether a card company could have given out these digits (ISO/IEC 7812: known start, Luhn check digit)."""
    return bool(_CARD_STARTS.fullmatch(digits)) and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _iban(number: str) -> bool:
    """Whether the check digits of an international account number are right (ISO 7064, mod 97)."""
    moved = number[4:] + number[:4]
    return 15 <= len(number) <= 34 and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1

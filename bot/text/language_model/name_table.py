"""Rebuild `names.tsv`, the names and directions of languages, from CLDR through Babel.

`python -m bot.text.language_model.name_table`

Only this command needs Babel; the line reads the small table.
"""

from pathlib import Path

from babel import Locale, UnknownLocaleError

TABLE = Path(__file__).with_name("names.tsv")
# Our tag where CLDR's differs, for the language named and for the language it is named in.
_CLDR = {"tl": "fil", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "prs": "fa_AF", "bs": "bs", "hmn": "hmn", "ku": "ku"}
NAMED = (
    "en es zh-Hans zh-Hant vi ko tl ar ht ru pt fr uk prs ps so am hmn ne my bn km fa ur hi pa gu sw ti pl lo ja th hy "
    "rw rn tr ro sq om uz yo it de sm mh chk ilo mn ml te ta he yi nv mr kn ckb ku ig ha ka bs hr sr el hu cs bg id ms "
    "nl sv fi da nb sk lt lv et wo ff bm ak ln si ug bo kk ky tg tk az zu xh to fj haw quc kea rhg chr qu zh yue"
)
IN = (
    "en es zh-Hans zh-Hant vi ko tl ar ru pt fr uk fa ur hi bn am so ja de it pl tr ne pa gu my km th ro sw id ps hy he"
)

# CLDR does not know Haitian Creole: ours.
_IN_HAITIAN = {
    "en": "anglè", "es": "panyòl", "zh": "chinwa", "zh-Hans": "chinwa senplifye", "zh-Hant": "chinwa tradisyonèl",
    "yue": "kantonè", "vi": "vyetnamyen", "ko": "koreyen", "tl": "tagalòg", "ar": "arab", "ht": "kreyòl ayisyen",
    "ru": "ris", "pt": "pòtigè", "fr": "franse", "uk": "ikrenyen", "prs": "dari", "ps": "pachto", "so": "somalyen",
    "am": "amarik", "hmn": "mong", "ne": "nepalè", "my": "biman", "bn": "bengali", "km": "kmè", "fa": "pèsan",
    "ur": "oudou", "hi": "endi", "pa": "pendjabi", "gu": "goujarati", "sw": "swahili", "ti": "tigrigna", "pl": "polonè",
    "lo": "lao", "ja": "japonè", "th": "tay", "hy": "amenyen", "rw": "kinyarwanda", "tr": "tik", "de": "alman",
    "it": "italyen", "ilo": "ilokano",
}  # fmt: skip


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(_CLDR.get(tag, tag).replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None


def rows() -> list[str]:
    """`tag<TAB>in<TAB>name`, and `tag<TAB>@<TAB>rtl` where a language is written from right to left."""
    made = []
    for tag in NAMED.split():
        own = _locale(tag)
        if own is not None:
            made.append(f"{tag}\t=\t{own.get_display_name() if '_' in _CLDR.get(tag, '') else own.language_name}")
            if own.text_direction == "rtl":
                made.append(f"{tag}\t@\trtl")
        for said in IN.split():
            where = _locale(said)
            name = _name(tag, where) if where is not None else None
            if name:
                made.append(f"{tag}\t{said}\t{name}")
        if tag in _IN_HAITIAN:
            made.append(f"{tag}\tht\t{_IN_HAITIAN[tag]}")
    return made


def _name(tag: str, where: Locale) -> str | None:
    key = _CLDR.get(tag, tag)
    names = where.languages
    return names.get(key) or names.get(key.replace("_", "-"))


def main() -> None:
    heading = "# From CLDR (Unicode licence), by name_table.py: tag, language it is said in (= its own), name\n"
    TABLE.write_text(heading + "\n".join(rows()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

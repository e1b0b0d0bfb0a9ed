"""Date words in twelve languages, on a Wednesday afternoon: 25 November 2026, 14:30."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import date_words
from bot.text.when import When, understand

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=ZONE)
LOCALES = Path(__file__).resolve().parents[1] / "locales"
TAGS = ("en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr")


def short(when: When | None) -> str:
    """A span in a line: start, "- end" if it has one, precision, flags."""
    if when is None:
        return "none"
    start = f"{when.start:%y-%m-%d %H:%M}" if when.start else "?"
    end = f" - {when.end:%m-%d %H:%M}" if when.end else ""
    return " ".join([f"{start}{end} {when.precise}", *sorted(when.flags)])


DAYS = {
    "today": "26-11-25 00:00 - 11-26 00:00 day",
    "yesterday": "26-11-24 00:00 - 11-25 00:00 day",
    "day before yesterday": "26-11-23 00:00 - 11-24 00:00 day",
    "three days ago": "26-11-22 00:00 - 11-23 00:00 day",
    "last night": "26-11-24 18:00 - 11-25 06:00 part",
    "this morning": "26-11-25 05:00 - 11-25 12:00 part",
    "last Monday": "26-11-23 00:00 - 11-24 00:00 day",
    "5 June": "26-06-05 00:00 - 06-06 00:00 day",
    "yesterday at three": "26-11-24 15:00 time",
    "two hours ago": "26-11-25 12:30 time",
    "last week": "26-11-16 00:00 - 11-23 00:00 unsure",
    "now": "26-11-25 14:30 time now",
}
SAME_IN_EVERY_LANGUAGE = {
    "en": ["today", "yesterday", "the day before yesterday", "3 days ago", "last night", "this morning",
        "last Monday", "June 5", "yesterday at 3 pm", "2 hours ago", "last week", "just now"],
    "es": ["hoy", "ayer", "anteayer", "hace 3 días", "anoche", "esta mañana", "el lunes pasado", "5 de junio",
        "ayer a las 3 de la tarde", "hace dos horas", "la semana pasada", "ahorita"],
    "zh-Hans": ["今天", "昨天", "前天", "三天前", "昨晚", "今早", "星期一", "6月5日", "昨天下午3点", "两个小时前",
        "上周", "刚才"],
    "zh-Hant": ["今天", "昨天", "前天", "3天前", "昨天晚上", "今天早上", "星期一", "六月五號", "昨天下午三點",
        "兩小時前", "上個星期", "剛剛"],
    "vi": ["hôm nay", "hôm qua", "hôm kia", "3 ngày trước", "tối qua", "sáng nay", "thứ hai", "ngày 5 tháng 6",
        "hôm qua lúc 3 giờ chiều", "2 tiếng trước", "tuần trước", "bây giờ"],
    "ko": ["오늘", "어제", "그저께", "3일 전", "어젯밤", "오늘 아침", "월요일", "6월 5일", "어제 오후 3시",
        "두 시간 전", "지난주", "방금"],
    "tl": ["ngayong araw", "kahapon", "kamakalawa", "3 araw na ang nakalipas", "kagabi", "kaninang umaga",
        "noong Lunes", "ika-5 ng Hunyo", "kahapon ng alas tres ng hapon", "2 oras ang nakalipas",
        "noong nakaraang linggo", "ngayon lang"],
    "ar": ["اليوم", "أمس", "أول أمس", "منذ ٣ أيام", "الليلة الماضية", "هذا الصباح", "يوم الاثنين الماضي", "٥ يونيو",
        "امبارح الساعة ٣ العصر", "قبل ساعتين", "الأسبوع الماضي", "الآن"],
    "ht": ["jodi a", "yè", "avanyè", "sa gen 3 jou", "yè swa", "maten an", "lendi pase", "5 jen",
        "yè a twazè nan apremidi", "sa gen dezèdtan", "semèn pase", "kounye a"],
    "ru": ["сегодня", "вчера", "позавчера", "3 дня назад", "прошлой ночью", "сегодня утром",
        "в прошлый понедельник", "5 июня", "вчера в три часа дня", "2 часа назад", "на прошлой неделе",
        "только что"],
    "pt": ["hoje", "ontem", "anteontem", "há 3 dias", "ontem à noite", "hoje de manhã", "segunda-feira passada",
        "5 de junho", "ontem às 3 da tarde", "duas horas atrás", "semana passada", "agora mesmo"],
    "fr": ["aujourd’hui", "hier", "avant-hier", "il y a trois jours", "la nuit dernière", "ce matin",
        "lundi dernier", "le 5 juin", "hier à 3 heures de l'après-midi", "il y a 2 heures", "la semaine dernière",
        "maintenant"],
}  # fmt: skip
IN_EVERY_LANGUAGE = [
    (tag, text, expected)
    for tag, texts in SAME_IN_EVERY_LANGUAGE.items()
    for text, expected in zip(texts, DAYS.values(), strict=True)
]


@pytest.mark.parametrize(("tag", "text", "expected"), IN_EVERY_LANGUAGE)
def test_the_same_days_in_every_language(tag: str, text: str, expected: str) -> None:
    assert short(understand(text, tag, NOW)) == expected


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        # Days
        ("en", "on Wednesday", "26-11-18 00:00 - 11-19 00:00 day"),  # today would be called today
        ("en", "next friday", "26-11-27 00:00 - 11-28 00:00 day future"),
        ("en", "the 5th", "26-11-05 00:00 - 11-06 00:00 day"),
        ("zh-Hans", "五号", "26-11-05 00:00 - 11-06 00:00 day"),
        ("zh-Hans", "上周一", "26-11-16 00:00 - 11-17 00:00 day"),  # of the week before, unlike "last Monday"
        ("ko", "지난주 월요일", "26-11-16 00:00 - 11-17 00:00 day"),
        ("vi", "thứ hai tuần trước", "26-11-16 00:00 - 11-17 00:00 day"),
        ("vi", "2 tuần trước", "26-11-11 00:00 - 11-12 00:00 day"),
        ("es", "hace 3 semanas", "26-11-04 00:00 - 11-05 00:00 day"),
        ("es", "mañana", "26-11-26 00:00 - 11-27 00:00 day future"),  # not "in the morning"
        ("es", "hace 6 meses", "26-05-01 00:00 - 06-01 00:00 month"),
        ("ko", "이틀 전 저녁에", "26-11-23 17:00 - 11-23 23:00 part"),
        ("ar", "قبل يومين", "26-11-23 00:00 - 11-24 00:00 day"),  # the dual
        ("ru", "неделю назад", "26-11-18 00:00 - 11-19 00:00 day"),
        ("tl", "dalawang linggo na ang nakalipas", "26-11-11 00:00 - 11-12 00:00 day"),
        ("en", "2-3 days ago", "26-11-22 00:00 - 11-24 00:00 unsure"),
        ("en", "last weekend", "26-11-21 00:00 - 11-23 00:00 unsure"),
        # Dates
        ("en", "6/5", "26-06-05 00:00 - 06-06 00:00 day"),  # the month first
        ("es", "6/5", "26-05-06 00:00 - 05-07 00:00 day"),  # the day first
        ("vi", "6/5", "26-05-06 00:00 - 05-07 00:00 day"),
        ("tl", "6/5", "26-06-05 00:00 - 06-06 00:00 day"),
        ("en", "13/5/2026", "26-05-13 00:00 - 05-14 00:00 day"),  # only so a date
        ("es", "5/13/26", "26-05-13 00:00 - 05-14 00:00 day"),
        ("ru", "05.06", "26-06-05 00:00 - 06-06 00:00 day"),
        ("en", "2026-06-05", "26-06-05 00:00 - 06-06 00:00 day"),
        ("ar", "٥/٦/٢٠٢٦", "26-06-05 00:00 - 06-06 00:00 day"),
        ("en", "12/31", "25-12-31 00:00 - 01-01 00:00 day"),  # the last one, eleven months ago
        ("en", "12/20", "26-12-20 00:00 - 12-21 00:00 day future"),  # nearer than the last one: ask
        ("en", "june 5 2027", "27-06-05 00:00 - 06-06 00:00 day future"),
        ("es", "15 de enero de 2025", "25-01-15 00:00 - 01-16 00:00 day older_than_a_year"),
        ("en", "March", "26-03-01 00:00 - 04-01 00:00 month"),
        ("en", "in june 2024", "24-06-01 00:00 - 07-01 00:00 month older_than_a_year"),
        ("en", "2 years ago", "24-01-01 00:00 - 01-01 00:00 unsure older_than_a_year"),
        ("en", "February 29", "24-02-29 00:00 - 03-01 00:00 day older_than_a_year"),
        ("en", "2/30", "none"),
        ("en", "2/29/2025", "none"),
        # Times
        ("es", "ayer a las 3", "26-11-24 15:00 time"),  # waking hours
        ("es", "ayer a las 9", "26-11-24 09:00 time"),
        ("en", "today at 3", "26-11-25 03:00 time"),  # three in the afternoon is still to come
        ("en", "today at 2", "26-11-25 14:00 time"),
        ("en", "today at 5 pm", "26-11-25 17:00 time future"),
        ("en", "11pm", "26-11-24 23:00 time"),  # the last one
        ("en", "2026-06-05T15:30", "26-06-05 15:30 time"),
        ("en", "6/5/26 3:30pm", "26-06-05 15:30 time"),
        ("en", "3.30pm yesterday", "26-11-24 15:30 time"),
        ("en", "half past 3 yesterday", "26-11-24 15:30 time"),
        ("es", "a las tres y media de la tarde", "26-11-24 15:30 time"),
        ("es", "ayer a las 12 de la noche", "26-11-25 00:00 time"),  # the end of the day, not its start
        ("es", "el sábado como a las 8 de la noche", "26-11-21 20:00 time"),
        ("en", "last night at 2", "26-11-25 02:00 time"),  # after midnight
        ("ru", "вчера в 2 ночи", "26-11-24 02:00 time"),  # but "2 at night" of a day is that day's
        ("zh-Hans", "昨天晚上十点左右", "26-11-24 22:00 time"),
        ("zh-Hans", "2026年6月5号上午10点", "26-06-05 10:00 time"),
        ("zh-Hans", "昨天下午3点半", "26-11-24 15:30 time"),
        ("ko", "6월 5일 오전 10시 30분", "26-06-05 10:30 time"),
        ("ar", "أمس الساعة الثالثة والنصف بعد الظهر", "26-11-24 15:30 time"),
        ("fr", "hier à 15h30", "26-11-24 15:30 time"),
        ("pt", "segunda-feira passada às 14h", "26-11-23 14:00 time"),
        ("ht", "ayè a 3 zè", "26-11-24 15:00 time"),
        ("en", "10 minutes ago", "26-11-25 14:20 time now"),  # as good as now
        ("en", "every night at 11", "26-11-24 23:00 unsure"),
        # From and to
        ("en", "between 2 and 4", "26-11-25 14:00 - 11-25 16:00 time"),
        ("en", "2-4 pm yesterday", "26-11-24 14:00 - 11-24 16:00 time"),
        ("en", "from 11 to 1 pm yesterday", "26-11-24 11:00 - 11-24 13:00 time"),
        ("en", "from 10pm to 2am last night", "26-11-24 22:00 - 11-25 02:00 time"),
        ("es", "entre ayer a las 10 pm y hoy a las 6 am", "26-11-24 22:00 - 11-25 06:00 time"),
        ("es", "entre las 2 y las 4 de la tarde", "26-11-25 14:00 - 11-25 16:00 time"),
        ("zh-Hans", "下午2点到4点", "26-11-25 14:00 - 11-25 16:00 time"),
        ("ko", "오후 2시~4시", "26-11-25 14:00 - 11-25 16:00 time"),
        ("en", "from June 5 to June 7", "26-06-05 00:00 - 06-08 00:00 day"),
        ("ru", "с понедельника по среду", "26-11-16 00:00 - 11-19 00:00 day"),  # the Monday before that Wednesday
        ("fr", "de lundi à mercredi", "26-11-16 00:00 - 11-19 00:00 day"),
        ("en", "tomorrow until yesterday", "26-11-26 00:00 - 11-27 00:00 unsure future"),  # no such span
        # Other calendars: never converted
        ("en", "12 Meskerem 2017", "? unsure other_calendar"),
        ("am", "መስከረም 12", "? unsure other_calendar"),
        ("fa", "۱۲ مرداد ۱۴۰۳", "? unsure other_calendar"),
        ("ar", "12 رمضان 1446", "? unsure other_calendar"),
        ("en", "1446/3/5", "? unsure other_calendar"),
        ("ne", "2083-05-12", "? unsure other_calendar"),
        ("en", "1450 Main St yesterday", "26-11-24 00:00 - 11-25 00:00 day"),  # a house, not a Hijri year
        # Typed without marks, mixed with English, or in a language without a list
        ("vi", "hom qua luc 3 gio chieu", "26-11-24 15:00 time"),
        ("vi", "hom qua toi bi mat xe", "26-11-24 00:00 - 11-25 00:00 day"),  # toi is I here, not the evening
        ("es", "miercoles", "26-11-18 00:00 - 11-19 00:00 day"),
        ("zh-Hant", "昨天下午三点", "26-11-24 15:00 time"),
        ("ht", "hier soir", "26-11-24 17:00 - 11-24 23:00 part"),
        ("ru", "yesterday", "26-11-24 00:00 - 11-25 00:00 day"),
        ("so", "3 days ago", "26-11-22 00:00 - 11-23 00:00 day"),
        ("es-MX", "anoche", "26-11-24 18:00 - 11-25 06:00 part"),
        # No time at all
        ("en", "I don't know", "none"),
        ("es", "no sé", "none"),
        ("en", "I may need help", "none"),
        ("en", "I sat at home", "none"),
        ("en", "I am 30 years old", "none"),
        ("en", "good morning, I need food", "none"),
        ("es", "buenas tardes, necesito comida", "none"),
        ("en", "at 5th street", "none"),
        ("en", "at 5 Main Street", "none"),
        ("en", "open 24/7", "none"),
        ("en", "about 3.5 miles", "none"),
        ("tl", "Noon nawala ang wallet ko", "none"),
        ("ht", "ki jan ou ye", "none"),
        ("en", "", "none"),
    ],
)  # fmt: skip
def test_when(tag: str, text: str, expected: str) -> None:
    assert short(understand(text, tag, NOW)) == expected


@pytest.mark.parametrize(
    ("tag", "text", "said"),
    [
        ("es", "Me robaron el celular Ayer como a las 9 de la noche en la calle 5", "Ayer como a las 9 de la noche"),
        ("en", "It was last Monday", "last Monday"),
        ("en", "yesterday someone came at 3", "yesterday someone came at 3"),
        ("zh-Hans", "我的车昨天晚上十点左右被偷了", "昨天晚上十点左右"),
        ("fr", "aujourd’hui", "aujourd’hui"),
        ("fa", "۱۲ مرداد ۱۴۰۳", "۱۲ مرداد ۱۴۰۳"),
    ],
)
def test_the_words_are_kept_as_typed(tag: str, text: str, said: str) -> None:
    when = understand(text, tag, NOW)

    assert when is not None
    assert when.said == said


def test_hours_ago_are_elapsed_hours_when_the_clocks_change() -> None:
    after_the_change = datetime(2026, 11, 1, 3, 0, tzinfo=ZONE)  # two o'clock came twice that night

    when = understand("3 hours ago", "en", after_the_change)

    assert when is not None and when.start is not None
    assert after_the_change.astimezone(UTC) - when.start.astimezone(UTC) == timedelta(hours=3)


WORDS = """
yesterday at 3 pm ago between and from to monday next last night week may 5 99 2024 1446 - y de la tarde
昨天 下午 点 半 月 3月 前 天 어제 오후 시 전 вчера часа назад قبل ٣ أيام الساعة tối qua 31 29 february
""".split()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.from_regex(r"\d{1,4}[-/.:]\d{1,4}([-/.:]\d{1,4})?", fullmatch=True),
            st.sampled_from(WORDS),
        ),
        max_size=9,
    ),
    st.sampled_from([*TAGS, "am", "", "../etc", "xx"]),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
)
def test_any_text_can_be_looked_at(words: list[str], tag: str, moment: datetime) -> None:
    text = " ".join(words)

    when = understand(text, tag, moment.replace(tzinfo=ZONE))

    if when is not None:
        assert when.said
        assert (when.start is None) == ("other_calendar" in when.flags)
        assert when.end is None or (when.start is not None and when.start < when.end)


@pytest.mark.parametrize(
    "text", ["1 " * 5000, "a las " * 5000, "昨天" * 5000, "3:30-" * 5000, "-" * 9000, "ago " * 5000]
)
def test_of_long_texts_only_the_beginning_is_read(text: str) -> None:
    whole, beginning = understand(text, "es", NOW), understand(text[:500], "es", NOW)

    assert (whole is None) == (beginning is None)
    if whole and beginning:
        assert (whole.start, whole.end, whole.flags) == (beginning.start, beginning.end, beginning.flags)


# --- the lists of words ---


@pytest.mark.parametrize("tag", TAGS)
def test_lists_of_words_are_whole(tag: str) -> None:
    words = yaml.load((LOCALES / tag / "dates.yml").read_text("utf-8"), yaml.BaseLoader)

    assert set(words) <= {*date_words.KINDS, "numbers_as", "also", "weak", "marked"}
    assert words["numbers_as"] in ("month first", "day first")
    assert list(words["months"]) == [str(month) for month in range(1, 13)]
    assert set(words["weekdays"]) == {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    assert {"-2", "-1", "0", "1"} <= set(words["days"])
    assert {"minute", "hour", "day", "week", "month", "year"} <= set(words["units"])
    assert words["now"] and words["greetings"]


@pytest.mark.parametrize("tag", TAGS)
def test_no_word_means_two_things(tag: str) -> None:
    words = yaml.load((LOCALES / tag / "dates.yml").read_text("utf-8"), yaml.BaseLoader)
    meanings: dict[str, set[str]] = {}
    for section in date_words.KINDS:
        listed = words.get(section, ())
        for value, phrases in listed.items() if isinstance(listed, dict) else [("", listed)]:
            for phrase in phrases:
                key = phrase if phrase in words.get("marked", ()) else date_words._key(phrase)
                meanings.setdefault(key, set()).add(f"{section} {value}")

    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}
    assert {word for word in words.get("weak", ()) if not {word, date_words._key(word)} & set(meanings)} == set()

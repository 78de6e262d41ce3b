from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from academy.core import ids
from enrollment.certificates import rules
from enrollment.certificates.phrases import PHRASES
from enrollment.certificates.rules import Length, Paper

PAPER = Paper(
    person="Әбдіқұлова Гүлнәр Өмірзаққызы",
    course_code="T-1",
    title={"kk": "Сот төрелігі", "ru": "Правосудие"},
    run_code="T-1/2026",
    first_day=date(2026, 3, 3),
    last_day=date(2026, 3, 5),
    length=Length(Decimal("16.0"), 45),
    issuer={"kk": "Академия", "ru": "Академия"},
    issued_on=date(2026, 3, 6),
    languages=("kk", "ru"),
)


def test_a_paper_is_read_as_it_was_frozen():
    assert Paper.from_json(PAPER.as_json()) == PAPER


@pytest.mark.parametrize(
    ("hours", "days", "was_cut", "length"),
    [
        (Decimal("16.0"), None, False, Length(Decimal("16.0"), 45)),
        (Decimal("16.0"), Decimal("2.0"), False, Length(Decimal("16.0"), 45)),
        (None, Decimal("2.0"), False, Length(Decimal("2.0"), None)),
        (None, None, False, Length(Decimal("4.0"), 45)),
        (Decimal("16.0"), None, True, Length(Decimal("4.0"), 45)),  # sessions fell out
        (None, Decimal("2.0"), True, Length(Decimal("4.0"), 45)),
    ],
)
def test_the_length_is_what_was_published_unless_less_was_held(hours, days, was_cut, length):
    found = rules.length_on_paper(
        hours=hours, days=days, minutes_per_hour=None, minutes_held=180, was_cut=was_cut
    )

    assert found == length


MARCH_3, MARCH_5, APRIL_2 = date(2026, 3, 3), date(2026, 3, 5), date(2026, 4, 2)


@pytest.mark.parametrize(
    ("first", "last", "kk", "ru", "en"),
    [
        (MARCH_3, MARCH_3, "2026 жылғы 3 наурыз", "3 марта 2026 года", "3 March 2026"),
        (MARCH_3, MARCH_5, "2026 жылғы 3–5 наурыз", "3–5 марта 2026 года", "3–5 March 2026"),
        (
            MARCH_3,
            APRIL_2,
            "2026 жылғы 3 наурыз – 2 сәуір",
            "3 марта – 2 апреля 2026 года",
            "3 March – 2 April 2026",
        ),
        (
            date(2025, 12, 30),
            date(2026, 1, 6),
            "2025 жылғы 30 желтоқсан – 2026 жылғы 6 қаңтар",
            "30 декабря 2025 года – 6 января 2026 года",
            "30 December 2025 – 6 January 2026",
        ),
    ],
)
def test_periods_in_words(first, last, kk, ru, en):
    assert [rules.period_in(first, last, language) for language in ("kk", "ru", "en")] == [
        kk,
        ru,
        en,
    ]


@pytest.mark.parametrize(
    ("amount", "per_hour", "kk", "ru", "en"),
    [
        (
            "1",
            45,
            "1 академиялық сағат, 45 минуттан",
            "1 академический час, 45 мин",
            "1 academic hour of 45 minutes",
        ),
        (
            "22.0",
            45,
            "22 академиялық сағат, 45 минуттан",
            "22 академических часа по 45 мин",
            "22 academic hours of 45 minutes",
        ),
        (
            "120.0",
            50,
            "120 академиялық сағат, 50 минуттан",
            "120 академических часов по 50 мин",
            "120 academic hours of 50 minutes",
        ),
        (
            "12.5",
            45,
            "12,5 академиялық сағат, 45 минуттан",
            "12,5 академического часа по 45 мин",
            "12.5 academic hours of 45 minutes",
        ),
        ("1.0", None, "1 күн", "1 день", "1 day"),
        ("5.0", None, "5 күн", "5 дней", "5 days"),
        ("1.5", None, "1,5 күн", "1,5 дня", "1.5 days"),
    ],
)
def test_lengths_in_words(amount, per_hour, kk, ru, en):
    length = Length(Decimal(amount), per_hour)

    assert [rules.length_in(length, language) for language in ("kk", "ru", "en")] == [kk, ru, en]


def test_a_missing_title_falls_back_and_says_its_language():
    column = rules.column_of(PAPER, "en")

    assert (column["title"], column["title_lang"]) == ("“Сот төрелігі”", "kk")


def test_every_language_of_the_service_has_words():
    assert rules.wordless(tuple(code for code, _name in settings.LANGUAGES)) == []
    assert rules.wordless(("kk", "tlh")) == ["tlh"]
    assert all(words.hours["other"] and words.days["other"] for words in PHRASES.values())


SERIAL = "ABCDEFGHIJKLMNOPQRSTUVWX23"


@pytest.mark.parametrize(
    ("typed", "serial"),
    [
        (SERIAL, SERIAL),
        (rules.in_groups(SERIAL), SERIAL),
        ("  abcd efgh-ijklmn opqrstuvwx 23 ", SERIAL),
        (SERIAL.replace("O", "0").replace("B", "8"), SERIAL),
        (SERIAL[:-1], None),
        (SERIAL + "A", None),
        (SERIAL[:-1] + "1", None),
        (SERIAL[:-1] + "'", None),
        ("", None),
        ("А" * 26, None),  # a Cyrillic look-alike
    ],
)
def test_serials_as_people_type_them(typed, serial):
    assert rules.as_serial(typed) == serial


def test_serials_are_printed_in_groups():
    assert rules.in_groups(SERIAL) == "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-23"
    assert rules.as_serial(ids.unguessable()) is not None

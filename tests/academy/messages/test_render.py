import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from django.conf import settings

from academy.messages.registry import Holds, Kind
from academy.messages.render import Writer, moment_in_words

START = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
KIND = Kind("test", lambda *_: {}, "enrollment_withdrawn")
HOLDS = Holds({"course": {"kk": "Дәлел", "en": "<Evidence>"}, "run": "R-1"}, "/x", "Asia/Almaty")


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("Asia/Almaty", "en", "Tuesday, 24 November 2026, 10:00 (UTC+5)"),
        ("Asia/Kolkata", "en", "Tuesday, 24 November 2026, 10:30 (UTC+5:30)"),
        ("America/New_York", "en", "Tuesday, 24 November 2026, 00:00 (UTC−5)"),
        ("UTC", "ru", "вторник, 24 ноября 2026 г., 05:00 (UTC)"),
        ("Asia/Almaty", "kk", "2026 ж. 24 қараша, сейсенбі, 10:00 (UTC+5)"),
    ],
)
def test_a_moment_names_its_distance_from_utc(zone, language, words):
    assert moment_in_words(START, zone, language).replace("\u00a0", " ") == words


def test_one_text_serves_many_readers_by_name():
    writer = Writer()

    first = writer.words(KIND, HOLDS, name="<Әсел>", language="en")
    second = writer.words(KIND, HOLDS, name="Boris", language="en")

    assert len(writer.said) == 1
    assert first.text.startswith("Hello <Әсел>,")
    assert "Hello &lt;Әсел&gt;," in first.html
    assert "&lt;Evidence&gt;" in first.html
    assert second.text.startswith("Hello Boris,")


def test_a_mail_can_be_read_by_everybody():
    """In its language, by a screen reader, in the dark, without its button; alike as plain text."""
    holds = replace(HOLDS, path="/enrollments/1/")
    words = Writer().words(KIND, holds, name="x", language="kk")
    html = re.sub(r"<style>.*?</style>", "", words.html, flags=re.DOTALL)

    assert '<html lang="kk"' in html
    assert html.count("<table") == html.count('<table role="presentation"') > 0
    assert "prefers-color-scheme: dark" in words.html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert html.count(f'href="{settings.PUBLIC_URL}/enrollments/1/"') == 2  # button and address
    (sheet,) = words.sheets
    for said in (*sheet.paragraphs, sheet.label, sheet.url):
        assert said in words.text
        assert said in unescape(html)
    assert f'aria-hidden="true">{sheet.paragraphs[0]}' in unescape(html)  # the preheader
    assert "\n\n\n" not in words.text


def test_a_missing_language_falls_back_in_the_facts_only():
    words = Writer().words(KIND, HOLDS, name="x", language="ru")

    assert "Дәлел" in words.title


def test_a_secret_link_is_in_the_mail_and_not_in_the_row():
    secret = Kind("test", lambda *_: {}, "enrollment_withdrawn", has_secret_link=True)

    words = Writer().words(secret, HOLDS, name="x", language="en")

    assert "/x\n" in words.text
    assert "/x\n" not in words.kept
    assert words.kept.startswith("Hello x,")

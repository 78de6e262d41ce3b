"""Tables and texts are clean, and the catalogue is whole. No database: this is about the data."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tests.seeds.files import (
    AUDIENCES,
    COURSES,
    KAZAKH,
    LANGUAGES,
    RUSSIAN,
    TABLES,
    TEXTS,
    every_text,
    reference,
    split,
)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_tables_are_clean_utf8(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not text.startswith("\ufeff")
    assert "\r" not in text
    lines = text.splitlines()
    width = lines[0].count("\t")
    assert all(line.count("\t") == width for line in lines)
    assert all(cell == cell.strip() for line in lines for cell in line.split("\t"))


def test_every_text_has_three_languages() -> None:
    missing = [
        (where, language)
        for where, language, text in every_text()
        if not text.strip() and not where.endswith("title_original")
    ]
    assert not missing


def test_no_word_mixes_alphabets() -> None:
    """A Latin "i", "h" or "o" inside a Cyrillic word looks right and is never found."""
    mixed = []
    for where, language, text in every_text():
        for word in re.findall(r"[^\W\d_]+", text):
            scripts = {unicodedata.name(letter).split()[0] for letter in word}
            if len(scripts) > 1:
                mixed.append((where, language, word))
    assert not mixed


@pytest.mark.parametrize(("language", "letters"), [("kk", KAZAKH), ("ru", KAZAKH)])
def test_cyrillic_texts_use_letters_of_the_alphabet(language: str, letters: set[str]) -> None:
    """Names of places keep Kazakh letters in Russian; Latin words are names and abbreviations."""
    strange = [
        (where, word)
        for where, code, text in every_text()
        if code == language
        for word in re.findall(r"[^\W\d_]+", text)
        if not (set(word.lower()) <= letters or re.fullmatch(r"[A-Z]{2,}|JOeL|[XIV]+", word))
    ]
    assert not strange


def test_russian_prose_has_no_kazakh_letters() -> None:
    prose = [text for entry in TEXTS.values() for text in entry["objectives"]["ru"]]
    prose += [entry["summary"]["ru"] for entry in TEXTS.values()]
    prose += [row["title_ru"] for row in COURSES]
    found = [
        text for text in prose if set(re.sub(r"[^\w]|[\dA-Za-z_]", "", text.lower())) - RUSSIAN
    ]
    assert not found


def test_kazakh_is_not_russian_copied() -> None:
    same = [row["code"] for row in COURSES if row["title_kk"] == row["title_ru"]]
    same += [code for code, text in TEXTS.items() if text["summary"]["kk"] == text["summary"]["ru"]]
    assert not same


# The catalogue


def test_all_real_courses_are_there() -> None:
    assert len(COURSES) == 146
    assert {row["source_id"] for row in COURSES} == {f"RC{number:03d}" for number in range(1, 147)}
    assert len({row["code"] for row in COURSES}) == 146
    assert len({row["provider_code"] for row in COURSES}) == 24
    assert all(re.fullmatch(r"[A-Z]{2}-\d{3}", row["code"]) for row in COURSES)


def test_course_references_resolve() -> None:
    organisations, topics, formats = map(reference, ("organisations", "topics", "formats"))
    for row in COURSES:
        assert row["provider_code"] in organisations, row["code"]
        assert row["format"] in formats, row["code"]
        assert row["topics"], row["code"]
        assert set(split(row["topics"])) <= set(topics), row["code"]
        assert row["audiences"], row["code"]
        assert set(split(row["audiences"])) <= set(AUDIENCES), row["code"]
        assert row["source_url"].startswith("http"), row["code"]
        provider = organisations[row["provider_code"]]
        assert set(split(row["country"])) <= set(split(provider["country"])), row["code"]


def test_not_published_is_empty_and_never_zero() -> None:
    for row in COURSES:
        for column in ("hours", "days", "minutes_per_hour", "year"):
            assert not row[column] or float(row[column]) > 0, (row["code"], column)
        assert bool(row["hours"]) == bool(row["hours_basis"]), row["code"]
        assert not row["minutes_per_hour"] or row["hours"], row["code"]
        assert not (row["hours"] or row["days"]) or row["duration_published"], row["code"]
    assert Counter(bool(row["hours"]) for row in COURSES) == {True: 10, False: 136}
    assert Counter(bool(row["duration_published"]) for row in COURSES) == {True: 50, False: 96}
    assert sum(bool(row["days"]) for row in COURSES) == 28


def test_titles_keep_the_original() -> None:
    for row in COURSES:
        assert row["title_translation"] == "demo"
        if row["title_language"] in LANGUAGES:
            assert row[f"title_{row['title_language']}"] == row["title_original"], row["code"]
        assert row["languages"], row["code"]
    assert Counter(row["title_basis"] for row in COURSES) == {
        "published": 141,
        "descriptive": 4,
        "page-address": 1,
    }


def test_codes_follow_the_topics() -> None:
    prefixes = {row["prefix"] for row in reference("topics").values() if row["prefix"]}
    assert {row["code"][:2] for row in COURSES} == prefixes


def test_core_texts() -> None:
    known = {row["code"]: row["source_id"] for row in COURSES}
    assert len(TEXTS) >= 44
    assert len({code[:2] for code in TEXTS}) >= 15
    for code, entry in TEXTS.items():
        assert known[code] == entry["source_id"]
        assert entry["edition"]["flag"] == "edition"
        assert entry["edition"]["hours"] > 0
        assert entry["edition"]["minutes_per_hour"] == 45
        assert set(entry["edition"]["languages"]) <= set(LANGUAGES)
        assert entry["completion"]["minutes_share"] == 0.8
        assert isinstance(entry["completion"]["test_required"], bool)
        assert set(entry["prerequisites"]) <= set(known) - {code}
        assert {len(entry["objectives"][language]) for language in LANGUAGES} <= {3, 4, 5}, code
        assert len({len(entry["objectives"][language]) for language in LANGUAGES}) == 1, code
        for language in LANGUAGES:
            assert 2 <= len(re.findall(r"[.?!](?:\s|$)", entry["summary"][language])) <= 3, code
    assert sum(bool(entry["prerequisites"]) for entry in TEXTS.values()) >= 4


def test_prerequisites_have_no_circle() -> None:
    def depth(code: str, seen: tuple[str, ...] = ()) -> None:
        assert code not in seen, (*seen, code)
        for before in TEXTS.get(code, {}).get("prerequisites", []):
            depth(before, (*seen, code))

    for code in TEXTS:
        depth(code)


def test_folded_search_has_something_to_find() -> None:
    titles = [row["title_kk"] for row in COURSES if row["code"] in TEXTS]
    assert any("Сот төрелігі" in title for title in titles)
    assert not set("әғқңөұүһі") - set("".join(titles).lower())

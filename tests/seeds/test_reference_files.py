"""Regions, courts, posts, topics, audiences, calendar and names agree with each other."""

import re
from collections import Counter
from datetime import date

import pytest

from tests.seeds.files import (
    AUDIENCES,
    COURTS,
    KAZAKH,
    LANGUAGES,
    POSITIONS,
    document,
    reference,
    table,
)


def test_topics_and_formats() -> None:
    topics = reference("topics")
    for code, row in topics.items():
        assert not row["parent"] or row["parent"] in topics, code
        assert bool(row["prefix"]) != bool(row["parent"]), code
    assert {row["in_room"] + row["online"] for row in reference("formats").values()} <= {
        "00", "01", "10", "11",
    }  # fmt: skip


def test_regions() -> None:
    regions = reference("regions")
    assert len(regions) == 20
    assert all(re.fullmatch(r"KZ-\d\d", code) for code in regions)


def test_audience_rules_resolve() -> None:
    levels, kinds = reference("court_levels"), reference("court_kinds")
    categories = {row["category"] for row in POSITIONS.values()}
    assert categories == {"judge", "staff", "other"}
    for code, audience in AUDIENCES.items():
        rule = audience["rule"]
        assert set(rule["positions"]) <= set(POSITIONS), code
        assert set(rule["levels"]) <= set(levels), code
        assert set(rule["kinds"]) <= set(kinds), code
        if audience["basis"] == "external":
            assert rule["categories"] == ["external"], code  # no position has it: nobody matches
        else:
            assert set(rule["categories"]) <= categories, code
            assert rule["categories"] or rule["positions"], f"{code} would match everybody"
    assert sum(audience["basis"] == "post" for audience in AUDIENCES.values()) >= 20


def test_organisations() -> None:
    kinds = Counter(row["kind"] for row in reference("organisations").values())
    assert kinds == {"provider": 24, "own": 4, "issuer": 1}


def test_calendar() -> None:
    days = table("reference/calendar.tsv")
    dates = [date.fromisoformat(row["date"]) for row in days]
    assert dates == sorted(set(dates))
    assert {day.year for day in dates} == {2025, 2026, 2027}
    for row, day in zip(days, dates, strict=True):
        assert row["kind"] in {"off", "worked"}
        assert row["basis"] in {"law", "moved", "government", "estimated", "to-confirm"}
        if row["kind"] == "worked":
            assert day.weekday() >= 5, f"{day} is a working day anyway"
        if row["basis"] == "moved":
            assert day.weekday() < 5, f"{day} would be off anyway"
    for year in (2025, 2026, 2027):
        assert {date(year, 10, 25), date(year, 12, 16), date(year, 3, 21)} <= set(dates)


# The judiciary


def test_courts_resolve() -> None:
    regions, levels, kinds = map(reference, ("regions", "court_levels", "court_kinds"))
    assert len(COURTS) == len(table("judiciary/courts.tsv"))
    for code, court in COURTS.items():
        assert not court["region"] or court["region"] in regions, code
        assert court["level"] in levels, code
        assert court["kind"] in kinds, code
        assert not court["parent"] or court["parent"] in COURTS, code
        assert not court["successor"] or court["successor"] in COURTS, code
        assert bool(court["valid_to"]) == bool(court["successor"]), code
        assert not court["valid_to"] or court["valid_from"] <= court["valid_to"], code
        assert court["time_zone"] == "Asia/Almaty"
        assert court["remote"] in {"0", "1"}
    for column in LANGUAGES:
        names = Counter(court[column] for court in COURTS.values())
        assert names.most_common(1)[0][1] == 1, names.most_common(1)


def test_court_numbers() -> None:
    in_force = [court for court in COURTS.values() if not court["valid_to"]]
    courts = [court for court in in_force if court["level"] != "administration"]
    levels = Counter(court["level"] for court in courts)
    assert 380 <= len(courts) <= 430
    assert levels["supreme"] == 1
    assert levels["cassation"] == 3
    assert {court["region"] for court in courts if court["level"] == "regional"} >= set(
        reference("regions")
    )
    posts = Counter[str]()
    for court in COURTS.values():
        posts[court["region"]] += int(court["posts_judges"])
        assert court["level"] == "administration" or court["valid_to"] or int(court["posts_judges"])
    assert posts.total() == 2719
    assert {region: posts[region] for region in ("KZ-75", "KZ-71", "KZ-35", "KZ-39")} == {
        "KZ-75": 300, "KZ-71": 226, "KZ-35": 223, "KZ-39": 172,
    }  # fmt: skip
    assert [posts[region] for region in ("KZ-55", "KZ-63", "KZ-15")] == [156, 141, 129]
    assert sum(int(court["posts_staff"]) for court in COURTS.values()) == 10_000


def test_names_are_enough_for_the_whole_judiciary() -> None:
    groups = document("judiciary/names.json")["groups"]
    assert sum(group["share"] for group in groups) == pytest.approx(1)
    for group in groups:
        pairs = (len(group["male"]) + len(group["female"])) * len(group["families"])
        assert pairs > 13_000 * group["share"], group["code"]
        assert len(group["patronymics"]) >= 10
        for names in (group["male"], group["female"]):
            assert len(names) == len(set(names)), group["code"]
        words = [*group["male"], *group["female"]]
        words += [name for both in group["families"] for name in both.values()]
        words += [name for both in group["patronymics"] for name in both.values()]
        for word in words:
            assert word[0].isupper(), word
            assert set(word.lower()) <= KAZAKH, word

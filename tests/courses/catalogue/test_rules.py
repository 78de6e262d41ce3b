"""For whom a course is, and the way of a course, as tables."""

from datetime import date
from decimal import Decimal

import pytest

from academy.core.errors import Invalid, Refused
from courses.catalogue.enums import CourseStatus
from courses.catalogue.rules import (
    AudienceFacts,
    CourseContent,
    PostFacts,
    audience_fits,
    check_length,
    check_publishable,
    check_transition,
    full_months,
)

DAY = date(2026, 11, 20)
JUDGE = PostFacts("judge", "judge", "district", "economic", date(2026, 3, 20), DAY)


@pytest.mark.parametrize(
    ("audience", "fits"),
    [
        (AudienceFacts(), True),
        (AudienceFacts(categories=frozenset({"judge"})), True),
        (AudienceFacts(categories=frozenset({"staff"})), False),
        (AudienceFacts(positions=frozenset({"judge", "court-chair"})), True),
        (AudienceFacts(positions=frozenset({"court-chair"})), False),
        (AudienceFacts(levels=frozenset({"district"}), kinds=frozenset({"economic"})), True),
        (AudienceFacts(levels=frozenset({"regional"})), False),
        (AudienceFacts(kinds=frozenset({"criminal"})), False),
        (AudienceFacts(max_months_in_post=9), True),
        (AudienceFacts(max_months_in_post=8), False),
        (AudienceFacts(remote_only=True), False),
        (AudienceFacts(basis="external"), False),
        (AudienceFacts(basis="list", categories=frozenset({"judge"})), True),
    ],
)
def test_audience_fits(audience, fits):
    assert audience_fits(audience, JUDGE) is fits


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2025, 11, 20), date(2026, 11, 19), 11),
        (date(2025, 11, 20), date(2026, 11, 20), 12),
    ],
)
def test_full_months(first, last, months):
    assert full_months(first, last) == months


@pytest.mark.parametrize(
    ("present", "wanted", "was_published", "may"),
    [
        ("draft", CourseStatus.IN_REVIEW, False, True),
        ("draft", CourseStatus.PUBLISHED, False, False),
        ("in_review", CourseStatus.PUBLISHED, False, True),
        ("in_review", CourseStatus.DRAFT, False, True),
        ("published", CourseStatus.PUBLISHED, True, True),
        ("published", CourseStatus.DRAFT, True, False),
        ("published", CourseStatus.ARCHIVED, True, True),
        ("archived", CourseStatus.PUBLISHED, True, True),
        ("archived", CourseStatus.IN_REVIEW, True, False),
        ("archived", CourseStatus.PUBLISHED, False, False),
        ("archived", CourseStatus.IN_REVIEW, False, True),
        ("archived", CourseStatus.DRAFT, True, False),
    ],
)
def test_the_way_of_a_course(present, wanted, was_published, may):
    if may:
        check_transition(present, wanted, was_published=was_published)
        return
    with pytest.raises(Refused) as refusal:
        check_transition(present, wanted, was_published=was_published)
    assert refusal.value.code == "course_status"


@pytest.mark.parametrize(
    ("is_own", "owed"),
    [
        (True, ["title.ru", "title.en", "summary.kk", "summary.ru", "summary.en", "objectives.en"]),
        (False, ["title.ru", "title.en", "objectives.en"]),
    ],
)
def test_what_is_written_in_one_language_is_owed_in_every_one(is_own, owed):
    content = CourseContent(
        title={"kk": "Сот", "ru": " "},
        format="room",
        objectives={"kk": ["Шешу"], "ru": ["Решать"], "en": [" "]},
    )

    with pytest.raises(Refused) as refusal:
        check_publishable(content, required=("kk", "ru", "en"), is_own=is_own)

    assert refusal.value.code == "texts_missing"
    assert list(refusal.value.fields) == owed


@pytest.mark.parametrize("length", [{"hours": Decimal(0)}, {"days": Decimal(0)}])
def test_unknown_is_not_zero(length):
    check_length(hours=None, days=None)
    with pytest.raises(Invalid) as refusal:
        check_length(**{"hours": None, "days": None, **length})

    assert refusal.value.code == "length_is_zero"

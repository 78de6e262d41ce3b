"""The catalogue turned to one person: what the post and the duties ask for, and why."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from academy.core import clock
from courses.catalogue.models import Audience, Topic
from courses.planning.enums import PoolScope
from courses.planning.models import SeatPool
from courses.search import actions as search
from enrollment.credits.enums import Duty, Unit
from enrollment.credits.models import CreditEntry, Obligation, Requirement
from enrollment.credits.need_queries import need_of
from tests import factories

LIST = "/courses/?for=me"


@pytest.fixture
def judges(db):
    return Audience.objects.create(code="judges", names={"en": "Judges"}, categories=["judge"])


def for_(audience, *courses):
    for course in courses:
        course.current.audiences.add(audience)
    search.reindex_courses([course.pk for course in courses])


def owes(person, audience, *, courses=(), unit=Unit.COURSES, name="Ethics", earned=0):
    today = clock.now().date()
    rule = Requirement.objects.create(
        code=f"r-{factories.number()}",
        names={"en": name},
        audience=audience,
        unit=unit,
        amount=Decimal(8),
        valid_from=today,
        changed_at=clock.now(),
    )
    rule.courses.set(courses)
    return Obligation.objects.create(
        person=person,
        requirement=rule,
        first_day=today - timedelta(days=10),
        last_day=today + timedelta(days=90),
        due_at=clock.now() + timedelta(days=90),
        needed=8,
        earned=earned,
        state=Duty.OWED,
    )


def cards(response):
    """Pairs of a course's code and the words why it is there, in order."""
    articles = re.findall(r'<article class="card">.*?</article>', response.text, re.DOTALL)
    return [
        (
            re.search(r"/courses/([\w-]+)/", one)[1],
            [" ".join(words.split()) for words in re.findall(r'tag-info">([^<]*)<', one)],
        )
        for one in articles
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_owed_comes_first_then_seats_of_the_own_court(cast, browser, judges):
    plain, owed, foreign = (factories.course(code) for code in ("F-PLAIN", "F-OWED", "F-CLERKS"))
    run = factories.run(of=factories.course("F-SEATS"))
    SeatPool.objects.filter(run=run).update(scope=PoolScope.COURT, court=cast.court)
    for_(judges, plain, owed, run.course)
    search.reindex_courses([foreign.pk])
    owes(cast.asel, judges, courses=[owed])

    mine = cards(browser(cast.asel_account).get(LIST))
    elsewhere = cards(browser(cast.dana_account).get(LIST))

    assert mine == [
        ("F-OWED", ["Counts towards: Ethics"]),
        ("F-SEATS", ["Seats of your court"]),
        ("F-PLAIN", ["For your post"]),
    ]
    assert {tuple(words) for _, words in elsewhere} == {("For your post",)}


@pytest.mark.django_db
def test_a_course_of_the_list_that_was_passed_counts_no_second_time(cast, judges):
    passed, missing = factories.course(), factories.course()
    owes(cast.asel, judges, courses=[passed, missing])
    CreditEntry.objects.create(
        person=cast.asel,
        course=passed,
        year=2026,
        earned_on=clock.now().date(),
        minutes=90,
        minutes_per_hour=45,
    )

    (owed,) = need_of(cast.asel.pk, today=clock.now().date()).owed

    assert owed.courses == (missing.pk,)


@pytest.mark.django_db
def test_when_only_a_share_is_missing_the_topic_and_those_below_it_count(cast, judges):
    wide = Topic.objects.create(code="ethics", names={"en": "Ethics"})
    Topic.objects.create(code="gifts", names={"en": "Gifts"}, parent=wide)
    duty = owes(cast.asel, judges, unit=Unit.HOURS, earned=8)
    duty.requirement.minimums.create(topic=wide, amount=4)

    (owed,) = need_of(cast.asel.pk, today=clock.now().date()).owed

    assert sorted(owed.topics) == ["ethics", "gifts"]


@pytest.mark.django_db(transaction=True)
def test_hours_that_are_owed_are_met_by_any_course_behind_the_listed_ones(cast, browser, judges):
    named, other = factories.course("F-2"), factories.course("F-1")
    for_(judges, named, other)
    owes(cast.asel, judges, unit=Unit.HOURS, name="Hours")
    owes(cast.asel, judges, courses=[named])

    assert cards(browser(cast.asel_account).get(LIST)) == [
        ("F-2", ["Counts towards: Ethics"]),
        ("F-1", ["Counts towards: Hours"]),
    ]


@pytest.mark.django_db(transaction=True)
def test_pages_of_the_own_list_follow_each_other(cast, browser, judges):
    courses = [factories.course() for _ in range(23)]
    for_(judges, *courses)
    owes(cast.asel, judges, courses=courses[-2:])
    client = browser(cast.asel_account)

    first = client.get(LIST)
    following = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = client.get("/courses/" + following)

    shown = [code for page in (first, second) for code, _ in cards(page)]
    assert "for=me" in following
    assert len(shown) == len(set(shown)) == 23
    assert set(shown[:2]) == {course.code for course in courses[-2:]}


@pytest.mark.django_db(transaction=True)
def test_signed_out_there_is_one_list_and_the_same_bytes(browser, cast, judges):
    for_(judges, factories.course())

    plain, asked = browser().get("/courses/"), browser().get(LIST)

    assert "For me" not in plain.text
    assert cards(plain) == cards(asked)
    assert plain["Cache-Control"] == "public, no-cache"
    assert plain.content == browser().get("/courses/").content
    assert 'href="?for=me"' in browser(cast.asel_account).get("/courses/").text


@pytest.mark.django_db(transaction=True)
def test_the_own_list_asks_no_more_than_six_times(cast, browser, statements, judges):
    run = factories.run()
    for_(judges, run.course)
    owes(cast.asel, judges, courses=[run.course])

    assert len(statements(browser(cast.asel_account), LIST)) == 5
    assert len(statements(browser(cast.asel_account), f"{LIST}&q=reasoning")) == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"categories": ["staff"]}, False),
        ({"basis": "external"}, False),
        ({"remote_only": True}, False),
        ({"max_months_in_post": 12}, False),
        ({"max_months_in_post": 1200}, True),
    ],
)
def test_the_post_is_matched_as_the_catalogue_says(cast, conditions, fits):
    Audience.objects.create(code="whom", names={"en": "Whom"}, **conditions)

    assert (need_of(cast.asel.pk, today=clock.now().date()).audiences == ("whom",)) is fits

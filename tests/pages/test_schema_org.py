"""Courses in the words of schema.org: on their pages and as a feed."""

import json
import re
from zoneinfo import ZoneInfo

import pytest

from academy.rest.remembered import forget_answers
from courses.planning.models import Venue
from tests import factories

pytestmark = pytest.mark.django_db
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def planned():
    """A run in a hall, of a course of sixteen academic hours."""
    run = factories.run(seats=25)
    version = run.version
    version.hours, version.minutes_per_hour = 16, 45
    version.title = {"en": "Fair </script><b> trial", "ru": "Справедливый суд"}
    version.save()
    run.venue = Venue.objects.create(
        code="HALL", names={"en": "Hall 3"}, city={"en": "Astana"}, time_zone="Asia/Almaty"
    )
    run.save(update_fields=["venue"])
    return run


def test_a_course_page_carries_the_course_and_its_runs(browser):
    run = planned()

    page = browser().get(f"/courses/{run.course.code}/").text

    [found] = DATA.findall(page)
    course = json.loads(found)
    [instance] = course["hasCourseInstance"]
    assert "<" not in found
    assert course["@context"] == "https://schema.org"
    assert (course["@type"], course["name"]) == ("Course", "Fair </script><b> trial")
    assert instance["courseWorkload"] == "PT720M"
    assert instance["startDate"] == run.starts_at.astimezone(ZoneInfo(run.time_zone)).isoformat()
    assert instance["location"] == {"@type": "Place", "name": "Hall 3", "address": "Astana"}
    assert instance["maximumAttendeeCapacity"] == 25
    assert instance["eventStatus"] == "https://schema.org/EventScheduled"


def test_who_is_signed_in_is_no_search_engine(browser, cast):
    run = planned()

    assert not DATA.findall(browser(cast.asel_account).get(f"/courses/{run.course.code}/").text)


def test_the_feed_speaks_the_language_that_is_asked_for_and_says_nothing_twice(browser):
    planned()
    draft = factories.course("A-DRAFT")
    draft.status = "draft"
    draft.save()

    first = browser().get("/courses.jsonld?language=ru")
    again = browser().get("/courses.jsonld?language=ru", headers={"If-None-Match": first["ETag"]})

    [course] = first.json()["dataFeedElement"]
    assert first["Content-Type"] == "application/ld+json"
    assert course["name"] == "Справедливый суд"
    assert (again.status_code, again.content) == (304, b"")


def test_the_feed_leads_on_until_its_end(browser, monkeypatch, statements):
    monkeypatch.setattr("courses.pages.schema_org.PAGE", 2)
    for code in ("A", "B", "C"):
        factories.course(code)
    address, seen = "/courses.jsonld?language=en", []

    while address:
        answer = browser().get(address)
        seen += [course["courseCode"] for course in answer.json()["dataFeedElement"]]
        address = re.sub(r"<.*?(/courses.*)>.*", r"\1", answer.get("Link", ""))

    assert seen == ["A", "B", "C"]
    forget_answers()
    assert len(statements(browser(), "/courses.jsonld")) == 1

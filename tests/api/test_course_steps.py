"""Courses are submitted, published and archived through the API."""

from dataclasses import replace
from functools import partial

import pytest

from academy.ledger.models import Event
from courses.catalogue import actions
from tests.api.calls import Caller, system
from tests.concurrency.racing import race
from tests.factories import ACTOR
from tests.pages.test_desk_courses import CONTENT, draft, stands  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clara(cast):
    return Caller(account=cast.clara_account)


def test_a_course_goes_its_way(clara, draft):  # noqa: F811
    submitted = clara.post("/courses/ME-1/submit", **{"If-Match": '"1-0"'})
    published = clara.post("/courses/ME-1/publish", key="k")
    again = clara.post("/courses/ME-1/publish", key="k")
    archived = clara.post("/courses/ME-1/archive", {"reason": "outdated", "note": "x"})
    back = system("courses:write").post("/courses/ME-1/publish")

    assert [one.status_code for one in (submitted, published, archived, back)] == [200] * 4
    assert again.json() == published.json()
    assert published.json() == {"code": "ME-1", "status": "published", "version": 1, "revision": 3}
    assert archived.json()["status"] == "archived"
    assert back.json() == {"code": "ME-1", "status": "published", "version": 1, "revision": 5}
    assert Event.objects.get(type="course.archived").reason == "outdated"


def test_owed_texts_are_named_by_field_and_language(clara, draft):  # noqa: F811
    poor = replace(CONTENT, title={"kk": "Медиация"})
    actions.new_version(course=draft.public_id, content=poor, actor=ACTOR)
    actions.submit_for_review(course=draft.public_id, actor=ACTOR)
    before = stands(draft)

    answer = clara.post("/courses/ME-1/publish")

    assert (answer.status_code, answer.json()["code"]) == (409, "texts_missing")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/title/ru", "/title/en"]
    assert stands(draft) == before


def test_what_is_refused_changes_nothing(cast, clara, draft):  # noqa: F811
    before = stands(draft)

    answers = [
        clara.post("/courses/ME-1/publish"),
        clara.post("/courses/ME-1/archive", {}),
        clara.post("/courses/ME-1/archive", {"reason": "boredom"}),
        clara.post("/courses/ME-1/submit", **{"If-Match": '"7-0"'}),
        clara.post("/courses/ME-1/submit", key=""),
        Caller(account=cast.timur_account).post("/courses/ME-1/submit"),
        Caller(account=cast.otto_account).post("/courses/ME-1/submit"),
        clara.post("/courses/ME-9/submit"),
    ]

    assert [one.status_code for one in answers] == [409, 422, 422, 412, 400, 403, 403, 404]
    assert stands(draft) == before
    refused = system("courses:read").post("/courses/ME-1/submit")
    assert refused.status_code == 403


def test_a_course_that_many_publish_at_once_is_published_once(cast, draft):  # noqa: F811
    actions.submit_for_review(course=draft.public_id, actor=ACTOR)
    callers = [Caller(account=cast.clara_account) for _ in range(4)]

    answers = race([partial(one.post, "/courses/ME-1/publish") for one in callers])

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert Event.objects.filter(type="course.published").count() == 1

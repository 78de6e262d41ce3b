"""Courses at the desk: found by the registrar, published, archived and put back."""

import html
import re
from dataclasses import replace

import pytest

from academy.ledger.models import Event
from courses.catalogue import actions
from courses.catalogue.models import Course, Format, Organisation
from courses.catalogue.rules import CourseContent
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = CourseContent(
    title={"kk": "Медиация", "ru": "Медиация", "en": "Mediation"},
    format="room",
    summary={"kk": "Дауды шешу.", "ru": "Как примирить.", "en": "Settling disputes."},
    objectives={"kk": ["Шешу"], "ru": ["Примирять"], "en": ["Settle"]},
)


def text_of(response):
    inside = response.content.decode().partition("<main")[2]
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", inside).split()))


@pytest.fixture
def clara(cast, browser):
    return browser(cast.clara_account)


@pytest.fixture
def draft():
    Organisation.objects.create(code="own", names={"en": "Academy"}, is_own=True)
    Format.objects.create(code="room", names={"en": "In the room"})
    return actions.create_course(code="ME-1", provider="own", content=CONTENT, actor=ACTOR)


def stands(course):
    course.refresh_from_db()
    return course.status, course.current_id, course.revision, Event.objects.count()


def step(client, course, what, **sent):
    """The step as its page sends it, with the state that the page showed."""
    address = f"/desk/courses/{course.code}/{what}/"
    page = client.get(address)
    revision = re.search(r'name="revision" value="(\d+)"', page.text)[1]
    return client.post(address, {"revision": revision, **sent})


def test_from_a_draft_to_the_public_and_into_the_archive_and_back(clara, browser, draft):
    assert "Mediation" in text_of(clara.get("/desk/courses/?status=draft"))
    assert "No courses here" in text_of(clara.get("/desk/courses/?status=archived"))
    run = factories.run(of=factories.course("OLD-1"))

    submitted = clara.post("/desk/courses/ME-1/submit/")
    assert submitted.url == "/desk/courses/ME-1/"
    assert browser().get("/courses/ME-1/").status_code == 404
    published = step(clara, draft, "publish")
    assert (published.status_code, stands(draft)[0]) == (303, "published")
    seen = browser().get("/courses/ME-1/")
    assert seen.status_code == 200
    assert "at the desk" not in seen.text
    assert 'href="/desk/courses/ME-1/"' in clara.get("/courses/ME-1/").text

    old = Course.objects.get(code="OLD-1")
    shown = text_of(clara.get("/desk/courses/OLD-1/archive/"))
    assert run.code in shown
    assert "Its page stays, because certificates lead to it." in shown
    assert step(clara, old, "archive", reason="outdated").status_code == 303
    run.refresh_from_db()
    assert (stands(old)[0], run.state) == ("archived", "published")
    assert "no longer in the catalogue" in text_of(browser().get("/courses/OLD-1/"))
    assert Event.objects.get(type="course.archived").reason == "outdated"
    assert "Put the course back" in text_of(clara.get("/desk/courses/OLD-1/"))

    back = step(clara, old, "publish")
    assert (back.status_code, stands(old)[0]) == (303, "published")


def test_what_is_owed_is_said_by_language_and_nothing_is_published(clara, draft):
    poor = replace(CONTENT, title={"kk": "Медиация"}, objectives={"kk": ["Шешу"]})
    actions.new_version(course=draft.public_id, content=poor, actor=ACTOR)
    actions.submit_for_review(course=draft.public_id, actor=ACTOR)
    before = stands(draft)

    page = text_of(clara.get("/desk/courses/ME-1/"))
    assert "Publish the course" not in text_of(clara.get("/desk/courses/ME-1/publish/"))
    answer = clara.post("/desk/courses/ME-1/publish/", {"revision": str(before[2])})

    for shown in (page, text_of(answer)):
        assert "Russian: title, aims" in shown
        assert "English: title, aims" in shown
        assert "Kazakh:" not in shown
    assert answer.status_code == 200
    assert "Nothing is published before it is written" in text_of(answer)
    assert stands(draft) == before


def test_a_step_that_does_not_fit_changes_nothing(clara, draft):
    before = stands(draft)

    unseen = step(clara, draft, "publish")
    no_reason = step(clara, draft, "archive", reason="")
    older = clara.post("/desk/courses/ME-1/archive/", {"reason": "other", "revision": "9"})

    assert "A course that is draft cannot become published." in text_of(unseen)
    assert "This field is required." in text_of(no_reason)
    assert "This has changed since you read it" in text_of(older)
    assert stands(draft) == before


def test_an_archived_draft_goes_through_the_review(clara, draft):
    step(clara, draft, "archive", reason="not_wanted")
    before = stands(draft)

    refused = step(clara, draft, "publish")

    assert "cannot become published" in text_of(refused)
    assert stands(draft) == before
    clara.post("/desk/courses/ME-1/submit/")
    assert stands(draft)[0] == "in_review"


def test_the_auditor_reads_and_others_find_nothing(cast, browser, draft):
    before = stands(draft)
    otto = browser(cast.otto_account)

    page = otto.get("/desk/courses/ME-1/")

    assert page.status_code == 200
    assert "/archive/" not in page.text
    for account in (cast.otto_account, cast.timur_account):
        for what in ("submit", "publish", "archive"):
            answer = browser(account).post(f"/desk/courses/ME-1/{what}/", {"reason": "other"})
            assert answer.status_code == 404
    assert browser(cast.timur_account).get("/desk/courses/ME-1/").status_code == 404
    assert stands(draft) == before


def test_the_page_costs_the_same_however_many_runs(clara, statements):
    course = factories.course("T-1")
    factories.run(of=course)
    few = len(statements(clara, "/desk/courses/T-1/"))
    for _ in range(3):
        factories.run(of=course)

    assert len(statements(clara, "/desk/courses/T-1/")) == few

"""Courses from the first draft to the archive."""

from dataclasses import replace

import pytest

from academy.access.enums import Role
from academy.access.queries import NOBODY, Viewer
from academy.core.errors import Invalid, Missing, Refused
from academy.ledger.models import Event
from courses.catalogue import access, actions, queries
from courses.catalogue.models import Course, Format, Organisation, Topic
from courses.catalogue.rules import CourseContent
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

REGISTRAR = Viewer(1, None, None, None, "ru", roles=frozenset({Role.REGISTRAR}))
CONTENT = CourseContent(
    title={"kk": "Медиация", "ru": "Медиация", "en": "Mediation"},
    format="room",
    topics=("civil",),
    summary={"kk": "Дауды бейбіт шешу.", "ru": "Как примирить.", "en": "Settling disputes."},
    objectives={"kk": ["Дауды шешу"], "ru": ["Примирять"], "en": ["Settle disputes"]},
)


@pytest.fixture
def course():
    Organisation.objects.create(code="academy", names={"en": "Academy"}, is_own=True)
    Format.objects.create(code="room", names={"en": "In the room"})
    Topic.objects.create(code="civil", names={"en": "Civil law"})
    return actions.create_course(code="ME-1", provider="academy", content=CONTENT, actor=ACTOR)


def events():
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_from_draft_to_the_archive(course):
    actions.submit_for_review(course=course.public_id, actor=ACTOR)
    actions.publish_course(course=course.public_id, actor=ACTOR)
    actions.archive_course(course=course.public_id, actor=ACTOR, reason="replaced")

    course.refresh_from_db()
    assert (course.status, course.current.number, course.revision) == ("archived", 1, 4)
    assert events() == [
        "course.created",
        "course.submitted",
        "course.published",
        "course.archived",
    ]


def test_a_draft_is_not_published_unseen(course):
    with pytest.raises(Refused) as refusal:
        actions.publish_course(course=course.public_id, actor=ACTOR)

    course.refresh_from_db()
    assert refusal.value.code == "course_status"
    assert (course.status, course.current, events()) == ("draft", None, ["course.created"])


def test_every_text_is_owed_in_every_required_language(course, settings):
    content = replace(CONTENT, title={"kk": "Медиация"}, summary={}, objectives={"kk": ["Шешу"]})
    actions.new_version(course=course.public_id, content=content, actor=ACTOR)
    actions.submit_for_review(course=course.public_id, actor=ACTOR)

    with pytest.raises(Refused) as refusal:
        actions.publish_course(course=course.public_id, actor=ACTOR)

    assert refusal.value.code == "texts_missing"
    assert list(refusal.value.fields) == [
        *("title.ru", "title.en", "summary.kk", "summary.ru", "summary.en"),
        *("objectives.ru", "objectives.en"),
    ]
    assert Course.objects.get().status == "in_review"
    settings.REQUIRED_LANGUAGES = ["kk"]
    actions.new_version(
        course=course.public_id, content=replace(content, summary={"kk": "Шешу."}), actor=ACTOR
    )
    assert actions.publish_course(course=course.public_id, actor=ACTOR).status == "published"


def test_a_new_version_waits_behind_the_published_one(course):
    actions.submit_for_review(course=course.public_id, actor=ACTOR)
    actions.publish_course(course=course.public_id, actor=ACTOR)
    actions.new_version(course=course.public_id, content=replace(CONTENT, year=2026), actor=ACTOR)
    assert queries.course_page(Course.objects.get(), "ru").year is None

    actions.publish_course(course=course.public_id, actor=ACTOR)

    assert queries.course_page(Course.objects.get(), "ru").year == 2026
    with pytest.raises(Refused) as refusal:
        actions.publish_course(course=course.public_id, actor=ACTOR)
    assert refusal.value.code == "nothing_to_publish"


def test_a_code_is_given_once_and_lists_are_known(course):
    with pytest.raises(Refused) as taken:
        actions.create_course(code="ME-1", provider="academy", content=CONTENT, actor=ACTOR)
    content = replace(CONTENT, topics=("civil", "tax"))
    with pytest.raises(Invalid) as unknown:
        actions.create_course(code="ME-2", provider="academy", content=content, actor=ACTOR)

    assert (taken.value.code, unknown.value.code) == ("course_code_taken", "unknown_code")
    assert Course.objects.count() == 1
    assert events() == ["course.created"]


def test_a_draft_is_seen_by_those_who_plan_only(course):
    assert access.course_for(REGISTRAR, "ME-1") == course
    for viewer, code in ((NOBODY, "ME-1"), (NOBODY, "ME-9"), (REGISTRAR, "ME-9")):
        with pytest.raises(Missing) as refusal:
            access.course_for(viewer, code)
        assert refusal.value.code == "unknown_course"


def test_the_page_says_what_was_written_in_one_statement(course, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = queries.course_page(course, "ru")

    assert page.title == ("Медиация", "ru")
    assert page.objectives == ["Примирять"]
    assert page.objectives_language == "ru"
    assert [topic.code for topic in page.topics] == ["civil"]
    assert (page.hours, page.days) == (None, None)

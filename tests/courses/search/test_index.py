"""The index follows the catalogue and the plan, by differences, and equals one built anew."""

from datetime import timedelta

import pytest
from django.db import connection

from academy.core import clock
from academy.ledger import delivery
from courses.catalogue import actions as catalogue
from courses.catalogue.models import Course
from courses.search import actions, rules
from courses.search.models import CatalogueWord, CourseWord
from courses.search.queries import catalogue_revision, find_courses
from courses.search.queries.ctype import check_ctype
from courses.search.rules import SearchRequest
from tests import factories

pytestmark = [pytest.mark.usefixtures("real_catalogue"), pytest.mark.xdist_group("catalogue")]

TABLES = {
    "courses_courseindex": "course_id, vector::text, topics, audiences, format, provider",
    "courses_coursetitle": "course_id, language, sort_key",
    "courses_catalogueword": "word, courses",
    "courses_facetcount": "facet, value, courses",
    "courses_courseword": "word, course_id, score",
}


def snapshot():
    found = {}
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            counted = " WHERE courses > 0" if "courses" in columns.split(", ") else ""
            cursor.execute(f"SELECT {columns} FROM {table}{counted} ORDER BY {columns}")
            found[table] = cursor.fetchall()
    return found


def test_reindexing_again_changes_nothing():
    before = snapshot()

    actions.reindex_courses(list(Course.objects.values_list("pk", flat=True)))

    assert snapshot() == before


def test_archived_and_back_is_as_before(monkeypatch):
    course = Course.objects.get(code="ME-001")
    before = snapshot()
    Course.objects.filter(pk=course.pk).update(status="archived")
    actions.reindex_courses([course.pk])
    assert "ME-001" not in [row.code for row in find_courses(SearchRequest(text="медиация")).rows]

    Course.objects.filter(pk=course.pk).update(status="published")
    actions.reindex_courses([course.pk])

    assert snapshot() == before


def test_differences_add_up_to_the_whole():
    actions.reindex_courses(list(Course.objects.values_list("pk", flat=True))[:20])
    by_differences = snapshot()

    actions.reindex_everything()

    assert snapshot() == by_differences


def test_the_handler_follows_what_was_published():
    delivery.advance()
    before = catalogue_revision()
    course = Course.objects.get(code="ME-001")
    catalogue.archive_course(course=course.public_id, actor=factories.ACTOR)

    delivery.advance()

    assert catalogue_revision() > before
    assert "ME-001" not in [row.code for row in find_courses(SearchRequest(text="медиация")).rows]


def test_open_runs_are_shown_and_filtered():
    course = Course.objects.select_related("current__format").get(code="ME-001")
    run = factories.run(course=course)
    delivery.advance()

    page = find_courses(SearchRequest(open_only=True))

    assert [row.code for row in page.rows] == ["ME-001"]
    assert page.rows[0].next_run.code == run.code
    assert page.rows[0].next_run.free_seats == run.capacity
    assert page.total == 1


def test_a_window_that_closed_is_not_open(time_machine):
    course = Course.objects.select_related("current__format").get(code="ME-001")
    run = factories.run(course=course)
    delivery.advance()

    time_machine.move_to(run.enrollment_closes_at + timedelta(seconds=1))

    assert find_courses(SearchRequest(open_only=True)).rows == []


def test_ranked_lists_answer_as_the_index_does(monkeypatch):
    asked = ["судья", "court", "сот торелиги", "суд", "judges court"]
    by_index = {text: pages(text) for text in asked}

    for module in (actions, rules):
        monkeypatch.setattr(module, "FREQUENT", 5)
    monkeypatch.setattr(rules, "TOO_FREQUENT", 5)
    monkeypatch.setattr("courses.search.queries.words.FREQUENT", 5)
    actions.reindex_everything()

    # Courses that have only a rare form of a frequent word stand beyond what can be paged through.
    assert CourseWord.objects.count() > 100
    for text, found in by_index.items():
        listed = pages(text)
        assert set(listed) <= set(found)
        assert len(listed) > len(found) * 0.8
        assert listed == [code for code in found if code in set(listed)]


def pages(text):
    return [row.code for row in find_courses(SearchRequest(text=text, limit=200)).rows]


def test_folding_is_the_same_in_python_and_in_sql():
    words = ["Төрелігі", "ЁЛКА", "HELP", "һәм", "қазақ", "Ұлытау", "hұқық", "өтініш", "i", "ағашi"]
    words += list(CatalogueWord.objects.exclude(spelling="").values_list("spelling", flat=True))

    with connection.cursor() as cursor:
        cursor.execute("SELECT academy_fold(word) FROM unnest(%s::text[]) word", [words])
        folded = [word for (word,) in cursor.fetchall()]

    assert [rules.fold(word) for word in words] == folded


def test_this_database_reads_cyrillic():
    assert check_ctype(databases=["default"]) == []
    assert clock.now()

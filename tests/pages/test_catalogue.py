"""The catalogue and a course's page, signed out and signed in."""

import re
from datetime import timedelta

import pytest
from django.utils.html import escape

from courses.catalogue.models import Course, CourseVersion
from courses.pages import slots
from courses.search import actions as search
from tests import factories


def indexed(*courses):
    search.reindex_courses([course.pk for course in courses])
    return courses[0]


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.django_db
def test_a_word_finds_its_course(browser):
    indexed(factories.course("JUV-1", title="Juvenile justice"), factories.course("CIV-1"))

    page = text_of(browser().get("/courses/?q=juvenile"))

    assert "1 course " in page
    assert "Juvenile justice" in page
    assert "CIV-1" not in page


@pytest.mark.django_db
def test_a_slip_of_the_finger_is_mended_and_said(browser):
    indexed(factories.course("JUV-1", title="Juvenile justice"))

    page = text_of(browser().get("/courses/?q=juvinile"))

    assert "Nothing was found for “juvinile”. These are the results for juvenile" in page
    assert "JUV-1" in page


@pytest.mark.django_db
def test_an_empty_answer_says_what_helps(browser):
    indexed(factories.course())

    page = text_of(browser().get("/courses/?q=zzzzqqqq&format=in_person"))

    assert "No course matches" in page
    assert "Take away a filter, or try a shorter word." in page
    assert "Show all courses" in page


@pytest.mark.django_db
def test_an_empty_list_names_the_filter_to_drop(browser):
    course = indexed(factories.course())

    page = browser().get("/courses/?q=reasoning&format=online&languages=kk")

    assert "No course matches" in page.text
    assert "Without “online” there is something to see." in text_of(page)
    without = re.search(r'button-secondary" href="(\?[^"]*)"', page.text)[1]
    assert "format" not in without
    assert course.code in browser().get("/courses/" + without.replace("&amp;", "&")).text


@pytest.mark.django_db
def test_a_chosen_filter_is_a_chip_that_takes_it_away(browser):
    indexed(factories.course())

    page = browser().get("/courses/?q=reasoning&format=in_person").text

    assert escape("?q=reasoning") in page
    assert "In person" in page
    assert "checked" in page


@pytest.mark.django_db
def test_pages_follow_each_other_without_numbers(browser):
    indexed(*[factories.course(f"P-{number:02}") for number in range(25)])
    client = browser()

    first = client.get("/courses/?sort=title")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    second = client.get("/courses/" + following[1].replace("&amp;", "&"))

    codes = [re.findall(r"P-\d\d", text_of(page)) for page in (first, second)]
    assert [len(shown) for shown in codes] == [20, 5]
    assert not set(codes[0]) & set(codes[1])
    assert 'rel="next"' not in second.text


@pytest.mark.django_db
def test_an_unreadable_link_is_refused_calmly(browser):
    indexed(factories.course())

    response = browser().get("/courses/?sort=title&cursor=nonsense")

    assert response.status_code == 422
    assert "This was not possible" in response.text


@pytest.mark.django_db
def test_an_unpublished_length_is_said_and_never_zero(browser):
    course = factories.course("NL-1")
    CourseVersion.objects.filter(course=course).update(hours=None, days=None)

    page = text_of(browser().get("/courses/NL-1/"))

    assert "Length Length not published" in page
    assert " 0 hours" not in page


@pytest.mark.django_db
def test_a_draft_does_not_exist_for_the_public(browser):
    course = factories.course("D-1")
    Course.objects.filter(pk=course.pk).update(status="draft")

    assert browser().get("/courses/D-1/").status_code == 404


@pytest.mark.django_db
def test_a_title_in_another_language_is_marked(browser):
    course = factories.course("L-1")
    CourseVersion.objects.filter(course=course).update(title={"ru": "Мотивировка"})

    page = browser().get("/courses/L-1/").text

    assert '<h1><span lang="ru">Мотивировка</span></h1>' in page


@pytest.mark.django_db(transaction=True)
def test_signed_out_the_page_is_the_same_bytes_and_is_not_sent_twice(browser):
    run = factories.run()
    address = f"/courses/{run.course.code}/"

    first, second = browser().get(address), browser().get(address)
    again = browser().get(address, headers={"If-None-Match": first["ETag"]})

    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert "Sign in to enrol" in first.text


@pytest.mark.django_db(transaction=True)
def test_signed_in_the_page_is_kept_nowhere(cast, browser):
    run = factories.run()

    response = browser(cast.asel_account).get(f"/courses/{run.course.code}/")

    assert response["Cache-Control"] == "private, no-store"
    assert f'action="/runs/{run.public_id}/enrol/"' in response.text
    assert "5 of 5 seats left" in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_a_trainer_is_not_offered_the_own_run(cast, browser):
    run = factories.run(trainer=cast.timur)

    page = browser(cast.timur_account).get(f"/courses/{run.course.code}/")

    assert "/enrol/" not in page.text


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_closed_for_enrolment_says_so(cast, browser):
    run = factories.run(starts_in=timedelta(hours=12))

    page = browser(cast.asel_account).get(f"/courses/{run.course.code}/")

    assert "Enrolment has closed." in text_of(page)
    assert "/enrol/" not in page.text


@pytest.mark.django_db
def test_without_a_provider_nothing_is_said_about_runs(monkeypatch, cast):
    monkeypatch.setattr(slots, "_providers", [])

    assert slots.news_of(object(), [1]) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how_many", [1, 3])
def test_the_catalogue_asks_as_much_for_three_courses_as_for_one(
    cast, browser, statements, how_many
):
    indexed(*[factories.run(of=factories.course()).course for _ in range(how_many)])

    assert len(statements(browser(), "/courses/?q=reasoning")) == 4
    assert len(statements(browser(cast.asel_account), "/courses/?q=reasoning")) == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how_many", [1, 3])
def test_a_course_asks_as_much_for_three_runs_as_for_one(cast, browser, statements, how_many):
    course = factories.course("Q-1")
    for _ in range(how_many):
        factories.run(of=course)

    assert len(statements(browser(), "/courses/Q-1/")) == 5  # one is for search engines
    assert len(statements(browser(cast.asel_account), "/courses/Q-1/")) == 6

"""My training, and the pages about oneself."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from academy.clients.models import Client as CourtSystem, Disclosure
from academy.core import clock
from academy.core.actor import Actor
from academy.messages.models import Message
from enrollment.requests import actions
from tests import factories

ACTOR = Actor.system("tests")


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.django_db
def test_signed_out_the_start_is_the_catalogue(browser):
    response = browser().get("/")

    assert (response.status_code, response.url) == (302, "/courses/")


@pytest.mark.django_db
def test_an_account_without_a_person_starts_at_the_desk(cast, browser, settings):
    settings.SECOND_FACTOR_REQUIRED = False

    response = browser(cast.otto_account).get("/")

    assert (response.status_code, response.url) == (302, "/desk/")


@pytest.mark.django_db
def test_who_has_nothing_is_shown_the_way_to_the_courses(cast, browser):
    page = text_of(browser(cast.asel_account).get("/"))

    assert "Find a course" in page
    assert "Nothing yet this year." in page


@pytest.mark.django_db(transaction=True)
def test_the_next_session_is_the_next_step_with_its_local_time(cast, browser):
    run = factories.run()
    actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)

    page = text_of(browser(cast.asel_account).get("/"))

    assert "Your next session" in page
    assert "UTC+5" in page
    assert run.code in page


@pytest.mark.django_db(transaction=True)
def test_the_link_of_a_session_is_for_those_who_have_a_seat(cast, browser):
    run = factories.run(seats=1, link="https://meet.example.org/room")
    actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    actions.enroll(run=run.public_id, person=cast.dana.pk, actor=ACTOR)

    seated, waiting = browser(cast.asel_account).get("/"), browser(cast.dana_account).get("/")

    assert "https://meet.example.org/room" in seated.text
    assert "https://meet.example.org/room" not in waiting.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how_many", [1, 3])
def test_my_training_asks_as_much_for_three_enrolments_as_for_one(
    cast, browser, statements, how_many
):
    for number in range(how_many):
        run = factories.run(starts_in=timedelta(days=30 + number))
        actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)

    assert len(statements(browser(cast.asel_account), "/")) == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how_many", [1, 3])
def test_an_enrolment_asks_as_much_for_three_sessions_as_for_one(
    cast, browser, statements, how_many
):
    run = factories.run(sessions=how_many)
    mine = actions.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)

    path = reverse("enrollment:enrollment", args=[mine.public_id])

    assert len(statements(browser(cast.asel_account), path)) == 6


def sent(person, *, title="Your seat is confirmed", state="sent"):
    now = clock.now()
    return Message.objects.create(
        person=person,
        kind="x",
        subject_kind="enrollment",
        subject_id=uuid4(),
        occurrence="1",
        state=state,
        created_at=now,
        due_at=now,
        closed_at=now,
        title=title,
        body="Hello",
        language="en",
        address="asel@example.org",
    )


@pytest.mark.django_db
def test_what_we_sent_is_shown_to_its_reader_and_counted_until_read(cast, browser):
    sent(cast.asel)
    sent(cast.dana, title="Not for you")
    client = browser(cast.asel_account)

    before, page, after = client.get("/profile/"), client.get("/messages/"), client.get("/profile/")

    assert "1 unread message" in text_of(before)
    assert "Your seat is confirmed" in text_of(page)
    assert "Not for you" not in text_of(page)
    assert "unread message" not in text_of(after)


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 3])
def test_what_we_sent_asks_as_much_for_three_as_for_one(cast, browser, statements, how_many):
    for _ in range(how_many):
        sent(cast.asel)

    assert len(statements(browser(cast.asel_account), "/messages/")) == 2


@pytest.mark.django_db
def test_who_saw_my_data_is_told_to_me_alone(cast, browser):
    system = CourtSystem.objects.create(name="Supreme Court HR", client_id="c1")
    others = [uuid4(), cast.asel.public_id]
    Disclosure.objects.create(
        client=system, at=clock.now(), resource="credits", projection="evaluator", people=others
    )

    mine = text_of(browser(cast.asel_account).get("/profile/who-saw/"))
    hers = text_of(browser(cast.dana_account).get("/profile/who-saw/"))

    assert "Supreme Court HR" in mine
    assert "together with other people" in mine
    assert "Supreme Court HR" not in hers


@pytest.mark.django_db
def test_a_chosen_language_is_spoken_at_once_and_remembered(cast, browser):
    client = browser(cast.asel_account)

    response = client.post("/profile/", {"language": "ru"})

    cast.asel_account.refresh_from_db()
    assert (response.status_code, cast.asel_account.language) == (303, "ru")
    assert client.get("/profile/")["Content-Language"] == "ru"


@pytest.mark.django_db
def test_an_unknown_language_changes_nothing(cast, browser):
    response = browser(cast.asel_account).post("/profile/", {"language": "xx"})

    cast.asel_account.refresh_from_db()
    assert (response.status_code, cast.asel_account.language) == (200, "en")


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code, _ in django_settings.LANGUAGES])
@pytest.mark.parametrize(
    "path",
    [
        "/courses/",
        "/help/",
        "/privacy/",
        "/accessibility/",
        "/verify/",
        "/sign-in/",
        "/style-guide/",
    ],
)
def test_public_pages_speak_every_language(browser, path, language):
    response = browser(language=language).get(path)

    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text


@pytest.mark.django_db
def test_the_language_switch_needs_no_account(browser):
    client = browser()

    response = client.post("/language/", {"language": "kk", "next": "/help/"})

    assert (response.status_code, response.url) == (302, "/help/")
    assert client.get("/help/")["Content-Language"] == "kk"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/profile/", "/messages/", "/profile/who-saw/"])
def test_own_pages_are_for_people_who_signed_in(browser, path):
    response = browser().get(path)

    assert (response.status_code, response.url) == (302, f"/sign-in/?next={path}")

"""A trainer booked twice: the registrar reads it on the draft and when publishing is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from academy.access.enums import Role
from academy.courts.models import CalendarDay
from courses.planning.models import Run
from tests import factories
from tests.enrollment.stage import ask, sight

MONDAY = datetime(2026, 2, 2, 5, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_a_draft_is_warned_of_on_its_page_and_publishing_it_is_refused(cast, browser):
    first = factories.run(trainer=cast.timur)
    second = factories.run(trainer=cast.timur, is_published=False)
    client = browser(cast.clara_account)
    sentence = f"{cast.timur.family_name} {cast.timur.given_name} teaches {first.code} at the same"

    page = text_of(client.get(reverse("enrollment:run", args=[second.public_id])))
    assert "Booked twice: this run cannot be published like this" in page
    assert sentence in page
    before = sight()

    answer = client.post(reverse("enrollment:run-publish", args=[second.public_id]), follow=True)
    assert sentence in text_of(answer)
    assert (Run.objects.get(pk=second.pk).state, sight()) == ("draft", before)


@time_machine.travel(MONDAY, tick=False)
def test_a_new_run_is_warned_of_before_it_is_saved(cast, browser):
    CalendarDay.objects.create(date=date(2026, 3, 9), kind="off", names={"en": "Women's Day"})
    taken = factories.run(trainer=cast.timur, starts_in=timedelta(days=36), seats=3)  # 10 March
    ask(taken, cast.asel)
    assert cast.timur_account.grants.filter(role=Role.TRAINER).exists()
    new = reverse("enrollment:run-new")
    sent = {
        "course": taken.course.code,
        "code": "NEW-1",
        "language": "kk",
        "first_0": "2026-03-09",
        "first_1": "10:00",
        "days": "2",
        "minutes": "360",
        "mode": "open",
        "closes_days": "3",
        "trainer": str(cast.timur.public_id),
    }
    client = browser(cast.clara_account)
    before = (sight(), Run.objects.count())

    shown = client.post(new, sent)

    page = text_of(shown)
    assert "9 March 2026 is a day off: Women&#x27;s Day." in page
    assert f"teaches {taken.code} at the same time" in page
    assert "At these hours 1 person has a place in another course." in page
    assert (sight(), Run.objects.count()) == before
    (agreed,) = shown.context["hidden"]
    other = client.post(new, {**sent, "first_0": "2026-03-08", agreed[0]: agreed[1]})
    assert "8 March 2026 is a day of the weekend." in text_of(other)
    assert Run.objects.count() == before[1]
    client.post(new, {**sent, agreed[0]: agreed[1]})
    assert Run.objects.get(code="NEW-1").sessions.count() == 2
    client.post(new, {**sent, "code": "NEW-2", "first_0": "2026-03-17"})
    assert Run.objects.filter(code="NEW-2").exists()


@time_machine.travel(MONDAY, tick=False)
def test_new_dates_are_warned_of_in_their_dry_run(cast, browser):
    run = factories.run(trainer=cast.timur, starts_in=timedelta(days=36))
    session = run.sessions.get()
    sent = {
        f"session_{session.number}_0": "2026-03-14",
        f"session_{session.number}_1": "10:00",
        "no_answer": "keep",
    }

    page = browser(cast.clara_account).post(
        reverse("enrollment:run-move", args=[run.public_id]), sent
    )

    assert "14 March 2026 is a day of the weekend." in text_of(page)
    assert Run.objects.get(pk=run.pk).starts_at == run.starts_at

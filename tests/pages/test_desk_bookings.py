"""A trainer booked twice: the registrar reads it on the draft and when publishing is refused."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from courses.planning.models import Run
from tests import factories
from tests.enrollment.stage import sight

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

"""The public check of a certificate, and the paper for who may have it."""

import re

import pytest
from django.urls import reverse

from enrollment.attendance.enums import MarkStatus
from enrollment.certificates import actions
from enrollment.certificates.enums import EndReason
from enrollment.certificates.models import Certificate
from enrollment.certificates.rules import in_groups
from tests import factories
from tests.enrollment.conftest import held  # noqa: F401 - a fixture

PRESENT = MarkStatus.PRESENT


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def certificate(held):  # noqa: F811
    run = held(people=1, sessions=1)
    run.mark(PRESENT)
    run.finalise()
    return Certificate.objects.get()


def holder(certificate):
    return certificate.outcome.enrollment.person


@pytest.mark.django_db(transaction=True)
def test_a_valid_certificate_shows_what_the_paper_shows(browser, certificate):
    page = browser().get(f"/verify/{certificate.serial}")

    text = text_of(page)
    assert "This certificate is valid" in text
    assert holder(certificate).full_name in text
    assert in_groups(certificate.serial) in text
    assert str(holder(certificate).public_id) not in page.text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.django_db(transaction=True)
def test_a_revoked_certificate_does_not_tell_why(browser, certificate):
    actions.revoke(
        certificate=certificate.public_id, reason=EndReason.MISUSED, actor=factories.ACTOR
    )

    page = text_of(browser().get(f"/verify/{certificate.serial}"))

    assert "This certificate was revoked" in page
    assert "It has not been valid since" in page
    assert "misused" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("serial", ["5OB2WFF5S4FAWRUQPTQIXJUYWI", "unknown", "' OR 1=1 --"])
def test_an_unknown_number_tells_nothing(browser, serial):
    page = browser().get(reverse("enrollment:verify", args=[serial]))

    assert page.status_code == 200
    assert "There is no certificate with this number" in text_of(page)


@pytest.mark.django_db(transaction=True)
def test_a_number_typed_from_paper_leads_to_its_page(browser, certificate):
    typed = in_groups(certificate.serial).lower()

    response = browser().post("/verify/", {"serial": typed})

    assert (response.status_code, response.url) == (303, f"/verify/{certificate.serial}")


@pytest.mark.django_db
def test_an_empty_number_is_asked_for_again(browser):
    response = browser().post("/verify/", {"serial": ""})

    assert response.status_code == 200
    assert "There is a problem" in response.text


@pytest.mark.django_db(transaction=True)
def test_the_paper_is_for_its_owner_and_the_academy(cast, browser, settings, certificate):
    settings.SECOND_FACTOR_REQUIRED = False
    address = reverse("enrollment:certificate-pdf", args=[certificate.public_id])
    owner = factories.account(of=holder(certificate))

    answers = {
        name: browser(account).get(address).status_code
        for name, account in (
            ("owner", owner),
            ("registrar", cast.clara_account),
            ("stranger", cast.dana_account),
            ("nobody", None),
        )
    }

    assert answers == {"owner": 200, "registrar": 200, "stranger": 404, "nobody": 302}
    paper = browser(owner).get(address)
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Cache-Control"] == "private, no-store"
    assert paper.content.startswith(b"%PDF-")


@pytest.mark.django_db(transaction=True)
def test_my_training_leads_to_the_paper_and_counts_the_credit(browser, certificate):
    owner = factories.account(of=holder(certificate))

    page = browser(owner).get("/")

    address = reverse("enrollment:certificate-pdf", args=[certificate.public_id])
    assert f'href="{address}"' in page.text
    assert "Completed" in text_of(page)

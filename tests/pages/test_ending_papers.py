"""The registrar revokes and replaces certificates: first what will happen, then the deed.

The holder is told, and the public check says it.
"""

import html
import re

import pytest

from academy.access.enums import Role
from academy.ledger import delivery as ledger
from academy.ledger.models import Event
from academy.messages import delivery
from academy.messages.models import Message
from courses.catalogue.models import Organisation
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates.models import Certificate
from enrollment.credits.models import CreditEntry
from tests import factories
from tests.enrollment.conftest import held  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response):
    inside = response.content.decode().partition("<main")[2]
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", inside).split()))


@pytest.fixture
def certificate(held):  # noqa: F811
    run = held(people=1, sessions=1)
    run.mark(MarkStatus.PRESENT)
    run.finalise()
    return Certificate.objects.get()


@pytest.fixture
def clara(cast, browser):
    return browser(cast.clara_account)


def holder(certificate):
    return certificate.outcome.enrollment.person


def address(certificate, what=""):
    return f"/desk/certificates/{certificate.public_id}/{what}"


def stands():
    """All that an end of a certificate touches, or must not."""
    rows = Certificate.objects.order_by("pk").values_list("pk", "state", "end_reason", "serial")
    return list(rows), Event.objects.count(), CreditEntry.objects.count()


def letters(person):
    """Let the workers work; then what that person was told about certificates."""
    ledger.advance()
    delivery.deliver(seconds=20)
    rows = Message.objects.filter(person=person, kind__startswith="certificate.").order_by("id")
    return list(rows.values_list("kind", "state"))


def test_the_run_and_the_enrolment_lead_to_the_paper(cast, browser, clara, certificate):
    run, claim = certificate.outcome.enrollment.run, certificate.outcome.enrollment
    link = f'href="{address(certificate)}"'

    at_desk = clara.get(f"/desk/runs/{run.public_id}/").text
    story = clara.get(f"/enrollments/{claim.public_id}/").text
    page = clara.get(address(certificate)).text
    auditor = browser(cast.otto_account).get(address(certificate)).text

    assert link in at_desk
    assert link in story
    assert f'href="{address(certificate, "revoke/")}"' in page
    assert f'href="{address(certificate, "replace/")}"' in page
    assert "revoke/" not in auditor
    assert certificate.serial not in page


def test_a_revoked_paper(browser, clara, certificate, post_office):
    credit = CreditEntry.objects.count()
    assert letters(holder(certificate)) == [("certificate.issued", "sent")]

    shown = text_of(clara.get(address(certificate, "revoke/")))
    done = clara.post(address(certificate, "revoke/"), {"reason": "issued_in_error"})

    assert "the public check says that it was revoked, and on which day" in shown
    assert "The result and the credit of the run stay on record." in shown
    assert (done.status_code, done.url) == (303, address(certificate))
    page = text_of(clara.get(done.url))
    assert "Issued in error" in page
    assert clara.get(f"/certificates/{certificate.public_id}.pdf").status_code == 409
    assert CreditEntry.objects.count() == credit
    public = text_of(browser().get(f"/verify/{certificate.serial}"))
    assert "This certificate was revoked" in public
    assert "error" not in public
    assert letters(holder(certificate))[1:] == [("certificate.revoked", "sent")]
    mail = post_office.mails[-1]
    assert mail["Subject"].startswith("Your certificate was revoked")
    assert "Reason: Issued in error." in mail.get_body(["plain"]).get_content()


def test_a_replaced_paper_leads_to_the_new_one(browser, clara, certificate, post_office):
    letters(holder(certificate))
    same = text_of(clara.get(address(certificate, "replace/")))
    who = holder(certificate)
    old_name = certificate.paper["person"]
    type(who).objects.filter(pk=who.pk).update(family_name="Жаңабаева")

    shown = text_of(clara.get(address(certificate, "replace/")))
    done = clara.post(address(certificate, "replace/"), {"reason": "name_corrected"})

    assert "Nothing but number and day of issue" in same
    assert old_name in shown
    assert "Жаңабаева" in shown
    new = Certificate.objects.get(state="valid")
    assert (done.status_code, done.url) == (303, address(new))
    assert new.serial != certificate.serial
    assert "The certificate that this one replaced" in text_of(clara.get(done.url))
    assert "The certificate that took its place" in text_of(clara.get(address(certificate)))
    assert "was replaced by a newer one" in text_of(browser().get(f"/verify/{certificate.serial}"))
    assert "is valid" in text_of(browser().get(f"/verify/{new.serial}"))
    # One letter, about the new one; none about the end of the old one.
    assert letters(who)[1:] == [("certificate.replaced", "sent")]
    mail = post_office.mails[-1].get_body(["plain"]).get_content()
    assert f"/certificates/{new.public_id}.pdf" in mail
    assert new.serial not in mail


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "boredom"}, "Select a valid choice"),
        ({"reason": "other", "note": " "}, "Please say why."),
    ],
)
@pytest.mark.parametrize("what", ["revoke/", "replace/"])
def test_without_a_reason_nothing_happens(clara, certificate, what, sent, said):
    before = stands()

    answer = clara.post(address(certificate, what), sent)

    assert answer.status_code == 200
    assert said in text_of(answer)
    assert stands() == before


def test_an_ended_paper_does_not_end_twice(clara, certificate):
    sent = {"reason": "misused"}
    clara.post(address(certificate, "revoke/"), sent)
    before = stands()

    again = [clara.post(address(certificate, what), sent) for what in ("revoke/", "replace/")]

    assert [one.status_code for one in again] == [200, 200]
    assert all("no longer valid" in text_of(one) for one in again)
    assert stands() == before


def test_nobody_ends_the_own_paper_and_the_trainer_none(cast, browser, certificate):
    registrar = factories.account(of=holder(certificate), role=Role.REGISTRAR)
    before = stands()

    for account in (registrar, cast.timur_account, cast.otto_account):
        for what in ("revoke/", "replace/"):
            answer = browser(account).post(address(certificate, what), {"reason": "misused"})
            assert answer.status_code == 404

    assert stands() == before


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_issuer_that_changed_is_compared_in_the_readers_language(
    cast, browser, certificate, language
):
    Organisation.objects.create(
        code="issuer", names={"kk": "Жаңа", "ru": "Новая", "en": "New"}, is_own=True, is_issuer=True
    )
    page = browser(cast.clara_account, language=language).get(address(certificate, "replace/"))

    assert {"kk": "Жаңа", "ru": "Новая", "en": "New"}[language] in text_of(page)

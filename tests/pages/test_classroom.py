"""Trainers write to the people of a run and share files with them, and with nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from academy.ledger import delivery as ledger
from academy.ledger.models import Event
from academy.messages import delivery
from academy.messages.models import Message
from enrollment.classroom.models import Material, Notice
from enrollment.requests.actions import enroll, withdraw
from tests import factories
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.7 programme of the day"


@pytest.fixture
def run(cast, settings, tmp_path):
    """Asel and another one have a seat in a run of Timur's."""
    settings.MEDIA_ROOT = tmp_path / "files"
    row = factories.run(trainer=cast.timur)
    for person in (cast.asel, factories.person()):
        enroll(run=row.public_id, person=person.pk, actor=factories.ACTOR)
    return row


def words(**more):
    return {
        "title": "Bring your robe",
        "text": "We begin at nine.\n\nThe door closes at ten past nine.",
        "nonce": "7c2f5f0e-54a5-4b39-9a4c-6f3c0e7f0a11",
        **more,
    }


def test_a_notice_is_shown_first_and_sent_once(cast, run, browser, post_office):
    http, path = browser(cast.timur_account), f"/desk/runs/{run.public_id}/notice/"

    shown = http.post(path, words()).content.decode()
    assert "2 people" in shown
    assert "<p>We begin at nine.</p>" in shown
    assert not Notice.objects.exists()

    for _again in range(2):
        assert http.post(path, words(send="yes")).status_code == 303
    ledger.advance()
    delivery.deliver()
    ledger.advance()

    event = Event.objects.get(type="notice.sent")
    assert event.data == {"people": 2}
    mails = [mail for mail in post_office.mails if mail["Subject"] == "Bring your robe"]
    assert len(mails) == 2
    text, html = texts_of(mails[0])
    assert cast.timur.full_name in text
    assert "The door closes at ten past nine." in text
    assert "The door closes at ten past nine." in html


def test_who_has_given_up_the_seat_is_not_told(cast, run, browser, post_office):
    browser(cast.timur_account).post(f"/desk/runs/{run.public_id}/notice/", words(send="yes"))
    ledger.advance()
    mine = run.enrollments.get(person=cast.asel)
    withdraw(enrollment=mine.public_id, actor=factories.ACTOR)

    delivery.deliver()

    told = Message.objects.filter(kind="notice.sent").order_by("person_id")
    assert {(one.state, one.outcome) for one in told} == {
        ("dropped", "no_seat_any_more"),
        ("sent", ""),
    }


def test_the_sixth_notice_of_a_day_waits(cast, run, browser):
    http, path = browser(cast.timur_account), f"/desk/runs/{run.public_id}/notice/"
    for number in range(5):
        http.post(path, words(send="yes", nonce=f"00000000-0000-4000-8000-00000000000{number}"))

    page = http.post(path, words(send="yes", nonce="00000000-0000-4000-8000-000000000009"))

    assert "five notices within a day" in page.content.decode()
    assert "Bring your robe" in page.content.decode()  # nothing that was typed is lost
    assert Notice.objects.count() == 5


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_a_file_reaches_those_with_a_seat_and_nobody_else(cast, run, browser):
    path = f"/desk/runs/{run.public_id}/materials/"
    trainer = browser(cast.timur_account)
    given = {"name": "Programme", "file": upload("day.pdf", PDF)}
    assert trainer.post(path, given).status_code == 303
    material = Material.objects.get()
    address = f"/materials/{material.public_id}/"

    mine = run.enrollments.get(person=cast.asel)
    page = browser(cast.asel_account).get(f"/enrollments/{mine.public_id}/").content.decode()
    got = browser(cast.asel_account).get(address)

    assert address in page
    assert got.content == PDF
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"] == "attachment; filename*=utf-8''Programme.pdf"
    assert "sandbox" in got["Content-Security-Policy"]
    for stranger in (cast.dana_account, cast.boris_account, cast.kenzhe_account):
        assert browser(stranger).get(address).status_code == 404
    assert browser().get(address).status_code == 302


def test_an_account_of_nobody_reads_nothing_of_a_run_that_nobody_teaches_yet(cast, run, browser):
    path = f"/desk/runs/{run.public_id}/materials/"
    browser(cast.timur_account).post(path, {"name": "Programme", "file": upload("day.pdf", PDF)})
    address = f"/materials/{Material.objects.get().public_id}/"

    run.assignments.all().delete()

    assert browser(factories.account()).get(address).status_code == 404
    assert browser(cast.asel_account).get(address).status_code == 200


def test_a_material_is_taken_back_with_its_file(cast, run, browser):
    path = f"/desk/runs/{run.public_id}/materials/"
    trainer = browser(cast.timur_account)
    trainer.post(path, {"name": "Programme", "file": upload("day.pdf", PDF)})
    material = Material.objects.get()
    store, name = material.file.storage, material.file.name

    trainer.post(f"{path}{material.public_id}/remove/")

    assert not Material.objects.exists()
    assert not store.exists(name)
    assert [event.type for event in Event.objects.filter(subject_id=material.public_id)] == [
        "material.added",
        "material.removed",
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"file": upload("day.pdf", b"MZ not a pdf")}, "not what its ending says"),
        ({"name": "Both", "file": upload("day.pdf", PDF), "url": "https://example.org"}, "either"),
        ({"name": "Nothing"}, "either a file or a link"),
        ({"url": "https://example.org"}, "Give the link a name"),
        ({"name": "Mine", "url": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_what_cannot_be_shared_is_said(cast, run, browser, given, sentence):
    page = browser(cast.timur_account).post(f"/desk/runs/{run.public_id}/materials/", given)

    assert sentence in page.content.decode()
    assert not Material.objects.exists()


def test_a_link_leads_there(cast, run, browser):
    given = {"name": "The code", "url": "https://example.org/code"}
    browser(cast.timur_account).post(f"/desk/runs/{run.public_id}/materials/", given)
    material = Material.objects.get()

    got = browser(cast.asel_account).get(f"/materials/{material.public_id}/")

    assert got["Location"] == "https://example.org/code"

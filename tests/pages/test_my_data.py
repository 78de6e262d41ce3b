"""Everything about me, in one file that I can carry away."""

import pytest

from academy.ledger.models import Event
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.requests.actions import enroll
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/profile/my-data/"


@pytest.fixture
def marked(cast, monkeypatch):
    """Asel and Dana were at a session; each has a record of her own."""
    run = factories.run(trainer=cast.timur)
    claims = [
        enroll(run=run.public_id, person=one.pk, actor=factories.ACTOR)
        for one in (cast.asel, cast.dana)
    ]
    session = run.sessions.get()
    drafts = [MarkDraft(claim.public_id, MarkStatus.PRESENT) for claim in claims]
    record_marks(
        session=session.public_id, marks=drafts, actor=factories.ACTOR, at=session.period.upper
    )
    return run


def test_it_holds_what_every_room_keeps_about_me_and_nobody_else(cast, marked, browser):
    answer = browser(cast.asel_account).post(PATH)
    found = answer.json()

    assert answer["Content-Disposition"].startswith("attachment")
    assert [one["family_name"] for one in found["person"]] == [cast.asel.family_name]
    assert [one["run__code"] for one in found["enrollments"]] == [marked.code]
    assert [one["status"] for one in found["marks"]] == ["present"]
    assert {one["type"] for one in found["events"]} >= {"enrollment.confirmed", "mark.recorded"}
    text = answer.content.decode()
    assert str(cast.dana.public_id) not in text
    assert cast.dana.family_name not in text
    assert "password" not in text


def test_each_room_tells(cast, browser):
    """A room that keeps something about people says so; a new one is noticed here."""
    found = browser(cast.asel_account).post(PATH).json()

    assert set(found) >= {
        *("person", "posts", "account", "roles", "messages", "choices", "disclosures", "events"),
        *("interests", "enrollments", "decisions", "marks", "outcomes", "credits"),
        *("certificates", "calendars", "proposals"),
    }


def test_that_it_was_told_is_written_down(cast, browser):
    browser(cast.asel_account).post(PATH)

    event = Event.objects.get(type="person.told_everything")
    assert (event.subject_id, event.actor_id) == (
        cast.asel.public_id,
        cast.asel_account.public_id,
    )


def test_looking_is_not_asking(cast, browser):
    assert browser(cast.asel_account).get(PATH).status_code == 405
    assert not Event.objects.filter(type="person.told_everything").exists()

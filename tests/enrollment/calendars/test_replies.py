"""An invitation declined in a calendar: a question to the person, never a withdrawal by itself."""

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from icalendar import Calendar, vCalAddress

from academy.core import clock
from academy.ledger.models import Event
from academy.messages.models import Message
from courses.planning.actions import SessionPlan
from courses.planning.models import Run
from enrollment.calendars import replies
from enrollment.calendars.models import Invitation
from enrollment.requests import actions as requests, run_changes
from tests import factories
from tests.academy.messages.test_returned import report
from tests.enrollment.stage import events_of, now_is
from tests.factories import ACTOR
from tests.pages.conftest import _plain, browser  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def reply(item, address, answer="DECLINED", *, after=MINUTE, sequence=None, method="REPLY"):
    """The mail that a calendar program sends back for an invitation."""
    calendar, event = Calendar(), item.event.copy(recursive=True)
    calendar.add("PRODID", "-//Some program//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    attendee = vCalAddress(f"MAILTO:{address}")
    attendee.params["PARTSTAT"] = answer
    for name in ("ATTENDEE", "DTSTAMP", "SEQUENCE"):
        del event[name]
    event.add("ATTENDEE", attendee)
    event.add("DTSTAMP", clock.now() + after)
    event.add("SEQUENCE", item.sequence if sequence is None else sequence)
    calendar.add_component(event)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = address, "Declined"
    mail.set_content("I cannot come.")
    mail.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": method})
    return mail.as_bytes()


@pytest.fixture
def invited(cast, mails):
    """Asel's enrolment, and the invitations she got."""
    run = factories.run(sessions=2)
    enrollment = requests.enroll(run=run.public_id, person=cast.asel.pk, actor=ACTOR)
    return enrollment, mails.items_to(cast.asel)


def is_asked():
    return Invitation.objects.filter(declined_at__isnull=False).exists()


def test_a_decline_asks_the_person_and_withdraws_nobody(cast, invited, mails):
    enrollment, items = invited

    assert replies.take(reply(items[1], cast.asel.email.upper())) == ["declined"]

    assert now_is(enrollment) == "confirmed"
    (mail,) = mails.new_to(cast.asel)
    assert mail["Subject"] == "Do you withdraw? Reasoning of judgments"
    assert f"/enrollments/{enrollment.public_id}/" in mail.get_body(("plain",)).get_content()


def test_one_click_on_the_page_confirms_it(cast, invited, browser):  # noqa: F811
    enrollment, items = invited
    asel, path = browser(cast.asel_account), f"/enrollments/{enrollment.public_id}/"
    assert "declined the session" not in asel.get(path).content.decode()
    replies.take(reply(items[0], cast.asel.email))

    page = asel.get(path).content.decode()
    assert "Your calendar told us that you declined the session on" in page
    assert f'action="{path}withdraw/"' in page
    assert asel.post(f"{path}withdraw/").status_code == 303
    assert now_is(enrollment) == "withdrawn"
    assert "declined the session" not in asel.get(path).content.decode()


def test_it_was_a_slip(cast, invited, browser, mails):  # noqa: F811
    enrollment, items = invited
    asel, path = browser(cast.asel_account), f"/enrollments/{enrollment.public_id}/"
    replies.take(reply(items[0], cast.asel.email))

    assert browser(cast.dana_account).post(f"{path}keep/").status_code == 404
    assert is_asked()
    for _twice in range(2):
        assert asel.post(f"{path}keep/").status_code == 303

    assert now_is(enrollment) == "confirmed"
    assert "declined the session" not in asel.get(path).content.decode()
    assert Event.objects.filter(type="calendar.kept").count() == 1
    assert mails.new_to(cast.asel) == []  # the question is answered before it was asked


def test_after_the_deadline_the_page_asks_why_first(cast, invited, browser):  # noqa: F811
    enrollment, items = invited
    Run.objects.update(withdraw_until=clock.now() - MINUTE)
    replies.take(reply(items[0], cast.asel.email))
    path = f"/enrollments/{enrollment.public_id}/"

    page = browser(cast.asel_account).get(path).content.decode()

    assert f'action="{path}withdraw/"' not in page
    assert f'href="{path}withdraw/"' in page


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"answer": "ACCEPTED"}, ["kept"]),
        ({"answer": "TENTATIVE"}, ["kept"]),
        ({"answer": "NEEDS-ACTION"}, []),
        ({"method": "REQUEST"}, []),
        ({"sequence": -1}, ["of_an_older_version"]),
    ],
)
def test_what_is_no_decline_asks_nothing(cast, invited, options, word):
    _enrollment, items = invited

    assert replies.take(reply(items[0], cast.asel.email, **options)) == word
    assert not is_asked()
    assert not Event.objects.filter(type="calendar.declined").exists()


def test_nobody_declines_for_another(cast, invited):
    _enrollment, items = invited

    assert replies.take(reply(items[0], cast.dana.email)) == ["not_the_invited"]
    assert not is_asked()


def test_the_same_answer_twice_counts_once_and_the_last_one_wins(cast, invited):
    enrollment, items = invited
    declined = reply(items[0], cast.asel.email)

    assert replies.take(declined) == ["declined"]
    assert replies.take(declined) == ["older_than_the_last"]
    assert replies.take(reply(items[0], cast.asel.email, "ACCEPTED", after=2 * MINUTE)) == ["kept"]
    assert replies.take(declined) == ["older_than_the_last"]
    assert not is_asked()
    assert Event.objects.filter(type="calendar.declined").count() == 1
    assert events_of(enrollment) == ["confirmed"]


def test_who_declined_the_old_date_has_not_declined_the_new_one(cast, invited, mails):
    enrollment, items = invited
    replies.take(reply(items[0], cast.asel.email))
    plans = [
        SessionPlan(session.period.lower + timedelta(days=7), session.minutes)
        for session in enrollment.run.sessions.order_by("number")
    ]
    run_changes.move_run(run=enrollment.run.public_id, sessions=plans, actor=ACTOR)
    mails.work()

    assert not is_asked()
    late = reply(items[0], cast.asel.email, after=9 * MINUTE)
    assert replies.take(late) == ["of_an_older_version"]


def test_who_has_left_cannot_decline(cast, invited):
    enrollment, items = invited
    requests.withdraw(enrollment=enrollment.public_id, actor=ACTOR)

    assert replies.take(reply(items[0], cast.asel.email)) == ["not_invited_any_more"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: hello\r\n\r\nhello",
        b"Content-Type: text/calendar; method=REPLY\r\n\r\nnonsense",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
        b"BEGIN:VEVENT\r\nUID:not-ours\r\nDTSTAMP:20260101T000000Z\r\n"
        b"ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
)
def test_other_mails_and_broken_ones_are_passed_over(raw):
    assert replies.take(raw) == []


def test_one_mailbox_is_enough_for_answers_and_for_reports_of_mail_servers(cast, invited, tmp_path):
    _enrollment, items = invited
    told = Message.objects.get(kind="enrollment.confirmed", person=cast.asel)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(reply(items[0], cast.asel.email))
    (tmp_path / "new" / "2").write_bytes(b"Subject: a letter\r\n\r\nto somebody")
    (tmp_path / "new" / "3").write_bytes(report(told, status="5.2.2"))
    out = io.StringIO()

    call_command("read_mail", str(tmp_path), stdout=out)

    assert out.getvalue().strip() == "1 declined, 1 returned"
    assert is_asked()
    names = sorted(path.name for path in (tmp_path / "cur").iterdir())
    assert names == ["1:2,S", "2:2,", "3:2,S"]
    with pytest.raises(CommandError, match="no maildir"):
        call_command("read_mail", str(tmp_path / "cur"))

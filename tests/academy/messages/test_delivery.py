"""What becomes of one message, against a real mail server."""

from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from academy.core import clock
from academy.messages import delivery, lease, rules
from academy.messages.models import Message, Outgoing
from tests import factories
from tests.academy.messages.conftest import outcome, place_of
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db

State = Message.State


def later(monkeypatch, span):
    moment = clock.now() + span
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_message_is_sent_once_and_recorded(notice, post_office):
    person = notice.person(language="en")
    (message,) = notice.write(person)

    delivery.deliver()
    delivery.deliver()

    (mail,) = post_office.mails
    message.refresh_from_db()
    assert mail["To"] == message.address == person.email
    assert mail["Subject"] == message.title == "You have withdrawn: Evidence"
    assert mail["Message-ID"] == f"<{message.public_id}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = texts_of(mail)
    assert text.replace("\r\n", "\n") == message.body
    assert "Your enrolment in “Evidence” (R-1) has ended, as you asked." in text
    assert "Your enrolment in “Evidence” (R-1) has ended, as you asked." in html
    assert (message.state, message.language, message.attempts) == (State.SENT, "en", 1)
    assert place_of(message) is None


def test_many_mails_share_one_session(notice, post_office):
    notice.write(*(notice.person() for _ in range(12)))

    delivery.deliver()

    assert len(post_office.mails) == 12
    assert post_office.sessions == 1
    assert notice.batches == [12]


@pytest.mark.parametrize(
    ("language", "sender"),
    [("en", "Judicial training"), ("ru", "Обучение в судебной системе")],
)
def test_the_sender_speaks_the_reader_s_language(notice, post_office, language, sender):
    notice.write(notice.person(language=language))

    delivery.deliver()

    (mail,) = post_office.mails
    name, address = parseaddr(dict(mail.raw_items())["From"])
    assert (str(make_header(decode_header(name))), address) == (sender, "training@example.org")


def test_the_account_s_language_comes_before_the_person_s(notice, post_office):
    person = notice.person(language="en")
    account = factories.account(of=person)
    account.language = "ru"
    account.save()
    (message,) = notice.write(person)

    delivery.deliver()

    message.refresh_from_db()
    assert message.language == "ru"
    assert "Доказательства" in message.title


def test_what_is_no_longer_true_is_dropped_with_the_reason(notice, post_office):
    gone, still = notice.person(), notice.person()
    notice.untrue[gone.pk] = "is_withdrawn"
    first, second = notice.write(gone, still)

    delivery.deliver()

    assert outcome(first) == (State.DROPPED, "is_withdrawn")
    assert outcome(second) == (State.SENT, "")
    assert post_office.recipients == [still.email]


def test_without_an_address_it_is_kept_to_be_read_here(notice, post_office):
    (message,) = notice.write(notice.person(email=""))

    delivery.deliver()

    assert outcome(message) == (State.DROPPED, "no_address")
    assert message.body.startswith("Hello Айсұлу,")
    assert post_office.mails == []


@pytest.mark.parametrize(
    "address", ["a b@example.org", "x@y>z.org", "x\r\nBcc: all@example.org", "x"]
)
def test_an_address_that_could_break_the_envelope_never_reaches_the_server(
    notice, post_office, address
):
    (message,) = notice.write(notice.person(email=address))

    delivery.deliver()

    assert outcome(message) == (State.DROPPED, "bad_address")
    assert post_office.mails == []


def test_a_moment_too_late_is_dropped(notice, post_office, monkeypatch):
    (message,) = notice.write(notice.person(), useless_after=clock.now() + timedelta(hours=1))
    later(monkeypatch, timedelta(hours=1))

    delivery.deliver()

    assert outcome(message) == (State.DROPPED, "too_late")
    assert post_office.mails == []


def test_who_has_left_is_not_written_to(notice, post_office):
    (message,) = notice.write(notice.person(left_on=clock.now().date()))

    delivery.deliver()

    assert outcome(message) == (State.DROPPED, "person_left")


def test_not_before_its_time(notice, post_office):
    notice.write(notice.person(), due_at=clock.now() + timedelta(hours=1))

    assert delivery.deliver() is False
    assert post_office.mails == []


def test_urgent_ones_overtake(notice, post_office):
    first, second = notice.person(), notice.person()
    notice.write(first)
    (urgent,) = notice.write(second)
    Outgoing.objects.filter(message=urgent).update(urgent=True)

    delivery.deliver()

    assert post_office.recipients == [second.email, first.email]


def test_a_permanent_no_ends_it_and_the_others_go_on(notice, post_office):
    refused, fine = notice.person(), notice.person()
    post_office.at_recipient = lambda to: "550 no such user" if to == refused.email else "250 OK"
    first, second = notice.write(refused, fine)

    delivery.deliver()

    assert outcome(first) == (State.FAILED, "smtp_550")
    assert outcome(second) == (State.SENT, "")
    assert post_office.sessions == 1


@pytest.mark.parametrize("place", ["at_recipient", "at_data"])
def test_a_temporary_no_is_tried_again_later(notice, post_office, monkeypatch, place):
    (message,) = notice.write(notice.person())
    setattr(post_office, place, lambda _to: "451 try later")

    delivery.deliver()

    assert outcome(message) == (State.WAITING, "smtp_451")
    pause = place_of(message).next_at - clock.now()
    assert timedelta(seconds=55) < pause < timedelta(seconds=95)
    setattr(post_office, place, lambda _to: "250 OK")
    delivery.deliver()
    assert post_office.mails == []
    later(monkeypatch, timedelta(minutes=2))
    delivery.deliver()
    assert outcome(message) == (State.SENT, "")
    assert message.attempts == 2


def test_it_is_given_up_in_sight(notice, post_office, monkeypatch):
    (message,) = notice.write(notice.person())
    post_office.at_data = lambda _to: "451 try later"

    for _ in range(rules.MOST_ATTEMPTS):
        delivery.deliver()
        later(monkeypatch, timedelta(hours=6))

    assert outcome(message) == (State.FAILED, "smtp_451")
    assert message.attempts == rules.MOST_ATTEMPTS


def test_a_server_that_is_away_is_no_message_s_fault(notice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    messages = notice.write(notice.person(), notice.person())

    assert delivery.deliver() is False

    for message in messages:
        assert outcome(message) == (State.WAITING, "server_unreachable")
        place = place_of(message)
        assert (place.attempts, place.lease_until) == (0, None)
        assert place.next_at > clock.now()


def test_a_server_that_closes_down_gets_the_rest_later(notice, post_office):
    people = [notice.person() for _ in range(3)]
    messages = notice.write(*people)
    post_office.at_recipient = lambda to: "421 closing" if to == people[1].email else "250 OK"

    assert delivery.deliver() is False

    assert [outcome(each)[0] for each in messages] == [State.SENT, State.WAITING, State.WAITING]
    assert [messages[0].attempts, *(place_of(each).attempts for each in messages[1:])] == [1, 0, 0]


def test_a_message_that_breaks_its_resolver_stands_in_nobody_s_way(notice, post_office):
    poison, others = notice.person(), [notice.person() for _ in range(3)]
    notice.breaks.add(poison.pk)
    first, *rest = notice.write(poison, *others)

    delivery.deliver()

    assert outcome(first) == (State.WAITING, "resolver_failed")
    assert place_of(first).next_at > clock.now()
    assert {outcome(each) for each in rest} == {(State.SENT, "")}


def test_a_message_that_cannot_be_put_into_words_stands_in_nobody_s_way(
    notice, post_office, monkeypatch
):
    poison, other = notice.person(), notice.person()
    plain = notice.answer
    monkeypatch.setattr(
        notice,
        "answer",
        lambda message: (
            delivery.Holds({}, "/", "Nowhere/Unknown", template="missing")
            if message.person_id == poison.pk
            else plain(message)
        ),
    )
    first, second = notice.write(poison, other)

    delivery.deliver()

    assert outcome(first) == (State.WAITING, "render_failed")
    assert outcome(second) == (State.SENT, "")


def test_a_kind_of_a_newer_version_waits_for_it(notice, post_office):
    (message,) = notice.write(notice.person())
    Message.objects.filter(pk=message.pk).update(kind="from.the.future")

    delivery.deliver()

    assert outcome(message) == (State.WAITING, "unknown_kind")


def test_what_a_dead_worker_held_is_tried_alone(notice, post_office, monkeypatch):
    notice.write(*(notice.person() for _ in range(3)))
    assert len(lease.claim()) == 3  # and the worker dies here
    assert lease.claim() == []

    later(monkeypatch, lease.LENGTH)
    delivery.deliver()

    assert notice.batches == [1, 1, 1]
    assert len(post_office.mails) == 3


def test_who_lost_the_lease_records_nothing(notice, monkeypatch):
    notice.write(notice.person())
    (slow,) = lease.claim()
    later(monkeypatch, lease.LENGTH)
    (quick,) = lease.claim()

    assert lease.close([lease.Closed(slow, State.FAILED)]) == 0
    assert lease.close([lease.Closed(quick, State.SENT)]) == 1


def test_a_slice_that_ends_gives_back_the_rest(notice, post_office):
    messages = notice.write(notice.person(), notice.person())
    batch = lease.claim()

    with delivery.post.open_post() as office:
        delivery._deliver(batch, office, ends=0)

    for message in messages:
        assert outcome(message) == (State.WAITING, "")
        place = place_of(message)
        assert (place.attempts, place.lease_until) == (0, None)


def test_mails_are_also_written_to_files(notice, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (message,) = notice.write(notice.person())

    delivery.deliver()

    assert outcome(message) == (State.SENT, "")
    (file,) = tmp_path.iterdir()
    assert f"Message-ID: <{message.public_id}@example.org>" in file.read_text()

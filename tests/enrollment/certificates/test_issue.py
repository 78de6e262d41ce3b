import json
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from academy.access.queries import NOBODY, viewer_of
from academy.core import clock
from academy.core.errors import Invalid, Missing, Refused
from academy.ledger.queries import history_of, history_within
from academy.people.models import Person
from courses.catalogue.models import Organisation
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.outcomes import freeze_outcomes
from enrollment.certificates import access, actions, queries
from enrollment.certificates.enums import Answer, EndReason
from enrollment.certificates.models import Certificate
from enrollment.certificates.queries import UNKNOWN, Verification
from enrollment.certificates.rules import Paper
from enrollment.credits.terms import add_months
from tests.concurrency.racing import race
from tests.factories import ACTOR

PRESENT, ABSENT = MarkStatus.PRESENT, MarkStatus.ABSENT
ERROR = EndReason.ISSUED_IN_ERROR


def there(moment):
    """The day where the run is held: not UTC's, for five hours of each day."""
    return moment.astimezone(ZoneInfo("Asia/Almaty")).date()


@pytest.fixture
def certified(held):
    """A finalised run and the certificate that one of its two people got."""

    def make(**version):
        run = held(people=2, sessions=2, **version)
        run.mark_one(0, PRESENT, PRESENT)
        run.mark_one(1, PRESENT, ABSENT)
        run.finalise()
        return run, Certificate.objects.get()

    return make


@pytest.mark.django_db
def test_completed_runs_are_certified_and_others_are_not(certified):
    run, certificate = certified()
    who = run.people[0].person

    assert certificate.outcome.enrollment == run.people[0]
    assert certificate.paper == {
        "person": who.full_name,
        "course": {"code": run.run.course.code, "title": run.run.version.title},
        "run": {
            "code": run.run.code,
            "first_day": there(run.sessions[0].period.lower).isoformat(),
            "last_day": there(run.sessions[1].period.upper).isoformat(),
        },
        "length": {"amount": "8.0", "minutes_per_hour": 45},
        "issuer": {"en": "Academy"},
        "issued_on": there(run.after).isoformat(),
        "languages": ["kk", "ru"],
        "valid_until": None,
    }
    (event,) = history_of(certificate.public_id)
    assert (event.type, event.context_id) == ("certificate.issued", run.run.public_id)
    assert event.person_id == who.public_id
    assert event.data == {"outcome": str(certificate.outcome.public_id)}


@pytest.mark.django_db
def test_no_event_of_a_run_tells_a_serial_or_a_name(certified):
    run, certificate = certified()
    actions.revoke(certificate=certificate.public_id, reason=ERROR, actor=ACTOR)

    told = json.dumps([event.data for event in history_within(run.run.public_id)])

    assert certificate.serial not in told
    assert run.people[0].person.family_name not in told


@pytest.mark.django_db
def test_the_paper_keeps_what_it_said_when_the_world_changes(certified):
    run, certificate = certified()
    before = queries.verification_of(certificate.serial)
    Person.objects.filter(pk=run.people[0].person_id).update(family_name="Басқа")
    run.run.version.title = {"en": "Another title"}
    run.run.version.save()

    assert queries.verification_of(certificate.serial) == before


@pytest.mark.django_db
def test_a_language_without_words_stops_the_issue(held, settings):
    settings.CERTIFICATE_LANGUAGES = ["kk", "tlh"]
    run = held(people=1, sessions=1)
    run.mark(PRESENT)

    with pytest.raises(ImproperlyConfigured, match="tlh"):
        run.finalise()

    assert not Certificate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_certificates_are_issued_in_the_transaction_of_finalisation_only(held):
    run = held(people=1, sessions=1)
    run.mark(PRESENT)
    with transaction.atomic():
        outcomes = freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)

    with pytest.raises(RuntimeError):
        actions.issue_for_outcomes(outcomes=outcomes, at=run.after, actor=ACTOR)


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 4])
def test_issuing_costs_the_same_for_one_and_for_many(held, people, django_assert_num_queries):
    run = held(people=people)
    run.mark(PRESENT, PRESENT)
    outcomes = freeze_outcomes(run=run.run, at=run.after, actor=ACTOR)

    with django_assert_num_queries(5):  # outcomes, issuer, cut sessions, certificates, events
        actions.issue_for_outcomes(outcomes=outcomes, at=run.after, actor=ACTOR)


@pytest.mark.django_db
def test_our_own_academy_issues_whoever_taught(certified):
    Organisation.objects.create(
        code="own", names={"en": "Academy of Justice"}, is_own=True, is_issuer=True
    )

    run, certificate = certified()

    assert not run.run.course.provider.is_own
    assert certificate.paper["issuer"] == {"en": "Academy of Justice"}


@pytest.mark.django_db
def test_the_check_says_valid_and_no_more_than_the_paper(certified):
    _run, certificate = certified()

    assert queries.verification_of(certificate.serial) == Verification(
        Answer.VALID, Paper.from_json(certificate.paper)
    )
    assert queries.verification_of(certificate.serial.lower()).answer == Answer.VALID


@pytest.mark.django_db
@pytest.mark.parametrize(
    "serial", ["SM53M3WZJUEFEKWOZ32MZINH4U", "nonsense", "", "'; --", "A" * 10_000]
)
def test_an_unknown_serial_is_unknown(serial):
    assert queries.verification_of(serial) == UNKNOWN


@pytest.mark.django_db
def test_a_state_that_cannot_be_read_is_not_valid(certified):
    _run, certificate = certified()
    Certificate.objects.filter(pk=certificate.pk).update(state="garbled", end_reason="?")

    with pytest.raises(ValueError, match="garbled"):
        queries.verification_of(certificate.serial)


@pytest.mark.django_db
def test_a_revoked_certificate_says_so_but_not_why(certified):
    run, certificate = certified()

    actions.revoke(
        certificate=certificate.public_id,
        reason="other",
        note="Somebody else sat there.",
        actor=ACTOR,
        at=run.after,
    )

    found = queries.verification_of(certificate.serial)
    assert (found.answer, found.ended_on) == (Answer.REVOKED, there(run.after))
    assert "sat there" not in repr(found)
    event = history_of(certificate.public_id).last()
    assert (event.type, event.reason) == ("certificate.revoked", "other")
    assert [note.text for note in event.notes.all()] == ["Somebody else sat there."]


@pytest.mark.django_db
def test_a_replaced_certificate_leads_to_a_new_one_but_does_not_betray_it(certified):
    run, old = certified()
    Person.objects.filter(pk=run.people[0].person_id).update(family_name="Әлімқұлова")

    new = actions.replace(
        certificate=old.public_id, reason=EndReason.NAME_CORRECTED, actor=ACTOR, at=run.after
    )

    assert (new.replaces, new.outcome) == (old, old.outcome)
    assert new.paper["person"].startswith("Әлімқұлова ")
    found = queries.verification_of(old.serial)
    assert (found.answer, found.paper) == (Answer.REPLACED, Paper.from_json(old.paper))
    assert new.serial not in repr(found)
    assert queries.verification_of(new.serial).answer == Answer.VALID
    assert [event.type for event in history_of(old.public_id)] == [
        "certificate.issued",
        "certificate.replaced",
    ]
    (issued,) = history_of(new.public_id)
    assert issued.data["replaces"] == str(old.public_id)


@pytest.mark.django_db
@pytest.mark.parametrize("end", [actions.revoke, actions.replace])
@pytest.mark.parametrize(
    ("reason", "note", "code"),
    [("", "", "reason_unknown"), ("whim", "", "reason_unknown"), ("other", " ", "note_missing")],
)
def test_a_certificate_ends_for_a_reason(certified, end, reason, note, code):
    _run, certificate = certified()

    with pytest.raises(Invalid) as refused:
        end(certificate=certificate.public_id, reason=reason, note=note, actor=ACTOR)

    assert refused.value.code == code
    assert [row.state for row in Certificate.objects.all()] == ["valid"]
    assert history_of(certificate.public_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_certificate_ends_once(certified):
    _run, certificate = certified()
    ways = [actions.revoke, actions.replace] * 3

    answers = race(
        [partial(end, certificate=certificate.public_id, reason=ERROR, actor=ACTOR) for end in ways]
    )

    assert sum(isinstance(answer, Certificate) for answer in answers) == 1
    assert {each.code for each in answers if isinstance(each, Refused)} == {"certificate_ended"}
    assert Certificate.objects.filter(state="valid").count() <= 1


def seen(door, account, certificate):
    now = clock.now()
    viewer = viewer_of(account.pk, now=now, today=now.date()) if account else NOBODY
    try:
        return bool(door(viewer, certificate.public_id))
    except Missing:
        return False


@pytest.mark.django_db
def test_who_sees_and_who_ends_a_certificate(certified, cast):
    run, certificate = certified()
    owner = run.people[0].person
    cast.asel_account.person = owner
    cast.asel_account.save()
    people = {
        "owner": cast.asel_account,
        "registrar": cast.clara_account,
        "auditor": cast.otto_account,
        "trainer": cast.timur_account,
        "head": cast.boris_account,
        "coordinator": cast.kenzhe_account,
        "other trainee": cast.dana_account,
        "nobody": None,
    }

    sees = {who for who, one in people.items() if seen(access.certificate_for, one, certificate)}
    ends = {who for who, one in people.items() if seen(access.certificate_to_end, one, certificate)}

    assert sees == {"owner", "registrar", "auditor"}
    assert ends == {"registrar"}


@pytest.mark.django_db
def test_lists_of_certificates(certified, django_assert_num_queries):
    run, certificate = certified()

    with django_assert_num_queries(1):
        own = list(queries.certificates_of(run.people[0].person_id))

    assert own == [certificate]
    assert list(queries.certificates_of(run.people[1].person_id)) == []


@pytest.mark.django_db
def test_a_certificate_lives_as_long_as_the_course_said_when_it_was_issued(certified, time_machine):
    """A year after the run's last day; another validity of the course does not reach it."""
    run, certificate = certified(validity_months=12)
    last_day = there(run.sessions[-1].period.upper)
    until = add_months(last_day, 12)
    run.run.version.validity_months = 1
    run.run.version.save()

    answers = []
    for day in (until, until + timedelta(days=1)):
        time_machine.move_to(datetime(day.year, day.month, day.day, 6, tzinfo=UTC), tick=False)
        answers.append(queries.verification_of(certificate.serial).answer)

    assert answers == [Answer.VALID, Answer.EXPIRED]
    assert certificate.paper["valid_until"] == until.isoformat()
    assert certificate.expires_at is not None
    assert queries.certificate_pdf(certificate).startswith(b"%PDF")
    actions.revoke(certificate=certificate.public_id, reason=ERROR, actor=ACTOR)
    assert queries.verification_of(certificate.serial).answer == Answer.REVOKED

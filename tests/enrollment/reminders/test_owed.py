"""Reminders of what is owed and of certificates that expire."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from academy.core.ids import public_id
from academy.messages.models import Message
from courses.catalogue.models import Audience
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates.models import Certificate
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.models import CreditEntry, Obligation
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from enrollment.reminders import actions
from enrollment.reminders.actions import RuleSeed
from tests import factories
from tests.enrollment.conftest import held  # noqa: F401
from tests.enrollment.stage import DAY, MINUTE
from tests.factories import ACTOR

NAMES = {"kk": "Судьялардың оқуы", "ru": "Обучение судей", "en": "Training of judges"}
START = datetime(2027, 3, 1, 6, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def owe(now):
    Audience.objects.create(code="judges", names=NAMES, categories=["judge"])
    draft = RequirementDraft(NAMES, "judges", Unit.HOURS, Decimal(16), START.date())
    add_requirement(code="yearly", draft=draft, actor=ACTOR, at=now)
    reckoning.reckon_due(now)


def tick(at, *rules):
    actions.install_rules(rules)
    actions.plan_due(at)
    actions.plan_due(at + MINUTE)


def rule(recipient, offset=-30, anchor="requirement_due", **more):
    code = f"{anchor}-{recipient}-{-offset}".replace("_", "-")
    return RuleSeed(code, NAMES, anchor, recipient, 24 * offset, useless_after_hours=48, **more)


def test_who_owes_and_the_court_are_told_once_and_who_has_met_it_is_not(
    cast, move_clock, told, post_office
):
    move_clock(START)
    CreditEntry.objects.create(
        person=factories.person(cast.court),
        year=2027,
        earned_on=START.date(),
        minutes=16 * 45,
        minutes_per_hour=45,
    )
    owe(START)
    due = Obligation.objects.get(person=cast.asel).due_at
    at = due - 30 * DAY
    move_clock(at)

    tick(at, rule("trainee"), rule("head", is_digest=True), rule("coordinator", is_digest=True))

    def subjects(person):
        rows = Message.objects.filter(person=person, kind="reminder.requirement_due")
        return {row.subject_id: row.in_digest for row in rows}

    owed = {row.person: row.public_id for row in Obligation.objects.filter(state="owed")}
    assert set(owed) == {cast.asel, cast.boris, cast.dana}  # no one who has met it
    assert subjects(cast.asel) == {owed[cast.asel]: False}
    assert subjects(cast.dana) == {owed[cast.dana]: False}
    # of the own court only; the head is told of others, and of the own duty as everybody
    assert subjects(cast.boris) == {owed[cast.asel]: True, owed[cast.boris]: False}
    assert subjects(cast.kenzhe) == {owed[cast.asel]: True, owed[cast.boris]: True}
    assert told(cast.asel) == [("reminder.requirement_due", "sent", "")]
    mail = next(m for m in post_office.mails if "Training of judges" in str(m["Subject"]))
    assert "16" in mail.get_body(("plain",)).get_content()


def test_a_reminder_of_what_was_met_meanwhile_is_dropped(cast, move_clock, told):
    move_clock(START)
    owe(START)
    at = Obligation.objects.get(person=cast.asel).due_at - 7 * DAY
    move_clock(at)
    tick(at, rule("trainee", -7))

    Obligation.objects.filter(person=cast.asel).update(state="met", met_on=at.date())

    assert told(cast.asel) == [("reminder.requirement_due", "dropped", "is_met")]


def test_a_certificate_about_to_expire_unless_there_is_a_newer_one(
    held,  # noqa: F811
    move_clock,
    told,
):
    run = held(people=2, sessions=1, validity_months=12)
    run.mark(MarkStatus.PRESENT)
    run.finalise()
    first, second = (Certificate.objects.get(outcome__enrollment=claim) for claim in run.people)
    newer = held(people=0, sessions=1)
    Certificate.objects.create(
        outcome=again(newer.run, run.run.course, second),
        paper=second.paper,
        issued_at=second.issued_at + 200 * DAY,
        expires_at=None,
    )
    at = first.expires_at - 60 * DAY
    move_clock(at)

    tick(at, rule("trainee", -60, "certificate_expiry"))

    kind = "reminder.certificate_expiry"
    assert [row.person for row in Message.objects.filter(kind=kind)] == [run.people[0].person]
    assert (kind, "sent", "") in told(run.people[0].person)


def again(run, course, certificate):
    """The same person has completed another run of the same course."""
    claim = certificate.outcome.enrollment
    outcome = certificate.outcome
    run.course = course
    run.save()
    claim.pk, claim.public_id, claim.run, claim.seat = None, public_id(), run, None
    claim.save()
    outcome.pk, outcome.public_id, outcome.enrollment = None, public_id(), claim
    outcome.save()
    return outcome

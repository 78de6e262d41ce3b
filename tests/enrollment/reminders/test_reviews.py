"""A body is told that its turn to review has come, before the day is over, and once after it."""

from datetime import UTC, datetime

import pytest

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.messages.models import Message
from courses.development.enums import Verdict
from courses.development.models import ReviewStep
from enrollment.reminders import actions
from tests import factories
from tests.courses.development.stage import Bodies
from tests.enrollment.stage import DAY, HOUR, MINUTE

MONDAY = datetime(2027, 3, 1, 6, tzinfo=UTC)  # 11 in the morning
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(move_clock, rules):
    """Five working days for the council, ten for the next body; each with one reader."""
    move_clock(MONDAY)
    bodies = Bodies()
    for account in (bodies.reviewer, bodies.judge):
        account.person = factories.person()
        account.save()
    actions.plan_due(MONDAY + MINUTE)  # a tick before the turn is written: the ledger tells of it
    return bodies


@pytest.fixture
def at(move_clock, told):
    """Let the clock tick at these moments; then what that person was told, in order."""

    def tick(person, *moments):
        for moment in moments:
            move_clock(moment)
            actions.plan_due(moment)
            actions.plan_due(moment + MINUTE)
            told(person)
        return told(person)

    return tick


OPENED, DUE = "reminder.review_opened", "reminder.review_due"


def test_each_body_in_its_turn_before_the_day_and_once_after_it(world, at, post_office):
    row = world.in_review()
    council, judge = world.reviewer.person, world.judge.person
    step = ReviewStep.objects.get(proposal=row, body=world.council)

    soon = at(council, MONDAY + MINUTE, step_day(step, -4), step_day(step, -3))

    assert soon == [(OPENED, "sent", ""), (DUE, "sent", "")]
    assert at(judge) == []  # another body decides first
    late = at(council, step_day(step, 1), step_day(step, 2), step_day(step, 9))
    assert late == [*soon, (DUE, "sent", "")]
    titles = [str(mail["Subject"]) for mail in post_office.mails]
    assert titles == [
        "It is your body’s turn to review: Digital proof",
        "Your body’s decision is still awaited: Digital proof",
        "Your body’s decision is overdue: Digital proof",
    ]
    mail = post_office.mails[-1].get_body(("plain",)).get_content()
    assert f"/desk/proposals/{row.public_id}/" in mail
    assert "due by Monday, 8 March 2027, 23:59" in " ".join(mail.split())

    world.decided(row, world.council, Verdict.ACCEPT)

    assert at(judge, step_day(step, 9) + HOUR)[0] == (OPENED, "sent", "")


def step_day(step, days):
    """Nine in the morning of a day so many days from the step's last one, and a little."""
    return (
        datetime(step.due_on.year, step.due_on.month, step.due_on.day, 4, tzinfo=UTC) + days * DAY
    )


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (lambda world, row: world.decided(row, world.council, Verdict.ACCEPT), "is_decided"),
        (
            lambda world, row: RoleGrant.objects.filter(account=world.reviewer).delete(),
            "not_reviewer_any_more",
        ),
    ],
)
def test_what_was_done_in_the_meantime_is_not_asked_for(world, at, move_clock, meanwhile, why):
    row = world.in_review()
    step = ReviewStep.objects.get(proposal=row, body=world.council)
    actions.plan_again(proposals=[row.public_id], now=MONDAY)
    move_clock(step_day(step, -4))
    actions.plan_due(step_day(step, -4))

    meanwhile(world, row)

    assert at(world.reviewer.person) == [(OPENED, "dropped", why), (DUE, "dropped", why)]


def test_the_academy_is_told_through_those_who_plan_and_the_registrar_of_who_is_late(world, at):
    clara = factories.person()
    account = factories.account(of=clara, role=Role.REGISTRAR)
    world.academy.refresh_from_db()
    row = world.in_review()
    step = ReviewStep.objects.get(proposal=row, body=world.council)
    ReviewStep.objects.filter(pk=step.pk).update(body=world.academy)

    told = at(clara, MONDAY + MINUTE, step_day(step, -4), step_day(step, 1), step_day(step, 3))

    assert [kind for kind, _state, _outcome in told] == [OPENED, DUE, DUE, DUE]
    assert Message.objects.filter(person=clara, in_digest=True).count() == 1
    assert account.grants.count() == 1

"""The registrar edits a rule: what was planned by it is planned anew, nobody is told twice."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from academy.core import clock
from academy.core.errors import Invalid, Stale
from academy.ledger.models import Event
from academy.messages.actions import choose
from academy.messages.enums import Convenience
from academy.messages.models import Message
from enrollment.reminders import actions, forecasts, rule_actions
from enrollment.reminders.enums import Anchor, Recipient, Unit
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.rule_actions import RuleDraft
from tests import factories
from tests.enrollment.stage import DAY, HOUR, MINUTE, ask
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = RuleDraft(Anchor.RUN_START, Recipient.TRAINEE, -168, Unit.HOURS, None, 72, {"en": "Week"})


@pytest.fixture
def rule():
    return rule_actions.add_rule(code="week", draft=WEEK, actor=ACTOR)


@pytest.fixture
def due(rule, move_clock, told):
    """Somebody whose reminder was planned a moment ago and waits to be sent."""
    run = factories.run(seats=None, starts_in=20 * DAY)
    claim = ask(run)
    told(claim.person)
    move_clock(run.starts_at - 7 * DAY)
    actions.plan_due(clock.now())
    return claim


def edit(draft, revision=1):
    return rule_actions.edit_rule(code="week", revision=revision, draft=draft, actor=ACTOR)


def reminders():
    rows = Message.objects.filter(kind="reminder.run_start").order_by("id")
    return [(row.state, row.outcome) for row in rows]


def test_another_distance_takes_back_what_waits_and_plans_it_anew(due, move_clock, told):
    edit(replace(WEEK, offset=-120))

    assert told(due.person)[-1] == ("reminder.run_start", "dropped", "rule_edited")
    assert actions.plan_due(clock.now() + MINUTE) == 0
    move_clock(due.run.starts_at - 5 * DAY)
    assert actions.plan_due(clock.now()) == 1
    assert told(due.person)[-1] == ("reminder.run_start", "sent", "")


def test_who_was_told_is_not_told_again_by_the_edited_rule(due, told, move_clock):
    told(due.person)
    edit(replace(WEEK, offset=-120))
    move_clock(due.run.starts_at - 5 * DAY)

    assert actions.plan_due(clock.now()) == 0
    assert reminders() == [("sent", "")]


def test_other_words_reach_what_waits(due, told, post_office):
    edit(
        replace(
            WEEK, titles={"en": "Soon: {course}"}, texts={"en": "Dear colleague,\n\nsee {run}."}
        )
    )

    assert told(due.person)[-1] == ("reminder.run_start", "sent", "")
    mail = post_office.mails[-1]
    assert mail["Subject"] == "Soon: Reasoning of judgments"
    assert f"see {due.run.code}." in mail.get_body(("plain",)).get_content()


def test_a_rule_switched_off_and_on_again_loses_nothing(due, told):
    edit(replace(WEEK, is_active=False))
    assert told(due.person)[-1] == ("reminder.run_start", "dropped", "rule_inactive")
    edit(replace(WEEK), revision=2)

    assert actions.plan_due(clock.now() + MINUTE) == 1


def test_an_edit_of_an_older_version_is_refused(rule):
    edit(replace(WEEK, offset=-48))
    events = Event.objects.count()

    with pytest.raises(Stale):
        edit(replace(WEEK, offset=-24))

    assert ReminderRule.objects.get().offset == -48
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"offset": 3}, "side"),
        ({"recipient": Recipient.HEAD}, "recipient"),
        ({"unit": Unit.DAYS}, "at_time"),
        ({"quiet_from": time(21)}, "quiet_until"),
        ({"titles": {"en": "{password}"}}, "words"),
        ({"offset": -32_000}, "distance"),
        ({"useless_after_hours": 2**31 - 1}, "useless_after_hours"),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_kept(db, change, field):
    with pytest.raises(Invalid) as refusal:
        rule_actions.add_rule(code="odd", draft=replace(WEEK, **change), actor=ACTOR)

    assert set(refusal.value.fields) == {field}
    assert not ReminderRule.objects.exists()


def test_quiet_hours_hold_back_unless_it_would_be_too_late(move_clock):
    """The run begins at nine in Almaty; ten hours before is eleven at night."""
    run = factories.run(seats=None, starts_in=20 * DAY)
    start = run.starts_at.replace(hour=4)
    type(run).objects.update(starts_at=start)
    ask(run)
    night = {"quiet_from": time(22), "quiet_until": time(7)}
    rule_actions.add_rule(code="early", draft=replace(WEEK, offset=-10, **night), actor=ACTOR)
    late = replace(WEEK, offset=-10, quiet_from=time(22), quiet_until=time(9, 30))
    rule_actions.add_rule(code="late", draft=late, actor=ACTOR)

    assert actions.plan_due(start - 10 * HOUR) == 2
    sent_at = dict(
        Message.objects.filter(kind="reminder.run_start").values_list("facts__rule", "due_at")
    )
    assert sent_at == {"early": start - 2 * HOUR, "late": start - 10 * HOUR}


def test_the_preview_is_what_the_clock_then_plans(rule, move_clock):
    run = factories.run(seats=None, starts_in=20 * DAY)
    claim = ask(run)

    foreseen = forecasts.forecast(rule, clock.now())

    (seen,) = foreseen.first
    assert (foreseen.number, seen.person_id) == (1, claim.person_id)
    assert seen.at == run.starts_at - timedelta(days=7)
    assert actions.plan_due(seen.at - MINUTE) == 0
    assert actions.plan_due(seen.at) == 1
    assert forecasts.forecast(rule, seen.at).number == 0


@pytest.mark.parametrize(("wants", "hours"), [(False, 0), (True, 23)])
def test_who_wants_a_digest_gets_it_in_the_morning(rule, wants, hours):
    """The reminder falls due at nine in Almaty; the digest leaves at eight."""
    run = factories.run(seats=None, starts_in=20 * DAY)
    start = run.starts_at.replace(hour=4)
    type(run).objects.update(starts_at=start)
    claim = ask(run)
    choose(person=claim.person_id, conveniences=Convenience.MAIL, wants_digest=wants)

    actions.plan_due(start - 7 * DAY)

    told = Message.objects.get(kind="reminder.run_start")
    assert (told.in_digest, told.due_at) == (wants, start - 7 * DAY + hours * HOUR)

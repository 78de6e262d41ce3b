"""Which reminders fall due: never missed, never twice, whatever happens in between."""

from datetime import timedelta

import pytest

from academy.access.enums import Role
from academy.core import clock
from academy.ledger import delivery as ledger
from academy.messages.models import Message
from courses.planning.models import Run, Session
from enrollment.attendance import actions as attendance
from enrollment.attendance.actions import MarkDraft
from enrollment.attendance.enums import MarkStatus
from enrollment.reminders import actions, rule_queries
from enrollment.reminders.actions import RuleSeed
from enrollment.reminders.models import ReminderRule
from enrollment.requests import actions as requests
from tests import factories
from tests.factories import ACTOR

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_rules")]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def run():
    return factories.run(seats=None, starts_in=timedelta(days=20))


def join(run, person=None):
    person = person or factories.person()
    return requests.enroll(run=run.public_id, person=person.pk, actor=ACTOR)


def codes():
    rows = Message.objects.filter(kind__startswith="reminder.").order_by("id")
    return [row.facts["rule"] for row in rows]


def test_each_reminder_is_planned_when_it_falls_due_and_not_before(run):
    join(run)
    written = {
        before: actions.plan_due(run.starts_at - before)
        for before in (8 * DAY, 7 * DAY, 6 * DAY, 25 * HOUR, 24 * HOUR, 2 * HOUR)
    }

    assert [before for before, number in written.items() if number] == [7 * DAY, 24 * HOUR]
    assert codes() == ["week-before", "day-before"]


def test_ticks_repeat_nothing(run):
    join(run)
    due = run.starts_at - 7 * DAY

    written = [actions.plan_due(due + minute * MINUTE) for minute in range(5)]
    ReminderRule.objects.update(planned_until=None)  # even with the memory of it lost
    written.append(actions.plan_due(due + 6 * MINUTE))

    assert written == [1, 0, 0, 0, 0, 0]


def test_a_tick_costs_the_same_however_many_are_enrolled(run, django_assert_num_queries):
    now = clock.now()
    actions.plan_due(now)
    for _ in range(2):
        for _ in range(3):
            join(run)
        with django_assert_num_queries(
            5
        ):  # begin, lock all rules, look for anchors, move on, commit
            assert actions.plan_due(now) == 0


@pytest.fixture
def broken():
    """A rule that is of use for so many hours that they reach back before the calendar begins."""
    hours = 2**31 - 1
    rule = RuleSeed("broken", {}, "run_start", "trainee", -200, useless_after_hours=hours)
    actions.install_rules([rule])
    return ReminderRule.objects.get(code="broken")


def test_a_rule_that_cannot_be_planned_stops_no_other(run, broken):
    join(run)

    assert actions.plan_due(run.starts_at - 7 * DAY) == 1

    assert codes() == ["week-before"]
    done = ReminderRule.objects.exclude(planned_until=None).values_list("code", flat=True)
    assert set(done) == {"week-before", "day-before", "marks-missing"}


def test_it_stops_no_other_for_a_late_joiner_either_and_is_tried_again(run, broken):
    now = run.starts_at - 7 * DAY
    ReminderRule.objects.update(planned_until=now)
    late = join(run)

    assert actions.plan_again(enrollments=[late.public_id], runs=[], now=now) == 1

    assert codes() == ["week-before"]
    assert list(ReminderRule.objects.filter(planned_until=None)) == [broken]


def test_a_death_between_two_slices_of_people_loses_nothing_and_repeats_nothing(run, monkeypatch):
    people = {join(run).person_id for _ in range(5)}
    monkeypatch.setattr(rule_queries, "AT_ONCE", 2)
    due, write, left = run.starts_at - 7 * DAY, actions.write_selected, [2]

    def write_two(*selected, at):
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        return write(*selected, at=at)

    monkeypatch.setattr(actions, "write_selected", write_two)
    with pytest.raises(SystemExit):
        actions.plan_due(due)
    before = len(codes())
    left[0] = 20
    written = actions.plan_due(due + MINUTE)

    assert 0 < before < 5
    assert before + written == 5
    assert (
        set(Message.objects.filter(kind="reminder.run_start").values_list("person", flat=True))
        == people
    )


def test_a_change_of_a_run_whose_dates_are_far_costs_two_statements(run, django_assert_num_queries):
    join(run)
    with django_assert_num_queries(4):  # begin, the rules, the moments of their anchors, commit
        assert actions.plan_again(enrollments=[], runs=[run.public_id], now=clock.now()) == 0


def test_a_run_that_falls_below_its_minimum_near_its_date_is_not_missed(run, move_clock):
    rule = RuleSeed("risk", {}, "minimum_at_risk", "registrar", -72, useless_after_hours=48)
    actions.install_rules([rule])
    factories.account(of=factories.person(), role=Role.REGISTRAR)
    Run.objects.update(minimum_size=1)
    claim, closes = join(run), run.enrollment_closes_at
    move_clock(closes - 71 * HOUR)
    ledger.advance()
    actions.plan_due(clock.now())
    assert codes() == []

    move_clock(closes - 48 * HOUR)
    requests.withdraw(enrollment=claim.public_id, reason="hearing", actor=ACTOR)
    ledger.advance()

    assert codes() == ["risk"]


def test_a_service_that_was_down_catches_up(run):
    join(run)
    actions.plan_due(run.starts_at - 8 * DAY)

    assert actions.plan_due(run.starts_at - 5 * DAY) == 1


def test_what_helps_no_more_is_not_planned(run):
    join(run)
    actions.plan_due(run.starts_at - 8 * DAY)

    assert actions.plan_due(run.starts_at - 3 * DAY) == 0
    assert actions.plan_due(run.starts_at - HOUR) == 0
    assert actions.plan_due(run.starts_at + HOUR) == 0


def test_a_late_joiner_gets_what_still_makes_sense(run, move_clock):
    join(run)
    Run.objects.update(enrollment_closes_at=run.starts_at)
    actions.plan_due(run.starts_at - 7 * DAY)
    ledger.advance()
    late, too_late = factories.person(), factories.person()

    move_clock(run.starts_at - 6 * DAY)
    join(run, late)
    ledger.advance()
    move_clock(run.starts_at - 3 * DAY)
    join(run, too_late)
    ledger.advance()

    assert Message.objects.filter(person=late, kind="reminder.run_start").count() == 1
    assert Message.objects.filter(person=too_late, kind="reminder.run_start").count() == 0


def move(run, start):
    """What the action of planning writes, and its event, without the rest."""
    Run.objects.filter(pk=run.pk).update(
        starts_at=start, ends_at=start + DAY, sequence=run.sequence + 1
    )
    run.refresh_from_db()


def test_a_run_that_is_moved_away_and_back_reminds_again(run):
    join(run)
    first = run.starts_at
    actions.plan_due(first - 7 * DAY)
    move(run, first + 30 * DAY)
    assert actions.plan_due(first - 7 * DAY + MINUTE) == 0
    move(run, first)

    written = actions.plan_again(
        enrollments=[], runs=[run.public_id], now=first - 7 * DAY + 2 * MINUTE
    )

    assert written == 1
    assert codes() == ["week-before", "week-before"]


def test_a_run_that_is_moved_nearer_is_not_missed(run):
    join(run)
    now = run.starts_at - 10 * DAY
    actions.plan_due(now)
    move(run, now + 6 * DAY)

    assert actions.plan_due(now + MINUTE) == 0  # the tick has gone past it
    assert actions.plan_again(enrollments=[], runs=[run.public_id], now=now + MINUTE) == 1


@pytest.mark.parametrize("state", ["postponed", "cancelled", "draft"])
def test_a_run_without_dates_reminds_nobody(run, state):
    join(run)
    Run.objects.filter(pk=run.pk).update(state=state)

    assert actions.plan_due(run.starts_at - 7 * DAY) == 0


def test_a_rule_that_is_switched_off_plans_nothing(run):
    join(run)
    ReminderRule.objects.update(is_active=False)

    assert actions.plan_due(run.starts_at - 7 * DAY) == 0


def test_a_clock_that_ran_fast_loses_nothing(run):
    join(run)
    actions.plan_due(run.starts_at + 300 * DAY)

    assert actions.plan_due(run.starts_at - 7 * DAY) == 1


def test_trainers_are_reminded_of_missing_marks():
    trainer = factories.person()
    run = factories.run(seats=None, sessions=2, trainer=trainer)
    one = join(run)
    first, second = Session.objects.filter(run=run).order_by("number")
    Run.objects.update(state="running")
    attendance.record_marks(
        session=first.public_id,
        marks=[MarkDraft(one.public_id, MarkStatus.PRESENT)],
        actor=ACTOR,
        at=first.period.upper,
    )
    end = second.period.upper

    written = [actions.plan_due(end + span) for span in (3 * HOUR, 4 * HOUR, 5 * HOUR)]

    assert written == [0, 1, 0]
    message = Message.objects.get(kind="reminder.marks_missing")
    assert (message.person, message.subject_id) == (trainer, second.public_id)


def test_rules_of_the_seeds_do_not_overwrite_the_registrar_s():
    ReminderRule.objects.filter(code="week-before").update(offset=-240)

    assert actions.install_rules([]) == 0
    assert ReminderRule.objects.get(code="week-before").offset == -240

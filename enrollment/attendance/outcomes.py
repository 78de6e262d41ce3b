"""What a run came to: test results, and the outcome of each person, frozen once."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from courses.planning.models import Run
from enrollment.attendance import locks, queries, rules
from enrollment.attendance.actions import check_run, fact_of
from enrollment.attendance.models import Outcome, TestResult
from enrollment.seats.enums import State
from enrollment.seats.locks import refusing_conflicts
from enrollment.seats.models import Enrollment


@refusing_conflicts()
@atomic(durable=True)
def record_test_result(
    *, enrollment: UUID, passed: bool, actor: Actor, at: datetime | None = None
) -> TestResult:
    """Write down whether a person passed the run's test. No score is kept.

    The newest result counts; saying again what already counts changes nothing. Refuses: a course
    without a test, a run that has not begun, is not held or is finalised, and people without a
    confirmed seat.
    """
    now = at or clock.now()
    claim = locks.enrollment_with_run_locked(enrollment)
    latest = TestResult.objects.filter(enrollment=claim).order_by("-id").first()
    if latest is not None and latest.passed == passed:
        return latest
    _check_test(claim, now)
    result = TestResult.objects.create(
        enrollment=claim, passed=passed, recorded_by=actor.id, at=now
    )
    record([fact_of("test.recorded", claim, claim.run, passed=passed)], actor=actor, at=now)
    return result


def _check_test(enrollment: Enrollment, now: datetime) -> None:
    run = enrollment.run
    check_run(run)
    if not run.version.test_required:
        raise Refused("no_test", _("This course has no test."))
    if enrollment.state != State.CONFIRMED:
        raise Refused(
            "not_on_the_sheet", _("Only people with a confirmed seat in this run can be marked.")
        )
    if run.starts_at is None or now < rules.may_mark_from(run.starts_at):
        raise Refused("too_early", _("A test result can be recorded once the run has begun."))


def freeze_outcomes(*, run: Run, at: datetime, actor: Actor) -> list[Outcome]:
    """Freeze what the run came to for everyone with a confirmed seat, as revision 1.

    Runs inside the transaction of finalisation and refuses to run outside one; the states of the
    enrolments are not its business. Refuses while the last session is not over, while anybody lacks
    a mark for a session that was held (naming sessions and how many people), and while somebody who
    was there long enough lacks a test result. A run of which nothing was held is cancelled instead.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Outcomes are frozen in the transaction of finalisation.")
    sheet = queries.sheet_of(locks.lock_run(run), states={State.CONFIRMED})
    if obstacle := queries.obstacle_of(sheet, at=at):
        raise obstacle
    outcomes = Outcome.objects.bulk_create([_outcome(sheet, row, at) for row in sheet.rows])
    facts = [_outcome_fact(outcome, run) for outcome in outcomes]
    record(facts, actor=actor, at=at)
    return outcomes


def _outcome(sheet: queries.Sheet, row: queries.SheetRow, at: datetime) -> Outcome:
    return Outcome(
        enrollment=row.enrollment,
        revision=1,
        outcome=rules.outcome_of(
            sheet.rule, sheet.planned_minutes, row.attended, test_passed=row.test_passed
        ),
        minutes_attended=row.standing.attended,
        minutes_planned=sheet.planned_minutes,
        test_passed=row.test_passed,
        frozen_at=at,
    )


def _outcome_fact(outcome: Outcome, run: Run) -> Fact:
    """What happened, without the test: participation is nobody's business beyond its class."""
    return Fact(
        "outcome.frozen",
        "outcome",
        outcome.public_id,
        context_id=run.public_id,
        person_id=outcome.enrollment.person.public_id,
        data={
            "enrollment": str(outcome.enrollment.public_id),
            "outcome": str(outcome.outcome),
            "minutes_attended": outcome.minutes_attended,
            "minutes_planned": outcome.minutes_planned,
            "revision": outcome.revision,
        },
    )

"""The roster with its marks: for the trainer, for finalisation, for the person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from academy.core.errors import Refused
from courses.catalogue.models import CourseVersion
from courses.planning.models import Run, Session
from enrollment.attendance import rules
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark, Outcome, SheetScan, TestResult
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment

ON_THE_SHEET = frozenset({State.CONFIRMED, State.CLOSED})
"""Who is on the attendance sheet: who came to have a seat for good, also after finalisation."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One person on the sheet, with the mark that counts in each session, in the sheet's order."""

    enrollment: Enrollment
    marks: tuple[Mark | None, ...]
    attended: tuple[rules.Attended, ...]
    test_passed: bool | None
    standing: rules.Standing


@dataclass(frozen=True)
class Sheet:
    """A run's attendance. Cancelled sessions are not on it: they are owed by nobody."""

    run: Run
    rule: rules.CompletionRule
    sessions: tuple[Session, ...]
    rows: tuple[SheetRow, ...]

    @property
    def planned_minutes(self) -> int:
        """The teaching minutes of all sessions that were not cancelled."""
        return sum(session.minutes for session in self.sessions)

    @cached_property
    def unmarked(self) -> dict[Session, int]:
        """How many people still lack a mark, for each session where somebody does."""
        missing = {
            session: sum(row.marks[place] is None for row in self.rows)
            for place, session in enumerate(self.sessions)
        }
        return {session: people for session, people in missing.items() if people}

    @cached_property
    def awaiting_test(self) -> list[SheetRow]:
        """Who lacks only a recorded test result."""
        return [
            row
            for row in self.rows
            if rules.awaits_test(
                self.rule, self.planned_minutes, row.attended, test_passed=row.test_passed
            )
        ]


def completion_rule_of(version: CourseVersion) -> rules.CompletionRule:
    """What the version of the course that the run was planned with asks for."""
    return rules.CompletionRule(version.min_attendance_share, version.test_required)


def sheet_of(run: Run, *, states: Iterable[State] = ON_THE_SHEET) -> Sheet:
    """The attendance sheet of a run, in alphabetical order, with everyone's standing so far.

    Doubles as the trainer's preview: `row.standing.outcome` is what finalisation would freeze.
    """
    rows = Enrollment.objects.filter(run=run, state__in=[str(state) for state in states])
    return _sheet(run, rows.select_related("person").order_by("person__sort_key", "person_id"))


def obstacle_of(sheet: Sheet, *, at: datetime) -> Refused | None:
    """What still keeps the run from being finalised, for the trainer's page and for the action."""
    return rules.obstacle_to_finalising(
        unmarked={session.number: people for session, people in sheet.unmarked.items()},
        awaiting_test=len(sheet.awaiting_test),
        last_end=max((session.period.upper for session in sheet.sessions), default=None),
        at=at,
    )


def standing_of(enrollment: Enrollment) -> rules.Standing:
    """Where one person stands in one run, as the person may see it."""
    own = Enrollment.objects.filter(pk=enrollment.pk).select_related("person")
    return _sheet(enrollment.run, own).rows[0].standing


def newest_marks(
    sessions: Sequence[Session], enrollments: Sequence[int]
) -> dict[tuple[int, int], Mark]:
    """The mark that counts, by the keys of enrolment and session."""
    rows = Mark.objects.filter(session__in=sessions, enrollment__in=enrollments)
    newest = rows.order_by("session_id", "enrollment_id", "-id")
    return {
        (mark.enrollment_id, mark.session_id): mark
        for mark in newest.distinct("session_id", "enrollment_id")
    }


def marks_named(session: Session, nonces: Iterable[UUID]) -> dict[UUID, Mark]:
    """Marks of a session by the names that their devices gave them."""
    return {mark.nonce: mark for mark in Mark.objects.filter(session=session, nonce__in=nonces)}


def scans_of(session: Session) -> list[tuple[SheetScan, date]]:
    """The scans of a session's signed list, each with the last day on which its file is kept."""
    return [(scan, kept_until(scan.added_at)) for scan in session.scans.all()]


def kept_until(added_at: datetime) -> date:
    """The last day on which a scan that came at this moment is kept, by the academy's calendar."""
    day = added_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return rules.last_day_kept(day, settings.SCANS_KEPT_YEARS)


def _sheet(run: Run, enrollments: Iterable[Enrollment]) -> Sheet:
    people = list(enrollments)
    sessions = tuple(run.sessions.filter(is_cancelled=False).order_by("number"))
    marks = newest_marks(sessions, [each.pk for each in people])
    tests = dict(
        TestResult.objects.filter(enrollment__in=people)
        .order_by("enrollment_id", "-id")
        .distinct("enrollment_id")
        .values_list("enrollment_id", "passed")
    )
    rule = completion_rule_of(run.version)
    rows = tuple(_row(rule, sessions, each, marks, tests.get(each.pk)) for each in people)
    return Sheet(run, rule, sessions, rows)


def _row(
    rule: rules.CompletionRule,
    sessions: tuple[Session, ...],
    enrollment: Enrollment,
    marks: Mapping[tuple[int, int], Mark],
    test_passed: bool | None,
) -> SheetRow:
    own = tuple(marks.get((enrollment.pk, session.pk)) for session in sessions)
    attended = tuple(
        rules.Attended(session.minutes, MarkStatus(mark.status), mark.minutes)
        for session, mark in zip(sessions, own, strict=True)
        if mark is not None
    )
    planned = sum(session.minutes for session in sessions)
    standing = rules.standing_so_far(rule, planned, attended, test_passed=test_passed)
    return SheetRow(enrollment, own, attended, test_passed, standing)


def outcome_of(enrollment: Enrollment) -> Outcome | None:
    """The outcome that counts for one enrolment; none before finalisation."""
    return Outcome.objects.filter(enrollment=enrollment, is_current=True).first()

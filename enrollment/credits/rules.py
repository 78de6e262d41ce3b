"""What an outcome earns and how minutes become academic hours. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from enrollment.attendance.enums import OutcomeKind

ACADEMIC_HOUR = 45
"""Minutes in an academic hour where the course does not say its own."""

TENTH = Decimal("0.1")


def academic_hour(minutes_per_hour: int | None) -> int:
    """The length in minutes of the academic hour under which a course is counted."""
    return minutes_per_hour or ACADEMIC_HOUR


def hours_of(minutes: int, minutes_per_hour: int) -> Decimal:
    """Minutes as academic hours, to the tenth, halves upwards."""
    return (Decimal(minutes) / minutes_per_hour).quantize(TENTH, ROUND_HALF_UP)


def earned_minutes(outcome: OutcomeKind, attended: int) -> int:
    """The minutes that count as credit: all that were attended of a completed run, else none.

    Not the minutes planned: who came late to a session and completed the run all the same has
    earned what was attended. Attending in part earns nothing: no course has a rule that says so.
    """
    return attended if outcome == OutcomeKind.COMPLETED else 0

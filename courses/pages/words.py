"""Facts of courses and runs as a reader says them."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from academy.web import dates
from courses.planning.enums import ASKING, EnrollmentMode, RunState
from courses.planning.queries import CourseRun


def length(
    *,
    hours: float | None,
    minutes_per_hour: int | None,
    days: float | None,
    published: str,
) -> str:
    """How long a course is: hours, days, what its provider wrote, or that nothing was published."""
    parts = []
    if hours is not None:
        parts.append(_hours(hours, minutes_per_hour))
    if days is not None:
        shown = {"count": dates.number(days)}
        parts.append(ngettext("%(count)s day", "%(count)s days", _plural(days)) % shown)
    return ", ".join(parts) or published or _("Length not published")


def _hours(hours: float, minutes: int | None) -> str:
    shown = {"count": dates.number(hours), "minutes": minutes}
    if minutes in {None, 60}:
        return ngettext("%(count)s hour", "%(count)s hours", _plural(hours)) % shown
    return (
        ngettext(
            "%(count)s academic hour of %(minutes)s minutes",
            "%(count)s academic hours of %(minutes)s minutes",
            _plural(hours),
        )
        % shown
    )


def _plural(number: float) -> int:
    """A fraction takes the form of a few things."""
    return int(number) if number == int(number) else 2


def seats(free: int | None, capacity: int | None) -> str:
    """How full a run is, in words."""
    if capacity is None or free is None:
        return _("No limit of seats")
    if free == 0:
        return ngettext("The only seat is taken", "All %(count)s seats are taken", capacity) % {
            "count": capacity
        }
    return ngettext(
        "%(free)s of %(capacity)s seats left", "%(free)s of %(capacity)s seats left", free
    ) % {"free": free, "capacity": capacity}


def waiting(people: int) -> str:
    """How long the waiting list is; empty when nobody waits."""
    if not people:
        return ""
    return ngettext("%(count)s person is waiting", "%(count)s people are waiting", people) % {
        "count": people
    }


def is_open(run: CourseRun, now: datetime) -> bool:
    """Whether one can ask for a place by oneself now."""
    by_oneself = run.mode not in {EnrollmentMode.NOMINATION, EnrollmentMode.INVITATION}
    return by_oneself and takes_people(run, now)


def takes_people(run: CourseRun, now: datetime) -> bool:
    """Whether a place can be had now, be it that others ask for it."""
    has_not_begun = run.starts_at is not None and now < run.starts_at
    return run.state in ASKING and has_not_begun and _in_window(run, now)


def _in_window(run: CourseRun, now: datetime) -> bool:
    return run.opens_at <= now < run.closes_at


def window(run: CourseRun, now: datetime) -> str:
    """Until when, or since when not, one can ask for a place."""
    match run.state:
        case RunState.RUNNING | RunState.FINISHED | RunState.FINALISED | RunState.CANCELLED:
            return ""
        case RunState.POSTPONED:
            return _("New dates are not known yet. Whoever has a seat keeps it.")
    if now < run.opens_at:
        return _("Enrolment opens on %(day)s.") % {"day": dates.moment(run.opens_at, run.time_zone)}
    if now >= run.closes_at:
        return _("Enrolment has closed.")
    if run.mode in {EnrollmentMode.NOMINATION, EnrollmentMode.INVITATION}:
        return _("Places are given by nomination or invitation.")
    return _("Enrol until %(day)s.") % {"day": dates.moment(run.closes_at, run.time_zone)}


def consent(run: CourseRun) -> str:
    """What an enrolment in this run needs besides the own wish."""
    if run.mode == EnrollmentMode.APPROVAL:
        return _("Needs the consent of the head of your court.")
    if run.mode == EnrollmentMode.SELECTION:
        return _("Requests are gathered first; places are given afterwards by published rules.")
    return ""


def spoken() -> str:
    """The language of the page."""
    return translation.get_language() or "en"

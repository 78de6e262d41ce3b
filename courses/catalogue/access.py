"""The door to a course: whoever plans sees all, everybody else what is or was in the catalogue."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course

READABLE = (CourseStatus.PUBLISHED, CourseStatus.ARCHIVED)
"""An archived course keeps its page: certificates and records point to it."""


def courses_for(viewer: Viewer) -> Q:
    """The condition on courses that this viewer may read."""
    return Q() if viewer.may(Right.PLAN) else Q(status__in=READABLE)


def courses_at_desk(viewer: Viewer) -> QuerySet[Course]:
    """All courses, whatever their state, for who plans and for the auditor."""
    sees = viewer.may(Right.PLAN) or viewer.may(Right.READ_ALL)
    return Course.objects.all() if sees else Course.objects.none()


def course_at_desk(viewer: Viewer, code: str) -> Course:
    """One of them."""
    return _one(courses_at_desk(viewer), code)


def course_to_change(viewer: Viewer, code: str) -> Course:
    """The course whose state the caller may change: who plans, and systems with the scope."""
    may = viewer.may(Right.PLAN) or viewer.client_id is not None
    return _one(Course.objects.all() if may else Course.objects.none(), code)


def course_for(viewer: Viewer, code: str) -> Course:
    """The course of this code; unknown and not yet published look alike."""
    return _one(Course.objects.filter(courses_for(viewer)), code)


def _one(rows: QuerySet[Course], code: str) -> Course:
    course = rows.filter(code=code).first()
    if course is None:
        raise Missing("unknown_course", _("There is no such course."))
    return course

"""The door to a course: whoever plans sees all, everybody else what is or was in the catalogue."""

from django.db.models import Q
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


def course_for(viewer: Viewer, code: str) -> Course:
    """The course of this code; unknown and not yet published look alike."""
    course = Course.objects.filter(courses_for(viewer), code=code).first()
    if course is None:
        raise Missing("unknown_course", _("There is no such course."))
    return course

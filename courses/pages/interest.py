""" "Tell me": the wish to hear of the next run of a course, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from academy.web.http import actor_of, own_person, see_other, signed_in, viewer_of
from courses.catalogue.access import course_for
from courses.planning import interests


@require_POST
@signed_in
def tell_me(request: HttpRequest, code: str) -> HttpResponse:
    """Note the wish."""
    course = course_for(viewer_of(request), code)
    interests.tell_me(course=course, person=own_person(request), actor=actor_of(request))
    messages.success(request, _("We write to you as soon as a run of this course is published."))
    return see_other("courses:course", code=code)


@require_POST
@signed_in
def never_mind(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back."""
    course = course_for(viewer_of(request), code)
    interests.never_mind(course=course, person=own_person(request), actor=actor_of(request))
    messages.success(request, _("We will not write to you about this course."))
    return see_other("courses:course", code=code)

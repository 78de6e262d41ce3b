"""From what a caller sends to a plan: codes and ids are looked up, unknown ones are named."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from academy.people.models import Person
from academy.rest.endpoint import unknown_value
from courses.catalogue.models import Course
from courses.planning.actions import RunPlan, SessionPlan
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run, Venue


def plan_of(sent: dict[str, Any]) -> RunPlan:
    """The plan behind the input; refuses courses, places, zones and trainers that do not exist."""
    course = (
        Course.objects.select_related("current__format").filter(code=sent.pop("course")).first()
    )
    if course is None:
        raise unknown_value("course", _("There is no such course."))
    venue_code = sent.pop("venue")
    venue = Venue.objects.filter(code=venue_code).first() if venue_code else None
    if venue_code and venue is None:
        raise unknown_value("venue", _("There is no such place."))
    _check_zone(sent["time_zone"])
    if Run.objects.filter(code=sent["code"]).exists():
        raise unknown_value("code", _("There is a run of this code already."))
    sessions = [
        SessionPlan(one["starts_at"].astimezone(UTC), one["minutes"], link=one["link"])
        for one in sent.pop("sessions")
    ]
    return RunPlan(
        **{
            **sent,
            "course": course,
            "venue": venue,
            "sessions": sessions,
            "mode": EnrollmentMode(sent["mode"]),
            "trainers": _trainers(sent["trainers"]),
        }
    )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise unknown_value("time_zone", _("There is no such time zone.")) from error


def _trainers(public_ids: list[Any]) -> list[int]:
    known = dict(Person.objects.filter(public_id__in=public_ids).values_list("public_id", "pk"))
    if set(public_ids) - known.keys():
        raise unknown_value("trainers", _("There is no such person."))
    return [known[public_id] for public_id in public_ids]

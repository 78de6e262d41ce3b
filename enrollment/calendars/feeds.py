"""What a private feed shows, as a calendar file.

A person's own feed holds nobody else's data; those of staff hold numbers, never names: an address
that is passed on must not pass on who learns what.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from academy.access.queries import Viewer
from academy.core import texts
from academy.core.ical import Happening, calendar
from enrollment.calendars import queries, rules
from enrollment.calendars.enums import FeedKind, Method
from enrollment.calendars.models import CalendarFeed, Invitation
from enrollment.calendars.queries import Expected, Held
from enrollment.calendars.rules import Told

KEPT = timedelta(days=180)
"""How long a session stays in a feed after it was held."""


def written(feed: CalendarFeed, viewer: Viewer, *, now: datetime) -> str:
    """The feed as a file, in its account's language; the same facts are the same bytes."""
    known = viewer.language in texts.languages()
    language = viewer.language if known else settings.LANGUAGE_CODE
    with translation.override(language):
        if feed.kind == FeedKind.OWN and viewer.person_id is not None:
            return calendar(_own(viewer.person_id, language, now), name=_("My training"))
        held = queries.held(run=feed.run_id or 0, venue=feed.venue_id or 0, after=now - KEPT)
        name = feed.run.code if feed.run else texts.pick(_names(feed), language).text
        return calendar([_as_staff_see(each, language) for each in held], name=name)


def _names(feed: CalendarFeed) -> dict[str, str]:
    return feed.venue.names if feed.venue else {}


def _own(person: int, language: str, now: datetime) -> list[Happening]:
    expected = queries.of_person(person, after=now - KEPT)
    known = {
        (row.person_id, row.enrollment_id, row.session_id): row
        for row in Invitation.objects.filter(person_id=person).filter(
            session_id__in={each.session_id for each in expected}
        )
    }
    return [_as_its_own(each, known.get(each.key), language) for each in expected]


def _as_its_own(each: Expected, row: Invitation | None, language: str) -> Happening:
    """With the number that a mail of this moment has: mail and feed never contradict each other."""
    told = Told(Method(row.method), row.sequence, row.version) if row else Told()
    then = rules.next_told(told, status=each.status, version=each.version)
    is_told = row is not None and then == told
    path = f"/enrollments/{each.subject}/" if each.enrollment_id else f"/desk/runs/{each.run}/"
    url = f"{settings.PUBLIC_URL}{path}"
    return Happening(
        uid=str(each.uid),
        sequence=then.sequence,
        stamp=row.told_at if is_told and row and row.told_at else each.since,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        time_zone=each.time_zone,
        summary=each.summary(language),
        status=each.status,
        description=_lines(
            each.code, "" if each.enrollment_id else _("You teach."), each.link, url
        ),
        location=each.location(language) or each.link,
        url=url,
    )


def _as_staff_see(each: Held, language: str) -> Happening:
    url = f"{settings.PUBLIC_URL}/desk/runs/{each.run}/"
    taken = _("Seats taken: %(taken)s") % {"taken": each.taken}
    if each.capacity is not None:
        taken = _("Seats taken: %(taken)s of %(capacity)s") % {
            "taken": each.taken,
            "capacity": each.capacity,
        }
    waiting = _("Waiting: %(waiting)s") % {"waiting": each.waiting}
    return Happening(
        uid=str(rules.uid_of(each.run, each.session)),
        sequence=each.sequence,
        stamp=each.since,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        time_zone=each.time_zone,
        summary=f"{each.code} · {each.summary(language)}",
        status=each.status,
        description=_lines(taken, waiting, each.link, url),
        location=each.location(language) or each.link,
        url=url,
    )


def _lines(*parts: str) -> str:
    return "\n".join(_filled(parts))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]

"""The published catalogue as a calendar file, for whoever wants to follow it."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.core import clock, texts
from academy.core.ical import Happening, calendar as written
from academy.web import dates, names
from academy.web.http import public_page
from courses.planning.enums import RunState
from courses.planning.queries import coming_sessions

AHEAD = timedelta(days=366)
MOST = 2_000  # sessions: what a calendar program still takes in one piece


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The sessions of the coming year. Calendars send no language: `?language=` names one."""
    asked = request.GET.get("language", "")
    language = asked if asked in texts.languages() else translation.get_language()
    now = clock.now()
    with translation.override(language):
        rows = coming_sessions(now=now, until=now + AHEAD, limit=MOST)
        happenings = [_happening(row, language or settings.LANGUAGE_CODE) for row in rows]
        name = _("Courses of %(service)s") % {"service": settings.SERVICE_NAME}
        body = written(happenings, name=name)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="courses.ics"'
    return response


def _happening(row: dict[str, Any], language: str) -> Happening:
    title = texts.pick(row["title"], language).text
    url = settings.PUBLIC_URL + reverse("courses:course", args=[row["course"]])
    place = [texts.pick(row[part], language).text for part in ("venue", "city")]
    closes = dates.moment(row["enrollment_closes_at"], row["time_zone"])
    lines = [
        f"{row['code']}, {names.language(row['language'])}",
        _("Enrolment closes: %(when)s") % {"when": closes},
        url,
    ]
    return Happening(
        uid=str(uuid5(row["run"], row["session"].hex)),
        sequence=row["sequence"],
        stamp=row["state_since"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        time_zone=row["time_zone"],
        summary=f"{title} · {row['number']}" if row["sessions"] > 1 else title,
        status="TENTATIVE" if row["state"] == RunState.PUBLISHED else "CONFIRMED",
        description="\n".join(lines),
        location=", ".join(filter(None, place)),
        url=url,
    )

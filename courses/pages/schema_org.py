"""Courses and runs in the words of schema.org, as JSON-LD: for search engines and catalogues.

Only what the pages say to everybody. What is not known (price, ratings) is not there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from academy.core import clock, texts
from academy.rest.renderers import to_json
from academy.web.http import public_page
from courses.pages import words
from courses.planning.enums import RunState
from courses.planning.feed import Offered, offered, offered_course

PAGE = 200  # courses of one answer: as much as a process keeps in memory
CONTEXT = "https://schema.org"
STATUS = {RunState.POSTPONED: "EventPostponed", RunState.CANCELLED: "EventCancelled"}
MODES = {  # in a room, online
    (True, False): ("onsite", "OfflineEventAttendanceMode"),
    (False, True): ("online", "OnlineEventAttendanceMode"),
    (True, True): ("blended", "MixedEventAttendanceMode"),
}
# Inside a script element only these three could end it; JSON may write them as numbers.
ESCAPED = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@require_safe
@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """The published courses by code, some hundred at a time; `?language=` names the language.

    The `Link` header leads to the next ones.
    """
    asked = request.GET.get("language", "")
    language = asked if asked in texts.languages() else words.spoken()
    after = request.GET.get("after", "").replace("\x00", "")
    found = offered(now=clock.now(), after=after, limit=PAGE + 1)
    shown = [_course(course, language) for course in found[:PAGE]]
    body = {"@context": CONTEXT, "@type": "DataFeed", "dataFeedElement": shown}
    response = HttpResponse(to_json(body), content_type="application/ld+json")
    if len(found) > PAGE:
        further = urlencode({"language": language, "after": found[PAGE - 1].code})
        where = f"{settings.PUBLIC_URL}{request.path}?{further}"
        response["Link"] = f'<{where}>; rel="next"'
    return response


def script(code: str, language: str) -> SafeString:
    """The data of one published course, fit to stand in a script element; empty for others."""
    found = offered_course(code, now=clock.now())
    if found is None:
        return SafeString()
    data = {"@context": CONTEXT, **_course(found, language)}
    return mark_safe(to_json(data).decode().translate(ESCAPED))  # noqa: S308 - escaped above


def _course(course: Offered, language: str) -> dict[str, Any]:
    title = texts.pick(course.title, language)
    url = settings.PUBLIC_URL + reverse("courses:course", args=[course.code])
    return _known(
        {
            "@type": "Course",
            "@id": url,
            "url": url,
            "courseCode": course.code,
            "name": title.text,
            "description": texts.pick(course.summary, language).text or title.text,
            "inLanguage": course.languages or title.language,
            "provider": {
                "@type": "Organization",
                "name": texts.pick(course.provider, language).text,
            },
            "dateModified": course.changed_at.isoformat(),
            "hasCourseInstance": [_instance(run, course, url, language) for run in course.runs],
        }
    )


def _instance(run: Mapping[str, Any], course: Offered, url: str, language: str) -> dict[str, Any]:
    mode, attendance = MODES.get((run["in_room"], run["online"]), ("online", ""))
    return _known(
        {
            "@type": "CourseInstance",
            "@id": f"{url}#{run['code']}",
            "name": texts.pick(course.title, language).text,
            "courseMode": mode,
            "eventAttendanceMode": attendance and f"{CONTEXT}/{attendance}",
            "eventStatus": f"{CONTEXT}/{STATUS.get(run['state'], 'EventScheduled')}",
            "courseWorkload": _workload(course),
            "inLanguage": run["language"],
            "startDate": _moment(run["starts_at"], run["time_zone"]),
            "endDate": _moment(run["ends_at"], run["time_zone"]),
            "maximumAttendeeCapacity": run["capacity"],
            "location": _place(run, url, language),
        }
    )


def _workload(course: Offered) -> str:
    """How long it is as ISO 8601, in real minutes: an academic hour is shorter."""
    if course.hours is None:
        return ""
    return f"PT{round(course.hours * (course.minutes_per_hour or 60))}M"


def _moment(written: str | None, zone: str) -> str:
    """A moment of the database on the clock of the place where it happens."""
    return datetime.fromisoformat(written).astimezone(ZoneInfo(zone)).isoformat() if written else ""


def _place(run: Mapping[str, Any], url: str, language: str) -> dict[str, Any]:
    if not run["venue"]:
        return {"@type": "VirtualLocation", "url": url} if run["online"] else {}
    parts = [texts.pick(run[part], language).text for part in ("city", "address")]
    return _known(
        {
            "@type": "Place",
            "name": texts.pick(run["venue"], language).text,
            "address": ", ".join(filter(None, parts)),
        }
    )


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without those that nobody knows."""
    return {name: value for name, value in facts.items() if value not in ("", None, [], {})}

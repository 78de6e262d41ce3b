"""A course's page: what it is, and its runs with what the reader can do about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.core.errors import Missing
from academy.web import names
from academy.web.http import public_page, viewer_of
from courses.catalogue.access import course_for
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course
from courses.catalogue.queries import CoursePage, course_page
from courses.pages import schema_org, slots, words
from courses.pages.slots import RunNews
from courses.planning.enums import AHEAD
from courses.planning.models import Interest
from courses.planning.queries import CourseRun, course_runs

SHOWN_AFTER_END = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run with its facts in words and what the reader has to do with it."""

    run: CourseRun
    news: RunNews
    language: str
    seats: str
    waiting: str
    window: str
    consent: str
    is_open: bool
    takes_people: bool
    is_past: bool
    is_closed: bool  # nobody can ask for a place any more
    token: str  # one per button: a double click is one request


@require_safe
@public_page
def course(request: HttpRequest, code: str) -> HttpResponse:
    """The course of this code with the runs ahead and the ones just over."""
    viewer = viewer_of(request)
    row = course_for(viewer, code)
    page = course_page(row, words.spoken())
    if page is None:
        raise Missing("unknown_course", "")
    lines = _lines(viewer, row.pk, clock.now())
    context = {
        "course": page,
        "facts": _facts(page),
        "ahead": [line for line in lines if not line.is_past],
        "past": [line for line in lines if line.is_past],
        "may_enrol": viewer.may(Right.ENROL_SELF),
        "opinion": slots.opinion_of(row.pk),
        "interest": _interest(viewer, row, lines),
        "desk_url": f"/desk/courses/{quote(code)}/" if viewer.may(Right.PLAN) else "",
        "signed_in": viewer.account_id is not None,
        # Search engines come as strangers.
        "data": "" if viewer.account_id else schema_org.script(code, words.spoken()),
    }
    return render(request, "courses/course.html", context)


def _interest(viewer: Viewer, course: Course, lines: list[RunLine]) -> str:
    """Whether the reader can ask to be told of a run, or has; only where none can be asked for."""
    is_planned = any(line.run.state in AHEAD and not line.is_closed for line in lines)
    is_held = course.status == CourseStatus.PUBLISHED
    if is_planned or not is_held or viewer.person_id is None or not viewer.may(Right.ENROL_SELF):
        return ""
    waits = Interest.objects.filter(course=course, person_id=viewer.person_id, told_at__isnull=True)
    return "noted" if waits.exists() else "can"


def _lines(viewer: Viewer, course: int, now: datetime) -> list[RunLine]:
    runs = course_runs(course, now=now, since=now - SHOWN_AFTER_END)
    news = slots.news_of(viewer, [run.id for run in runs])
    return [_line(run, news.get(run.id, slots.NOTHING), now) for run in runs]


def _line(run: CourseRun, news: RunNews, now: datetime) -> RunLine:
    is_past = run.ends_at is not None and run.ends_at < now
    return RunLine(
        run=run,
        news=news,
        language=names.language(run.language),
        seats="" if is_past else words.seats(run.free, run.capacity),
        waiting="" if is_past else words.waiting(news.waiting),
        window=words.window(run, now),
        consent="" if is_past else words.consent(run),
        is_open=words.is_open(run, now),
        takes_people=words.takes_people(run, now),
        is_past=is_past,
        is_closed=now >= run.closes_at,
        token=str(uuid4()) if news.ask_url else "",
    )


def _facts(page: CoursePage) -> dict[str, str]:
    """What the side panel says; empty values are not shown."""
    return {
        "length": words.length(
            hours=page.hours,
            minutes_per_hour=page.minutes_per_hour,
            days=page.days,
            published=page.duration_published,
        ),
        "as_published": page.duration_published if page.hours or page.days else "",
        "languages": ", ".join(names.language(code) for code in page.languages),
        "country": names.country(page.country) if page.country else "",
        "share": f"{round(page.min_attendance_share * 100)}\u00a0%",
    }

"""A whole judiciary: more courses, three past years of runs and enrolments, and a year ahead."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from academy.core.actor import Actor
from academy.management.seeding.calendar import DemoDays
from academy.people.models import Appointment, Person
from courses.catalogue import queries as catalogue
from courses.catalogue.actions import CourseEntry, load_courses
from courses.catalogue.models import Course
from courses.catalogue.rules import CourseContent
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.imports import PastRun, load_past_runs
from courses.planning.models import Run
from courses.search.actions import reindex_courses
from enrollment.attendance.enums import OutcomeKind
from enrollment.requests.history import PastEnrollment, load_history
from enrollment.requests.run_actions import publish_run

ZONE = "Asia/Almaty"
COURSES, RUNS, AHEAD, ENROLLMENTS = 600, 2_000, 120, 150_000
YEARS = 3
MINUTES = 360  # of teaching on one day: eight academic hours of 45 minutes
# Marks a made-up variant of a real course in each language; others get the last.
MARKS = {
    "kk": "{} ({}-нұсқа, үлгі)",
    "ru": "{} (вариант {}, образец)",
    "en": "{} (variant {}, sample)",
}
OUTCOMES = {
    OutcomeKind.COMPLETED: 86,
    OutcomeKind.PARTIAL: 6,
    OutcomeKind.EXCUSED: 4,
    OutcomeKind.NO_SHOW: 4,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A past run, as far as drawing its people needs it."""

    code: str
    starts_at: datetime
    days: int
    category: str


def load_variants(*, actor: Actor, at: datetime) -> int:
    """Made-up variants of the real courses, marked as samples, until there are enough courses."""
    real = Course.objects.filter(status="published", is_demo=False).select_related("provider")
    originals = list(real.order_by("code"))
    contents = catalogue.present_contents(course.code for course in originals)
    room = max(0, COURSES - len(originals))
    wanted = [
        (course, number)
        for number in range(2, 2 + room // max(len(originals), 1) + 1)
        for course in originals
    ][:room]
    entries = [
        CourseEntry(
            code=f"{course.code}-V{number}",
            provider=course.provider.code,
            content=variant(contents[course.code], number),
            is_demo=True,
        )
        for course, number in wanted
    ]
    with transaction.atomic(durable=True):
        changed = load_courses(entries=entries, actor=actor, at=at)
    reindex_courses(list(Course.objects.filter(code__in=changed).values_list("pk", flat=True)))
    return len(changed)


def variant(content: CourseContent, number: int) -> CourseContent:
    """A course that differs from a real one in its title only, and says so."""
    last = next(reversed(MARKS.values()))
    title = {
        code: MARKS.get(code, last).format(text, number) for code, text in content.title.items()
    }
    return replace(content, title=title, demo_translations=tuple(sorted(title)))


def load_past(*, actor: Actor, now: datetime) -> int:
    """Runs of the past years, finalised; how many are new."""
    draw = random.Random("past runs")  # noqa: S311
    days = DemoDays.around(now, ZONE)
    courses = _courses()
    present = _codes("-P")
    runs = []
    for number in range(RUNS - AHEAD):
        code = f"{(course := draw.choice(courses)).code}-P{number:04}"
        begins = days.at(-draw.randint(10, 250), "09:30") - timedelta(
            days=364 * draw.randrange(YEARS)
        )
        length, language = draw.choice((1, 2, 2, 3, 5)), draw.choice(("kk", "ru"))
        if code not in present:
            moments = [begins + timedelta(days=day) for day in range(length)]
            runs.append(PastRun(code, course, language, ZONE, moments, MINUTES))
    with transaction.atomic(durable=True):
        return load_past_runs(runs=runs, actor=actor, at=now)


def load_ahead(*, actor: Actor, now: datetime) -> int:
    """Runs of the coming months, published and open or soon to be; how many are new."""
    draw = random.Random("runs ahead")  # noqa: S311
    days = DemoDays.around(now, ZONE)
    courses = _courses()
    judges = _people("judge", now)[:AHEAD]  # nobody teaches two of them at the same time
    keys = Person.objects.filter(external_id__in=judges).values_list("pk", flat=True)
    teaching = list(keys.order_by("external_id"))
    present = _codes("-N")
    new = 0
    for number in range(AHEAD):
        code = f"{(course := draw.choice(courses)).code}-N{number:03}"
        day, length, capacity = draw.randint(8, 120), draw.randint(1, 3), draw.choice((20, 25, 30))
        language = draw.choice(("kk", "ru"))
        if code in present:
            continue
        sessions = [SessionPlan(days.at(day + extra, "09:30"), MINUTES) for extra in range(length)]
        plan = RunPlan(
            code=code,
            course=course,
            language=language,
            time_zone=ZONE,
            sessions=sessions,
            enrollment_opens_at=days.at(day - 60, "00:00"),
            enrollment_closes_at=days.end_of(day - 4),
            capacity=capacity,
            minimum_size=5,
            trainers=[teaching[number % len(teaching)]],
        )
        run = plan_run(plan=plan, actor=actor, at=now)
        publish_run(run=run.public_id, actor=actor, at=now)
        new += 1
    return new


def _courses() -> list[Course]:
    published = Course.objects.filter(status="published").select_related("current__format")
    return list(published.order_by("code"))


def _codes(mark: str) -> set[str]:
    return set(Run.objects.filter(code__contains=mark).values_list("code", flat=True))


def load_past_enrollments(*, actor: Actor, now: datetime, count: int = ENROLLMENTS) -> int:
    """Who took part in the past runs; how many are new."""
    return load_history(past=past_enrollments(now, count), actor=actor, at=now)


def past_enrollments(now: datetime, count: int) -> Iterator[PastEnrollment]:
    """Drawn so that judges' courses have judges and staff courses have staff.

    Reads what it needs at once: while rows are copied in, the connection answers nothing else.
    """
    people = {category: _people(category, now) for category in ("judge", "staff")}
    return _drawn(_held(), people, count)


def _drawn(
    held: Sequence[Held], people: Mapping[str, Sequence[str]], count: int
) -> Iterator[PastEnrollment]:
    draw = random.Random("past enrolments")  # noqa: S311
    share, more = divmod(count, max(len(held), 1))
    kinds, weights = list(OUTCOMES), list(OUTCOMES.values())
    for number, run in enumerate(held):
        able = people[run.category]
        seated = draw.sample(able, min(share + (number < more), len(able)))
        outcomes = draw.choices(kinds, weights=weights, k=len(seated))
        for person, outcome in zip(seated, outcomes, strict=True):
            asked = run.starts_at - timedelta(days=draw.randint(8, 40))
            yield PastEnrollment(run.code, person, outcome, _minutes(outcome, run.days), asked)


def _minutes(outcome: OutcomeKind, days: int) -> int:
    whole = MINUTES * days
    return {OutcomeKind.COMPLETED: whole, OutcomeKind.PARTIAL: whole // 2}.get(outcome, 0)


def _held() -> list[Held]:
    staff = Q(version__audiences__categories__contains=["staff"]) | Q(
        version__audiences__positions__category="staff"
    )
    of_staff = set(Run.objects.filter(staff, code__contains="-P").values_list("pk", flat=True))
    rows = Run.objects.filter(code__contains="-P", state="finalised").order_by("code")
    return [
        Held(
            run.code,
            run.starts_at,
            len(run.busy) if run.busy else 1,
            "staff" if run.pk in of_staff else "judge",
        )
        for run in rows
        if run.starts_at
    ]


def _people(category: str, now: datetime) -> list[str]:
    posts = Appointment.objects.filter(
        position__category=category, period__contains=now.date()
    ).values("person_id")
    found = Person.objects.filter(pk__in=posts, external_id__isnull=False).order_by("external_id")
    return [
        external_id for external_id in found.values_list("external_id", flat=True) if external_id
    ]

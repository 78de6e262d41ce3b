"""Runs from a file: plan what would happen row by row, then put them into the plan by slices.

Columns: code, course, starts (day and time at the place), days, minutes (taught each day) and
optionally language, venue, link, capacity, minimum_size, mode, closes (the last day to ask),
trainers (numbers in the HR system, the lead first, separated by semicolons). Each becomes a draft,
which nobody sees until it is published. A run that is there already stays as it is: a row that says
something else of it is refused, since dates are changed where one sees who is touched.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.core.keyed import Keyed
from academy.jobs.matching import Field
from academy.jobs.rules import (
    ImportPlan,
    Row,
    RowOutcome,
    RowPlan,
    RowReader,
    Table,
    check_clean,
    check_columns,
    once,
)
from academy.people.models import Person
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.enums import MOST_SEATS, EnrollmentMode
from courses.planning.models import Run, Venue

LABELS = {
    "code": _("Code of the run|Run|Group"),
    "course": _("Code of the course|Course code|Course"),
    "starts": _("Begins|First day|Start|Date"),
    "days": _("Days|Number of days"),
    "minutes": _("Teaching minutes a day|Minutes"),
    "language": _("Language of teaching|Language"),
    "venue": _("Code of the venue|Venue|Place"),
    "link": _("Link for online sessions|Link"),
    "capacity": _("Number of seats|Seats"),
    "minimum_size": _("Minimum size"),
    "mode": _("How people get in"),
    "closes": _("Last day to ask|Enrolment closes"),
    "trainers": _("Numbers of the trainers|Trainer|Trainers"),
}
REQUIRED = ("code", "course", "starts", "days", "minutes")
MORNING = time(9)
HOUR = re.compile(r"(\d{1,2}):(\d{2})(:00)?")
CODE = re.compile(r"[-\w]{1,60}")
REHEARSED_BY = Actor.system("planning.rehearsal")


@dataclass(frozen=True, slots=True)
class Lists:
    """What a row may name."""

    courses: Mapping[str, Course]
    venues: Mapping[str, Venue]
    trainers: Mapping[str, int]
    present: Mapping[str, Run]


def fields() -> list[Field]:
    """The columns as people know them."""
    known: dict[str, type[Course | Venue]] = {"course": Course, "venue": Venue}
    return [
        Field(code, label, code in REQUIRED, _codes_of(known[code]) if code in known else None)
        for code, label in LABELS.items()
    ]


def _codes_of(listed: type[Course | Venue]) -> Callable[[], frozenset[str]]:
    return lambda: frozenset(listed.objects.values_list("code", flat=True))


def plan_runs(table: Table) -> ImportPlan[RunPlan]:
    """What importing this table would do: each new run is really planned, and all taken back."""
    check_columns(table, required=REQUIRED, known=tuple(LABELS))
    lists, now = _lists(table), clock.now()
    rows = once([_plan_row(row, lists, now) for row in table.rows])
    with transaction.atomic():
        tried = tuple(_tried(row) for row in rows)
        transaction.set_rollback(True)
    return ImportPlan("runs", tried, table)


def _tried(row: RowPlan[RunPlan]) -> RowPlan[RunPlan]:
    if row.entry is None or row.outcome != RowOutcome.NEW:
        return row
    try:
        with transaction.atomic():
            plan_run(plan=row.entry, actor=REHEARSED_BY)
    except Refused as refusal:
        reader = RowReader(Row(row.line, {}))
        reader.refuse("", refusal.sentence)
        return RowPlan(row.line, row.key, RowOutcome.ERROR, {}, tuple(reader.problems))
    return row


def apply(
    plan: ImportPlan[RunPlan],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[RunPlan]:
    """Put the planned runs into the plan as drafts; answers what was really done.

    The plan is made again under the transaction. Refused as a whole when any row is bad.
    """
    with transaction.atomic(durable=True):
        lists, now = _lists(plan.table), at or clock.now()
        rows = once([_plan_row(row, lists, now) for row in plan.table.rows])
        fresh = ImportPlan("runs", rows, plan.table)
        check_clean(fresh)
        for entry in fresh.entries():
            plan_run(plan=entry, actor=actor, at=now)
        if keyed:
            keyed.keep(fresh)
    return fresh


def _lists(table: Table) -> Lists:
    def named(column: str) -> set[str]:
        cells = [row.cells.get(column, "") for row in table.rows]
        return {part.strip() for cell in cells for part in cell.split(";")} - {""}

    courses = Course.objects.filter(code__in=named("course"), status=CourseStatus.PUBLISHED)
    people = Person.objects.filter(external_id__in=named("trainers"), left_on__isnull=True)
    runs = Run.objects.filter(code__in=named("code")).select_related("course")
    return Lists(
        {row.code: row for row in courses.select_related("current__format")},
        {row.code: row for row in Venue.objects.filter(code__in=named("venue"))},
        {number or "": pk for number, pk in people.values_list("external_id", "pk")},
        {row.code: row for row in runs},
    )


def _plan_row(row: Row, lists: Lists, now: datetime) -> RowPlan[RunPlan]:
    reader = RowReader(row)
    code = reader.text("code", required=True, longest=60)
    if code and not CODE.fullmatch(code):
        reader.refuse("code", _("Letters, digits, hyphens and underscores only."))
    entry = _entry(reader, code, lists, now)
    if entry is None or reader.problems:
        return RowPlan(row.line, code, RowOutcome.ERROR, {}, tuple(reader.problems))
    present = lists.present.get(code)
    if present is None:
        changes = {"starts": ("", f"{entry.sessions[0].starts_at:%Y-%m-%d %H:%M}")}
        return RowPlan(row.line, code, RowOutcome.NEW, changes, entry=entry)
    if present.course_id == entry.course.pk and present.starts_at == entry.sessions[0].starts_at:
        return RowPlan(row.line, code, RowOutcome.UNCHANGED, entry=entry)
    reader.refuse("code", _("This run is there already with another course or start."))
    return RowPlan(row.line, code, RowOutcome.ERROR, {}, tuple(reader.problems))


def _entry(reader: RowReader, code: str, lists: Lists, now: datetime) -> RunPlan | None:
    course = lists.courses.get(reader.code("course", lists.courses, required=True))
    venue = lists.venues.get(reader.code("venue", lists.venues))
    zone = venue.time_zone if venue else settings.TIME_ZONE
    sessions = _sessions(reader, ZoneInfo(zone))
    trainers = [_trainer(reader, number, lists) for number in reader.listed("trainers")]
    capacity, least = _capacity(reader), reader.integer("minimum_size")
    mode = reader.code("mode", EnrollmentMode.values) or EnrollmentMode.OPEN
    language = reader.code("language", texts.languages()) or texts.languages()[0]
    if course is None or not sessions or reader.problems:
        return None
    closes = _closes(reader, sessions[0].starts_at, ZoneInfo(zone))
    return RunPlan(
        code=code,
        course=course,
        language=language,
        time_zone=zone,
        sessions=sessions,
        enrollment_opens_at=min(now, closes),
        enrollment_closes_at=closes,
        withdraw_until=closes,
        capacity=capacity,
        minimum_size=least or 0,
        mode=EnrollmentMode(mode),
        venue=venue,
        link=reader.text("link"),
        trainers=[one for one in trainers if one],
    )


def _capacity(reader: RowReader) -> int | None:
    seats = reader.integer("capacity", least=1)
    if seats and seats > MOST_SEATS:
        reader.refuse("capacity", _("Up to %(most)s seats.") % {"most": MOST_SEATS})
    return seats


def _closes(reader: RowReader, first: datetime, zone: ZoneInfo) -> datetime:
    """The end of the last day to ask; without one, the start of the run."""
    last = reader.day("closes")
    closes = datetime.combine(last, time(23, 59), zone) if last else first
    if closes > first:
        reader.refuse("closes", _("One asks before the run begins."))
    return closes


def _trainer(reader: RowReader, number: str, lists: Lists) -> int:
    if number not in lists.trainers:
        reader.refuse("trainers", _("“%(value)s” is not known.") % {"value": number})
    return lists.trainers.get(number, 0)


def _sessions(reader: RowReader, zone: ZoneInfo) -> list[SessionPlan]:
    """A session a day at the same hour; without an hour in the cell, at nine."""
    day = reader.day("starts", required=True)
    hour = HOUR.search(reader.text("starts"))
    days, minutes = reader.integer("days", least=1), reader.integer("minutes", least=15)
    if day is None or not days or not minutes:
        for column, value in (("days", days), ("minutes", minutes)):
            if value is None and not reader.text(column):
                reader.refuse(column, _("This may not be empty."))
        return []
    if days > 60 or minutes > 720:
        reader.refuse("days", _("Up to 60 days of 720 minutes."))
        return []
    at = time(int(hour[1]) % 24, int(hour[2]) % 60) if hour else MORNING
    length = timedelta(minutes=minutes + minutes // 6)  # with its breaks
    return [
        SessionPlan(datetime.combine(day + timedelta(days=n), at, zone), minutes, length)
        for n in range(days)
    ]

"""The sessions that people are expected at, as their calendars show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from academy.core import texts
from academy.messages.models import Message
from courses.planning.models import Run
from enrollment.calendars import rules
from enrollment.calendars.enums import Method
from enrollment.calendars.models import Invitation
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment

COLUMNS = """
       session.id AS session_id, session.public_id AS session, session.number,
       (SELECT count(*) FROM courses_session other WHERE other.run_id = run.id) AS sessions,
       lower(session.period) AS starts_at, upper(session.period) AS ends_at,
       coalesce(nullif(session.link, ''), run.link) AS link,
       venue.names::json AS venue, venue.city::json AS city, venue.address::json AS address,
       run.code, run.public_id AS run, run.time_zone, version.title::json AS title,
       greatest(run.state_since, {since}) AS since
"""
JOINS = """
  JOIN courses_courseversion version ON version.id = run.version_id
  JOIN courses_session session ON session.run_id = run.id
  LEFT JOIN courses_venue venue ON venue.id = coalesce(session.venue_id, run.venue_id)
"""
NOT_HELD = "session.is_cancelled OR run.state IN ('draft', 'postponed', 'cancelled')"

# A run's seats that are offered are shown in feeds; by mail nobody is invited before accepting.
ENROLLED = f"""
SELECT e.public_id AS subject, e.public_id AS holder, e.id AS enrollment_id, e.person_id,
       CASE WHEN {NOT_HELD} THEN '' WHEN e.state IN ('confirmed', 'closed') THEN 'CONFIRMED'
            WHEN e.state = ANY(%(tentative)s) THEN 'TENTATIVE' ELSE '' END AS status,
       {COLUMNS.format(since="e.state_since")}
  FROM enrollment_enrollment e
  JOIN courses_run run ON run.id = e.run_id {JOINS}
 WHERE upper(session.period) > %(after)s AND {{whose}}
 ORDER BY e.id, session.number
"""  # noqa: S608
TEACHING = f"""
SELECT run.public_id AS subject, person.public_id AS holder, NULL::bigint AS enrollment_id,
       person.id AS person_id,
       CASE WHEN {NOT_HELD} OR assignment.id IS NULL THEN '' ELSE 'CONFIRMED' END AS status,
       {COLUMNS.format(since="run.created_at")}
  FROM unnest(%(people)s::bigint[], %(runs)s::uuid[]) AS pair (person_id, run)
  JOIN academy_person person ON person.id = pair.person_id
  JOIN courses_run run ON run.public_id = pair.run {JOINS}
  LEFT JOIN courses_trainerassignment assignment
    ON assignment.run_id = run.id AND assignment.person_id = person.id
 WHERE upper(session.period) > %(after)s
 ORDER BY person.id, run.id, session.number
"""  # noqa: S608

SEATED = "e.person_id = %(person)s AND e.state IN ('offered', 'confirmed', 'reconfirm', 'closed')"
HELD = f"""
SELECT CASE WHEN run.state = 'draft' THEN 'TENTATIVE' ELSE 'CONFIRMED' END AS status,
       run.sequence, run.capacity,
       (SELECT count(*) FROM enrollment_enrollment e WHERE e.run_id = run.id
           AND e.state IN ('offered', 'confirmed', 'reconfirm', 'closed')) AS taken,
       (SELECT count(*) FROM enrollment_enrollment e
         WHERE e.run_id = run.id AND e.state = 'waitlisted') AS waiting,
       {COLUMNS.format(since="run.created_at")}
  FROM courses_run run {JOINS}
 WHERE upper(session.period) > %(after)s AND NOT session.is_cancelled
   AND run.state NOT IN ('postponed', 'cancelled')
   AND (run.id = %(run)s OR coalesce(session.venue_id, run.venue_id) = %(venue)s)
 ORDER BY lower(session.period), session.id
"""  # noqa: S608

NEVER_ARRIVED = (Message.State.FAILED, Message.State.DROPPED)

Map = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One session as any calendar shows it: when and where, of which run, and how it stands."""

    session_id: int
    session: UUID
    number: int
    sessions: int
    starts_at: datetime
    ends_at: datetime
    link: str
    venue: Map | None
    city: Map | None
    address: Map | None
    code: str
    run: UUID
    time_zone: str
    title: Map
    since: datetime
    status: str

    def summary(self, language: str) -> str:
        """The course in that language, with the session's number where there are several."""
        title = texts.pick(self.title, language).text
        return f"{title} · {self.number}" if self.sessions > 1 else title

    def location(self, language: str) -> str:
        """Place, city and address as far as they are known."""
        parts = (self.venue, self.city, self.address)
        words = (texts.pick(part, language).text for part in parts)
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected(Meeting):
    """One session and one person: how it stands for them, when and where it is.

    `status` is empty when they are not expected. `subject` is what a mail about it is about: the
    enrolment, or the run for its trainer.
    """

    subject: UUID
    holder: UUID
    enrollment_id: int | None
    person_id: int

    @property
    def key(self) -> tuple[int, int | None, int]:
        """Whose invitation to what."""
        return self.person_id, self.enrollment_id, self.session_id

    @property
    def uid(self) -> UUID:
        """The event's name for life."""
        return rules.uid_of(self.holder, self.session)

    @property
    def version(self) -> str:
        """A digest of what a calendar shows of it."""
        names = ("status", "starts_at", "ends_at", "time_zone", "link", "title", "code")
        places = ("venue", "city", "address")
        return rules.version_of({name: getattr(self, name) for name in (*names, *places)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Meeting):
    """One session as the academy's staff see it: numbers of people, no names."""

    sequence: int
    capacity: int | None
    taken: int
    waiting: int


def of_enrollments(subjects: Iterable[UUID], *, after: datetime) -> list[Expected]:
    """The sessions of these enrolments that end after that moment, whatever became of them."""
    values = {"subjects": list(subjects), "tentative": ["reconfirm"], "after": after}
    return _rows(ENROLLED.format(whose="e.public_id = ANY(%(subjects)s)"), values)


def of_trainers(pairs: Sequence[tuple[int, UUID]], *, after: datetime) -> list[Expected]:
    """The sessions of runs for those who teach them, or taught them: person and run."""
    values = {
        "people": [person for person, _run in pairs],
        "runs": [run for _person, run in pairs],
        "after": after,
    }
    return _rows(TEACHING, values)


def of_person(person: int, *, after: datetime) -> list[Expected]:
    """Where somebody learns or teaches, from that moment on, in the order of time."""
    values = {"person": person, "tentative": ["offered", "reconfirm"], "after": after}
    learns = _rows(ENROLLED.format(whose=SEATED), values)
    taught = Run.objects.filter(assignments__person_id=person, ends_at__gt=after)
    pairs = [(person, run) for run in taught.values_list("public_id", flat=True)]
    teaches = of_trainers(pairs, after=after) if pairs else []
    both = [each for each in (*learns, *teaches) if each.status]
    return sorted(both, key=lambda each: (each.starts_at, each.session_id))


def held(*, run: int, venue: int, after: datetime) -> list[Held]:
    """The sessions of a run, or at a venue, from that moment on, in the order of time."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"run": run, "venue": venue, "after": after})
        names = [column.name for column in cursor.description or ()]
        return [Held(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def lost(messages: Iterable[int]) -> set[int]:
    """Those of these messages that have not arrived and will not."""
    given_up = Message.objects.filter(pk__in=set(messages), state__in=NEVER_ARRIVED)
    return set(given_up.values_list("pk", flat=True))


def missed_by(
    people: Iterable[UUID], *, now: datetime
) -> list[tuple[UUID, int, UUID | None, UUID]]:
    """What their calendars were not told of sessions ahead: person, enrolment, or else the run."""
    given_up = Message.objects.filter(pk=OuterRef("told_by"), state__in=NEVER_ARRIVED)
    rows = Invitation.objects.filter(
        Exists(given_up), person__public_id__in=set(people), session__period__endswith__gt=now
    )
    columns = ("person__public_id", "person_id", "enrollment__public_id", "session__run__public_id")
    return list(rows.values_list(*columns).distinct())


def declined(enrollments: Iterable[UUID]) -> dict[UUID, tuple[Map, str, str, datetime]]:
    """Declined in a calendar, no answer on the page yet: title, run, zone, the session's start."""
    rows = (
        Invitation.objects.filter(enrollment__public_id__in=set(enrollments))
        .filter(declined_at__isnull=False, enrollment__state__in=HOLDING)
        .order_by("-session__number")
        .values_list(
            "enrollment__public_id",
            "session__run__version__title",
            "session__run__code",
            "session__run__time_zone",
            "session__period",
        )
    )
    return {row[0]: (row[1], row[2], row[3], row[4].lower) for row in rows}


def asked_before(runs: Mapping[UUID, datetime]) -> list[tuple[UUID, int, UUID]]:
    """Who had been asked to confirm again before the run moved once more: run, person, enrolment.

    Nobody asks them a second time, so no letter tells them of that move.
    """
    rows = Enrollment.objects.filter(run__public_id__in=runs, state=State.RECONFIRM)
    found = rows.values_list("run__public_id", "person_id", "public_id", "state_since")
    return [(run, person, row) for run, person, row, since in found if since < runs[run]]


def trainers_of(runs: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """Who teaches these runs, or was told to teach them: run, person."""
    of_runs = set(runs)
    teach = Run.objects.filter(public_id__in=of_runs, assignments__isnull=False)
    told = Invitation.objects.filter(
        session__run__public_id__in=of_runs, enrollment=None, method=Method.REQUEST
    )
    now = teach.values_list("public_id", "assignments__person_id").order_by("assignments__id")
    before = told.values_list("session__run__public_id", "person_id").order_by("id")
    return list(dict.fromkeys([*now, *before]))


def _rows(statement: str, values: dict[str, Any]) -> list[Expected]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or ()]
        return [Expected(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

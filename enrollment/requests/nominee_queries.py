"""Reads around nominations: the pick list by need, the room that is left, what became of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from academy.courts.models import Position
from academy.jobs.models import Job
from academy.jobs.workbooks import workbook
from academy.people.imports import fields as people_fields
from academy.people.models import Appointment
from courses.planning.models import Run
from enrollment.decisions.enums import StepState
from enrollment.decisions.models import Decision
from enrollment.requests.enums import Fate
from enrollment.requests.inbox import Owed, owed_of
from enrollment.requests.models import Nomination, Nominee
from enrollment.requests.nominating_rules import Room
from enrollment.seats.enums import State

NUMBER = "external_id"
ROOM = """
SELECT pool.id, (SELECT count(*) FROM courses_seat WHERE pool_id = pool.id AND free),
       EXISTS (SELECT FROM enrollment_enrollment waiting
                WHERE waiting.run_id = pool.run_id AND waiting.state = 'waitlisted'
                  AND pool.id = ANY(waiting.pool_ids)
                  AND (waiting.clash_allowed OR NOT EXISTS (
                       SELECT FROM enrollment_enrollment held
                        WHERE held.person_id = waiting.person_id AND held.busy && waiting.busy
                          AND held.state IN ('offered', 'confirmed', 'reconfirm'))))
  FROM courses_seatpool pool WHERE pool.run_id = %s
"""

# Whose duty falls due first and misses most comes first, then those longest without a completed
# course; nobody is scored.
BY_NEED = """
SELECT person.public_id, person.family_name, person.given_name, person.patronymic,
       position.names::json, court.names::json, lower(post.period),
       last.ended, last.title::json,
       (SELECT count(*) FROM enrollment_enrollment past
         WHERE past.person_id = person.id AND past.state = 'rejected'),
       coalesce((SELECT state FROM enrollment_enrollment twin
         WHERE twin.person_id = person.id AND twin.run_id = run.id AND twin.state IN
               ('requested', 'waitlisted', 'offered', 'confirmed', 'reconfirm')), ''),
       EXISTS (SELECT FROM enrollment_enrollment held
                WHERE held.person_id = person.id AND held.busy && run.busy
                  AND held.run_id <> run.id
                  AND held.state IN ('offered', 'confirmed', 'reconfirm')),
       coalesce(duty.owed, '[]')
  FROM courses_run run
 CROSS JOIN academy_person person
  JOIN LATERAL (
        SELECT court_id, position_id, period FROM academy_appointment
         WHERE person_id = person.id AND period @> %(today)s::date
           AND (%(courts)s::bigint[] IS NULL OR court_id = ANY(%(courts)s))
         ORDER BY kind <> 'permanent', id LIMIT 1) post ON true
  JOIN academy_court court ON court.id = post.court_id
  JOIN academy_position position ON position.id = post.position_id
  LEFT JOIN LATERAL (
        SELECT (of.ends_at AT TIME ZONE of.time_zone)::date AS ended, version.title
          FROM enrollment_enrollment past
          JOIN enrollment_outcome outcome ON outcome.enrollment_id = past.id
           AND outcome.is_current AND outcome.outcome = 'completed'
          JOIN courses_run of ON of.id = past.run_id
          JOIN courses_courseversion version ON version.id = of.version_id
         WHERE past.person_id = person.id AND past.state = 'closed'
         ORDER BY of.ends_at DESC NULLS LAST LIMIT 1) last ON true
  LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object(
                   'names', requirement.names, 'unit', requirement.unit, 'due_at', owed.due_at,
                   'left', greatest(owed.needed - owed.earned, 0)) ORDER BY owed.due_at) AS owed,
               min(owed.due_at) AS due_at, sum(greatest(owed.needed - owed.earned, 0)) AS missing
          FROM enrollment_obligation owed
          JOIN enrollment_requirement requirement ON requirement.id = owed.requirement_id
         WHERE owed.person_id = person.id AND owed.state = 'owed') duty ON true
 WHERE run.id = %(run)s AND (person.left_on IS NULL OR person.left_on > %(today)s)
   AND (%(courts)s::bigint[] IS NULL OR person.id IN (
        SELECT person_id FROM academy_appointment WHERE court_id = ANY(%(courts)s)))
   AND person.family_name ILIKE %(search)s
   AND (%(court)s = '' OR court.code = %(court)s)
   AND (%(category)s = '' OR position.category = %(category)s)
   AND (%(post)s = '' OR position.code = %(post)s)
 ORDER BY duty.due_at NULLS LAST, duty.missing DESC NULLS LAST, last.ended NULLS FIRST,
          person.sort_key, person.id
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be nominated, and what speaks for it."""

    public_id: UUID
    family_name: str
    given_name: str
    patronymic: str
    post: dict[str, str]
    court: dict[str, str]
    in_post_since: date | None
    last_ended: date | None
    last_title: dict[str, str] | None
    refused: int
    standing: str  # the state in this very run, if any
    has_clash: bool
    owed: list[Owed]

    @property
    def full_name(self) -> str:
        """Family name first."""
        return " ".join(filter(None, (self.family_name, self.given_name, self.patronymic)))


def by_need(
    run: Run,
    *,
    courts: Iterable[int] | None,
    day: date,
    search: str = "",
    court: str = "",
    category: str = "",
    post: str = "",
    most: int = 200,
) -> list[Candidate]:
    """The people of these courts (None: of all), those who owe first, then those longest without
    training; of one category or post, if it is given.
    """
    begins = search.strip().replace("\\", "").replace("%", "").replace("_", "")
    values = {
        "run": run.pk,
        "courts": None if courts is None else list(courts),
        "today": day,
        "search": f"{begins}%",
        "court": court.strip(),
        "category": category,
        "post": post,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_NEED, values)
        return [Candidate(*[*row, owed_of(owed)]) for *row, owed in cursor.fetchall()]


def posts_at(courts: Iterable[int] | None, day: date) -> QuerySet[Position]:
    """The posts that are held at these courts (None: anywhere) on that day."""
    held = Appointment.objects.filter(period__contains=day)
    if courts is not None:
        held = held.filter(court__in=list(courts))
    return Position.objects.filter(pk__in=held.values("position_id")).order_by("code")


def room_in(run: Run) -> Room:
    """The free seats of a run by pool, and the pools that somebody waits for."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM, [run.pk])
        rows = cursor.fetchall()
    return Room({row[0]: row[1] for row in rows}, frozenset(row[0] for row in rows if row[2]))


def with_counts(nominations: QuerySet[Nomination]) -> QuerySet[Nomination]:
    """Nominations with how many are on the list, nominated, and not possible."""
    return nominations.select_related(
        "run__version", "run__course", "job", "account__person", "court"
    ).annotate(
        named=Count("nominees"),
        done=Count("nominees", filter=Q(nominees__fate=Fate.DONE)),
        refused=Count("nominees", filter=Q(nominees__fate=Fate.REFUSED)),
    )


def nominees_of(nomination: Nomination) -> list[Nominee]:
    """The lines of a list in their order: the enrolment as it stands now, and who is asked."""
    asked = Decision.objects.filter(state=StepState.OPEN).select_related("court").order_by("number")
    rows = nomination.nominees.select_related("person", "enrollment__run")
    return list(rows.prefetch_related(Prefetch("enrollment__decisions", asked, to_attr="asked")))


def summary_of(nominees: Iterable[Nominee]) -> list[dict[str, Any]]:
    """How many lines come, or came, to each state; what is refused last."""
    states = [State.CONFIRMED, State.OFFERED, State.REQUESTED, State.WAITLISTED]
    counts = dict.fromkeys([*states, ""], 0)
    for one in nominees:
        counts[one.state] = counts.get(one.state, 0) + 1
    return [
        {"state": state, "label": State(state).label if state else "", "count": count}
        for state, count in counts.items()
        if count
    ]


def rows_to_mend(nominees: Iterable[Nominee]) -> bytes:
    """Those who cannot be nominated as a workbook, which may come back once it is mended.

    The columns: the number of the HR system as it stood in the list, the name, what to mend.
    """
    names = {one.code: one.name for one in people_fields()}
    return workbook(
        [names[NUMBER], names["family_name"], _("What to mend")],
        [
            [one.person.external_id or "", one.person.full_name, one.sentence]
            if one.person
            else [one.written, "", one.sentence]
            for one in nominees
            if one.sentence and not one.state
        ],
    )


def to_carry_on(*, limit: int = 20) -> list[int]:
    """Nominations that wait to be carried out, or stopped in the middle; the oldest first."""
    open_states = [Job.State.WAITING, Job.State.RUNNING]
    rows = Nomination.objects.filter(job__state__in=open_states, job__is_dry_run=False)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])

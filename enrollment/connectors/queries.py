"""Reads for the connectors, and of what came of their errands."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from academy.people.models import Person
from courses.planning.models import Run
from enrollment.connectors.enums import Connector, ErrandState
from enrollment.connectors.models import Errand, MoodleCompletion, MoodleCourse
from enrollment.connectors.rules import RunFacts
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.models import Enrollment

SEATED = (State.CONFIRMED, State.RECONFIRM)


def run_facts(runs: Iterable[UUID]) -> dict[UUID, RunFacts]:
    """What everybody may know of these runs."""
    rows = Run.objects.filter(public_id__in=set(runs)).select_related("course", "version")
    return {
        row.public_id: RunFacts(row.public_id, row.course.code, row.version.title) for row in rows
    }


def linked_runs(runs: Iterable[UUID]) -> dict[UUID, int]:
    """Those of the runs that are held in Moodle, with the number of the course there."""
    linked = MoodleCourse.objects.filter(run__public_id__in=set(runs))
    return dict(linked.values_list("run__public_id", "number"))


def seated_in(run: UUID) -> list[UUID]:
    """Everybody's enrolment who has a confirmed seat in this run."""
    rows = Enrollment.objects.filter(run__public_id=run, state__in=SEATED)
    return list(rows.order_by("pk").values_list("public_id", flat=True))


def belongs_in_moodle(enrollment: Enrollment) -> bool:
    """Whether somebody may be in the course: with a seat, and afterwards to look back."""
    return enrollment.state in {*(HOLDING - {State.OFFERED}), State.CLOSED}


def moodle_completions(run: UUID) -> dict[UUID, MoodleCompletion]:
    """What Moodle said of a run's people, by enrolment; empty where there is no Moodle."""
    if not settings.MOODLE_URL:
        return {}
    rows = MoodleCompletion.objects.filter(enrollment__run__public_id=run)
    return {row.enrollment.public_id: row for row in rows.select_related("enrollment")}


def learning_records(person: Person) -> Iterator[Mapping[str, object]]:
    """What was told of a person to the learning record store, for the person to see."""
    told = Errand.objects.filter(connector=Connector.LRS, person_id=person.public_id)
    for row in told.order_by("pk"):
        yield {"id": row.key, "said": row.kind, "state": row.state, "at": row.settled_at}


def known_completions(person: Person) -> Iterator[Mapping[str, object]]:
    """What Moodle said of a person's courses there."""
    rows = MoodleCompletion.objects.filter(enrollment__person=person)
    for row in rows.select_related("enrollment").order_by("pk"):
        yield {
            "enrollment": row.enrollment.public_id,
            "completed_at": row.completed_at,
            "looked_at": row.looked_at,
        }


def unsettled_counts() -> dict[str, int]:
    """How many errands wait or were given up, by connector and state: for the measures."""
    rows = (
        Errand.objects.filter(state__in=[ErrandState.WAITING, ErrandState.GIVEN_UP])
        .values_list("connector", "state")
        .annotate(number=Count("pk"))
    )
    return {f"{connector}_{state}": number for connector, state, number in rows.order_by()}

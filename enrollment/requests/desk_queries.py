"""What the desk shows: runs that need somebody, rosters, queues; few statements at any size."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.planning.enums import AHEAD, ASKING, RunState
from courses.planning.models import Run
from enrollment.certificates.models import Certificate
from enrollment.requests.models import LostPost
from enrollment.seats.enums import ACTIVE, HOLDING, State
from enrollment.seats.invariants import Finds
from enrollment.seats.models import Enrollment
from enrollment.seats.monitor import Standing

AT_RISK_WITHIN = timedelta(days=14)


def with_numbers(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Runs with how many hold a seat and how many wait."""
    return runs.annotate(
        held=Count("enrollments", filter=Q(enrollments__state__in=HOLDING), distinct=True),
        waiting=Count("enrollments", filter=Q(enrollments__state=State.WAITLISTED), distinct=True),
    )


def to_finalise(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Finished runs whose outcomes are not frozen yet, the oldest first."""
    return with_numbers(runs.filter(state=RunState.FINISHED)).order_by("ends_at", "pk")


def coming(runs: QuerySet[Run], *, now: datetime) -> QuerySet[Run]:
    """Runs that are held now or next."""
    open_states = [*ASKING, RunState.RUNNING]
    rows = runs.filter(state__in=open_states, ends_at__gte=now)
    return with_numbers(rows).order_by("starts_at", "pk")


def at_risk(runs: QuerySet[Run], *, now: datetime) -> QuerySet[Run]:
    """Runs with fewer people than their minimum size, whose go or no-go date or start is near.

    The most pressing first; one whose date has passed stays until somebody decides.
    """
    near = now + AT_RISK_WITHIN
    soon = runs.filter(
        Q(starts_at__lte=near) | Q(decide_by__lte=near),
        state__in=ASKING,
        starts_at__gt=now,
        minimum_size__gt=0,
    )
    thin = with_numbers(soon).filter(held__lt=F("minimum_size"))  # type: ignore[misc]
    return thin.order_by(Coalesce("decide_by", "starts_at"), "pk")


def runs_page(
    runs: QuerySet[Run], *, state: str = "", after: int | None = None, limit: int = 30
) -> list[Run]:
    """Runs by their planning number, the newest first, optionally of one state only."""
    if state:
        runs = runs.filter(state=state)
    if after is not None:
        runs = runs.filter(pk__lt=after)
    return list(with_numbers(runs).order_by("-pk")[: limit + 1])


def roster(run: Run) -> list[Enrollment]:
    """Everybody with an active enrolment or an outcome, in alphabetical order, and the newest
    certificate of each.
    """
    states = [*ACTIVE, State.CLOSED]
    papers = Certificate.objects.filter(outcome__enrollment=OuterRef("pk")).order_by("-pk")
    return list(
        Enrollment.objects.filter(run=run, state__in=states)
        .annotate(certificate=Subquery(papers.values("public_id")[:1]))
        .select_related("person", "court", "seat")
        .order_by("person__sort_key", "pk")
    )


RUNS_OF = {
    Finds.RUN: "pk__in",
    Finds.SEAT: "seats__in",
    Finds.ENROLLMENT: "enrollments__in",
    Finds.DECISION: "enrollments__decisions__in",
}


def runs_concerned(standing: Standing) -> list[Run]:
    """The runs in which the rows lie that break an invariant, as far as they lie in runs."""
    path = RUNS_OF.get(standing.invariant.finds)
    if path is None or standing.result is None:
        return []
    return list(Run.objects.filter(**{path: standing.result.sample}).distinct().order_by("code"))


def lost_posts() -> QuerySet[LostPost]:
    """Places whose post has ended and about which nobody has decided, the oldest first."""
    rows = LostPost.objects.filter(
        kept_at=None, enrollment__state__in=ACTIVE, enrollment__run__state__in=AHEAD
    )
    return rows.select_related(
        *("enrollment__person", "enrollment__run__version"),
        *("appointment__court", "appointment__position"),
    ).order_by("lost_at", "pk")


def behind(rows: QuerySet[LostPost], enrollment: UUID) -> QuerySet[LostPost]:
    """Those of the rows that come after the one of this enrolment, which may be settled by now."""
    last = LostPost.objects.filter(enrollment__public_id=enrollment).values("lost_at", "pk").first()
    if last is None:
        return rows
    later = Q(lost_at=last["lost_at"], pk__gt=last["pk"])
    return rows.filter(later | Q(lost_at__gt=last["lost_at"]))


def asking_now(*, now: datetime) -> QuerySet[Run]:
    """The runs that one can ask for now, the next first."""
    rows = Run.objects.filter(
        state__in=ASKING, enrollment_opens_at__lte=now, enrollment_closes_at__gt=now
    )
    return rows.select_related("course", "version").order_by("starts_at", "pk")

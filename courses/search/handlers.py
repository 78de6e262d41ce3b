"""The index follows the ledger: what happened to courses, runs and seats shows in the lists."""

from collections.abc import Sequence

import structlog

from academy.ledger.registry import Event, Handler
from courses.catalogue.models import Course
from courses.planning.models import Run
from courses.search import actions

TYPES = ("course.", "run.", "seat.", "enrollment.")

log = structlog.get_logger(__name__)


def follow(events: Sequence[Event]) -> None:
    """Rebuild what courses say, note when their runs are, and give pages a new revision.

    Safe to run twice: rows are rebuilt from the present state, whatever the event said.
    """
    courses = {event.subject_id for event in events if event.type.startswith("course.")}
    runs = {event.subject_id for event in events if event.type.startswith("run.")}
    if courses:
        ids = list(Course.objects.filter(public_id__in=courses).values_list("pk", flat=True))
        actions.reindex_courses(ids)
    if runs:
        held = Run.objects.filter(public_id__in=runs).values_list("course_id", flat=True)
        actions.refresh_runs(list(held.distinct()))
    revision = actions.bump_revision()
    log.info("search.followed", events=len(events), courses=len(courses), revision=revision)


HANDLER = Handler("search.index", TYPES, follow)

"""Things that exist, by the names that the schema gives them, for whoever judges the API."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from courses.catalogue.models import Course
from courses.planning.models import Run, Session
from tests.browser.stage import Stage


def ids_of(stage: Stage) -> dict[str, Iterable[str]]:
    """Public ids and codes of what stands on the stage."""
    cast = stage.cast
    return {
        "run": _ids(Run.objects.all()),
        "session": _ids(Session.objects.all()),
        "enrollment": [str(one.public_id) for one in (stage.asked, stage.held, stage.waiting)],
        "decision": [str(stage.decision.public_id)],
        "nomination": [str(stage.nomination.public_id)],
        "person": [str(one.public_id) for one in (cast.asel, cast.boris, cast.dana)],
        "code": [*Course.objects.values_list("code", flat=True), cast.court.code],
    }


def _ids(rows: QuerySet[Any]) -> list[str]:
    return [str(one) for one in rows.values_list("public_id", flat=True)]

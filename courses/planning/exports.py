"""Courses and runs as rows of files that leave: what is before the public, nothing of people."""

from typing import Any

import orjson
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.exports.registry import Exporter, Piece, Sheet, Wish
from academy.ledger.queries import subjects_between
from courses.catalogue.models import Course
from courses.planning.models import Run
from courses.planning.queries import courses_as_json

COURSE = (
    *("id", "code", "status", "version", "title", "summary", "provider", "format", "languages"),
    *("topics", "audiences", "hours", "minutes_per_hour", "days", "year", "next_run_at"),
)
RUN = {
    "id": F("public_id"),
    "course": F("course__code"),
    "version": F("version__number"),
    "mode": F("enrollment_mode"),
    "format": F("format__code"),
    "venue": F("venue__code"),
}
PLAIN = (
    *("code", "state", "language", "time_zone", "starts_at", "ends_at", "capacity"),
    *("enrollment_opens_at", "enrollment_closes_at", "revision"),
)


def courses(wish: Wish, after: str | None, limit: int) -> Piece:
    """The next published courses by code."""
    rows = _changed(Course.objects.filter(status="published"), "course", wish)
    codes = list(
        rows.filter(code__gt=after or "").order_by("code").values_list("code", flat=True)[:limit]
    )
    told = (
        courses_as_json({"codes": codes}, after="", limit=limit, now=clock.now()) if codes else []
    )
    return Piece([orjson.loads(body) for _code, body in told], (), _next(codes, limit))


def runs(wish: Wish, after: int | None, limit: int) -> Piece:
    """The next runs that are or were before the public."""
    rows = _changed(Run.objects.exclude(state="draft"), "run", wish).filter(pk__gt=after or 0)
    if course := wish.filters.get("course"):
        rows = rows.filter(course__code=course)
    named = {f"x_{name}": column for name, column in RUN.items()}
    found = list(rows.order_by("pk").values("pk", *PLAIN, **named)[:limit])
    keys = [row.pop("pk") for row in found]
    shown = [{name.removeprefix("x_"): value for name, value in row.items()} for row in found]
    return Piece(shown, (), _next(keys, limit))


def _changed(rows: QuerySet[Any], kind: str, wish: Wish) -> QuerySet[Any]:
    if wish.since is None:
        return rows
    return rows.filter(public_id__in=subjects_between(kind, wish.since, wish.until))


def _next(keys: list[Any], limit: int) -> Any:
    return keys[-1] if len(keys) == limit else None


COURSES = Exporter(_("Courses"), "courses:read", (Sheet("courses", COURSE, courses),))
RUNS = Exporter(
    _("Runs"), "courses:read", (Sheet("runs", (*RUN, *PLAIN), runs),), filters=("course",)
)

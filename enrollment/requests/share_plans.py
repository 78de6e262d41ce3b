"""Seats to be shared out, as they are written down: in a file, in a form, in proportion to posts.

All three come to the same rows (`scope`, `code`, `seats`, `release_at`, `falls_to`), so that what
was shown in the preview is to the letter what is applied.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from academy.courts.models import Court, PositionCategory, Region
from academy.jobs.rules import RowReader, check_columns
from academy.jobs.tables import read_table
from courses.planning.enums import PoolScope
from courses.planning.models import Run
from courses.planning.pools import Share, by_posts

COLUMNS = ("scope", "code", "seats", "release_at", "falls_to")
MOST_ROWS = 1_000
PLAN_NAME = "plan.csv"
SHARED = [scope.value for scope in PoolScope if scope != PoolScope.EVERYONE]
POSTS = {
    "judges": F("posts_judges"),
    "staff": F("posts_staff"),
    "all": F("posts_judges") + F("posts_staff"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One row of a plan: so many seats for the people of that code, until the day begins."""

    scope: str
    code: str
    seats: int
    release_at: date | None = None
    falls_to: str = ""


@dataclass(frozen=True, slots=True)
class ByPosts:
    """The template "by posts": seats among the courts of a region, or of the whole country."""

    seats: int
    posts: str = "all"
    region: str = ""
    release_at: date | None = None
    falls_to: str = ""


def written_by_posts(wish: ByPosts) -> list[Written]:
    """Rows for every court that gets at least one seat by its posts."""
    courts = Court.objects.filter(valid_to__isnull=True).annotate(posts=POSTS[wish.posts])
    if wish.region:
        courts = courts.filter(region__code=wish.region)
    found = {row.pk: row for row in courts.filter(posts__gt=0)}
    given = by_posts({pk: row.posts for pk, row in found.items()}, wish.seats)
    if not given:
        raise Invalid("no_posts", _("No court there has posts on record."))
    rows = sorted((found[pk].code, seats) for pk, seats in given.items())
    return [Written("court", code, seats, wish.release_at, wish.falls_to) for code, seats in rows]


def as_text(rows: Iterable[Written]) -> str:
    """The rows as a small CSV, which a page carries from the preview to the deed."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for row in rows:
        lines.writerow([row.scope, row.code, row.seats, row.release_at or "", row.falls_to])
    return out.getvalue()


def as_written(text: str) -> list[Written]:
    """The very rows that became this text."""
    return read_plan(PLAN_NAME, text.encode())


def read_plan(name: str, content: bytes) -> list[Written]:
    """The rows of a file; refuses all of it with the lines that have to be mended."""
    table = read_table(name, content)
    check_columns(table, required=COLUMNS[:3], known=COLUMNS)
    if len(table.rows) > MOST_ROWS:
        raise Invalid("file_too_long", _("A plan has at most 1000 rows."))
    known = _known_codes()
    rows, wrong = [], []
    for line in table.rows:
        reader = RowReader(line)
        rows.append(_row(reader, known))
        wrong += [
            _("Line %(line)s, %(column)s: %(reason)s")
            % {"line": line.line, "column": problem.column, "reason": problem.reason}
            for problem in reader.problems
        ]
    if wrong or not rows:
        sentence = _("The plan cannot be read; nothing was changed.")
        raise Invalid("share_rows", sentence, fields={"file": wrong or [_("There are no rows.")]})
    return rows


def _row(reader: RowReader, known: dict[str, set[str]]) -> Written:
    scope = reader.code("scope", SHARED, required=True)
    code = reader.code("code", known.get(scope, set()), required=True)
    seats = reader.integer("seats")
    if seats is None and not any(problem.column == "seats" for problem in reader.problems):
        reader.refuse("seats", _("This may not be empty."))
    falls_to = reader.code("falls_to", (PoolScope.EVERYONE, PoolScope.REGION))
    return Written(scope, code, seats or 0, reader.day("release_at"), falls_to)


def _known_codes() -> dict[str, set[str]]:
    return {
        PoolScope.COURT: set(Court.objects.values_list("code", flat=True)),
        PoolScope.REGION: set(Region.objects.values_list("code", flat=True)),
        PoolScope.CATEGORY: set(PositionCategory.values),
        PoolScope.LANGUAGE: {code for code, _name in settings.LANGUAGES},
    }


def shares_of(run: Run, rows: Sequence[Written]) -> list[Share]:
    """The rows as the action takes them; a release day begins on the run's clock."""
    courts = dict(Court.objects.values_list("code", "pk"))
    regions = dict(Region.objects.values_list("code", "pk"))
    return [_share(run, row, courts, regions) for row in rows]


def _share(run: Run, row: Written, courts: dict[str, int], regions: dict[str, int]) -> Share:
    share = Share(
        PoolScope(row.scope),
        row.seats,
        release_at=_begins(row.release_at, run.time_zone),
        falls_to=PoolScope(row.falls_to) if row.falls_to else None,
    )
    match share.scope:
        case PoolScope.COURT:
            return replace(share, court_id=courts[row.code])
        case PoolScope.REGION:
            return replace(share, region_id=regions[row.code])
        case _:
            return replace(share, value=row.code)


def _begins(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone))

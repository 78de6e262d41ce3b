"""Courses from a file: plan what would happen row by row, then do it whole or not at all.

Columns: code, provider, format, title_<language> and optionally summary_<language>,
objectives_<language> (sentences separated by |), languages, topics, audiences, prerequisites (codes
separated by semicolons), hours, hours_basis, minutes_per_hour, days, duration_published, year,
provider_course_code, source_url, min_attendance_share, test_required, validity_months,
demo_translations, is_demo.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields as attributes
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Manager
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.keyed import Keyed
from academy.courts.models import CourtKind, CourtLevel, Position
from academy.jobs.matching import Field
from academy.jobs.rules import (
    ImportPlan,
    Problem,
    Row,
    RowOutcome,
    RowPlan,
    RowReader,
    Table,
    check_clean,
    check_columns,
    differences,
    once,
)
from courses.catalogue import queries, rules
from courses.catalogue.actions import CourseEntry, load_courses
from courses.catalogue.enums import CourseStatus, HoursBasis
from courses.catalogue.models import Audience, Course, Format, Organisation, Topic
from courses.catalogue.rules import CourseContent

PLAIN = (
    *("code", "provider", "format", "languages", "topics", "audiences", "prerequisites", "hours"),
    *("hours_basis", "minutes_per_hour", "days", "duration_published", "year"),
    *("provider_course_code", "source_url", "min_attendance_share", "test_required"),
    *("validity_months", "demo_translations", "is_demo"),
)
LABELS = {
    "code": _("Code of the course|Course code|Code"),
    "provider": _("Provider|Organiser"),
    "format": _("Form of teaching|Format"),
    "languages": _("Languages"),
    "topics": _("Topics"),
    "audiences": _("Audiences|For whom"),
    "prerequisites": _("Prerequisites"),
    "hours": _("Hours|Academic hours"),
    "hours_basis": _("Basis of the hours"),
    "minutes_per_hour": _("Minutes of an academic hour"),
    "days": _("Days|Number of days"),
    "duration_published": _("Length as published"),
    "year": _("Year"),
    "provider_course_code": _("Code of the provider"),
    "source_url": _("Source|Address of the source"),
    "min_attendance_share": _("Least share of attendance"),
    "test_required": _("With a test"),
    "validity_months": _("Valid for months"),
    "demo_translations": _("Demonstration translations"),
    "is_demo": _("Demonstration"),
    "title": _("Title of the course|Title|Name"),
    "summary": _("Summary|Description"),
    "objectives": _("Aims|Objectives"),
}


@dataclass(frozen=True, slots=True)
class Lists:
    """The codes that a row may use."""

    providers: frozenset[str]
    own: frozenset[str]
    formats: frozenset[str]
    topics: frozenset[str]
    audiences: frozenset[str]
    courses: frozenset[str]
    archived: frozenset[str]


def columns() -> tuple[str, ...]:
    """Every column that the import knows, in the institution's languages."""
    return (
        *PLAIN,
        *(
            f"{name}_{language}"
            for name in ("title", "summary", "objectives")
            for language in texts.languages()
        ),
    )


def fields() -> list[Field]:
    """The columns as people know them."""
    must = {"code", "provider", "format"}
    first = texts.languages()[0]
    plain = [Field(code, LABELS[code], code in must) for code in PLAIN]
    named = [
        Field(f"{name}_{code}", LABELS[name], (name, code) == ("title", first), suffix=code)
        for name in ("title", "summary", "objectives")
        for code in texts.languages()
    ]
    return plain + named


def plan_courses(table: Table) -> ImportPlan[CourseEntry]:
    """What importing this table would do. Changes nothing."""
    required = ("code", "provider", "format", f"title_{texts.languages()[0]}")
    check_columns(table, required=required, known=columns())
    lists = _lists(table)
    present = queries.present_contents(row.cells.get("code", "") for row in table.rows)
    return ImportPlan(
        "courses", once([_plan_row(row, lists, present) for row in table.rows]), table
    )


def apply(
    plan: ImportPlan[CourseEntry],
    *,
    actor: Actor,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> ImportPlan[CourseEntry]:
    """Import the planned courses as published ones; answers what was really done.

    The plan is made again under the transaction, because the catalogue may have changed since it
    was shown. Refused as a whole when any row is bad.
    """
    with transaction.atomic(durable=True):
        fresh = plan_courses(plan.table)
        check_clean(fresh)
        load_courses(entries=list(fresh.entries()), actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(fresh)
    return fresh


def _lists(table: Table) -> Lists:
    def codes(model: type[Organisation | Format | Topic | Audience]) -> frozenset[str]:
        return frozenset(model.objects.values_list("code", flat=True))

    named = {code for row in table.rows for code in row.cells.get("prerequisites", "").split(";")}
    here = {row.cells.get("code", "") for row in table.rows}
    stored = Course.objects.filter(code__in=named).values_list("code", flat=True)
    return Lists(
        providers=codes(Organisation),
        own=frozenset(Organisation.objects.filter(is_own=True).values_list("code", flat=True)),
        formats=codes(Format),
        topics=codes(Topic),
        audiences=codes(Audience),
        courses=frozenset(stored) | here,
        archived=frozenset(
            Course.objects.filter(code__in=here, status=CourseStatus.ARCHIVED).values_list(
                "code", flat=True
            )
        ),
    )


def _plan_row(row: Row, lists: Lists, present: Mapping[str, CourseContent]) -> RowPlan[CourseEntry]:
    reader = RowReader(row)
    code = reader.text("code", required=True, longest=40)
    provider = reader.code("provider", lists.providers, required=True)
    content = _content(reader, lists)
    owed = rules.owed_texts(content, required=texts.required(), is_own=provider in lists.own)
    for name, language in owed:
        reader.refuse(f"{name}_{language}", _("A published course has this text in this language."))
    if reader.problems:
        return RowPlan(row.line, code, RowOutcome.ERROR, {}, tuple(reader.problems))
    entry = CourseEntry(code, provider, content, is_demo=reader.flag("is_demo"))
    before = present.get(code)
    if before == content:
        return RowPlan(row.line, code, RowOutcome.UNCHANGED, entry=entry)
    if code in lists.archived:
        problem = Problem("code", _("This course is archived; take it up again on the desk first."))
        return RowPlan(row.line, code, RowOutcome.ERROR, {}, (problem,))
    outcome = RowOutcome.CHANGED if before else RowOutcome.NEW
    changes = differences(_as_dict(before) if before else {}, _as_dict(content))
    return RowPlan(row.line, code, outcome, changes, entry=entry)


def _as_dict(content: CourseContent) -> dict[str, object]:
    return {
        column.name: getattr(content, column.name)
        for column in attributes(content)
        if getattr(content, column.name) not in (None, "", (), {})
    }


def _content(reader: RowReader, lists: Lists) -> CourseContent:
    languages = texts.languages()
    title = _by_language(reader, "title", longest=400)
    share = reader.decimal("min_attendance_share", places=2)
    if share is not None and share > 1:
        reader.refuse("min_attendance_share", _("A share lies between 0 and 1."))
    return CourseContent(
        title=title,
        format=reader.code("format", lists.formats, required=True),
        summary=_by_language(reader, "summary", longest=4_000),
        objectives={
            language: lines
            for language in languages
            if (lines := reader.listed(f"objectives_{language}", separator="|"))
        },
        demo_translations=reader.codes("demo_translations", languages),
        languages=tuple(reader.listed("languages")),
        topics=reader.codes("topics", lists.topics),
        audiences=reader.codes("audiences", lists.audiences),
        prerequisites=reader.codes("prerequisites", lists.courses),
        hours=reader.decimal("hours"),
        hours_basis=reader.code("hours_basis", HoursBasis.values),
        minutes_per_hour=reader.integer("minutes_per_hour", least=1),
        days=reader.decimal("days"),
        duration_published=reader.text("duration_published", longest=200),
        year=reader.integer("year", least=1900),
        provider_course_code=reader.text("provider_course_code", longest=60),
        source_url=reader.text("source_url"),
        min_attendance_share=share or Decimal("0.80"),
        test_required=reader.flag("test_required"),
        validity_months=reader.integer("validity_months", least=1),
    )


def _by_language(reader: RowReader, name: str, *, longest: int) -> dict[str, str]:
    found = {
        language: reader.text(f"{name}_{language}", longest=longest)
        for language in texts.languages()
    }
    return {language: text for language, text in found.items() if text}


@dataclass(frozen=True, slots=True)
class CatalogueLists:
    """Rows of the catalogue's lists that are to exist; each row names its code."""

    organisations: Sequence[Mapping[str, Any]] = ()
    topics: Sequence[Mapping[str, Any]] = ()  # `parent` is a code
    formats: Sequence[Mapping[str, Any]] = ()
    audiences: Sequence[Mapping[str, Any]] = ()  # `positions`, `court_levels`, `court_kinds`: codes


@transaction.atomic
def load_lists(lists: CatalogueLists) -> int:
    """Add the rows that are missing from the catalogue's lists; how many were added.

    What is there stays as it is: the lists belong to those who edit them.
    """
    added = _add_missing(Organisation.objects, lists.organisations)
    added += _add_missing(Format.objects, lists.formats)
    added += _add_topics(lists.topics)
    return added + _add_audiences(lists.audiences)


def _add_missing(listed: Manager[Any], rows: Iterable[Mapping[str, Any]]) -> int:
    present = set(listed.values_list("code", flat=True))
    missing = [listed.model(**row) for row in rows if row["code"] not in present]
    return len(listed.bulk_create(missing))


def _add_topics(rows: Sequence[Mapping[str, Any]]) -> int:
    plain = [{name: row[name] for name in ("code", "names")} for row in rows]
    before = set(Topic.objects.values_list("code", flat=True))
    added = _add_missing(Topic.objects, plain)
    topics = Topic.objects.in_bulk(field_name="code")
    fresh = [topics[row["code"]] for row in rows if row["code"] not in before and row["parent"]]
    parents = {row["code"]: row["parent"] for row in rows}
    for topic in fresh:
        topic.parent = topics[parents[topic.code]]
    Topic.objects.bulk_update(fresh, ["parent"])
    return added


def _add_audiences(rows: Sequence[Mapping[str, Any]]) -> int:
    links: dict[str, Manager[Any]] = {
        "positions": Position.objects,
        "court_levels": CourtLevel.objects,
        "court_kinds": CourtKind.objects,
    }
    before = set(Audience.objects.values_list("code", flat=True))
    fresh = [row for row in rows if row["code"] not in before]
    for row in fresh:
        audience = Audience.objects.create(
            **{name: value for name, value in row.items() if name not in links}
        )
        for name, listed in links.items():
            getattr(audience, name).set(listed.filter(code__in=row[name]))
    return len(fresh)

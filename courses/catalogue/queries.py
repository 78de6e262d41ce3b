"""Reads of the catalogue: a course's page, and what courses say at present."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from academy.core import texts
from academy.core.texts import Picked, Texts, pick
from courses.catalogue.models import Course, CourseVersion
from courses.catalogue.rules import AudienceFacts, CourseContent, owed_texts


@dataclass(frozen=True, slots=True)
class Named:
    """Something of an editable list, with its name in the reader's language."""

    code: str
    name: Picked


@dataclass(frozen=True, slots=True)
class CoursePage:
    """Everything that a course's page says. Empty hours and days mean: not published."""

    id: int
    public_id: UUID
    code: str
    status: str
    revision: int
    version: int
    changed_at: datetime
    is_demo: bool
    title: Picked
    summary: Picked
    objectives: list[str]
    objectives_language: str
    demo_translations: tuple[str, ...]
    provider: Named
    owners: list[Named]
    country: str
    format: Named
    languages: list[str]
    topics: list[Named]
    audiences: list[Named]
    prerequisites: list[Named]
    hours: float | None
    hours_basis: str
    minutes_per_hour: int | None
    days: float | None
    duration_published: str
    year: int | None
    provider_course_code: str
    source_url: str
    min_attendance_share: float
    test_required: bool
    validity_months: int | None

    @property
    def is_demo_translation(self) -> bool:
        """Whether the title is shown in a translation made for demonstration."""
        return self.title.language in self.demo_translations


# One round trip: the lists come as JSON beside the row.
PAGE = """
SELECT course.id, course.public_id, course.code, course.status, course.revision,
       version.number AS version, course.changed_at, course.is_demo,
       version.title::json, version.summary::json,
       version.objectives::json, version.demo_translations, provider.country, version.languages,
       version.hours, version.hours_basis, version.minutes_per_hour, version.days,
       version.duration_published, version.year, version.provider_course_code, version.source_url,
       version.min_attendance_share, version.test_required, version.validity_months,
       json_build_array(provider.code, provider.names) AS provider,
       json_build_array(format.code, format.names) AS format,
       (SELECT coalesce(json_agg(json_build_array(o.code, o.names) ORDER BY o.code), '[]')
          FROM courses_course_owners x JOIN courses_organisation o ON o.id = x.organisation_id
         WHERE x.course_id = course.id) AS owners,
       (SELECT coalesce(json_agg(json_build_array(t.code, t.names) ORDER BY x.id), '[]')
          FROM courses_courseversion_topics x JOIN courses_topic t ON t.id = x.topic_id
         WHERE x.courseversion_id = version.id) AS topics,
       (SELECT coalesce(json_agg(json_build_array(a.code, a.names) ORDER BY x.id), '[]')
          FROM courses_courseversion_audiences x JOIN courses_audience a ON a.id = x.audience_id
         WHERE x.courseversion_id = version.id) AS audiences,
       (SELECT coalesce(json_agg(json_build_array(c.code, v.title) ORDER BY c.code), '[]')
          FROM courses_courseversion_prerequisites x
          JOIN courses_course c ON c.id = x.course_id
          JOIN courses_courseversion v ON v.id = c.current_id
         WHERE x.courseversion_id = version.id) AS prerequisites
  FROM courses_course course
  JOIN courses_organisation provider ON provider.id = course.provider_id
  JOIN courses_courseversion version ON version.id = coalesce(course.current_id,
       (SELECT max(id) FROM courses_courseversion WHERE course_id = course.id))
  JOIN courses_format format ON format.id = version.format_id
 WHERE course.id = %(course)s
"""


def course_page(course: Course, language: str) -> CoursePage | None:
    """What the course's page says, in one statement; a draft shows its newest version."""
    with connection.cursor() as cursor:
        cursor.execute(PAGE, {"course": course.pk})
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    return _page(dict(zip(names, row, strict=True)), language) if row else None


def _page(row: dict[str, Any], language: str) -> CoursePage:
    objectives = row["objectives"]
    spoken = pick({code: "\n".join(lines) for code, lines in objectives.items()}, language)
    shown = {
        "title": pick(row["title"], language),
        "summary": pick(row["summary"], language),
        "objectives": list(objectives.get(spoken.language, [])),
        "objectives_language": spoken.language,
        "demo_translations": tuple(row["demo_translations"]),
        "provider": named(row["provider"], language),
        "format": named(row["format"], language),
        "hours": _number(row["hours"]),
        "days": _number(row["days"]),
        "min_attendance_share": float(row["min_attendance_share"]),
    }
    for several in ("owners", "topics", "audiences", "prerequisites"):
        shown[several] = [named(pair, language) for pair in row[several]]
    return CoursePage(**row | shown)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def named(pair: tuple[str, Texts], language: str) -> Named:
    """A code and its names, as they are shown to one reader."""
    code, names = pair
    return Named(code, pick(names, language))


def present_contents(codes: Iterable[str]) -> dict[str, CourseContent]:
    """What these courses say at present (the newest version of each), by course code."""
    versions = (
        CourseVersion.objects.filter(course__code__in=list(codes))
        .select_related("course", "format")
        .prefetch_related("topics", "audiences", "prerequisites")
        .order_by("course_id", "-number")
        .distinct("course_id")
    )
    return {version.course.code: content_of(version) for version in versions}


def content_of(version: CourseVersion) -> CourseContent:
    """A version's row as the plain facts that imports compare."""
    return CourseContent(
        title=version.title,
        format=version.format.code,
        summary=version.summary,
        objectives=version.objectives,
        demo_translations=tuple(version.demo_translations),
        languages=tuple(version.languages),
        topics=tuple(sorted(topic.code for topic in version.topics.all())),
        audiences=tuple(sorted(audience.code for audience in version.audiences.all())),
        prerequisites=tuple(sorted(course.code for course in version.prerequisites.all())),
        hours=version.hours,
        hours_basis=version.hours_basis,
        minutes_per_hour=version.minutes_per_hour,
        days=version.days,
        duration_published=version.duration_published,
        year=version.year,
        provider_course_code=version.provider_course_code,
        source_url=version.source_url,
        min_attendance_share=version.min_attendance_share,
        test_required=version.test_required,
        validity_months=version.validity_months,
    )


def courses_page(courses: QuerySet[Course], *, status: str, after: str, limit: int) -> list[Course]:
    """Courses by code, of one state if one is named, with title and number of the newest version.

    One more than `limit`, if there are more.
    """
    newest = CourseVersion.objects.filter(course=OuterRef("pk")).order_by("-number")
    rows = courses.filter(status=status) if status else courses
    return list(
        rows.filter(code__gt=after)
        .select_related("current", "provider")
        .annotate(
            title=Subquery(newest.values("title")[:1]), newest=Subquery(newest.values("number")[:1])
        )
        .order_by("code")[: limit + 1]
    )


def versions_of(course: Course) -> list[tuple[CourseVersion, list[tuple[str, str]]]]:
    """The versions of a course, the newest first, each with the texts that it owes."""
    rows = course.versions.select_related("format").order_by("-number")
    required, is_own = texts.required(), course.provider.is_own
    return [
        (row, owed_texts(content_of(row), required=required, is_own=is_own))
        for row in rows.prefetch_related("topics", "audiences", "prerequisites")
    ]


AUDIENCES = """
SELECT a.id, a.code, a.basis, a.categories, a.max_months_in_post, a.remote_only,
       (SELECT coalesce(array_agg(p.code), '{}') FROM courses_audience_positions x
          JOIN academy_position p ON p.id = x.position_id WHERE x.audience_id = a.id),
       (SELECT coalesce(array_agg(l.code), '{}') FROM courses_audience_court_levels x
          JOIN academy_courtlevel l ON l.id = x.courtlevel_id WHERE x.audience_id = a.id),
       (SELECT coalesce(array_agg(k.code), '{}') FROM courses_audience_court_kinds x
          JOIN academy_courtkind k ON k.id = x.courtkind_id WHERE x.audience_id = a.id)
  FROM courses_audience a
"""


def audience_facts() -> Mapping[str, AudienceFacts]:
    """Every audience as the facts that `rules.audience_fits` reads, by code, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCES)
        return {
            code: AudienceFacts(
                basis=basis,
                categories=frozenset(categories),
                positions=frozenset(positions),
                levels=frozenset(levels),
                kinds=frozenset(kinds),
                max_months_in_post=months,
                remote_only=remote,
            )
            for _, code, basis, categories, months, remote, positions, levels, kinds in cursor
        }

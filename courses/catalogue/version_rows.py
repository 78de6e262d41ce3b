"""The rows of versions and of their lists, many at once: no event, no lock, no transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from courses.catalogue.models import Audience, Course, CourseVersion, Format, Topic
from courses.catalogue.rules import CourseContent

BATCH = 2_000


# Columns of a version that its content holds under the same name.
PLAIN = (
    *("title", "summary", "objectives", "hours", "hours_basis", "minutes_per_hour", "days"),
    *("duration_published", "year", "provider_course_code", "source_url"),
    *("min_attendance_share", "test_required", "validity_months"),
)


def write_versions(
    wanted: Sequence[tuple[int, int, CourseContent]], at: datetime
) -> list[CourseVersion]:
    """The versions and their lists, in a number of statements that does not grow with them."""
    contents = [content for _, _, content in wanted]
    formats = known_ids(Format.objects, {content.format for content in contents}, "format")
    versions = CourseVersion.objects.bulk_create(
        [
            CourseVersion(
                course_id=course,
                number=number,
                format_id=formats[content.format],
                languages=list(content.languages),
                demo_translations=list(content.demo_translations),
                created_at=at,
                **{name: getattr(content, name) for name in PLAIN},
            )
            for course, number, content in wanted
        ],
        batch_size=BATCH,
    )
    pairs = list(zip(versions, contents, strict=True))
    _link(CourseVersion.topics.through, "topic_id", Topic.objects, pairs, "topics")
    _link(CourseVersion.audiences.through, "audience_id", Audience.objects, pairs, "audiences")
    return versions


def _link(
    through: Any,
    column: str,
    listed: models.Manager[Any],
    pairs: Sequence[tuple[CourseVersion, CourseContent]],
    name: str,
) -> None:
    codes = {code for _, content in pairs for code in getattr(content, name)}
    known = known_ids(listed, codes, name)
    through.objects.bulk_create(
        [
            through(courseversion_id=version.pk, **{column: known[code]})
            for version, content in pairs
            for code in getattr(content, name)
        ],
        batch_size=BATCH,
    )


def link_prerequisites(pairs: Sequence[tuple[CourseVersion, CourseContent]]) -> None:
    """Last of all, because a course may ask for another one of the same list."""
    through = CourseVersion.prerequisites.through
    _link(through, "course_id", Course.objects, pairs, "prerequisites")


def known_ids(listed: models.Manager[Any], codes: set[str], field: str) -> dict[str, int]:
    """The ids behind the codes; refuses a code that no list of the academy has."""
    if not codes:
        return {}
    known = dict(listed.filter(code__in=codes).values_list("code", "pk"))
    if unknown := sorted(codes - set(known)):
        sentence = _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Invalid("unknown_code", sentence, fields={field: [sentence]})
    return known

"""Every change of the catalogue: courses, their versions, their way to the public and out of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.core.keyed import Keyed
from academy.core.revisions import check_revision
from academy.ledger.actions import Fact, record
from courses.catalogue import queries, rules, version_rows
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course, CourseVersion, Organisation
from courses.catalogue.rules import CourseContent


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """A course as an import or a seed brings it in, published at once."""

    code: str
    provider: str
    content: CourseContent
    owners: tuple[str, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a course that leaves its versions alone: where to, how it is told, and why."""

    wanted: CourseStatus
    event: str
    reason: str = ""
    note: str = ""


def create_course(
    *,
    code: str,
    provider: str,
    content: CourseContent,
    actor: Actor,
    owners: Sequence[str] = (),
    at: datetime | None = None,
) -> Course:
    """Open a new course as a draft with its first version; the code is never given twice."""
    at = at or clock.now()
    entry = CourseEntry(code, provider, content, owners=tuple(owners))
    with transaction.atomic(durable=True):
        return write_course(entry, actor=actor, at=at)


def write_course(entry: CourseEntry, *, actor: Actor, at: datetime) -> Course:
    """The same inside a transaction that the caller has opened."""
    rules.check_length(hours=entry.content.hours, days=entry.content.days)
    if Course.objects.filter(code=entry.code).exists():
        raise Refused("course_code_taken", _("There is already a course with this code."))
    bodies = version_rows.known_ids(
        Organisation.objects, {entry.provider, *entry.owners}, "provider"
    )
    course = Course.objects.create(
        code=entry.code, provider_id=bodies[entry.provider], changed_at=at
    )
    course.owners.set([bodies[owner] for owner in entry.owners])
    versions = version_rows.write_versions([(course.pk, 1, entry.content)], at)
    version_rows.link_prerequisites([(versions[0], entry.content)])
    record([_fact(course, "course.created", version=1)], actor=actor, at=at)
    return course


def new_version(
    *, course: UUID, content: CourseContent, actor: Actor, at: datetime | None = None
) -> CourseVersion:
    """Write down what the course is to say next.

    The catalogue and the planned runs keep the present version until the new one is published.
    """
    with transaction.atomic(durable=True):
        return write_version(course, content, actor=actor, at=at or clock.now())


def write_version(
    course: UUID, content: CourseContent, *, actor: Actor, at: datetime
) -> CourseVersion:
    """The same inside a transaction that the caller has opened."""
    rules.check_length(hours=content.hours, days=content.days)
    row = _locked(course)
    if row.status == CourseStatus.ARCHIVED:
        raise Refused("course_archived", _("An archived course takes no new version."))
    last = row.versions.aggregate(last=models.Max("number"))["last"] or 0
    version = version_rows.write_versions([(row.pk, last + 1, content)], at)[0]
    version_rows.link_prerequisites([(version, content)])
    _change(row, at)
    fact = _fact(row, "course.version_written", version=version.number)
    record([fact], actor=actor, at=at)
    return version


def submit_for_review(
    *,
    course: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Course:
    """Ask the academy to look at a draft before it is published."""
    step = Step(CourseStatus.IN_REVIEW, "course.submitted")
    return _step(course, step, actor=actor, revision=revision, keyed=keyed, at=at)


def publish_course(
    *,
    course: UUID,
    actor: Actor,
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Course:
    """Put the newest version into the catalogue, also that of a course from the archive.

    Refused while a text is owed in one of the languages that the institution requires. Runs that
    were planned with an older version keep it.
    """
    with transaction.atomic(durable=True):
        check_revision(_locked(course).revision, revision)
        row = put_in_catalogue(course, actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(row)
        return row


def put_in_catalogue(course: UUID, *, actor: Actor, at: datetime) -> Course:
    """The same inside a transaction that the caller has opened."""
    row = _locked(course)
    was_published = row.current_id is not None
    rules.check_transition(row.status, CourseStatus.PUBLISHED, was_published=was_published)
    newest = row.versions.select_related("format").order_by("-number").first()
    is_there = row.status == CourseStatus.PUBLISHED
    if newest is None or (is_there and newest.pk == row.current_id):
        raise Refused("nothing_to_publish", _("There is no newer version to publish."))
    rules.check_publishable(
        queries.content_of(newest), required=texts.required(), is_own=row.provider.is_own
    )
    before, row.status, row.current = row.status, CourseStatus.PUBLISHED, newest
    row.published_at = row.published_at or at
    _change(row, at, "status", "current", "published_at")
    fact = _fact(row, "course.published", version=newest.number, **{"from": before})
    record([fact], actor=actor, at=at)
    return row


def archive_course(
    *,
    course: UUID,
    actor: Actor,
    reason: str = "",
    note: str = "",
    revision: int | None = None,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Course:
    """Take a course out of the catalogue. Its page, runs and records stay."""
    step = Step(CourseStatus.ARCHIVED, "course.archived", reason, note)
    return _step(course, step, actor=actor, revision=revision, keyed=keyed, at=at)


def _step(
    course: UUID,
    step: Step,
    *,
    actor: Actor,
    revision: int | None,
    keyed: Keyed | None,
    at: datetime | None,
) -> Course:
    with transaction.atomic(durable=True):
        row = _locked(course)
        check_revision(row.revision, revision)
        take_step(row, step, actor=actor, at=at or clock.now())
        if keyed:
            keyed.keep(row)
        return row


def take_step(row: Course, step: Step, *, actor: Actor, at: datetime) -> Course:
    """One step of a locked course, inside a transaction that the caller has opened."""
    was_published = row.current_id is not None
    rules.check_transition(row.status, step.wanted, was_published=was_published)
    before, row.status = row.status, step.wanted
    _change(row, at, "status")
    fact = _fact(row, step.event, reason=step.reason, note=step.note, **{"from": before})
    record([fact], actor=actor, at=at)
    return row


def load_courses(*, entries: Sequence[CourseEntry], actor: Actor, at: datetime) -> list[str]:
    """Bring courses into the catalogue, published, with their events; the codes that changed.

    Set-based. An entry that says what the course says already changes nothing. The caller has
    checked every code and title, and opened the transaction.
    """
    present = queries.present_contents(entry.code for entry in entries)
    due = [entry for entry in entries if present.get(entry.code) != entry.content]
    if not due:
        return []
    _write_new_courses([entry for entry in due if entry.code not in present], at)
    courses = Course.objects.select_for_update().in_bulk(
        [entry.code for entry in due], field_name="code"
    )
    numbers = _last_numbers(course.pk for course in courses.values())
    versions = version_rows.write_versions(
        [
            (courses[entry.code].pk, numbers.get(courses[entry.code].pk, 0) + 1, entry.content)
            for entry in due
        ],
        at,
    )
    _make_current(courses, versions, at)
    version_rows.link_prerequisites(
        list(zip(versions, (entry.content for entry in due), strict=True))
    )
    record(list(_load_facts(courses, versions)), actor=actor, at=at)
    return [entry.code for entry in due]


def _write_new_courses(entries: Sequence[CourseEntry], at: datetime) -> None:
    named = {code for entry in entries for code in (entry.provider, *entry.owners)}
    bodies = version_rows.known_ids(Organisation.objects, named, "provider")
    rows = Course.objects.bulk_create(
        [
            Course(
                code=entry.code,
                provider_id=bodies[entry.provider],
                is_demo=entry.is_demo,
                changed_at=at,
                revision=0,
            )
            for entry in entries
        ],
        batch_size=version_rows.BATCH,
    )
    owned = Course.owners.through
    owned.objects.bulk_create(
        [
            owned(course_id=row.pk, organisation_id=bodies[owner])
            for row, entry in zip(rows, entries, strict=True)
            for owner in entry.owners
        ],
        batch_size=version_rows.BATCH,
    )


def _last_numbers(courses: Iterable[int]) -> dict[int, int]:
    rows = CourseVersion.objects.filter(course_id__in=list(courses)).values("course_id")
    return {row["course_id"]: row["last"] for row in rows.annotate(last=models.Max("number"))}


def _make_current(
    courses: Mapping[str, Course], versions: Sequence[CourseVersion], at: datetime
) -> None:
    newest = {version.course_id: version for version in versions}
    for course in courses.values():
        course.current = newest[course.pk]
        course.status = CourseStatus.PUBLISHED
        course.published_at = course.published_at or at
        course.changed_at = at
        course.revision += 1
    Course.objects.bulk_update(
        courses.values(),
        ["current", "status", "published_at", "changed_at", "revision"],
        batch_size=version_rows.BATCH,
    )


def _load_facts(courses: Mapping[str, Course], versions: Sequence[CourseVersion]) -> Iterable[Fact]:
    by_id = {course.pk: course for course in courses.values()}
    for version in versions:
        course = by_id[version.course_id]
        if version.number == 1:
            yield _fact(course, "course.created", version=1)
        yield _fact(course, "course.published", version=version.number)


def _locked(public_id: UUID) -> Course:
    course = Course.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if course is None:
        raise Missing("unknown_course", _("There is no such course."))
    return course


def _change(course: Course, at: datetime, *fields: str) -> None:
    course.changed_at = at
    course.revision += 1
    course.save(update_fields=["changed_at", "revision", *fields])


def _fact(course: Course, event: str, *, reason: str = "", note: str = "", **data: object) -> Fact:
    return Fact(
        event,
        "course",
        course.public_id,
        context_id=course.public_id,
        data={"code": course.code, "status": course.status, **data},
        reason=reason,
        note=note,
    )

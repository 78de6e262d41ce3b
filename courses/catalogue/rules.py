"""When a course may be published, and for whom it is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from academy.core import texts
from academy.core.errors import Invalid, Refused
from academy.core.texts import Texts
from courses.catalogue.enums import TRANSITIONS, AudienceBasis, CourseStatus


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """For whom a course is, as codes. An empty set puts no condition."""

    basis: str = AudienceBasis.POST
    categories: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    max_months_in_post: int | None = None
    remote_only: bool = False


@dataclass(frozen=True, slots=True)
class CourseContent:
    """What one version of a course says, with codes for everything that is a list of the academy's.

    Two versions that say the same are equal, so a repeated import changes nothing.
    """

    title: Texts
    format: str
    summary: Texts = field(default_factory=dict)
    objectives: Mapping[str, list[str]] = field(default_factory=dict)
    demo_translations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    hours: Decimal | None = None
    hours_basis: str = ""
    minutes_per_hour: int | None = None
    days: Decimal | None = None
    duration_published: str = ""
    year: int | None = None
    provider_course_code: str = ""
    source_url: str = ""
    min_attendance_share: Decimal = Decimal("0.80")
    test_required: bool = False
    validity_months: int | None = None


@dataclass(frozen=True, slots=True)
class PostFacts:
    """The post that a person holds on the day that counts, as codes."""

    category: str
    position: str
    level: str
    kind: str
    held_since: date
    day: date
    is_remote: bool = False


def next_steps(present: str, *, was_published: bool) -> frozenset[CourseStatus]:
    """Where a course can go from here.

    Out of the archive a course that was before the public goes back there, so that its page, to
    which certificates lead, is never gone; one that never was goes through the review first.
    """
    if present == CourseStatus.ARCHIVED:
        return frozenset({CourseStatus.PUBLISHED if was_published else CourseStatus.IN_REVIEW})
    return TRANSITIONS[CourseStatus(present)]


def check_transition(present: str, wanted: CourseStatus, *, was_published: bool) -> None:
    """Refuse a step that a course in this state does not take."""
    if wanted not in next_steps(present, was_published=was_published):
        raise Refused(
            "course_status",
            _("A course that is %(present)s cannot become %(wanted)s.")
            % {"present": CourseStatus(present).label, "wanted": wanted.label},
        )


PARITY = ("title", "summary", "objectives")
"""What a reader of each required language must find before a course is published."""


def owed_texts(
    content: CourseContent, *, required: tuple[str, ...], is_own: bool
) -> list[tuple[str, str]]:
    """Which field is still owed in which language, in the order of a course's page.

    A course of our own bodies owes everything in every required language. Of a course that another
    body offers we list what it has published: its title always, a summary and aims in all required
    languages or in none.
    """
    written: dict[str, Texts] = {
        "title": content.title,
        "summary": content.summary,
        "objectives": {code: "\n".join(lines) for code, lines in content.objectives.items()},
    }
    return [
        (name, code)
        for name in PARITY
        if is_own or name == "title" or any(text.strip() for text in written[name].values())
        for code in texts.missing(written[name], required)
    ]


def check_publishable(content: CourseContent, *, required: tuple[str, ...], is_own: bool) -> None:
    """Refuse to publish a course that says less in one required language than in another."""
    if owed := owed_texts(content, required=required, is_own=is_own):
        raise Refused(
            "texts_missing",
            _("Nothing is published before it is written in every required language: %(owed)s.")
            % {"owed": ", ".join(f"{FIELDS[name]} ({code})" for name, code in owed)},
            fields={
                f"{name}.{code}": [_("Write this in this language, too.")] for name, code in owed
            },
        )


FIELDS = {"title": _("title"), "summary": _("summary"), "objectives": _("aims")}


def check_length(*, hours: Decimal | None, days: Decimal | None) -> None:
    """Refuse a length of nothing: where none was published it stays empty, it is never zero."""
    wrong = {
        name: [_("Leave an unknown length empty; it is not zero.")]
        for name, value in (("hours", hours), ("days", days))
        if value is not None and value <= 0
    }
    if wrong:
        raise Invalid("length_is_zero", _("A course has a length or none is known."), fields=wrong)


def audience_fits(audience: AudienceFacts, post: PostFacts) -> bool:
    """Whether somebody in that post belongs to that audience.

    People outside the courts hold no post here, so an external audience fits nobody; who is on a
    list is decided by hand, and the conditions only say who may be on it.
    """
    if audience.basis == AudienceBasis.EXTERNAL:
        return False
    return (
        _admits(audience.categories, post.category)
        and _admits(audience.positions, post.position)
        and _admits(audience.levels, post.level)
        and _admits(audience.kinds, post.kind)
        and (post.is_remote or not audience.remote_only)
        and (
            audience.max_months_in_post is None
            or full_months(post.held_since, post.day) < audience.max_months_in_post
        )
    )


def _admits(wanted: frozenset[str], value: str) -> bool:
    return not wanted or value in wanted


def full_months(first: date, last: date) -> int:
    """The full months from one day to another."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)

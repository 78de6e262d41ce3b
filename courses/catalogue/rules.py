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


def check_transition(present: str, wanted: CourseStatus) -> None:
    """Refuse a step that a course in this state does not take."""
    if wanted not in TRANSITIONS[CourseStatus(present)]:
        raise Refused(
            "course_status",
            _("A course that is %(present)s cannot become %(wanted)s.")
            % {"present": CourseStatus(present).label, "wanted": wanted.label},
        )


def check_publishable(title: Texts, *, required: tuple[str, ...]) -> None:
    """Refuse to publish a course whose title is owed in one of the institution's languages."""
    if owed := texts.missing(title, required):
        raise Refused(
            "title_missing",
            _("The title is still missing in: %(languages)s.") % {"languages": ", ".join(owed)},
            fields={f"title.{code}": [_("Write the title in this language.")] for code in owed},
        )


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

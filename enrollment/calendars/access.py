"""The doors to private feeds. What may no longer be seen and what never was look alike."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer, viewer_of
from academy.core import clock
from academy.core.errors import Missing
from courses.planning.models import Run, Venue
from enrollment.calendars.enums import FeedKind
from enrollment.calendars.models import CalendarFeed


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed shows: the viewer's own sessions, those of a run, those at a venue."""

    kind: FeedKind
    run: Run | None = None
    venue: Venue | None = None


def hash_of(token: str) -> str:
    """What is kept of a token. It holds 128 random bits, so a plain digest tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def feeds_of(viewer: Viewer) -> QuerySet[CalendarFeed]:
    """The addresses that this account has made."""
    rows = CalendarFeed.objects.filter(account_id=viewer.account_id or 0)
    return rows.select_related("run__version", "venue").order_by("pk")


def feed_of(viewer: Viewer, feed: UUID) -> CalendarFeed:
    """One of the viewer's own addresses."""
    row = feeds_of(viewer).filter(public_id=feed).first()
    if row is None:
        raise Missing("unknown_calendar", _("There is no such calendar address."))
    return row


def feed_behind(token: str) -> tuple[CalendarFeed, Viewer]:
    """The feed that this token opens, and for whom: rights are those of this moment."""
    rows = CalendarFeed.objects.select_related("run__version", "venue")
    feed = rows.filter(token_hash=hash_of(token)).first()
    if feed is None:
        raise Missing("unknown_calendar", _("There is no such calendar address."))
    now = clock.now()
    viewer = viewer_of(feed.account_id, now=now, today=now.date())
    check_may_see(viewer, Subject(FeedKind(feed.kind), feed.run, feed.venue))
    return feed, viewer


def subject_for(viewer: Viewer, *, kind: str, run: str = "", venue: str = "") -> Subject:
    """What somebody wants an address for, as a form names it."""
    if kind not in FeedKind.values:
        raise Missing("unknown_calendar", _("There is no such calendar address."))
    subject = Subject(
        FeedKind(kind),
        _run(run) if kind == FeedKind.RUN else None,
        Venue.objects.filter(code=venue).first() if kind == FeedKind.VENUE else None,
    )
    check_may_see(viewer, subject)
    return subject


def check_may_see(viewer: Viewer, subject: Subject) -> None:
    """Everybody the own sessions; a run its trainers and the academy; a venue the academy."""
    match subject.kind:
        case FeedKind.OWN:
            allowed = viewer.person_id is not None
        case FeedKind.RUN:
            allowed = subject.run is not None and _may_see_run(viewer, subject.run)
        case _:
            allowed = subject.venue is not None and viewer.may(Right.READ_ALL)
    if not allowed:
        raise Missing("unknown_calendar", _("There is no such calendar address."))


def _may_see_run(viewer: Viewer, run: Run) -> bool:
    if viewer.may(Right.READ_ALL):
        return True
    person = viewer.person_id or 0
    return viewer.may(Right.TEACH) and run.assignments.filter(person_id=person).exists()


def _run(text: str) -> Run | None:
    try:
        return Run.objects.filter(public_id=UUID(text)).first()
    except ValueError:
        return None

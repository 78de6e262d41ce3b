"""Reads of the ledger: histories and lags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from academy.ledger.models import Cursor, Event, FeedEntry


def history_of(subject_id: UUID) -> QuerySet[Event]:
    """Everything that happened to one subject, oldest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("id")


def histories_of(subjects: Iterable[UUID]) -> QuerySet[Event]:
    """Everything that happened to some subjects, oldest first."""
    return Event.objects.filter(subject_id__in=list(subjects)).order_by("id")


def events_about(person_id: UUID) -> QuerySet[Event]:
    """Everything that happened to one person, oldest first."""
    return Event.objects.filter(person_id=person_id).order_by("id")


def history_within(context_id: UUID) -> QuerySet[Event]:
    """Everything that happened within a run (or another context), oldest first."""
    return Event.objects.filter(context_id=context_id).order_by("id")


def told_within(contexts: Iterable[UUID], types: Sequence[str]) -> Iterable[tuple[str, Any]]:
    """Type and data of the events of some types within some contexts, oldest first."""
    rows = Event.objects.filter(context_id__in=list(contexts), type__in=types).order_by("id")
    return rows.values_list("type", "data")


def feed_after(position: int, *, types: Sequence[str] = (), limit: int = 100) -> list[FeedEntry]:
    """The next entries of the feed after a position, optionally of some types only."""
    entries = FeedEntry.objects.filter(position__gt=position).select_related("event")
    if types:
        entries = entries.filter(event__type__in=types)
    return list(entries.order_by("position")[:limit])


def subjects_between(kind: str, after: int, until: int) -> QuerySet[Any, Any]:
    """The subjects of a kind to which something happened behind a position, as a subquery."""
    rows = Event.objects.filter(
        subject_kind=kind, entry__position__gt=after, entry__position__lte=until
    )
    return rows.values("subject_id")


def last_position() -> int:
    """The newest position of the feed; 0 when it is empty."""
    return FeedEntry.objects.aggregate(last=Max("position"))["last"] or 0


@dataclass(frozen=True, slots=True)
class Lag:
    """One handler: how many events it has before it, when it last moved, and its failures."""

    name: str
    behind: int
    moved_at: datetime | None
    failures: int
    last_error: str


def lags() -> list[Lag]:
    """How far each handler is behind the feed, by name."""
    last = last_position()
    return [
        Lag(
            cursor.name, last - cursor.position, cursor.moved_at, cursor.failures, cursor.last_error
        )
        for cursor in Cursor.objects.order_by("name")
    ]


def handler_lags() -> dict[str, int]:
    """How many events each handler still has before it."""
    return {lag.name: lag.behind for lag in lags()}


def waiting_since() -> datetime | None:
    """When the oldest event happened that has no place in the feed yet."""
    oldest = "SELECT time FROM academy_event WHERE id = (SELECT min(event_id) FROM academy_inbox)"
    with connection.cursor() as cursor:
        cursor.execute(oldest)
        row = cursor.fetchone()
    return row[0] if row else None


def waiting_in_inbox() -> int:
    """How many committed events have no place in the feed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM academy_inbox")
        return int(cursor.fetchone()[0])

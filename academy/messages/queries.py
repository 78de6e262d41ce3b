"""Reads of messages: for the person, for the desk, for the watchers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from academy.messages import registry
from academy.messages.models import MailChoice, Message, Outgoing

PUT_OFF = Q(lease_until__isnull=True) & ~Q(outcome="")  # of those that wait
# What a person sees: everything that was put into words, whether a mail server took it or not.
IN_WORDS = Q(closed_at__isnull=False) & ~Q(title="")


def sent_to(person: int) -> QuerySet[Message]:
    """Every message that is closed, newest first, also what was not sent and why."""
    return Message.objects.filter(person_id=person, closed_at__isnull=False).order_by("-id")


def shown_to_staff() -> QuerySet[Message]:
    """Every message that staff may see, newest first."""
    rows = Message.objects.exclude(kind__in=registry.confidential())
    return rows.select_related("person", "outgoing").order_by("-pk")


def in_state(state: Message.State) -> Q:
    """Those in this state; found by their index where there are few of them among millions."""
    if state == Message.State.WAITING:
        return Q(pk__in=Outgoing.objects.values("pk"))
    return Q(is_failed=True) if state == Message.State.FAILED else Q(state=state)


def counted_for_staff() -> dict[str, int]:
    """By state, how many there are of those that staff see as numbers only."""
    rows = Message.objects.filter(kind__in=registry.confidential())
    return dict(rows.order_by("state").values_list("state").annotate(number=Count("id")))


def unread_of(person: int) -> int:
    """How many messages the person has not looked at yet."""
    return Message.objects.filter(IN_WORDS, person_id=person, read_at__isnull=True).count()


def choice_of(person: int) -> dict[str, object]:
    """How the person wants what is not duty."""
    found = MailChoice.objects.filter(person_id=person).first() or MailChoice()
    names = ("conveniences", "wants_digest", "phone")
    return {name: getattr(found, name) for name in names}


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody in service whose address does not work, where that person serves, since when."""

    person: str
    person_id: UUID
    court: Mapping[str, str] | None
    address: str
    status: str
    since: datetime


UNREACHABLE = """
SELECT concat_ws(' ', person.family_name, person.given_name, person.patronymic), person.public_id,
       court.names, dead.address, dead.status, dead.since
  FROM academy_deadaddress dead
  JOIN academy_message told ON told.id = dead.message_id
  JOIN academy_person person ON person.id = told.person_id AND person.left_on IS NULL
  LEFT JOIN academy_account account ON account.person_id = person.id
  LEFT JOIN LATERAL (
       SELECT post.court_id FROM academy_appointment post
        WHERE post.person_id = person.id AND post.period @> %(today)s
        ORDER BY post.kind <> 'permanent', post.id LIMIT 1) post ON true
  LEFT JOIN academy_court court ON court.id = post.court_id
 WHERE dead.address = lower(coalesce(nullif(person.email, ''), account.email, ''))
   AND (%(all)s OR post.court_id = ANY(%(courts)s))
 ORDER BY dead.since DESC, person.sort_key LIMIT %(limit)s
"""


def unreachable(
    *, courts: Collection[int] | None, today: date, limit: int = 200
) -> list[Unreachable]:
    """Whose mails do not arrive: of these courts, or of all (None)."""
    params: dict[str, Any] = {
        "all": courts is None,
        "courts": sorted(courts or ()),
        "today": today,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNREACHABLE, params)
        rows = cursor.fetchall()
    return [Unreachable(row[0], row[1], _texts(row[2]), *row[3:]) for row in rows]


def _texts(value: object) -> Mapping[str, str] | None:
    found: Mapping[str, str] | None = orjson.loads(value) if isinstance(value, str) else None
    return found


@dataclass(frozen=True, slots=True)
class DeskOverview:
    """How delivery stands. `recent` counts what was written within the last days, by state."""

    waiting: int
    overdue: int  # should have gone out more than a few minutes ago
    put_off: int  # not taken for the time being, and waiting for the next try
    in_work: int
    oldest_due_at: datetime | None
    failed: int
    recent: dict[str, int]


LATE = timedelta(minutes=5)
RECENT = timedelta(days=7)


def desk_overview(*, now: datetime) -> DeskOverview:
    """What waits, what is stuck and what was given up, for the registrar."""
    waiting = Outgoing.objects.aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(next_at__lt=now - LATE)),
        put_off=Count("pk", filter=PUT_OFF),
        in_work=Count("pk", filter=Q(lease_until__gt=now)),
        oldest=Min("next_at", filter=Q(next_at__lte=now)),
    )
    recent = (
        Message.objects.filter(created_at__gte=now - RECENT)
        .values_list("state")
        .annotate(number=Count("id"))
    )
    return DeskOverview(
        waiting=waiting["all"],
        overdue=waiting["overdue"],
        put_off=waiting["put_off"],
        in_work=waiting["in_work"],
        oldest_due_at=waiting["oldest"],
        failed=given_up().count(),
        recent=dict(recent),
    )


def stuck(*, now: datetime) -> QuerySet[Message]:
    """What should have gone out and has not: put off, overdue or given up."""
    waiting = Outgoing.objects.filter(PUT_OFF | Q(next_at__lt=now - LATE))
    return Message.objects.filter(Q(is_failed=True) | Q(pk__in=waiting.values("pk")))


def given_up() -> QuerySet[Message]:
    """What could not be delivered, newest first: somebody must look."""
    return Message.objects.filter(is_failed=True).select_related("person").order_by("-id")


NUMBERS = """
SELECT waiting.all, waiting.put_off, failed.all, waiting.age
  FROM (SELECT count(*) AS all,
               count(*) FILTER (WHERE outcome <> '' AND lease_until IS NULL) AS put_off,
               coalesce(extract(epoch FROM %(now)s - min(next_at)
                        FILTER (WHERE next_at <= %(now)s)), 0) AS age
          FROM academy_outgoing) waiting,
       (SELECT count(*) AS all FROM academy_message WHERE is_failed) failed
"""

CLOSED = """
SELECT state, count(*) FROM academy_message
 WHERE created_at > %(written_since)s AND closed_at > %(since)s GROUP BY state
"""
RATE_MINUTES = 5


def numbers(*, now: datetime) -> dict[str, dict[str, float]]:
    """For Prometheus: what waits and was given up, the age of the oldest, how fast it is closed.

    The rate is that of the last minutes, of what was written within a day: its cost follows the
    day, not all that was ever sent.
    """
    since = now - timedelta(minutes=RATE_MINUTES)
    spans = {"since": since, "written_since": now - timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, {"now": now})
        waiting, put_off, failed, age = cursor.fetchone()
        cursor.execute(CLOSED, spans)
        closed = dict(cursor.fetchall())
    return {
        "messages": {"waiting": waiting, "put_off": put_off, "failed": failed},
        "messages_oldest_seconds": {"waiting": float(age)},
        "messages_per_minute": {
            state: closed.get(state, 0) / RATE_MINUTES for state in ("sent", "dropped", "failed")
        },
    }

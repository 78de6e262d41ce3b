"""One person as the HR system says it now: written down at once, with the posts dated.

Where an import brings a whole file to what it says, this follows single calls (SCIM): somebody
joins, moves court, is promoted, leaves, comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused, Stale
from academy.courts.models import Court, Position
from academy.ledger.actions import Fact, record
from academy.people import registry, rules
from academy.people.models import Appointment, Person
from academy.people.rules import NewPost, Step

PLAIN = (
    *("external_id", "user_name", "family_name", "given_name", "patronymic", "email", "language"),
    *("in_service_since", "employee_number"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person as they are to be. Without a post the person holds no permanent one any more."""

    user_name: str
    family_name: str
    given_name: str
    patronymic: str = ""
    email: str = ""
    language: str = ""
    external_id: str | None = None
    employee_number: str = ""
    in_service_since: date | None = None
    is_active: bool = True
    post: NewPost | None = None


def provision_person(
    *,
    wanted: Wanted,
    actor: Actor,
    person: UUID | None = None,
    unchanged: Callable[[Person], bool] = lambda _person: True,
) -> Person:
    """Bring one person (None: a new one) to what HR says, with everything that follows.

    A person who is not active leaves today: the posts end, the account closes, the sessions end.
    Another court or position opens a post and ends the present one on the day before. `unchanged`
    is asked under the lock whether the person is still as the caller read it.

    Refuses (`taken`) a user name or an external id that somebody else has, (`unknown_court`,
    `unknown_position`) codes that nobody knows, and (`post_clash`) two permanent posts at once.
    """
    at = clock.now()
    try:
        with transaction.atomic(durable=True):
            row = _locked(person, unchanged) if person else _new(wanted)
            before = row.left_on
            _fill(row, wanted, at)
            facts = [_fact(row, "person.provisioned", is_new=person is None)]
            facts += _follow_post(row, wanted, at.date())
            record(facts, actor=actor, at=at)
            if row.left_on and not before:
                _leave(row, actor, at)
    except IntegrityError as error:
        raise _refusal(error) from error
    return row


def deprovision_person(
    *, person: UUID, actor: Actor, unchanged: Callable[[Person], bool] = lambda _person: True
) -> None:
    """Forget a person for HR's system: who is in service leaves today; the record of learning
    stays, and is taken up again should HR name the same external id once more.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        row = _locked(person, unchanged)
        is_leaving = row.left_on is None
        row.left_on = row.left_on or at.date()
        row.user_name, row.deprovisioned_at, row.changed_at = "", at, at
        row.save(update_fields=["left_on", "user_name", "deprovisioned_at", "changed_at"])
        record(_end_posts(row, row.left_on), actor=actor, at=at)
        if is_leaving:
            _leave(row, actor, at)


def _locked(person: UUID, unchanged: Callable[[Person], bool]) -> Person:
    rows = Person.objects.select_for_update()
    row = rows.filter(public_id=person, deprovisioned_at=None).first()
    if row is None:
        raise Missing("unknown_person", _("There is no such person."))
    if not unchanged(row):
        raise Stale("stale", _("Somebody changed this meanwhile; read it again."))
    return row


def _new(wanted: Wanted) -> Person:
    """A new row, or that of somebody who was deprovisioned and comes back."""
    known = Person.objects.select_for_update().filter(deprovisioned_at__isnull=False)
    if wanted.external_id and (row := known.filter(external_id=wanted.external_id).first()):
        return row
    return Person(created_at=clock.now())


def _fill(row: Person, wanted: Wanted, at: datetime) -> None:
    for name in PLAIN:
        setattr(row, name, getattr(wanted, name))
    row.changed_at, row.deprovisioned_at = at, None
    if wanted.is_active:
        row.left_on = None
    elif row.left_on is None:
        row.left_on = at.date()
    row.save()


def _leave(row: Person, actor: Actor, at: datetime) -> None:
    data = {"left_on": str(row.left_on)}
    fact = Fact("person.left", "person", row.public_id, person_id=row.public_id, data=data)
    record([fact], actor=actor, at=at)
    registry.say_farewell([row.pk], actor, at)


def _follow_post(row: Person, wanted: Wanted, today: date) -> list[Fact]:
    """Date the permanent post to what HR says; who leaves ends every post."""
    if row.left_on:
        return _end_posts(row, row.left_on)
    held = present_post(row, today)
    if wanted.post is None:
        return [_ended(row, held, today)] if held else []
    step = rules.step_to(wanted.post, _plain(held) if held else None, today)
    return _carry_out(row, held, step, wanted.post)


def present_post(row: Person, today: date) -> Appointment | None:
    """The permanent post that somebody holds and goes on to hold, or is appointed to."""
    posts = row.appointments.filter(kind=Appointment.Kind.PERMANENT)
    open_ones = [post for post in posts.select_related("court", "position") if goes_on(post, today)]
    return max(open_ones, key=lambda post: post.period.lower, default=None)


def goes_on(post: Appointment, today: date) -> bool:
    """Whether a post does not end today or before."""
    return post.period.upper is None or post.period.upper > today + timedelta(days=1)


def _plain(post: Appointment) -> NewPost:
    last = post.period.upper and post.period.upper - timedelta(days=1)
    return NewPost(post.court.code, post.position.code, post.period.lower, last)


def _carry_out(row: Person, held: Appointment | None, step: Step, wanted: NewPost) -> list[Fact]:
    upper = wanted.until and wanted.until + timedelta(days=1)
    if upper and upper <= step.starts_on:
        raise Invalid("post_ends_before_it_begins", _("The post would end before it begins."))
    period = DateRange(step.starts_on, upper)
    if step.keeps and held:
        return _prolong(row, held, period)
    court, position = _court(wanted.court), _position(wanted.position)
    in_the_way = _last_before(row, step.starts_on)
    if in_the_way and in_the_way.period.lower >= step.starts_on:
        in_the_way.court, in_the_way.position, in_the_way.period = court, position, period
        in_the_way.save(update_fields=["court", "position", "period"])
        return [_post_fact(row, in_the_way, "appointment.corrected")]
    facts = [_ended(row, in_the_way, step.starts_on - timedelta(days=1))] if in_the_way else []
    opened = Appointment.objects.create(person=row, court=court, position=position, period=period)
    return [*facts, _post_fact(row, opened, "appointment.opened")]


def _prolong(row: Person, held: Appointment, period: DateRange) -> list[Fact]:
    if held.period == period:
        return []
    held.period = period
    held.save(update_fields=["period"])
    kind = "appointment.ended" if period.upper else "appointment.prolonged"
    return [_post_fact(row, held, kind)]


def _last_before(row: Person, starts_on: date) -> Appointment | None:
    """The last permanent post that reaches into the days from `starts_on`."""
    posts = row.appointments.filter(kind=Appointment.Kind.PERMANENT)
    rows = posts.select_related("court", "position")
    reaching = [post for post in rows if post.period.upper is None or post.period.upper > starts_on]
    return max(reaching, key=lambda post: post.period.lower, default=None)


def _end_posts(row: Person, last_day: date) -> list[Fact]:
    """End every post that goes on behind somebody's last day."""
    posts = row.appointments.select_related("court", "position")
    return [_ended(row, post, last_day) for post in posts if _reaches(post, last_day)]


def _reaches(post: Appointment, day: date) -> bool:
    return post.period.upper is None or post.period.upper > day + timedelta(days=1)


def _ended(row: Person, post: Appointment, last_day: date) -> Fact:
    upper = max(last_day, post.period.lower) + timedelta(days=1)
    post.period = DateRange(post.period.lower, upper)
    post.save(update_fields=["period"])
    return _post_fact(row, post, "appointment.ended")


def _court(code: str) -> Court:
    found = Court.objects.filter(code=code).first()
    if found is None:
        raise Invalid("unknown_court", _("There is no court of the code %s.") % code)
    return found


def _position(code: str) -> Position:
    found = Position.objects.filter(code=code).first()
    if found is None:
        raise Invalid("unknown_position", _("There is no position of the code %s.") % code)
    return found


def _refusal(error: IntegrityError) -> Refused:
    if "appointment" in str(error):
        return Refused("post_clash", _("Another permanent post is held on these days."))
    return Refused("taken", _("Somebody else has this user name or external id."))


def _fact(row: Person, kind: str, *, is_new: bool) -> Fact:
    data = {"new": is_new}
    return Fact(kind, "person", row.public_id, person_id=row.public_id, data=data)


def _post_fact(row: Person, post: Appointment, kind: str) -> Fact:
    data = {
        "court": post.court.code,
        "position": post.position.code,
        "kind": post.kind,
        "from": str(post.period.lower),
        "to": str(post.period.upper or ""),
    }
    return Fact(kind, "appointment", post.public_id, person_id=row.public_id, data=data)

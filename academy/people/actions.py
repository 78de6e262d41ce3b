"""Changes of people and their posts, as HR reports them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing
from academy.courts.models import Court, Position
from academy.ledger.actions import Fact, record
from academy.people import registry, secrets
from academy.people.models import Appointment, Person
from academy.people.rules import PersonFacts, Post

BATCH = 2_000

# Columns of a person that the facts hold under the same name.
PLAIN = (
    *("external_id", "family_name", "given_name", "patronymic", "email", "language"),
    *("in_service_since", "left_on"),
)


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person and all their posts as they are to be. `person` is the row's id, if there is one."""

    facts: PersonFacts
    posts: tuple[Post, ...] = ()
    iin: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Courts and positions by their codes."""

    courts: Mapping[str, Court]
    positions: Mapping[str, Position]


def load_people(*, entries: Sequence[PersonEntry], actor: Actor, at: datetime) -> list[Person]:
    """Write people and their posts down as they are to be, with their events.

    Set-based. Who has left loses every post and, through the slot, what higher rooms gave: the
    account. The caller has checked every entry and opened the transaction.
    """
    if not entries:
        return []
    present = Person.objects.select_for_update().in_bulk(
        [entry.person for entry in entries if entry.person]
    )
    left_before = {pk for pk, person in present.items() if person.left_on}
    people = [
        _fill(present.get(entry.person or 0) or Person(created_at=at), entry, at)
        for entry in entries
    ]
    pairs = zip(people, entries, strict=True)
    new = [person for person, entry in pairs if entry.person not in present]
    Person.objects.bulk_create(new, batch_size=BATCH)
    Person.objects.bulk_update(
        present.values(),
        [*PLAIN, "iin_cipher", "iin_hash", "changed_at", "deprovisioned_at"],
        batch_size=BATCH,
    )
    facts = [_person_fact(person, is_new=person.pk not in present) for person in people]
    facts += _write_posts(people, entries)
    leavers = [person for person in people if person.left_on and person.pk not in left_before]
    facts += [_left_fact(person) for person in leavers]
    record(facts, actor=actor, at=at)
    if leavers:
        registry.say_farewell([person.pk for person in leavers], actor, at)
    return people


def person_left(*, person: UUID, left_on: date, actor: Actor, at: datetime | None = None) -> Person:
    """Note that somebody leaves the service: posts end on that day, and the account closes."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update().filter(public_id=person).first()
        if row is None:
            raise Missing("unknown_person", _("There is no such person."))
        row.left_on, row.changed_at = left_on, at
        row.save(update_fields=["left_on", "changed_at"])
        after_last = left_on + timedelta(days=1)
        open_posts = list(
            row.appointments.filter(
                Q(period__endswith__isnull=True) | Q(period__endswith__gt=after_last),
                period__startswith__lte=left_on,
            ).select_related("court", "position")
        )
        for post in open_posts:
            post.period = DateRange(post.period.lower, after_last)
        Appointment.objects.bulk_update(open_posts, ["period"])
        facts = [_post_fact(row, post, "appointment.ended") for post in open_posts]
        record([*facts, _left_fact(row)], actor=actor, at=at)
        registry.say_farewell([row.pk], actor, at)
    return row


@transaction.atomic(durable=True)
def tell_everything(
    *, person: int, actor: Actor, at: datetime | None = None
) -> dict[str, list[Mapping[str, object]]]:
    """Everything that every room keeps about this person, for that person; noted in the ledger."""
    who = Person.objects.filter(pk=person).first()
    if who is None:
        raise Missing("no_person", _("There is no such person."))
    fact = Fact("person.told_everything", "person", who.public_id, person_id=who.public_id)
    record([fact], actor=actor, at=at or clock.now())
    return registry.everything_about(who)


def _fill(person: Person, entry: PersonEntry, at: datetime) -> Person:
    person.changed_at, person.deprovisioned_at = at, None
    for name in PLAIN:
        setattr(person, name, getattr(entry.facts, name))
    person.external_id = entry.facts.external_id or None
    if entry.iin and entry.facts.iin_hash != person.iin_hash:
        person.iin_hash = entry.facts.iin_hash
        person.iin_cipher = secrets.encrypt(entry.iin)
    return person


def _write_posts(people: Sequence[Person], entries: Sequence[PersonEntry]) -> list[Fact]:
    """Bring the appointments to what the entries say; the facts about what began and ended."""
    places = _Places(
        Court.objects.in_bulk(field_name="code"),
        Position.objects.in_bulk(field_name="code"),
    )
    held = _held(people)
    opened, moved = [], []
    for person, entry in zip(people, entries, strict=True):
        for post in entry.posts:
            row = _appointment(person, post, places)
            before = held.get(_key(row))
            if before is None:
                opened.append((person, row))
            elif before.period != row.period:
                before.period = row.period
                moved.append((person, before))
    # Shortened first: a new permanent post may begin where the present one is made to end.
    Appointment.objects.bulk_update([row for _, row in moved], ["period"], batch_size=BATCH)
    Appointment.objects.bulk_create([row for _, row in opened], batch_size=BATCH)
    return [
        *(_post_fact(person, row, "appointment.opened") for person, row in opened),
        *(_post_fact(person, row, _verb(row)) for person, row in moved),
    ]


def _verb(row: Appointment) -> str:
    return "appointment.ended" if row.period.upper else "appointment.prolonged"


def _held(people: Iterable[Person]) -> dict[tuple[Any, ...], Appointment]:
    rows = Appointment.objects.select_for_update(of=("self",)).filter(person__in=people)
    return {_key(row): row for row in rows.select_related("court", "position")}


def _key(row: Appointment) -> tuple[Any, ...]:
    return (row.person_id, row.court_id, row.position_id, row.kind, row.period.lower)


def _appointment(person: Person, post: Post, places: _Places) -> Appointment:
    return Appointment(
        person=person,
        court=places.courts[post.court],
        position=places.positions[post.position],
        kind=post.kind,
        period=DateRange(post.starts_on, post.ends_on and post.ends_on + timedelta(days=1)),
    )


def _person_fact(person: Person, *, is_new: bool) -> Fact:
    return Fact(
        "person.imported",
        "person",
        person.public_id,
        person_id=person.public_id,
        data={"new": is_new},
    )


def _left_fact(person: Person) -> Fact:
    data = {"left_on": str(person.left_on)}
    return Fact("person.left", "person", person.public_id, person_id=person.public_id, data=data)


def _post_fact(person: Person, row: Appointment, event: str) -> Fact:
    data = {
        "court": row.court.code,
        "position": row.position.code,
        "kind": row.kind,
        "from": str(row.period.lower),
        "to": str(row.period.upper or ""),
    }
    return Fact(event, "appointment", row.public_id, person_id=person.public_id, data=data)


def facts_of(person: Person) -> PersonFacts:
    """A person's row as the plain facts that an import compares."""
    values = {
        column.name: getattr(person, column.name)
        for column in fields(PersonFacts)
        if column.name not in ("external_id", "iin_hash")
    }
    return PersonFacts(
        external_id=person.external_id or "", iin_hash=person.iin_hash or "", **values
    )

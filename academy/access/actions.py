"""Name deputies and end their time."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from academy.access.models import Deputy
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.courts.models import Court
from academy.ledger.actions import Fact, record
from academy.people.models import Appointment, Person

LONGEST = timedelta(days=366)


def name_deputy(
    *,
    head: Person,
    deputy: Person,
    court: Court,
    first: date,
    last: date,
    actor: Actor,
    at: datetime | None = None,
) -> Deputy:
    """Let somebody of the court decide in the place of its head, from one day to another.

    Refused for who does not head that court, for somebody of another court, for oneself, for days
    that are over, and for more than a year: an absence has an end.
    """
    at = at or clock.now()
    _check_days(first, last, today=at.date())
    _check_people(head, deputy, court, today=at.date())
    period = DateRange(first, last + timedelta(days=1))
    try:
        with transaction.atomic(durable=True):
            row = Deputy.objects.create(head=head, deputy=deputy, court=court, period=period)
            record([_fact(row, "deputy.named")], actor=actor, at=at)
    except IntegrityError as error:
        sentence = _("This person is a deputy on some of these days already.")
        raise Refused("deputy_already", sentence) from error
    return row


def _check_days(first: date, last: date, *, today: date) -> None:
    if last < first:
        raise _wrong("last", _("The last day comes before the first."))
    if first < today:
        raise _wrong("first", _("The first day is over. Choose today or a later day."))
    if last - first >= LONGEST:
        raise _wrong("last", _("Name a deputy for a year at most."))


def _wrong(field: str, sentence: object) -> Invalid:
    return Invalid("period", sentence, fields={field: [sentence]})


def _check_people(head: Person, deputy: Person, court: Court, *, today: date) -> None:
    if head.pk == deputy.pk:
        raise Refused("own_deputy", _("Nobody is the own deputy. Choose a colleague."))
    posts = Appointment.objects.filter(court=court, period__contains=today)
    if not posts.filter(person=head, position__is_head=True).exists():
        raise Refused("not_head", _("Only the head of a court has a deputy there."))
    if not posts.filter(person=deputy).exists():
        raise Refused("not_of_this_court", _("The deputy holds no post at this court."))


def end_deputy(*, row: Deputy, actor: Actor, at: datetime | None = None) -> None:
    """The deputy decides no more from now on; what was decided stands. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        locked = Deputy.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if not locked.period or locked.period.upper <= at.date():
            return
        locked.period = DateRange(min(locked.period.lower, at.date()), at.date())
        locked.save(update_fields=["period"])
        record([_fact(locked, "deputy.ended")], actor=actor, at=at)


def _fact(row: Deputy, verb: str) -> Fact:
    data = {"head": str(row.head.public_id), "court": row.court.code}
    if row.period:
        data |= {"first": str(row.period.lower), "until": str(row.period.upper)}
    return Fact(verb, "deputy", row.public_id, person_id=row.deputy.public_id, data=data)

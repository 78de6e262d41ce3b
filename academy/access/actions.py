"""Name deputies and partners and end their time; say who has which role of the academy's own."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from academy.access.enums import Role
from academy.access.models import Deputy, RoleGrant
from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.courts.models import Court
from academy.ledger.actions import Fact, record
from academy.people.models import Appointment, Person

LONGEST = timedelta(days=366)
GRANTED_BY_HR = (Role.TRAINER, Role.REGISTRAR, Role.AUDITOR)
"""Roles of the academy as a whole; a coordinator's names a court and is given at the desk."""


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


def set_role(*, role: Role, people: Collection[UUID], actor: Actor) -> None:
    """Let exactly these people have a role of the academy; accounts without a person keep theirs.

    Refuses somebody without an open account: a role is used by signing in.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        accounts = Account.objects.select_for_update().filter(person__isnull=False, is_active=True)
        wanted = {row.pk: row for row in accounts.filter(person__public_id__in=people)}
        if len(wanted) < len(set(people)):
            raise Refused("no_account", _("Somebody among them has no open account."))
        present = RoleGrant.objects.filter(role=role, court=None, account__person__isnull=False)
        held = {grant.account_id: grant for grant in present.select_related("account")}
        gone = [grant for pk, grant in held.items() if pk not in wanted]
        new = [account for pk, account in wanted.items() if pk not in held]
        RoleGrant.objects.filter(pk__in=[grant.pk for grant in gone]).delete()
        RoleGrant.objects.bulk_create(RoleGrant(account=account, role=role) for account in new)
        facts = [_role_fact("role.withdrawn", grant.account, role) for grant in gone]
        facts += [_role_fact("role.granted", account, role) for account in new]
        record(facts, actor=actor, at=at)


def _role_fact(kind: str, account: Account, role: Role, **data: str) -> Fact:
    return Fact(kind, "account", account.public_id, data={"role": role.value, **data})


def name_partner(*, login: str, body: str, actor: Actor, at: datetime | None = None) -> None:
    """Let an account act in the name of a body, by its code. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        account = Account.objects.filter(login__iexact=login, is_active=True).first()
        if account is None:
            sentence = _("There is no open account with this sign-in name.")
            raise Refused("no_account", sentence, fields={"login": [sentence]})
        _row, made = RoleGrant.objects.get_or_create(
            account=account, role=Role.PARTNER, court=None, body=body
        )
        if made:
            told = _role_fact("role.granted", account, Role.PARTNER, body=body)
            record([told], actor=actor, at=at)


def end_partner(*, login: str, body: str, actor: Actor, at: datetime | None = None) -> None:
    """The account speaks no more for that body; what it said stands. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        rows = RoleGrant.objects.filter(role=Role.PARTNER, body=body, account__login=login)
        row = rows.select_related("account").first()
        if row is None:
            return
        row.delete()
        told = _role_fact("role.withdrawn", row.account, Role.PARTNER, body=body)
        record([told], actor=actor, at=at)

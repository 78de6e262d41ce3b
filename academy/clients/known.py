"""What the institution's own rooms keep about one person, in that person's own hands.

Not the hash of a password, a token or an identification number: those are no facts about anybody.
"""

from collections.abc import Iterable, Mapping

from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.clients.queries import disclosures_about
from academy.ledger.queries import events_about
from academy.messages.models import MailChoice, Message
from academy.people.models import Appointment, Person

Rows = Iterable[Mapping[str, object]]


def person(who: Person) -> Rows:
    """Name, address and language, as HR tells them."""
    columns = ("external_id", "family_name", "given_name", "patronymic", "email", "language")
    dates = ("in_service_since", "left_on", "employee_number", "user_name")
    yield from Person.objects.filter(pk=who.pk).values("public_id", *columns, *dates)


def posts(who: Person) -> Rows:
    """Every post, from when to when."""
    rows = Appointment.objects.filter(person=who).order_by("period")
    for row in rows.select_related("court", "position"):
        yield {
            "court": row.court.code,
            "position": row.position.code,
            "kind": row.kind,
            "first_day": row.period.lower,
            "after_last_day": row.period.upper,
        }


def account(who: Person) -> Rows:
    """The way in."""
    rows = Account.objects.filter(person=who)
    yield from rows.values("public_id", "login", "email", "language", "created_at", "last_login")


def roles(who: Person) -> Rows:
    """What the account may do."""
    for grant in RoleGrant.objects.filter(account__person=who).select_related("court"):
        yield {
            "role": grant.role,
            "court": grant.court.code if grant.court else None,
            "first_moment": grant.period.lower if grant.period else None,
            "last_moment": grant.period.upper if grant.period else None,
        }


def messages(who: Person) -> Rows:
    """Everything that was told, or not, and why."""
    columns = ("kind", "state", "outcome", "channel", "address", "language", "title", "body")
    rows = Message.objects.filter(person=who).order_by("id")
    yield from rows.values("public_id", *columns, "created_at", "closed_at", "read_at")


def choices(who: Person) -> Rows:
    """How the person wants what is not duty, and the number given for text messages."""
    rows = MailChoice.objects.filter(person=who)
    yield from rows.values("conveniences", "wants_digest", "phone")


def disclosures(who: Person) -> Rows:
    """Which systems read what, and when."""
    for row in disclosures_about(who.public_id):
        yield {
            "system": str(row.client),
            "at": row.at,
            "resource": row.resource,
            "projection": row.projection,
        }


def events(who: Person) -> Rows:
    """What happened, as the ledger has it."""
    rows = events_about(who.public_id)
    yield from rows.values("public_id", "type", "subject_kind", "subject_id", "time", "data")

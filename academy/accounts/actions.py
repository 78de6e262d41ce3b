"""Changes of accounts: opened by an invitation, closed when a person leaves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.ledger.actions import Fact, record
from academy.people.models import Person


def invite(*, person: Person, actor: Actor, login: str = "") -> Account:
    """Open an account for a person, without a password; a mail with a link to choose one follows.

    Refuses people who left, who have an account, or who cannot be written to.
    """
    at = clock.now()
    login = (login or person.email).strip().lower()
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update().get(pk=person.pk)
        _check_invitable(person, login, at)
        account = Account.objects.create_user(
            login, None, person=person, email=person.email, language=person.language
        )
        record([_fact("account.invited", account)], actor=actor, at=at)
    return account


def _check_invitable(person: Person, login: str, at: datetime) -> None:
    if person.left_on is not None and person.left_on <= at.date():
        raise Refused("not_in_service", _("This person is no longer in service."))
    if not person.email:
        raise Invalid("no_email", _("There is no e-mail address to write to."))
    if Account.objects.filter(person=person).exists():
        raise Refused("account_exists", _("This person has an account already."))
    if Account.objects.filter(login__iexact=login).exists():
        raise Refused("login_taken", _("This sign-in name is taken."))


def deactivate(*, account: UUID, actor: Actor) -> Account:
    """Close an account: whoever is signed in with it is signed out at once, on every device."""
    with transaction.atomic(durable=True):
        row = Account.objects.select_for_update().filter(public_id=account).first()
        if row is None:
            raise Missing("unknown_account", _("There is no such account."))
        _close([row], actor, clock.now())
    return row


def close_accounts_of(people: Sequence[int], actor: Actor, at: datetime) -> None:
    """Close the accounts of people who leave, within the transaction in which they leave."""
    _close(list(Account.objects.select_for_update().filter(person__in=people)), actor, at)


def _close(accounts: list[Account], actor: Actor, at: datetime) -> None:
    """A session carries a digest of the password it was opened with.

    So taking the password away ends every session, also those that no table of ours can find, and
    an account that is opened again does not revive them.
    """
    open_ones = [account for account in accounts if account.is_active]
    for account in open_ones:
        account.is_active = False
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])
    record([_fact("account.closed", account) for account in open_ones], actor=actor, at=at)


def choose_language(*, account: int, language: str) -> None:
    """Remember in which language somebody wants to read pages and messages."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid("language", _("Choose one of the languages."))
    Account.objects.filter(pk=account).update(language=language)


def _fact(kind: str, account: Account) -> Fact:
    person = account.person.public_id if account.person else None
    return Fact(kind, "account", account.public_id, person_id=person)

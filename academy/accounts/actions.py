"""Changes of accounts: opened by an invitation, closed when a person leaves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from academy.accounts import queries, registry, rules
from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Busy, Invalid, Missing, Refused
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


def enter(*, by: str, value: str, actor: Actor) -> Account:
    """The account of the person whom somebody trusted has named; opened when there is none yet.

    Refuses whom HR does not know: signing in never creates a person. Refuses who left, and whose
    account was closed. A name that fits two people is nobody's.
    """
    found = queries.people_named(by, value)
    if len(found) != 1:
        raise Refused(
            "unknown_person",
            _(
                "You are not in the personnel records that this service knows. "
                "Ask your court's coordinator or the personnel office to add you."
            ),
        )
    at = clock.now()
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update().get(pk=found[0].pk)
        _check_in_service(person, at)
        account = Account.objects.filter(person=person).first() or _open(person, actor, at)
    if not account.is_active:
        raise Refused("account_closed", _("Your account is closed. Ask the academy."))
    return account


def enter_signed(*, challenge: str, signature: str) -> Account:
    """The account of whoever signed this text, as the institution's signature service says.

    Refuses what is not signed, or by nobody that the service trusts; then as `enter` does.
    """
    service = registry.signature_service()
    if service is None:
        raise Missing("no_signature_service", _("Nobody signs in here by a signature."))
    try:
        claims = service.verify(challenge=challenge, signature=signature)
    except OSError as error:
        raise Busy("signatures_not_checked", _("Signatures cannot be checked now.")) from error
    if claims is None:
        raise Refused("signature_refused", _("This signature was not accepted. Sign the new text."))
    by = settings.SIGNATURE_MATCHES
    value = rules.named(claims, claim=settings.SIGNATURE_CLAIM, by=by)
    return enter(by=by, value=value, actor=Actor.system("accounts.signature"))


def _open(person: Person, actor: Actor, at: datetime) -> Account:
    """An account without a password, under the first name of the person's that is free."""
    names = (person.user_name, person.email, person.external_id or "")
    wanted = [name.strip().lower() for name in names if name.strip()]
    taken = [login.lower() for login in _logins(wanted)]
    login = next((name for name in wanted if name not in taken), str(person.public_id))
    account = Account.objects.create_user(
        login, None, person=person, email=person.email, language=person.language
    )
    record([_fact("account.opened", account)], actor=actor, at=at)
    return account


def _logins(names: Sequence[str]) -> list[str]:
    rows = Account.objects.annotate(lower=Lower("login")).filter(lower__in=names)
    return list(rows.values_list("login", flat=True))


def _check_in_service(person: Person, at: datetime) -> None:
    if person.left_on is not None and person.left_on <= at.date():
        raise Refused("not_in_service", _("This person is no longer in service."))


def _check_invitable(person: Person, login: str, at: datetime) -> None:
    _check_in_service(person, at)
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

"""Accounts to try the service with. They exist only in the demo, on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from academy.accounts.models import Account
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from academy.people.models import Person

PASSWORD = "academy-demo"  # noqa: S105  it is written on the screen of every demo

TO_TRY = {
    "trainee": gettext_noop("a judge: find “сот торелиги”, enrol, see what is offered to you"),
    "trainee2": gettext_noop("another judge: a waiting list, a moved run, a refusal"),
    "official": gettext_noop("a secretary of hearings: courses for court staff"),
    "chair": gettext_noop("the head of a court: requests that wait for consent"),
    "coordinator": gettext_noop("a court's coordinator: the own court's people"),
    "trainer": gettext_noop("a trainer: rosters, marks, finalisation"),
    "registrar": gettext_noop("the academy's registrar: the desk, runs, imports"),
    "auditor": gettext_noop("an auditor: everything that was done, by whom"),
    "partner": gettext_noop("the Supreme Court: proposes courses, answers what others say"),
    "partner2": gettext_noop("two councils: comment on proposals and decide on them"),
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A way to sign in, or an account that only stands behind decisions of the demo."""

    login: str
    email: str
    language: str
    person: str  # external id, empty for none
    can_sign_in: bool = True


def demo_accounts() -> list[tuple[str, str, str]]:
    """Login, password and what to try, for the line on the screen; empty outside the demo."""
    if not settings.DEMO:
        return []
    present = set(Account.objects.filter(login__in=TO_TRY).values_list("login", flat=True))
    return [
        (login, PASSWORD, gettext(words)) for login, words in TO_TRY.items() if login in present
    ]


def open_demo_accounts(
    *, wanted: Sequence[DemoAccount], actor: Actor, at: datetime
) -> list[Account]:
    """Open the demo's accounts, those that are not there yet; the new ones.

    Refuses outside the demo: everybody knows the password.
    """
    if not settings.DEMO:
        raise Refused("not_a_demo", "Demonstration accounts are for the demonstration only.")
    present = set(
        Account.objects.filter(login__in=[item.login for item in wanted]).values_list(
            "login", flat=True
        )
    )
    people = Person.objects.in_bulk([item.person for item in wanted], field_name="external_id")
    hashed = make_password(PASSWORD)  # once: hashing is slow on purpose
    accounts = []
    for item in wanted:
        if item.login in present:
            continue
        account = Account(
            login=item.login,
            email=item.email,
            language=item.language,
            person=people.get(item.person),
        )
        account.password = hashed if item.can_sign_in else make_password(None)
        accounts.append(account)
    with transaction.atomic(durable=True):
        Account.objects.bulk_create(accounts)
        record([_fact(account) for account in accounts], actor=actor, at=at)
    return accounts


def _fact(account: Account) -> Fact:
    person = account.person.public_id if account.person else None
    return Fact("account.opened", "account", account.public_id, person_id=person)

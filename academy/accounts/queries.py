"""Reads of accounts."""

from collections.abc import Iterable
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from academy.accounts.models import Account
from academy.people.models import Person
from academy.people.secrets import lookup_hash


def invited(accounts: Iterable[UUID]) -> dict[UUID, Account]:
    """Those of the accounts that were opened and never used: active, without a password."""
    rows = Account.objects.filter(public_id__in=accounts, is_active=True).select_related("person")
    return {row.public_id: row for row in rows if not row.has_usable_password()}


def activation_path(account: Account) -> str:
    """Where a new password is chosen; the key works for some days and only until it was used."""
    key = default_token_generator.make_token(account)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(account), "key": key},
    )


def people_named(by: str, value: str) -> list[Person]:
    """Whom HR knows under that number, name or address: at most two, since two are nobody.

    Letters of names and addresses are compared in any case, numbers as they stand.
    """
    if by == "iin":
        by, value = "iin_hash", lookup_hash(value) if value.isascii() and value else ""
    column = f"{by}__iexact" if by in {"user_name", "email"} else by
    return list(Person.objects.filter(**{column: value})[:2]) if value else []

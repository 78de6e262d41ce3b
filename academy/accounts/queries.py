"""Reads of accounts."""

from collections.abc import Iterable
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from academy.accounts.models import Account


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

"""How signing in behaves: nobody signs up by themselves, and signing in never creates a person."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the academy for people that HR knows."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is opened by an invitation."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted in one place only: django-axes, which keeps them in rows."""


def name_to_lock(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """Under which name a wrong password is counted: the one that was tried, in any case of letters.

    Django, django-allauth and django-axes each call it differently; counting under one name and
    looking under another would lock nobody.
    """
    known = credentials or {}
    typed = known.get("username") or known.get("login")
    if not typed and request is not None:
        typed = request.POST.get("login", "")
    return str(typed or "").strip().lower()

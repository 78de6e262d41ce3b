"""How signing in behaves: nobody signs up by themselves, and signing in never creates a person."""

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

"""Who signs in. An account is not a person: auditors and systems' owners need not learn here."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from academy.core import ids
from academy.people.models import Person


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by actions; the two methods below are what Django's own commands call."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Sign-in names are compared without regard to case."""
        return self.get(login__iexact=username or "")

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> "Account":
        """An account that may sign in."""
        account = self.model(login=login, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "Account":
        """An account for the admin; outside the demo it must use a second factor."""
        return self.create_user(login, password, is_staff=True, is_superuser=True, **fields)


class Account(AbstractBaseUser, PermissionsMixin):
    """A way to sign in, with a language, perhaps belonging to a person."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    login = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="account"
    )
    language = models.CharField(max_length=10, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("login"), name="account_login_any_case"),
        ]

    def __str__(self) -> str:
        return self.login

    def get_full_name(self) -> str:
        """The person's name, or the sign-in name where there is no person."""
        return self.person.full_name if self.person else self.login

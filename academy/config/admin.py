"""The admin's site: the tables of access tokens are not for looking at."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.db.models import Model

# Tokens, second factors and addresses to sign in with are secrets or belong to their owners; groups
# grant nothing here; identity providers come from the settings, a row of them would do nothing.
CLOSED = {"oauth2_provider", "socialaccount", "account", "mfa", "auth"}
OPEN_TO_READERS = {"axes"}
"""Tables of libraries that staff may look at: who failed to sign in."""
READ_ONLY = "academy.web.admin.ReadOnlyAdmin"


class Site(AdminSite):
    """Everything that an app registers, without tokens, grants and rows that nobody reads."""

    def register(
        self,
        model_or_iterable: "type[Model] | Iterable[type[Model]]",
        admin_class: "type[ModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        """Pass over what is closed, also when it is registered later than our own."""
        asked = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        models = [model for model in asked if model._meta.app_label not in CLOSED]  # noqa: SLF001
        if admin_class and any(model._meta.app_label in OPEN_TO_READERS for model in models):  # noqa: SLF001
            read_only = import_string(READ_ONLY)  # it needs models, which are loaded by now
            admin_class = type(admin_class.__name__, (read_only, admin_class), {})
        super().register(models, admin_class, **options)


class SiteConfig(AdminConfig):
    """Django's admin with this site as its default."""

    default_site = "academy.config.admin.Site"

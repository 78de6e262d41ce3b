"""What the admin of every app leans on: rows are read here and changed by actions only."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class ReadOnlyAdmin(Base):
    """A table to look at. Nothing is added, changed or deleted past the rules."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted."""
        return False


class EditableAdmin(Base):
    """Rules and calendar days that the institution edits and may take away again."""

    list_per_page = 100


class ReferenceAdmin(Base):
    """Reference data that the institution edits: lists of codes with names. Used rows stay."""

    list_per_page = 100
    search_fields = ("code", "names")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A code that was used once keeps its meaning."""
        return False

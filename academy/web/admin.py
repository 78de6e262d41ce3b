"""What the admin of every app leans on: rows are read here and changed by actions only.

What the institution edits itself (lists of codes with names, calendar days, limits of mail hosts)
is the exception; each such edit is an event of the ledger, and a code that was used once stays. The
history of an object is what the ledger tells of it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _

from academy.access.enums import Right
from academy.accounts.models import Account
from academy.core import clock, ids, texts
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from academy.ledger.queries import history_of
from academy.web.http import actor_of, viewer_of
from academy.web.tags import text_filter
from academy.web.texts_form import TextsFormField

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

SHOWN = 200  # events of a history, the newest


def subject_of(row: Model, key: str = "code") -> UUID:
    """The id under which the ledger knows a row; of a list's row by the list and its key."""
    public_id: UUID | None = getattr(row, "public_id", None)
    return public_id or ids.named(row._meta.label_lower, str(getattr(row, key, row.pk)))  # noqa: SLF001


class LedgerAdmin(Base):
    """A table whose objects show their history from the ledger."""

    object_history_template = "web/admin_history.html"
    subject_key = "code"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False
    list_per_page = 50

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to it, the newest first, and by whom."""
        row = self.get_object(request, object_id)
        told = [] if row is None else list(_newest(subject_of(row, self.subject_key)))
        names = _logins(told)
        lines = [(event, names.get(event.actor_id, event.actor_name)) for event in told]
        return super().history_view(request, object_id, {**(extra_context or {}), "events": lines})

    def has_register_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may use the commands that call a room's action: a registrar does."""
        return viewer_of(request).may(Right.REGISTER)

    def carry_out(
        self, request: HttpRequest, rows: Iterable[Any], act: Callable[..., object]
    ) -> None:
        """Call a room's action for each chosen row; say how many were done, and why others not."""
        done, actor = 0, actor_of(request)
        for row in rows:
            try:
                act(row, actor)
                done += 1
            except Refused as refusal:
                self.message_user(request, f"{row}: {refusal.sentence}", messages.ERROR)
        if done:
            self.message_user(request, gettext("Done: %(n)d.") % {"n": done}, messages.SUCCESS)


def _newest(subject: UUID) -> QuerySet[Any]:
    return history_of(subject).order_by("-id")[:SHOWN]


def _logins(events: Sequence[Any]) -> dict[UUID | None, str]:
    """The sign-in names of the accounts that acted."""
    rows = Account.objects.filter(public_id__in={event.actor_id for event in events})
    return dict(rows.values_list("public_id", "login"))


class ReadOnlyAdmin(LedgerAdmin):
    """A table to look at. Nothing is added, changed or deleted past the rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted."""
        return False


class EditableAdmin(LedgerAdmin):
    """Rules and calendar days that the institution edits and may take away again."""

    list_per_page = 100
    formfield_overrides = {
        **LedgerAdmin.formfield_overrides,
        texts.TextsField: {"form_class": TextsFormField},
    }

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """The row and its event, in the admin's own transaction."""
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "added"
        if not change or form.changed_data:
            self.tell(request, [obj], verb, columns=sorted(form.changed_data))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """One row, with its event."""
        self.tell(request, [obj], "removed")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Many rows, each with its event."""
        self.tell(request, list(queryset), "removed")
        super().delete_queryset(request, queryset)

    def tell(self, request: HttpRequest, rows: Sequence[Model], verb: str, **data: object) -> None:
        """Write down what became of rows of a list, by the list's name and their keys."""
        facts = [
            Fact(
                f"reference.{verb}",
                "reference",
                subject_of(row, self.subject_key),
                data={
                    "list": row._meta.model_name,  # noqa: SLF001
                    "key": str(getattr(row, self.subject_key, row.pk)),
                    **data,
                },
            )
            for row in rows
        ]
        actor: Actor = actor_of(request)
        record(facts, actor=actor, at=clock.now())


class ReferenceAdmin(EditableAdmin):
    """Reference data that the institution edits: lists of codes with names. Used rows stay."""

    search_fields = ("code", "names")
    list_display: tuple[str, ...] = ("code", "named")

    @admin.display(description=_("Name"))
    def named(self, row: Any) -> str:
        """The name in the reader's language."""
        return text_filter(row.names)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        """A code that was given keeps its meaning: files, events and other systems name it."""
        return () if obj is None else ("code",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A code that was used once stays."""
        return False

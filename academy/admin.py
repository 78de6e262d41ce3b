"""Admin of the institution: reference data can be edited, everything else is read."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter
from django.utils.translation import gettext_lazy as _

from academy.access.models import RoleGrant
from academy.accounts import actions as accounts
from academy.accounts.models import Account
from academy.clients.models import Disclosure
from academy.courts.models import CalendarDay, Court, CourtKind, CourtLevel, Position, Region
from academy.jobs.models import Job
from academy.ledger.models import Cursor, Event
from academy.messages import actions as sending
from academy.messages.models import MailHost, Message
from academy.messages.queries import shown_to_staff
from academy.people.models import Appointment, Person
from academy.web.admin import EditableAdmin, ReadOnlyAdmin, ReferenceAdmin
from academy.web.tags import text_filter

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

admin.site.site_header = admin.site.site_title = _("Reference data")
IN_FORCE = ("valid_from", "valid_to")


@admin.register(CourtKind)
class NamedCodeAdmin(ReferenceAdmin):
    pass


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "named", "time_zone", "tile_row", "tile_column")


@admin.register(CourtLevel)
class CourtLevelAdmin(ReferenceAdmin):
    list_display = ("code", "named", "rank")


@admin.register(Position)
class PositionAdmin(ReferenceAdmin):
    list_display = ("code", "named", "category", "is_head")
    list_filter = ("category", "is_head")


@admin.register(CalendarDay)
class CalendarDayAdmin(EditableAdmin):
    list_display = ("date", "kind", "names", "region")
    list_filter = ("kind", "region")
    search_fields = ("names", "=date")
    subject_key = "date"
    date_hierarchy = "date"


@admin.register(MailHost)
class MailHostAdmin(EditableAdmin):
    list_display = ("host", "per_minute")
    search_fields = ("host",)
    subject_key = "host"


@admin.register(Court)
class CourtAdmin(ReadOnlyAdmin):
    list_display = ("code", "named", "level", "kind", "region", *IN_FORCE)
    list_filter = ("level", "kind", "region", "is_remote", ("valid_to", EmptyFieldListFilter))
    search_fields = ("code", "names", "aliases")
    list_select_related = ("level", "kind", "region")

    @admin.display(description=_("Name"))
    def named(self, row: Court) -> str:
        """The name in the reader's language."""
        return text_filter(row.names)


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "external_id", "language", "left_on")
    search_fields = ("family_name", "given_name", "external_id")
    exclude = ("iin_cipher", "iin_hash", "sort_key")
    ordering = ("sort_key",)
    list_filter = ("language", ("left_on", EmptyFieldListFilter))
    actions = ("invite",)

    @admin.action(description=_("Invite: open an account and write"), permissions=["register"])
    def invite(self, request: "HttpRequest", rows: "QuerySet[Person]") -> None:
        """A mail with a link to choose a password follows."""
        self.carry_out(request, rows, lambda row, by: accounts.invite(person=row, actor=by))


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("person", "court", "position", "kind", "period")
    list_filter = ("kind", "position")
    search_fields = ("person__family_name", "person__given_name", "court__code")
    list_select_related = ("person", "court", "position")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("login", "person", "is_active", "last_login")
    search_fields = ("login",)
    exclude = ("password",)
    list_filter = ("is_active", "is_staff")
    list_select_related = ("person",)
    actions = ("close",)

    @admin.action(description=_("Close: signed out at once, everywhere"), permissions=["register"])
    def close(self, request: "HttpRequest", rows: "QuerySet[Account]") -> None:
        """Whoever is signed in with it is signed out."""
        self.carry_out(
            request,
            rows.exclude(pk=request.user.pk or 0),
            lambda row, by: accounts.deactivate(account=row.public_id, actor=by),
        )


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("account", "role", "court", "period")
    list_filter = ("role",)
    search_fields = ("account__login", "court__code")
    list_select_related = ("account", "court")


class ClientAdmin(ReadOnlyAdmin):
    list_display = ("name", "projection", "scopes", "last_used_at")
    fields = ("name", "public_id", "projection", "scopes", "created", "last_used_at")


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    list_display = ("at", "client", "resource", "projection", "person_id")
    list_filter = ("client", "projection")
    list_select_related = ("client",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("time", "type", "subject_kind", "subject_id", "actor_kind", "actor_name")
    list_filter = ("actor_kind",)
    search_fields = ("=type", "=subject_id", "=context_id", "=person_id")


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    list_display = ("name", "position", "moved_at", "failures", "last_error")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "person", "state", "why", "tries")
    list_filter = ("state", "kind", "language")
    search_fields = ("person__family_name", "=address")
    actions = ("send_again", "try_now")

    @admin.display(description=_("Why"))
    def why(self, row: Message) -> str:
        """Why it was put off, as long as it waits; then why it was dropped or given up."""
        return (getattr(row, "outgoing", None) or row).outcome

    @admin.display(description=_("Tries"))
    def tries(self, row: Message) -> int:
        """How often so far."""
        return (getattr(row, "outgoing", None) or row).attempts

    @admin.action(description=_("Send again"), permissions=["register"])
    def send_again(self, request: "HttpRequest", rows: "QuerySet[Message]") -> None:
        """Also what was given up."""
        self.carry_out(
            request, rows, lambda row, by: sending.send_again(message=row.public_id, actor=by)
        )

    @admin.action(description=_("Try now"), permissions=["register"])
    def try_now(self, request: "HttpRequest", rows: "QuerySet[Message]") -> None:
        """What waits for another try."""
        self.carry_out(
            request, rows, lambda row, by: sending.try_now(message=row.public_id, actor=by)
        )

    def get_queryset(self, request: "HttpRequest") -> "QuerySet[Message]":
        """Nobody whose reminder says what only the reader may know."""
        return shown_to_staff()


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "kind", "state", "is_dry_run", "done", "total")
    list_filter = ("state", "kind", "is_dry_run")
    search_fields = ("=public_id",)

"""Admin of the institution: reference data can be edited, everything else is read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.clients.models import Disclosure
from academy.courts.models import CalendarDay, Court, CourtKind, CourtLevel, Position, Region
from academy.jobs.models import Job
from academy.ledger.models import Cursor, Event
from academy.messages.models import MailHost, Message
from academy.messages.queries import shown_to_staff
from academy.people.models import Appointment, Person
from academy.web.admin import EditableAdmin, ReadOnlyAdmin, ReferenceAdmin

admin.site.site_header = admin.site.site_title = "Reference data"


@admin.register(Region, CourtKind)
class NamedCodeAdmin(ReferenceAdmin):
    list_display = ("code", "names")


@admin.register(CourtLevel)
class CourtLevelAdmin(ReferenceAdmin):
    list_display = ("code", "rank", "names")


@admin.register(Position)
class PositionAdmin(ReferenceAdmin):
    list_display = ("code", "category", "is_head", "names")
    list_filter = ("category", "is_head")


@admin.register(CalendarDay)
class CalendarDayAdmin(EditableAdmin):
    list_display = ("date", "kind", "names", "region")
    list_filter = ("kind",)
    date_hierarchy = "date"


@admin.register(MailHost)
class MailHostAdmin(EditableAdmin):
    list_display = ("host", "per_minute")


@admin.register(Court)
class CourtAdmin(ReadOnlyAdmin):
    list_display = ("code", "level", "kind", "region", "valid_from", "valid_to")
    list_filter = ("level", "kind", "region")
    search_fields = ("code", "names")
    list_select_related = ("level", "kind", "region")


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "external_id", "language", "left_on")
    search_fields = ("family_name", "given_name", "external_id")
    exclude = ("iin_cipher", "iin_hash", "sort_key")
    ordering = ("sort_key",)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("person", "court", "position", "kind", "period")
    list_select_related = ("person", "court", "position")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("login", "person", "is_active", "last_login")
    search_fields = ("login",)
    exclude = ("password",)
    list_select_related = ("person",)


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("account", "role", "court", "period")
    list_select_related = ("account", "court")


class ClientAdmin(ReadOnlyAdmin):
    list_display = ("name", "projection", "scopes", "last_used_at")
    fields = ("name", "public_id", "projection", "scopes", "created", "last_used_at")


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    list_display = ("at", "client", "resource", "projection", "person_id")
    list_select_related = ("client",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("time", "type", "subject_kind", "subject_id", "actor_kind", "actor_name")
    search_fields = ("=type", "=subject_id", "=context_id", "=person_id")


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    list_display = ("name", "position", "moved_at", "failures", "last_error")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "person", "state", "outcome", "attempts")
    list_filter = ("state", "kind")
    list_select_related = ("person",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Nobody whose reminder says what only the reader may know."""
        return shown_to_staff()


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "kind", "state", "is_dry_run", "done", "total")

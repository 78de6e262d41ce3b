"""Admin of the catalogue: lists can be edited; courses and runs are read."""

from django.contrib import admin

from academy.web.admin import EditableAdmin, ReadOnlyAdmin, ReferenceAdmin
from courses.catalogue.models import (
    Audience,
    Course,
    CourseVersion,
    Format,
    Organisation,
    Topic,
)
from courses.development.models import RouteStep
from courses.planning.models import Run, SeatPool, Session, Venue


@admin.register(Topic)
class TopicAdmin(ReferenceAdmin):
    list_display = ("code", "named", "parent")
    list_filter = (("parent", admin.EmptyFieldListFilter),)
    list_select_related = ("parent",)


@admin.register(Format)
class FormatAdmin(ReferenceAdmin):
    list_display = ("code", "named", "in_room", "online")
    list_filter = ("in_room", "online")


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    list_display = ("code", "named", "country", "is_own", "is_issuer")
    list_filter = ("is_own", "is_issuer", "country")


@admin.register(Audience)
class AudienceAdmin(ReferenceAdmin):
    list_display = ("code", "named", "basis", "categories", "max_months_in_post")
    list_filter = ("basis", "remote_only")
    filter_horizontal = ("positions", "court_levels", "court_kinds")


@admin.register(Venue)
class VenueAdmin(ReferenceAdmin):
    list_display = ("code", "named", "capacity", "region", "is_shared", "time_zone")
    list_filter = ("region", "is_shared")
    list_select_related = ("region",)


@admin.register(RouteStep)
class RouteStepAdmin(EditableAdmin):
    list_display = ("place", "body", "working_days")
    list_select_related = ("body",)


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "provider", "changed_at")
    list_filter = ("status", "provider", "is_demo")
    search_fields = ("code", "current__title")
    list_select_related = ("provider",)


@admin.register(CourseVersion)
class CourseVersionAdmin(ReadOnlyAdmin):
    list_display = ("course", "number", "title", "format", "created_at")
    list_filter = ("format", "year")
    search_fields = ("course__code", "title")
    list_select_related = ("course", "format")


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("code", "state", "enrollment_mode", "starts_at", "capacity", "language")
    list_filter = ("state", "enrollment_mode", "language", "payer")
    search_fields = ("code", "course__code")
    date_hierarchy = "starts_at"


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("run", "number", "period", "minutes", "is_cancelled")
    list_filter = ("is_cancelled", "venue")
    search_fields = ("run__code",)
    list_select_related = ("run",)


@admin.register(SeatPool)
class SeatPoolAdmin(ReadOnlyAdmin):
    list_display = ("run", "scope", "court", "region", "value", "release_at", "released_at")
    list_filter = ("scope", "region")
    search_fields = ("run__code", "court__code")
    list_select_related = ("run", "court", "region")

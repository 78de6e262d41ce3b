"""Admin of the catalogue: lists can be edited; courses and runs are read."""

from django.contrib import admin

from academy.web.admin import ReadOnlyAdmin, ReferenceAdmin
from courses.catalogue.models import (
    Audience,
    Course,
    CourseVersion,
    Format,
    Organisation,
    Topic,
)
from courses.planning.models import Run, SeatPool, Session, Venue


@admin.register(Topic, Format)
class NamedCodeAdmin(ReferenceAdmin):
    list_display = ("code", "names")


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    list_display = ("code", "names", "country")
    list_filter = ("country",)


@admin.register(Audience)
class AudienceAdmin(ReferenceAdmin):
    list_display = ("code", "names", "categories", "max_months_in_post")
    filter_horizontal = ("positions", "court_levels", "court_kinds")


@admin.register(Venue)
class VenueAdmin(ReferenceAdmin):
    list_display = ("code", "names", "city", "capacity", "time_zone")


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ("code", "status", "provider", "changed_at")
    list_filter = ("status",)
    search_fields = ("code",)
    list_select_related = ("provider",)


@admin.register(CourseVersion)
class CourseVersionAdmin(ReadOnlyAdmin):
    list_display = ("course", "number", "title", "format", "created_at")
    list_select_related = ("course", "format")


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("code", "state", "enrollment_mode", "starts_at", "capacity", "language")
    list_filter = ("state", "enrollment_mode", "language")
    search_fields = ("code",)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("run", "number", "period", "minutes", "is_cancelled")
    list_select_related = ("run",)


@admin.register(SeatPool)
class SeatPoolAdmin(ReadOnlyAdmin):
    list_display = ("run", "scope", "court", "region", "value", "release_at", "released_at")
    list_select_related = ("run", "court", "region")

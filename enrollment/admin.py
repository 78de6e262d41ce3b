"""Admin of enrolment: everything is read; changes go through the desk's actions."""

from django.contrib import admin

from academy.web.admin import ReadOnlyAdmin
from enrollment.attendance.models import Mark, Outcome
from enrollment.certificates.models import Certificate
from enrollment.connectors.models import Errand, MoodleCourse
from enrollment.credits.models import CreditEntry, Exemption, Obligation, Requirement
from enrollment.decisions.models import Decision
from enrollment.feedback.models import Questionnaire
from enrollment.reminders.models import ReminderRule
from enrollment.seats.models import Enrollment, PromotionPass
from enrollment.trips.models import TripPaper


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    list_display = ("run", "person", "state", "queue_number", "due_at", "state_since")
    list_filter = ("state", "source")
    list_select_related = ("run", "person")
    search_fields = ("=public_id", "run__code", "person__family_name")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("enrollment", "kind", "decider", "court", "state", "due_at")
    list_filter = ("kind", "decider", "state")
    search_fields = ("enrollment__run__code", "court__code")
    list_select_related = ("enrollment", "court")


@admin.register(PromotionPass)
class PromotionPassAdmin(ReadOnlyAdmin):
    list_display = ("run", "at", "cause", "free_before", "promoted")
    list_filter = ("cause",)
    search_fields = ("run__code",)
    list_select_related = ("run",)


@admin.register(Mark)
class MarkAdmin(ReadOnlyAdmin):
    list_display = ("session", "enrollment", "status", "minutes", "at")
    list_filter = ("status",)
    list_select_related = ("session", "enrollment")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    list_display = ("enrollment", "revision", "outcome", "minutes_attended", "frozen_at")
    list_filter = ("outcome", "is_current")
    list_select_related = ("enrollment",)


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    list_display = ("person", "kind", "year", "minutes", "minutes_per_hour")
    list_filter = ("kind", "year")
    search_fields = ("person__family_name",)
    list_select_related = ("person",)


@admin.register(Requirement)
class RequirementAdmin(ReadOnlyAdmin):
    list_display = ("code", "audience", "unit", "amount", "basis", "valid_from", "valid_until")
    list_select_related = ("audience",)


@admin.register(Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    list_display = ("person", "requirement", "kind", "first_day", "last_day", "ended_at")
    list_select_related = ("person", "requirement")


@admin.register(Obligation)
class ObligationAdmin(ReadOnlyAdmin):
    list_display = ("person", "requirement", "first_day", "due_at", "needed", "earned", "state")
    list_filter = ("state",)
    list_select_related = ("person", "requirement")


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "state", "issued_at", "ended_at", "end_reason")
    list_filter = ("state", "end_reason")
    search_fields = ("=public_id",)
    exclude = ("serial", "paper")


@admin.register(TripPaper)
class TripPaperAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "enrollment", "revision", "is_current", "issued_at")
    list_filter = ("is_current",)
    list_select_related = ("enrollment",)
    exclude = ("serial", "trip")


@admin.register(ReminderRule)
class ReminderRuleAdmin(ReadOnlyAdmin):
    list_display = ("code", "anchor", "recipient", "offset", "unit", "is_active")


@admin.register(Questionnaire)
class QuestionnaireAdmin(ReadOnlyAdmin):
    """Questions only: what was answered has no page here, nor who was asked."""

    list_display = ("code", "revision", "moment", "is_default", "is_current")


@admin.register(Errand)
class ErrandAdmin(ReadOnlyAdmin):
    list_display = ("key", "connector", "kind", "state", "attempts", "due_at", "answer")
    list_filter = ("connector", "state")


@admin.register(MoodleCourse)
class MoodleCourseAdmin(ReadOnlyAdmin):
    list_display = ("run", "number", "linked_at")
    list_select_related = ("run",)

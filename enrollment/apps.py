"""The enrolment app: fills the slots that lower rooms offer."""

from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    default_auto_field = "django.db.models.BigAutoField"

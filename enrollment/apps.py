"""The enrolment app: fills the slots that lower rooms offer."""

from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Kinds of message, and reactions to events: in this order they read the feed."""
        from academy.ledger import registry as ledger
        from academy.messages import registry as messages
        from enrollment.reminders import handlers as reminders, queries
        from enrollment.requests import handlers as requests

        messages.register(*queries.kinds())
        ledger.register(requests.HANDLER)
        ledger.register(reminders.HANDLER)

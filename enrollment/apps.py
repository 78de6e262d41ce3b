"""The enrolment app: fills the slots that lower rooms offer."""

from django.apps import AppConfig

# Participation only. That somebody asked, waited, was refused or changed their mind is not there,
# nor a confirmation: one that no outcome follows would tell of a change of mind.
OPEN_TO_EVALUATORS = {
    "enrollment": ("id", "run", "run_code", "course", "person", "court", "state"),
    "outcome.frozen": ("person", "context", "outcome", "revision"),
    "credit.earned": ("person", "context", "hours", "minutes", "minutes_per_hour", "year"),
    "certificate.issued": ("person", "context"),
    "certificate.revoked": ("person", "context"),
    "certificate.replaced": ("person", "context"),
    **dict.fromkeys(
        ("requirement.added", "requirement.changed"),
        ("context", "code", "unit", "amount", "basis", "valid_from", "valid_until", "revision"),
    ),
    **dict.fromkeys(
        ("obligation.met", "obligation.reopened"),
        ("person", "context", "requirement", "from", "to", "met_on"),
    ),
    "requirement": ("requirement", "names", "first_day", "last_day", "due_on", "state", "met_on"),
    "transcript": (
        *("course", "title", "run", "first_day", "last_day", "hours", "outcome", "certificate"),
    ),
    "sheet": ("credits", "transcript", "requirements"),
}

# After these a copy of the enrolment or the certificate says nothing any more.
ENDINGS = (
    *("enrollment.rejected", "enrollment.expired", "enrollment.withdrawn"),
    *("enrollment.cancelled", "enrollment.transferred", "certificate.revoked"),
)


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Kinds of message, and reactions to events: in this order they read the feed."""
        from academy.clients import projections
        from academy.ledger import registry as ledger
        from academy.messages import registry as messages
        from academy.people import registry as people
        from academy.rest import measures
        from courses.pages import slots
        from enrollment.calendars import handlers as calendars, invitations
        from enrollment.classroom import handlers as classroom
        from enrollment.credits import handlers as credits_
        from enrollment.pages import on_course
        from enrollment.reminders import handlers as reminders, letters, reminding
        from enrollment.requests import handlers as requests, known
        from enrollment.seats import monitor

        for noun, facts in known.ALL.items():
            people.knows(noun, facts)
        projections.allow(projections.EVALUATOR, OPEN_TO_EVALUATORS)
        projections.ends(*ENDINGS)
        slots.provide(on_course.facts)
        messages.register(*letters.kinds(), *reminding.kinds())
        messages.register(*invitations.enclosing(letters.kinds()))
        messages.register(invitations.CHANGED, invitations.TEACHING, invitations.DECLINED)
        measures.provide(
            lambda: measures.Measure(
                "invariant_broken",
                "Rows that break an invariant of enrolment, as last asked.",
                "invariant",
                monitor.broken_counts(),
            )
        )
        ledger.register(requests.HANDLER)
        ledger.register(credits_.HANDLER)
        ledger.register(reminders.HANDLER)
        ledger.register(calendars.HANDLER)
        messages.register(classroom.KIND)
        ledger.register(classroom.HANDLER)

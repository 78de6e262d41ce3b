"""The enrolment app: fills the slots that lower rooms offer."""

from django.apps import AppConfig

# Participation only. That somebody asked, waited, was refused or changed their mind is not there,
# nor a confirmation: one that no outcome follows would tell of a change of mind.
_CREDIT = ("kind", "year", "earned_on", "minutes", "minutes_per_hour", "superseded_at")
_OWED = ("requirement", "first_day", "last_day", "due_on", "state", "met_on")
OPEN_TO_EVALUATORS = {
    "enrollment": ("id", "run", "run_code", "course", "person", "court", "state"),
    "credit": ("id", "person", "course", "run", *_CREDIT),
    "certificate": ("id", "person", "course", "run", "state", "issued_at", "ended_at"),
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
    "requirement": ("names", *_OWED),
    "compliance": ("person", "court", *_OWED),
    "transcript": (
        *("course", "title", "run", "first_day", "last_day", "hours", "outcome", "certificate"),
    ),
    "sheet": ("credits", "transcript", "requirements"),
}

# For the personnel file: what was completed and what is owed, of whoever is in it.
OPEN_TO_HR = {
    "transcript": OPEN_TO_EVALUATORS["transcript"],
    "certificate": OPEN_TO_EVALUATORS["certificate"],
    "requirement": OPEN_TO_EVALUATORS["requirement"],
    "compliance": OPEN_TO_EVALUATORS["compliance"],
    "outcome.frozen": ("person", "context", "outcome"),
    **dict.fromkeys(
        ("certificate.issued", "certificate.revoked", "certificate.replaced"),
        ("person", "context"),
    ),
    **dict.fromkeys(
        ("obligation.met", "obligation.reopened"),
        ("person", "context", "requirement", "from", "to", "met_on"),
    ),
}

# Who has a seat, to let them in, and what it came to. Of a place that ends only the subject is
# told: who has let that person in knows it, to everybody else it says nothing.
OPEN_TO_LMS = {
    "enrollment": (
        *("id", "run", "run_code", "course", "person", "family_name", "given_name"),
        *("state", "due_at", "revision"),
    ),
    **dict.fromkeys(("enrollment.confirmed", "enrollment.reconfirm"), ("person", "context")),
    **dict.fromkeys(("enrollment.withdrawn", "enrollment.cancelled", "enrollment.transferred"), ()),
    "outcome.frozen": ("person", "context", "outcome"),
    **dict.fromkeys(
        ("certificate.issued", "certificate.revoked", "certificate.replaced"),
        ("person", "context"),
    ),
}

# Whose days are to be asked for anew, and no more: neither why, nor which course.
CASE_LISTING = "case_listing"
OPEN_TO_CASE_LISTING = {
    **dict.fromkeys(
        (
            *("enrollment.confirmed", "enrollment.reconfirm", "enrollment.withdrawn"),
            *("enrollment.cancelled", "enrollment.transferred"),
        ),
        ("person",),
    ),
    **dict.fromkeys(("run.moved", "run.postponed", "run.cancelled"), ("context",)),
    "person": ("id", "external_id", "family_name", "given_name", "patronymic", "posts"),
}

# After these a copy of the enrolment or the certificate says nothing any more.
ENDINGS = (
    *("enrollment.rejected", "enrollment.expired", "enrollment.withdrawn"),
    *("enrollment.cancelled", "enrollment.transferred"),
    *("certificate.revoked", "certificate.replaced"),
)


# What a test came to stays with those who taught, as does what somebody needs on the day.
INSIDE = ("test.recorded", "needs.told", "needs.erased")


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill every slot: what may leave, what is told, what is measured, who reads the ledger."""
        self._what_may_leave()
        self._what_is_told()
        self._who_reads_the_ledger()
        self._who_is_called()
        self._what_comes_in()

    def _what_comes_in(self) -> None:
        """Files of marks and of credit from outside, and long work that is taken up again."""
        from django.utils.translation import gettext_lazy as _

        from academy.jobs import registry as jobs
        from enrollment.attendance import imports as marks
        from enrollment.credits import imports as outside
        from enrollment.requests import bulk
        from enrollment.trips import actions as trips

        marks_in = jobs.Importer(
            marks.plan_marks,
            marks.apply,
            title=_("Marks"),
            fields=marks.fields,
            hint=_("A line per person and session. Only people with a confirmed seat are marked."),
            slice=200,
        )
        credits_in = jobs.Importer(
            outside.plan_credits,
            outside.apply,
            title=_("Credit from outside"),
            fields=outside.fields,
            hint=_("A line per training that another body held. It counts for what is owed."),
            slice=200,
        )
        jobs.register("marks", marks_in)
        jobs.register("credits", credits_in)
        jobs.resumable(trips.KIND, trips.write_again)
        jobs.resumable(f"{bulk.KIND}.", bulk.resume, give_up=bulk.give_up)

    def _what_may_leave(self) -> None:
        """To other systems, in files, on the catalogue's pages, and to the person concerned."""
        from academy.clients import projections
        from academy.exports import registry as files
        from academy.people import registry as people
        from courses.development import registry as developing
        from courses.pages import slots
        from enrollment.classroom.queries import known_needs
        from enrollment.credits import owed_queries
        from enrollment.pages import on_course
        from enrollment.requests import exports, known, roster_files

        projections.allow(projections.EVALUATOR, OPEN_TO_EVALUATORS)
        projections.allow(projections.HR, OPEN_TO_HR)
        projections.allow(projections.LMS, OPEN_TO_LMS)
        projections.allow(CASE_LISTING, OPEN_TO_CASE_LISTING)
        projections.ends(*ENDINGS)
        projections.withhold(*INSIDE)
        slots.provide(on_course.facts)
        slots.provide_opinion(on_course.opinion)
        slots.provide_need(on_course.need)
        developing.provide_gaps(owed_queries.gaps)
        for kind, exporter in (exports.ALL | roster_files.ALL).items():
            files.register(kind, exporter)
        for noun, facts in known.ALL.items():
            people.knows(noun, facts)
        people.knows("needs", known_needs)

    def _what_is_told(self) -> None:
        """Kinds of message, what comes back by mail, and the numbers that staff watch."""
        from academy.messages import registry as messages
        from academy.rest import measures
        from enrollment.calendars import invitations, replies
        from enrollment.classroom import handlers as classroom
        from enrollment.reminders import letters, reminding
        from enrollment.seats import monitor

        messages.register(*letters.kinds(), *reminding.kinds(), classroom.KIND)
        messages.register(*invitations.enclosing(letters.kinds()))
        messages.register(invitations.CHANGED, invitations.TEACHING, invitations.DECLINED)
        messages.register(invitations.FAREWELL)
        messages.read_by("calendars", replies.take)
        measures.provide(
            lambda: measures.Measure(
                "invariant_broken",
                "Rows that break an invariant of enrolment, as last asked.",
                "invariant",
                monitor.broken_counts(),
            )
        )

    def _who_reads_the_ledger(self) -> None:
        """In this order they read the feed."""
        from academy.ledger import registry as ledger
        from enrollment.calendars import handlers as calendars
        from enrollment.classroom import handlers as classroom
        from enrollment.credits import handlers as credits_
        from enrollment.feedback import handlers as feedback
        from enrollment.reminders import handlers as reminders
        from enrollment.requests import handlers as requests

        for room in (requests, feedback, credits_, reminders, calendars, classroom):
            ledger.register(room.HANDLER)
        ledger.register(requests.POSTS)

    def _who_is_called(self) -> None:
        """Systems of the learning world: handlers only for those that have an address."""
        from django.conf import settings

        from academy.ledger import registry as ledger
        from academy.people import registry as people
        from academy.rest import measures
        from enrollment.connectors import handlers, queries

        if settings.XAPI_ENDPOINT:
            ledger.register(handlers.LRS)
        if settings.MOODLE_URL:
            ledger.register(handlers.MOODLE)
        people.knows("learning_records", queries.learning_records)
        people.knows("moodle_completions", queries.known_completions)
        measures.provide(
            lambda: measures.Measure(
                "connector_errands",
                "Errands to other systems that wait or were given up.",
                "errand",
                queries.unsettled_counts(),
            )
        )

"""The institution's app."""

from django.apps import AppConfig

# A person as HR knows them; where lessons are held nobody needs to know who works where.
PERSON = ("id", "external_id", "family_name", "given_name", "language")
IN_SERVICE = ("patronymic", "in_service_since", "left_on", "posts")
# What HR itself has said, as it was understood here.
OPEN_TO_HR = {
    "person": (*PERSON, *IN_SERVICE),
    "person.imported": ("person", "new"),
    "person.provisioned": ("person",),
    "person.left": ("person", "left_on"),
    **dict.fromkeys(
        ("appointment.opened", "appointment.prolonged", "appointment.ended"),
        ("person", "court", "position", "kind", "from", "to"),
    ),
}


class AcademyConfig(AppConfig):
    name = "academy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill every slot: what may leave, what is known of whom, who reads the ledger."""
        self._what_may_leave()
        self._what_is_known()
        self._who_is_told()
        self._what_is_read_from_files()

    def _what_may_leave(self) -> None:
        """To other systems, and in files."""
        from academy.clients import projections
        from academy.exports import actions as files, history, registry as exports
        from academy.jobs import registry as jobs

        for name in (projections.MINIMAL, projections.EVALUATOR):
            projections.allow(name, {"person": (*PERSON, *IN_SERVICE)})
        projections.allow(projections.LMS, {"person": PERSON})
        projections.allow(projections.HR, OPEN_TO_HR)
        exports.register("events", history.EVENTS)
        jobs.resumable(files.PREFIX, files.write_again)

    def _what_is_known(self) -> None:
        """Of a person, for that person."""
        from academy.clients import known
        from academy.people import registry as people

        people.knows("person", known.person)
        people.knows("posts", known.posts)
        people.knows("account", known.account)
        people.knows("roles", known.roles)
        people.knows("messages", known.messages)
        people.knows("choices", known.choices)
        people.knows("disclosures", known.disclosures)
        people.knows("events", known.events)

    def _who_is_told(self) -> None:
        """Who got an account, who leaves and loses it, who is to be woken; and what comes back."""
        from django.conf import settings
        from django.utils.module_loading import import_string

        from academy.accounts import actions as accounts, registry as signatures
        from academy.clients import handlers as webhooks
        from academy.ledger import registry as ledger
        from academy.messages import bounces, handlers, registry as messages
        from academy.people import registry as people

        if settings.SIGNATURE_SERVICE:
            signatures.check_signatures_by(import_string(settings.SIGNATURE_SERVICE)())
        people.on_leaving("accounts", accounts.close_accounts_of)
        messages.register(handlers.KIND)
        messages.read_by("bounces", bounces.take)
        ledger.register(handlers.HANDLER)
        ledger.register(webhooks.HANDLER)

    def _what_is_read_from_files(self) -> None:
        """People and courts, many at once."""
        from django.utils.translation import gettext_lazy as _

        from academy.courts import imports as court_files
        from academy.jobs import registry as jobs, uploads
        from academy.people import imports as people_files

        people_in = jobs.Importer(
            people_files.plan_people,
            people_files.apply,
            title=_("People and their posts"),
            fields=people_files.fields,
            hint=_("A line per post. The number in the HR system, or the IIN, says who it is."),
            slice=500,
            is_for_systems=True,
        )
        courts_in = jobs.Importer(
            court_files.plan_courts,
            court_files.apply,
            title=_("Courts"),
            fields=court_files.fields,
            hint=_("A line per court. A court that closes gets its last day."),
            is_for_systems=True,
        )
        jobs.resumable(uploads.PREFIX, uploads.resume)
        jobs.register("people", people_in)
        jobs.register("courts", courts_in)

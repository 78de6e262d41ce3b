"""The institution's app."""

from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "academy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Who leaves loses the account; who got an account is told; what is known of whom."""
        from django.conf import settings
        from django.utils.module_loading import import_string

        from academy.accounts import actions as accounts, registry as signatures
        from academy.clients import handlers as webhooks, known
        from academy.exports import actions as files, history, registry as exports
        from academy.jobs import registry as jobs
        from academy.ledger import registry as ledger
        from academy.messages import bounces, handlers, registry as messages
        from academy.people import registry as people

        people.knows("person", known.person)
        people.knows("posts", known.posts)
        people.knows("account", known.account)
        people.knows("roles", known.roles)
        people.knows("messages", known.messages)
        people.knows("choices", known.choices)
        people.knows("disclosures", known.disclosures)
        people.knows("events", known.events)
        exports.register("events", history.EVENTS)
        if settings.SIGNATURE_SERVICE:
            signatures.check_signatures_by(import_string(settings.SIGNATURE_SERVICE)())
        people.on_leaving("accounts", accounts.close_accounts_of)
        messages.register(handlers.KIND)
        messages.read_by("bounces", bounces.take)
        ledger.register(handlers.HANDLER)
        ledger.register(webhooks.HANDLER)
        jobs.resumable(files.PREFIX, files.write_again)
        self._what_comes_in()

    @staticmethod
    def _what_comes_in() -> None:
        """Files of people and of courts."""
        from django.utils.translation import gettext_lazy as _

        from academy.courts import imports as court_files
        from academy.jobs import registry as jobs
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
        jobs.register("people", people_in)
        jobs.register("courts", courts_in)

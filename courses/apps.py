"""The catalogue's app."""

from django.apps import AppConfig

# Nothing about people: what every system may follow.
OPEN_TO_ALL = {
    **dict.fromkeys(("course.published", "course.archived"), ("code", "version")),
    **dict.fromkeys(
        (
            "run.published",
            "run.going_ahead",
            "run.started",
            "run.finished",
            "run.finalised",
            "run.postponed",
            "run.cancelled",
            "run.moved",
        ),
        ("context", "code", "state", "sequence", "starts_at"),
    ),
}


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What of the plan other systems see; and the index that follows the catalogue."""
        from django.core import checks
        from django.utils.translation import gettext_lazy as _

        from academy.clients import projections
        from academy.exports import registry as files
        from academy.jobs import registry as jobs
        from academy.ledger import registry as ledger
        from academy.people import registry as people
        from courses.catalogue import imports
        from courses.development import queries
        from courses.planning import exports, interests, run_files
        from courses.search import handlers as search
        from courses.search.queries.ctype import check_ctype

        people.knows("interests", interests.known)
        people.knows("proposals", queries.known)
        open_to = (projections.MINIMAL, projections.EVALUATOR, projections.HR, projections.LMS)
        for name in open_to:
            projections.allow(name, OPEN_TO_ALL)
        projections.ends("course.archived", "run.cancelled")
        ledger.register(search.HANDLER)
        courses_in = jobs.Importer(
            imports.plan_courses,
            imports.apply,
            title=_("Courses"),
            fields=imports.fields,
            hint=_("A line per course. A course that is there gets a new version."),
            is_for_systems=True,
        )
        runs_in = jobs.Importer(
            run_files.plan_runs,
            run_files.apply,
            title=_("Runs"),
            fields=run_files.fields,
            hint=_(
                "A line per run. Each becomes a draft, which nobody sees until it is published."
            ),
            slice=50,
        )
        jobs.register("courses", courses_in)
        jobs.register("runs", runs_in)
        files.register("courses", exports.COURSES)
        files.register("runs", exports.RUNS)
        checks.register(check_ctype, checks.Tags.database)

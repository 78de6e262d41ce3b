"""`manage.py transition_table [--check]`: the state machine that runs, as a page of the docs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment.seats.table import as_markdown

PAGE = settings.BASE_DIR / "docs" / "enrolment-states.md"


class Command(BaseCommand):
    help = "Write docs/enrolment-states.md from the table in enrollment.seats.rules, or compare it."

    def add_arguments(self, parser: Any) -> None:
        """`--check` writes nothing and fails when the page is out of date."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        page = as_markdown()
        if not options["check"]:
            PAGE.parent.mkdir(exist_ok=True)
            PAGE.write_text(page, encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            raise CommandError("docs/enrolment-states.md is out of date: run transition_table.")

"""The OpenAPI document: written to docs/openapi.yaml, or compared with it (`--check`)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS

from academy.rest.docs import as_yaml, build_schema

FILE = settings.BASE_DIR / "docs/openapi.yaml"


class Command(BaseCommand):
    help = "Write docs/openapi.yaml, or fail when it differs from what the code says."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        text = as_yaml(build_schema())
        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("The schema has warnings; mend them first.")
        if not options["check"]:
            FILE.parent.mkdir(exist_ok=True)
            FILE.write_bytes(text)
            self.stdout.write("Written: docs/openapi.yaml")
        elif not FILE.exists() or FILE.read_bytes() != text:
            raise CommandError("docs/openapi.yaml is old: run `manage.py api_schema`.")

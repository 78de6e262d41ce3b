"""`manage.py translations extract | compile | check`: screen texts, without the gettext tools."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from academy.config import translations


def project() -> translations.Project:
    return translations.Project(
        root=Path(settings.BASE_DIR),
        packages=("academy", "courses", "enrollment"),
        locale_dir=Path(settings.LOCALE_PATHS[0]),
        languages=tuple(code for code, _name in settings.LANGUAGES),
    )


class Command(BaseCommand):
    help = "Collects, compiles and checks the screen texts of every language."
    # Runs at set-up, before there is a database to check.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        extract = steps.add_parser("extract", help="bring every .po up to date with the sources")
        extract.add_argument(
            "--drop-obsolete",
            action="store_true",
            help="also forget the translations of texts that left the sources",
        )
        steps.add_parser("compile", help="write the .mo files that are older than their .po")
        steps.add_parser("check", help="fail on anything missing, fuzzy, obsolete or mismatched")

    def handle(self, *args: Any, **options: Any) -> None:
        steps: dict[str, Callable[..., None]] = {
            "extract": self.extract,
            "compile": self.compile,
            "check": self.check_catalogues,
        }
        steps[options["step"]](options)

    def extract(self, options: dict[str, Any]) -> None:
        written = translations.extract(project(), drop_obsolete=options["drop_obsolete"])
        for path, catalog in written:
            missing = sum(
                1
                for message in catalog
                if message.id and "missing" in translations.faults(message, catalog)
            )
            self.stdout.write(
                f"{path}: {len(catalog)} texts, {missing} missing, {len(catalog.obsolete)} obsolete"
            )

    def compile(self, options: dict[str, Any]) -> None:
        for path in translations.compile_all(project()):
            self.stdout.write(f"compiled {path}")

    def check_catalogues(self, options: dict[str, Any]) -> None:
        problems = translations.check(project())
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} problems in the translations")
        self.stdout.write("translations: complete")

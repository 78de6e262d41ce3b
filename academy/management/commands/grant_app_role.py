"""`manage.py grant_app_role`: what the application may do in the database. Run as the owner."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from academy.ledger.actions import grant_to


class Command(BaseCommand):
    help = "Give the application's database role its rights; the ledger stays append-only for it."

    def add_arguments(self, parser: Any) -> None:
        """The role is made with the database, not here."""
        parser.add_argument("--role", default="academy_app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant, in one transaction."""
        grant_to(options["role"])
        self.stdout.write(f"{options['role']} may work in {connection.settings_dict['NAME']}.")

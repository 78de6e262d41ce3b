"""Runs that are held in Moodle: `moodle link RUN COURSE`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from academy.core.actor import Actor
from academy.core.errors import Refused
from enrollment.connectors.actions import link_to_moodle

ACTOR = Actor.system("manage.moodle")


class Command(BaseCommand):
    help = "Say in which course of Moodle the online part of a run is held."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        link = verbs.add_parser("link", help="everybody with a seat gets into that course")
        link.add_argument("run", help="the code of the run")
        link.add_argument("course", type=int, help="Moodle's number of the course")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            link = link_to_moodle(run=options["run"], number=options["course"], actor=ACTOR)
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(f"{options['run']} is held in course {link.number}.")

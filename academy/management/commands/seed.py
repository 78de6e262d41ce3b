"""Fill the service: `seed` loads a region-sized demo, `seed --scale national` a judiciary."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from academy.core import clock
from academy.core.actor import Actor
from academy.management.seeding import (
    accounts,
    developing,
    files,
    institution,
    national,
    people,
    scenario,
)
from academy.management.seeding.progress import Progress

ACTOR = Actor.system("seed")
DEMO_SHARE = 0.3  # of the posts in the demo's region

Step = tuple[str, Callable[[], int]]


class Command(BaseCommand):
    help = "Load the seeds. Loading them again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=("demo", "national"), default="demo")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stdout)
        for name, load in self._steps(options["scale"], progress):
            progress.step(name)
            progress.done(load())

    def _steps(self, scale: str, progress: Progress) -> Iterator[Step]:
        now = clock.now()
        yield "Lists and calendar", institution.load_institution
        yield "Review of proposals", developing.load_route
        yield "Requirements", lambda: institution.load_requirements(actor=ACTOR, at=now)
        yield "Courts", lambda: institution.load_courts(actor=ACTOR, at=now)
        yield "Courses", lambda: institution.load_courses(actor=ACTOR, at=now)
        if settings.DEMO:
            yield from self._demo(progress)
        if scale == "national":
            yield "People of every court", lambda: people.load_everybody(actor=ACTOR, at=now)
            yield "Variants of courses", lambda: national.load_variants(actor=ACTOR, at=now)
            yield "Past runs", lambda: national.load_past(actor=ACTOR, now=now)
            yield "Runs ahead", lambda: national.load_ahead(actor=ACTOR, now=now)
            yield "Past enrolments", lambda: national.load_past_enrollments(actor=ACTOR, now=now)

    def _demo(self, progress: Progress) -> Iterator[Step]:
        now = clock.now()
        region = files.document("demo.json")["region"]
        yield "People of the demo", lambda: people.load_named(actor=ACTOR, at=now)
        yield (
            "People of one region",
            lambda: people.load_region(region, DEMO_SHARE, actor=ACTOR, at=now),
        )
        yield "Accounts", lambda: accounts.load_accounts(region, actor=ACTOR, at=now)
        yield "Runs around today", lambda: self._runs(progress)
        yield "Proposals", lambda: developing.load_proposals(actor=ACTOR, now=now)

    def _runs(self, progress: Progress) -> int:
        count, refused = scenario.load_runs(actor=ACTOR, now=clock.now(), tick=progress.at)
        for step in refused:
            self.stderr.write(f"  not played: {step}")
        return count

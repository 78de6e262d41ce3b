"""The demo's runs, played in the order of time by the same actions that people use.

Nothing is written past the rules: a run is planned, published and held, people ask, are given a
seat or wait, are marked, and the run is finalised, each step at the moment that demo.json says.
"""

from collections.abc import Callable
from datetime import datetime

from academy.core.actor import Actor
from academy.management.seeding import files
from academy.management.seeding.calendar import DemoDays
from academy.management.seeding.cast import Cast
from academy.management.seeding.scenes import Scene
from academy.management.seeding.stage import Stage, Told, code_of
from courses.planning.models import Run, Venue


def load_runs(
    *, actor: Actor, now: datetime, tick: Callable[[int, int], None]
) -> tuple[int, list[str]]:
    """Play the runs of demo.json that are not there yet; how many, and steps that were refused."""
    told = files.document("demo.json")
    _load_venues(told["venues"])
    days = DemoDays.around(now, told["time_zone"])
    stage = Stage(days, Cast(told["region"], days.first), actor, now)
    present = set(Run.objects.values_list("code", flat=True))
    scenes = [Scene(run, stage) for run in told["runs"] if code_of(run) not in present]
    for scene in scenes:
        scene.write()
    return len(scenes), stage.play(tick)


def _load_venues(venues: list[Told]) -> None:
    present = set(Venue.objects.values_list("code", flat=True))
    Venue.objects.bulk_create(Venue(**item) for item in venues if item["code"] not in present)

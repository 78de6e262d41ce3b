"""The stage on which the demo's runs are played: steps in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.management.seeding.calendar import DemoDays
from academy.management.seeding.cast import Cast
from courses.planning.models import Run

Told = dict[str, Any]
ANSWER_DAYS = timedelta(days=7)  # that people have to answer after a run was moved

log = structlog.get_logger(__name__)


@dataclass(order=True, slots=True)
class Step:
    """Something that happens at a moment."""

    at: datetime
    number: int
    act: Callable[[datetime], object] = field(compare=False)
    what: str = field(compare=False, default="")


class Stage:
    """Gathers the steps of all runs and plays what lies in the past."""

    def __init__(self, days: DemoDays, cast: Cast, actor: Actor, now: datetime) -> None:
        self.days, self.cast, self.actor, self.now = days, cast, actor, now
        self.steps: list[Step] = []

    def then(self, at: datetime, act: Callable[[datetime], object], what: str) -> None:
        """Let something happen at a moment."""
        self.steps.append(Step(at, len(self.steps), act, what))

    def play(self, tick: Callable[[int, int], None]) -> list[str]:
        """Play every step up to now; what was refused, which should be nothing."""
        refused = []
        due = sorted(step for step in self.steps if step.at <= self.now)
        for number, step in enumerate(due):
            try:
                step.act(step.at)
            except Refused as refusal:
                refused.append(f"{step.what}: {refusal.code}")
                log.warning("seed.step_refused", step=step.what, code=refusal.code)
            tick(number + 1, len(due))
        return refused


@dataclass(slots=True)
class Story:
    """One run of the demo as it is told, what came of it so far, and who takes part."""

    told: Told
    stage: Stage
    run: Run | None = None
    enrollments: dict[int, tuple[UUID, Told]] = field(default_factory=dict)

    @property
    def run_id(self) -> UUID:
        """The run's public id; refused while it is not planned."""
        if self.run is None:
            raise Refused("run_not_planned", "The run was not planned.")
        return self.run.public_id

    @property
    def is_moved(self) -> bool:
        """Whether people are asked to confirm new dates."""
        return bool(self.told.get("moved")) and self.told["state"] != "postponed"

    @property
    def moved_at(self) -> datetime:
        """When it is moved: so that answers are due in the hours that the demo says."""
        items = self.told["enrollments"]
        hours = next(item["due_in_hours"] for item in items if "due_in_hours" in item)
        return self.stage.now + timedelta(hours=hours) - ANSWER_DAYS

    def then(self, at: datetime, act: Callable[[datetime], object], what: str) -> None:
        """Let something happen in this run."""
        self.stage.then(at, act, f"{code_of(self.told)} {what}")


def code_of(run: Told) -> str:
    """The code of a run of the demo."""
    return f"{run['course']}-{run['code']}"

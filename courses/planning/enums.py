"""The states of a run and how one gets in."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    """A run's way from plan to record (blueprint, section 5)."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    GOING_AHEAD = "going_ahead", _("going ahead")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    FINALISED = "finalised", _("finalised")
    POSTPONED = "postponed", _("postponed")
    CANCELLED = "cancelled", _("cancelled")


class EnrollmentMode(TextChoices):
    """How one gets into a run."""

    OPEN = "open", _("open enrolment")
    APPROVAL = "approval", _("with consent")
    NOMINATION = "nomination", _("by nomination")
    INVITATION = "invitation", _("by invitation")
    SELECTION = "selection", _("by selection")


class PoolScope(TextChoices):
    """Whom a seat pool is kept for."""

    EVERYONE = "everyone", _("everyone")
    REGION = "region", _("a region")
    COURT = "court", _("a court")
    CATEGORY = "category", _("a category of posts")
    LANGUAGE = "language", _("a language group")


class LapsePolicy(TextChoices):
    """What becomes of somebody who lets an offer lapse."""

    DROP = "drop", _("leaves the waiting list")
    KEEP = "keep", _("goes to the end of the waiting list")


class NoAnswer(TextChoices):
    """What silence means when people with a seat are asked whether they still come."""

    RELEASE = "release", _("the seat goes to the next person")
    KEEP = "keep", _("the seat stays theirs")


class Payer(TextChoices):
    """At whose cost people travel to a run."""

    COURT = "court", _("the sending court")
    ACADEMY = "academy", _("the academy")
    HOST = "host", _("the inviting side")


MOST_TRAVEL_DAYS = 5
"""Days on the way that a run may grant before it begins, or after it has ended."""


class Column(TextChoices):
    """The columns of the year's board, from the left: what becomes of a run in the end."""

    IDEA = "idea", _("Ideas")
    PLANNED = "planned", _("Planned")
    PUBLISHED = "published", _("Published")
    AT_RISK = "at_risk", _("At risk")
    FULL = "full", _("Full")
    TO_FINALISE = "to_finalise", _("To finalise")
    DONE = "done", _("Done")


class Step(StrEnum):
    """What leads a run from one column of the board to another; each has a page of its own."""

    TRAINERS = "trainers"
    DATES = "dates"
    PUBLISH = "publish"
    POSTPONE = "postpone"
    CAPACITY = "capacity"
    FINALISE = "finalise"
    COPY = "copy"


class NotCopied(TextChoices):
    """Why a run of one year is left out of a copy of it."""

    CANCELLED = "cancelled", _("The run was cancelled.")
    NO_DATES = "no_dates", _("The run has no dates.")
    COURSE = "course", _("Its course is no longer in the catalogue.")
    ALREADY = "already", _("It has been copied into that year already.")
    CHANGED = "changed", _("It has changed since you looked.")


TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.DRAFT: frozenset({RunState.PUBLISHED, RunState.CANCELLED}),
    RunState.PUBLISHED: frozenset(
        {RunState.GOING_AHEAD, RunState.RUNNING, RunState.POSTPONED, RunState.CANCELLED}
    ),
    RunState.GOING_AHEAD: frozenset({RunState.RUNNING, RunState.POSTPONED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset({RunState.FINISHED, RunState.CANCELLED}),
    RunState.FINISHED: frozenset({RunState.FINALISED}),
    RunState.POSTPONED: frozenset({RunState.PUBLISHED, RunState.CANCELLED}),
    RunState.FINALISED: frozenset(),
    RunState.CANCELLED: frozenset(),
}

ASKING = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD})
"""States in which one can ask for a place, while the enrolment window is open."""

AHEAD = frozenset({RunState.PUBLISHED, RunState.GOING_AHEAD, RunState.POSTPONED})
"""States before the run has begun."""

MOST_SEATS = 20_000
"""The seats of one run at most: each is a row, and each is named in the event that adds it.

A run for more people than that has no limit of seats.
"""

"""The rooms' tables, listed for Django."""

from courses.catalogue.models import (
    Audience,
    Course,
    CourseVersion,
    Format,
    Organisation,
    Topic,
)
from courses.planning.models import (
    CopiedRun,
    Interest,
    Phase,
    PlanApproval,
    PlanYear,
    Run,
    Seat,
    SeatPool,
    Session,
    TrainerAssignment,
    Venue,
)
from courses.search.models import (
    CatalogueRevision,
    CatalogueWord,
    CourseIndex,
    CourseTitle,
    CourseWord,
    FacetCount,
)

__all__ = [
    "Audience",
    "CatalogueRevision",
    "CatalogueWord",
    "CopiedRun",
    "Course",
    "CourseIndex",
    "CourseTitle",
    "CourseVersion",
    "CourseWord",
    "FacetCount",
    "Format",
    "Interest",
    "Organisation",
    "Phase",
    "PlanApproval",
    "PlanYear",
    "Run",
    "Seat",
    "SeatPool",
    "Session",
    "Topic",
    "TrainerAssignment",
    "Venue",
]

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
    Phase,
    Run,
    Seat,
    SeatPool,
    Session,
    TrainerAssignment,
    Venue,
)
from courses.search.models import CatalogueWord, CourseIndex

__all__ = [
    "Audience",
    "CatalogueWord",
    "Course",
    "CourseIndex",
    "CourseVersion",
    "Format",
    "Organisation",
    "Phase",
    "Run",
    "Seat",
    "SeatPool",
    "Session",
    "Topic",
    "TrainerAssignment",
    "Venue",
]

"""The pictures: a closed list, since each is a question that the institution asks of its record."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Picture(TextChoices):
    """What can be looked at, by the name that stands in its address."""

    COVERAGE = "coverage", _("Coverage by region")
    SEATS = "seats", _("Seats asked for, given and used")
    HOURS = "hours", _("Hours by month and topic")
    DECISIONS = "decisions", _("From the request to the decision")
    NO_SHOWS = "no-shows", _("Absences")
    LANGUAGES = "languages", _("Languages")

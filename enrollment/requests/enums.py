"""The closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallOff(TextChoices):
    """Why the academy ends one enrolment; the person is told."""

    NOT_AUDIENCE = "not_audience", _("the course is meant for other people")
    COURT_ASKED = "court_asked", _("the court has asked for it")
    LEFT_SERVICE = "left_service", _("the service in the judiciary has ended")
    BY_MISTAKE = "by_mistake", _("the place was given by mistake")
    OTHER = "other", _("another reason")


class Fate(TextChoices):
    """How far one line of a nomination is."""

    PLANNED = "planned", _("not carried out yet")
    DONE = "done", _("nominated")
    REFUSED = "refused", _("not possible")

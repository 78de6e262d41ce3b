"""The closed lists of this room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fate(TextChoices):
    """How far one line of a nomination is."""

    PLANNED = "planned", _("not carried out yet")
    DONE = "done", _("nominated")
    REFUSED = "refused", _("not possible")

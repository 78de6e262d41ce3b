"""The states of an enrolment: one list, and what each means for a seat."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """A person's claim on a run (blueprint, section 5)."""

    REQUESTED = "requested", _("waiting for a decision")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("seat offered")
    CONFIRMED = "confirmed", _("confirmed")
    RECONFIRM = "reconfirm", _("please confirm again")
    REJECTED = "rejected", _("not approved")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled by the academy")
    TRANSFERRED = "transferred", _("moved to another run")
    CLOSED = "closed", _("closed with an outcome")


HOLDING = frozenset({State.OFFERED, State.CONFIRMED, State.RECONFIRM})
"""States that hold a seat (`requested` does only where the run says so)."""

ACTIVE = HOLDING | {State.REQUESTED, State.WAITLISTED}
"""At most one enrolment per person and run is in one of these."""

ENDED = frozenset(State) - ACTIVE
"""Never left again, except that a closed row may get a corrected outcome."""

TIMED = frozenset({State.OFFERED, State.RECONFIRM})
"""States with a deadline of their own in `due_at`."""


LEFT_SERVICE = "left_service"
"""Why a place ends: its holder has left the judiciary."""


class Source(TextChoices):
    """By which way the request came in."""

    SELF = "self", _("own request")
    NOMINATION = "nomination", _("nomination")
    REGISTRAR = "registrar", _("registrar")
    IMPORT = "import", _("import")
    SYSTEM = "system", _("another system")


class PriorityKind(TextChoices):
    """The facts that may serve somebody earlier."""

    MANDATORY_NEED = "mandatory_need", _("new in the post and the course is for those")
    NEVER_SERVED = "never_served", _("has completed no course here yet")
    REFUSED_LAST_TIME = "refused_last_time", _("the last request came to nothing")
    REMOTE_COURT = "remote_court", _("serves at a remote court")


FIRST_CLASS, STANDARD_CLASS = 1, 5
"""Priority classes: the ordinary one, and the best that rules can lead to. Lower is earlier."""

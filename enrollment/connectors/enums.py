"""To whom errands go, and what becomes of them."""

from django.db.models import TextChoices


class Connector(TextChoices):
    """A system of the learning world that we call, because it does not call us."""

    LRS = "lrs", "LRS"
    MOODLE = "moodle", "Moodle"


class ErrandState(TextChoices):
    """Waiting errands are tried again; the others are settled for good."""

    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"  # no longer true when its turn came
    GIVEN_UP = "given_up"


class Verb(TextChoices):
    """What a learning record says of a person: participation, and nothing else."""

    REGISTERED = "registered"
    ATTENDED = "attended"
    COMPLETED = "completed"
    CERTIFIED = "certified"
    VOIDED = "voided"  # takes another statement back


class Step(TextChoices):
    """What is asked of Moodle for one enrolment."""

    ENROL = "enrol"
    UNENROL = "unenrol"

"""The roles and what each may do, as one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """Granted roles. Trainee, head and deputy follow from facts and are here for the table."""

    TRAINEE = "trainee", _("trainee")
    HEAD = "head", _("head of court")
    DEPUTY = "deputy", _("deputy of a head of court")
    TRAINER = "trainer", _("trainer")
    COORDINATOR = "coordinator", _("court coordinator")
    PARTNER = "partner", _("member of a partner body")
    REGISTRAR = "registrar", _("registrar")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("administrator")


class Right(TextChoices):
    """What somebody may do; scopes of other systems use the same words."""

    ENROL_SELF = "enrol_self"
    NOMINATE = "nominate"
    CONSENT = "consent"
    NAME_DEPUTY = "name_deputy"
    TEACH = "teach"  # roster, marks and finalisation of own runs
    PLAN = "plan"  # courses and runs
    REGISTER = "register"  # the queue, cancellation, imports, every enrolment
    ISSUE = "issue"  # certificates: revoke, replace
    READ_ALL = "read_all"  # everything that was done, by whom
    READ_COURT = "read_court"  # the own court's people and their enrolments
    PROPOSE = "propose"  # courses, in the name of a body: proposals, comments, review steps


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.TRAINEE: frozenset({Right.ENROL_SELF}),
    Role.HEAD: frozenset({Right.CONSENT, Right.NAME_DEPUTY, Right.NOMINATE, Right.READ_COURT}),
    Role.DEPUTY: frozenset({Right.CONSENT}),
    Role.TRAINER: frozenset({Right.TEACH}),
    Role.COORDINATOR: frozenset({Right.NOMINATE, Right.READ_COURT}),
    Role.PARTNER: frozenset({Right.PROPOSE}),
    Role.REGISTRAR: frozenset(
        {Right.PLAN, Right.REGISTER, Right.ISSUE, Right.TEACH, Right.READ_ALL, Right.PROPOSE}
    ),
    Role.AUDITOR: frozenset({Right.READ_ALL}),
    Role.ADMIN: frozenset(),
}

SECOND_FACTOR_ROLES = frozenset({Role.REGISTRAR, Role.AUDITOR, Role.ADMIN})

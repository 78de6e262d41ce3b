"""Why a certificate ends, and what the public check can say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EndReason(TextChoices):
    """Why a certificate is revoked or replaced; never shown to the public."""

    ISSUED_IN_ERROR = "issued_in_error", _("issued in error")
    OUTCOME_CORRECTED = "outcome_corrected", _("the outcome was corrected")
    NAME_CORRECTED = "name_corrected", _("a name or a title was corrected")
    MISUSED = "misused", _("misused")
    OTHER = "other", _("another reason")


class Answer(TextChoices):
    """What the public check says of a serial."""

    VALID = "valid", _("valid")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")
    REPLACED = "replaced", _("replaced by a newer certificate")
    UNKNOWN = "unknown", _("unknown")

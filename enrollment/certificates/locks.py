"""The one lock of the room."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from enrollment.certificates.models import Certificate


def locked_certificate(public_id: UUID) -> Certificate:
    """The certificate as it is now, held until the commit."""
    rows = Certificate.objects.select_related(
        "outcome__enrollment__run", "outcome__enrollment__person"
    )
    certificate = rows.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if certificate is None:
        raise Missing("unknown_certificate", _("There is no such certificate."))
    return certificate

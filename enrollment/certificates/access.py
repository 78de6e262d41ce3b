"""Who may see a certificate and who may end it. The public check needs no door."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core.errors import Missing
from enrollment.certificates.models import Certificate


def certificates_visible_to(viewer: Viewer) -> QuerySet[Certificate]:
    """The own certificates; all of them for registrar and auditor. Newest first."""
    rows = Certificate.objects.select_related(
        *("outcome__enrollment__run", "outcome__enrollment__person", "replaces")
    ).order_by("-pk")
    if viewer.may(Right.ISSUE) or viewer.may(Right.READ_ALL):
        return rows
    own = Q(pk__in=[]) if viewer.person_id is None else _of(viewer.person_id)
    return rows.filter(own)


def certificate_for(viewer: Viewer, public_id: UUID) -> Certificate:
    """One certificate that the viewer may see and print."""
    return _one(certificates_visible_to(viewer), public_id)


def certificate_to_end(viewer: Viewer, public_id: UUID) -> Certificate:
    """One certificate that the viewer may revoke or replace; nobody ends the own one."""
    row = _one(certificates_visible_to(viewer), public_id)
    if not may_end(viewer, row):
        raise Missing("unknown_certificate", _("There is no such certificate."))
    return row


def may_end(viewer: Viewer, row: Certificate) -> bool:
    """Whether the viewer may revoke or replace it, as long as it is valid."""
    return viewer.may(Right.ISSUE) and row.outcome.enrollment.person_id != viewer.person_id


def _of(person: int) -> Q:
    return Q(outcome__enrollment__person=person)


def _one(rows: QuerySet[Certificate], public_id: UUID) -> Certificate:
    certificate = rows.filter(public_id=public_id).first()
    if certificate is None:
        raise Missing("unknown_certificate", _("There is no such certificate."))
    return certificate

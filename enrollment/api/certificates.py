"""Certificates: the own ones, and the public check."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from academy.core import clock
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.pagination import decode, page
from academy.rest.permissions import PUBLIC, signed_in
from academy.rest.schema import describe, page_of
from enrollment.api.shapes import CertificateOut, CheckOut
from enrollment.certificates.models import Certificate
from enrollment.certificates.queries import certificates_of, verification_of
from enrollment.certificates.rules import state_at


class Certificates(Endpoint):
    """The caller's own certificates."""

    needs: ClassVar = {"GET": signed_in()}

    @describe(
        "listCertificates",
        "List my certificates",
        answer=page_of(CertificateOut),
        query=PageQuery,
    )
    def get(self, request: Request) -> Response:
        """One page, the newest first, ended ones too."""
        asked = self.query(PageQuery)
        rows = certificates_of(self.viewer.person_id or 0)
        if after := decode(asked["cursor"], UUID):
            last = Certificate.objects.filter(public_id=after[0]).values("pk")[:1]
            rows = rows.filter(pk__lt=last)
        shown = [
            _certificate(row) for row in rows.order_by("-pk").values(*COLUMNS)[: asked["limit"] + 1]
        ]
        return Response(page(request, shown, asked["limit"], lambda row: (row["id"],)))


class Check(Endpoint):
    """Whether a paper is genuine."""

    needs: ClassVar = {"GET": PUBLIC}

    @describe("checkCertificate", "Check a certificate", answer=CheckOut)
    def get(self, request: Request, serial: str) -> Response:
        """Valid, expired, revoked, replaced or unknown, and what the paper itself shows."""
        found = verification_of(serial)
        body = {
            "answer": found.answer,
            "ended_on": found.ended_on,
            "paper": found.paper.as_json() if found.paper else None,
        }
        return Response(body, headers={"Cache-Control": "no-store"})


COLUMNS = (
    "public_id",
    "serial",
    "state",
    "issued_at",
    "expires_at",
    "outcome__outcome",
    "outcome__enrollment__run__public_id",
    "outcome__enrollment__run__course__code",
)


def _certificate(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["public_id"],
        "serial": row["serial"],
        "state": state_at(row["state"], row["expires_at"], clock.now()),
        "run": row["outcome__enrollment__run__public_id"],
        "course": row["outcome__enrollment__run__course__code"],
        "outcome": row["outcome__outcome"],
        "issued_at": row["issued_at"],
        "expires_at": row["expires_at"],
    }

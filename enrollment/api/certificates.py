"""Certificates: the own ones, their end by the registrar, and the public check."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core import clock
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.pagination import decode, page
from academy.rest.permissions import PUBLIC, any_of, signed_in
from academy.rest.schema import ON_BEHALF_OF, Method, answered, asked, describe, page_of
from enrollment.api.shapes import (
    CertificateEndedOut,
    CertificateEndInput,
    CertificateOut,
    CheckOut,
)
from enrollment.certificates import access, actions
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


ENDED = {
    "id": "7d0f7b0e-6a53-4f0c-9a56-1c4c0a8f2e11",
    "state": "revoked",
    "run": "0b6a3a52-0a2c-4a9e-8d6f-2a4d1f0e9c77",
    "person": "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa",
    "replaces": None,
}


class _End(Endpoint):
    """The frame of both ends: the registrar's own right, or that of the one whom a system names."""

    needs: ClassVar = {"POST": any_of(Right.ISSUE, scope="certificates:write")}
    end: Callable[..., Certificate]

    def carry_out(self, certificate: UUID) -> Response:
        """Pass the door and end the certificate under the caller's key."""
        sent = self.body(CertificateEndInput)
        viewer, actor = self.right_used()
        row = access.certificate_to_end(viewer, certificate)
        return self.command(
            lambda keyed: type(self).end(
                certificate=row.public_id, actor=actor, keyed=keyed, **sent
            ),
            _ended,
        )


def _described(name: str, summary: str, example: dict[str, Any]) -> Callable[[Method], Method]:
    return describe(
        f"{name}Certificate",
        summary,
        body=CertificateEndInput,
        answer=CertificateEndedOut,
        errors=[404],
        headers=[ON_BEHALF_OF],
        examples=[asked("A reason", {"reason": "issued_in_error"}), answered("Done", example)],
    )


class Revoke(_End):
    """A certificate ends for good."""

    end = staticmethod(actions.revoke)

    @_described("revoke", "Revoke a certificate", ENDED)
    def post(self, request: Request, certificate: UUID) -> Response:
        """The public check says "revoked" from now on; outcome and credit stay."""
        return self.carry_out(certificate)


class Replace(_End):
    """A new paper in the place of one that is wrong."""

    end = staticmethod(actions.replace)

    @_described(
        "replace",
        "Replace a certificate by a new one",
        ENDED | {"state": "valid", "replaces": "7d0f7b0e-6a53-4f0c-9a56-1c4c0a8f2e12"},
    )
    def post(self, request: Request, certificate: UUID) -> Response:
        """The new one, from the present facts and with a number of its own; its holder is told."""
        return self.carry_out(certificate)


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


def _ended(row: Certificate) -> dict[str, Any]:
    """The certificate without its number, which is a secret of whoever holds the paper."""
    enrollment = row.outcome.enrollment
    return {
        "id": row.public_id,
        "state": row.state,
        "run": enrollment.run.public_id,
        "person": enrollment.person.public_id,
        "replaces": row.replaces.public_id if row.replaces else None,
    }


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

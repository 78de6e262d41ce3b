"""Decisions: what waits for the caller, and the two answers."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.idempotency import KeyedCall
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import describe, page_of
from enrollment.api.shapes import DecisionOut, NoteInput, OpenDecisionOut, ReasonInput
from enrollment.decisions.models import Decision
from enrollment.requests import actions
from enrollment.requests.access import decision_for, decisions_for

DECIDERS = any_of(Right.CONSENT, Right.REGISTER)


class Decisions(Endpoint):
    """The caller's inbox."""

    needs: ClassVar = {"GET": DECIDERS}

    @describe(
        "listDecisions",
        "List the decisions that wait for me",
        answer=page_of(OpenDecisionOut),
        query=PageQuery,
    )
    def get(self, request: Request) -> Response:
        """One page, the most pressing first."""
        asked = self.query(PageQuery)
        rows = decisions_for(self.viewer)
        if after := decode(asked["cursor"], UUID):
            last = Decision.objects.filter(public_id=after[0]).values("due_at", "pk").first()
            if last:
                later = rows.filter(due_at=last["due_at"], pk__gt=last["pk"])
                rows = rows.filter(due_at__gt=last["due_at"]) | later
        shown = [_open(row) for row in rows[: asked["limit"] + 1]]
        return Response(page(request, shown, asked["limit"], lambda row: (row["id"],)))


class _Answer(Endpoint):
    """The frame of both answers."""

    needs: ClassVar = {"POST": DECIDERS}
    yes = True

    def answer(self, decision: UUID, sent: dict[str, Any]) -> Response:
        """Pass the door and decide under the caller's key."""
        decision_for(self.viewer, decision)

        def action(keyed: KeyedCall) -> Decision:
            return actions.decide(
                decision=decision,
                yes=self.yes,
                account=self.viewer.account_id,
                actor=self.actor,
                keyed=keyed,
                **sent,
            )

        return self.command(action, _decided)


class Give(_Answer):
    """Yes."""

    @describe("giveDecision", "Say yes", body=NoteInput, answer=DecisionOut, errors=[404])
    def post(self, request: Request, decision: UUID) -> Response:
        """Give the opinion, the consent or the ruling."""
        return self.answer(decision, self.body(NoteInput))


class Refuse(_Answer):
    """No, with a reason."""

    yes = False

    @describe("refuseDecision", "Say no", body=ReasonInput, answer=DecisionOut, errors=[404])
    def post(self, request: Request, decision: UUID) -> Response:
        """Refuse the opinion, the consent or the ruling."""
        return self.answer(decision, self.body(ReasonInput))


def _decided(row: Decision) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "enrollment": row.enrollment.public_id,
        "kind": row.kind,
        "state": row.state,
        "due_at": row.due_at,
        "decided_at": row.decided_at,
        "reason": row.reason,
    }


def _open(row: Decision) -> dict[str, Any]:
    person, run = row.enrollment.person, row.enrollment.run
    return {
        **_decided(row),
        "run": run.public_id,
        "run_code": run.code,
        "person": person.public_id,
        "family_name": person.family_name,
        "given_name": person.given_name,
    }

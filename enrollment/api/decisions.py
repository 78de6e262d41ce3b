"""Decisions: what waits for the caller, and the two answers."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core.errors import Missing
from academy.rest.endpoint import Body, Endpoint, PageQuery
from academy.rest.idempotency import KeyedCall
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import ON_BEHALF_OF, Method, describe, page_of
from enrollment.api.shapes import (
    AnswersInput,
    AnswersOut,
    DecisionOut,
    NoteInput,
    OpenDecisionOut,
    ReasonInput,
)
from enrollment.decisions.models import Decision
from enrollment.requests import deciding
from enrollment.requests.access import decision_for, decisions_among, decisions_for

DECIDERS = any_of(Right.CONSENT, Right.REGISTER, scope="decisions:write")


class Decisions(Endpoint):
    """The caller's inbox."""

    needs: ClassVar = {"GET": DECIDERS}

    @describe(
        "listDecisions",
        "List the decisions that wait for me",
        answer=page_of(OpenDecisionOut),
        query=PageQuery,
        headers=[ON_BEHALF_OF],
    )
    def get(self, request: Request) -> Response:
        """One page, the most pressing first."""
        asked = self.query(PageQuery)
        viewer, _actor = self.right_used()
        rows = decisions_for(viewer)
        if after := decode(asked["cursor"], UUID):
            last = Decision.objects.filter(public_id=after[0]).values("due_at", "pk").first()
            if last:
                later = rows.filter(due_at=last["due_at"], pk__gt=last["pk"])
                rows = rows.filter(due_at__gt=last["due_at"]) | later
        shown = [_open(row) for row in rows[: asked["limit"] + 1]]
        found = page(request, shown, asked["limit"], lambda row: (row["id"],))
        self.disclosed("decisions", [row["person"] for row in found["items"]])
        return Response(found)


class _Answer(Endpoint):
    """The frame of both answers."""

    needs: ClassVar = {"POST": DECIDERS}
    yes = True

    def answer(self, decision: UUID, sent: dict[str, Any]) -> Response:
        """Pass the door and decide under the caller's key."""
        viewer, actor = self.right_used()
        row = decision_for(viewer, decision)

        def action(keyed: KeyedCall) -> Decision:
            return deciding.decide_as(
                viewer=viewer,
                decision=row,
                yes=self.yes,
                actor=actor,
                keyed=keyed,
                **sent,
            )

        return self.command(action, _decided)


def _described(name: str, summary: str, body: Body) -> Callable[[Method], Method]:
    return describe(
        f"{name}Decision",
        summary,
        body=body,
        answer=DecisionOut,
        errors=[404],
        headers=[ON_BEHALF_OF],
    )


class Give(_Answer):
    """Yes."""

    @_described("give", "Say yes", NoteInput)
    def post(self, request: Request, decision: UUID) -> Response:
        """Give the opinion, the consent or the ruling."""
        return self.answer(decision, self.body(NoteInput))


class Refuse(_Answer):
    """No, with a reason."""

    yes = False

    @_described("refuse", "Say no", ReasonInput)
    def post(self, request: Request, decision: UUID) -> Response:
        """Refuse the opinion, the consent or the ruling."""
        return self.answer(decision, self.body(ReasonInput))


class Answers(Endpoint):
    """One answer to several decisions."""

    needs: ClassVar = {"POST": DECIDERS}

    @describe(
        "answerDecisions",
        "Say yes or no to several at once",
        body=AnswersInput,
        answer=AnswersOut,
        headers=[ON_BEHALF_OF],
        description="Each is a decision of its own, in a transaction of its own: some may be "
        "refused, and the row says why. Sending the same call again does only what is missing.",
    )
    def post(self, request: Request) -> Response:
        """Answer those that wait for the caller, one by one."""
        sent = self.body(AnswersInput)
        viewer, actor = self.right_used()
        wanted = list(dict.fromkeys(sent["decisions"]))
        return self.command(
            lambda _keyed: deciding.decide_many(
                viewer=viewer,
                decisions=decisions_among(viewer, wanted),
                yes=sent["answer"] == "give",
                actor=actor,
                reason=sent["reason"],
                note=sent["note"],
            ),
            lambda answered: {"items": _answers(wanted, answered)},
        )


def _answers(wanted: list[UUID], answered: list[deciding.Answered]) -> list[dict[str, Any]]:
    found = {one.decision.public_id: one for one in answered}
    unknown = Missing("unknown_decision", _("There is no such decision."))
    rows = []
    for public_id in wanted:
        refusal = found[public_id].refusal if public_id in found else unknown
        rows.append(
            {
                "id": public_id,
                "recorded": refusal is None,
                "code": refusal.code if refusal else "",
                "detail": str(refusal.sentence) if refusal else "",
            }
        )
    return rows


def _decided(row: Decision) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "enrollment": row.enrollment.public_id,
        "kind": row.kind,
        "state": row.state,
        "due_at": row.due_at,
        "decided_at": row.decided_at,
        "behalf_of": row.behalf_of.public_id if row.behalf_of else None,
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

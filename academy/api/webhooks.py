"""Webhooks: addresses that are woken up when something happened, and the log of the calls."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.api.webhook_shapes import (
    CallOut,
    CallsQuery,
    WebhookInput,
    WebhookOut,
    WithSecretOut,
)
from academy.clients import queries, webhooks
from academy.clients.models import Call, Webhook
from academy.clients.webhooks import WithSecret
from academy.core.actor import Actor
from academy.rest.endpoint import Endpoint, PageQuery, unknown_value
from academy.rest.idempotency import KeyedCall
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import EmptyInput, answered, asked, describe, page_of

READERS = any_of(Right.READ_ALL, scope="webhooks:write")
KEEPERS = any_of(Right.REGISTER, scope="webhooks:write")
SHOWN = {
    "id": "0e5e2a53-2d0c-4a55-a1d6-0f4f7a1f6f11",
    "client": "5a0a3f2e-5d55-4a43-8a6b-2f1d2a3b4c5d",
    "url": "https://evaluation.example.org/woken",
    "types": ["credit.earned", "certificate.issued"],
    "state": "active",
    "rests_until": None,
    "created_at": "2026-11-24T09:00:00Z",
}
WITH_SECRET = {**SHOWN, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
CALL = {
    "id": "7c1d4a0a-3f61-4d3b-9c83-6c7a1f2b3d4e",
    "type": "credit.earned",
    "subject": "credit/2f0f9a52-1c55-4f0a-9a77-52f1f3f0c6aa",
    "position": 4711,
    "state": "taken",
    "attempts": 1,
    "status": 204,
    "answer": "",
    "milliseconds": 41,
    "created_at": "2026-11-24T09:30:00Z",
    "tried_at": "2026-11-24T09:30:01Z",
    "due_at": "2026-11-24T09:30:00Z",
}


class OfWebhooks(Endpoint):
    """What the endpoints below share: a system sees and changes its own webhooks only."""

    def mine(self, webhook: UUID) -> Webhook:
        """The webhook, when the caller may see it."""
        return queries.webhook_of(webhook, self.viewer.client_id)

    def reveal(self, change: Callable[[KeyedCall], WithSecret], status: int) -> Response:
        """Carry out a command whose answer holds a secret once: a repeated call is not told it."""
        told: list[str] = []

        def action(keyed: KeyedCall) -> Webhook:
            made = change(keyed)
            told.append(made.secret)
            return made.webhook

        response = self.command(action, _shown, status)
        response.data = {**response.data, "secret": told[0] if told else None}
        return response


class Webhooks(OfWebhooks):
    """The webhooks of a system."""

    needs: ClassVar = {"GET": READERS, "POST": KEEPERS}

    @describe("listWebhooks", "List webhooks", answer=page_of(WebhookOut), query=PageQuery)
    def get(self, request: Request) -> Response:
        """One page, oldest first; staff see those of all systems."""
        wanted = self.query(PageQuery)
        rows = queries.webhooks_of(self.viewer.client_id)
        if after := decode(wanted["cursor"], UUID):
            rows = rows.filter(pk__gt=queries.webhook_of(after[0], self.viewer.client_id).pk)
        shown = [_shown(row) for row in rows[: wanted["limit"] + 1]]
        return Response(page(request, shown, wanted["limit"], lambda row: (row["id"],)))

    @describe(
        "addWebhook",
        "Add a webhook",
        body=WebhookInput,
        answer=WithSecretOut,
        status=201,
        errors=[404],
        examples=[
            asked("A webhook", {"url": SHOWN["url"], "types": SHOWN["types"]}),
            answered("With its secret", WITH_SECRET, 201),
        ],
        description="Calls are signed by the Standard Webhooks scheme. A call "
        "says what happened to what and where in the feed (`type`, `data.id`, `data.subject`, "
        "`data.position`); the facts are read from the feed. Answer 2xx within ten seconds; 410 "
        "ends the calls; anything else is tried again for three days. The secret is told once.",
    )
    def post(self, request: Request) -> Response:
        """Register an address; a registrar names the client."""
        sent = self.body(WebhookInput)
        client = self.viewer.client_id or sent["client"]
        if client is None:
            raise unknown_value("client", _("Say whose webhook it is."))
        return self.reveal(
            lambda keyed: webhooks.add_webhook(
                client=client,
                url=sent["url"],
                types=sent["types"],
                actor=self.actor,
                keyed=keyed,
            ),
            201,
        )


class OneWebhook(OfWebhooks):
    """A webhook."""

    needs: ClassVar = {"GET": READERS}

    @describe(
        "getWebhook",
        "Read one webhook",
        answer=WebhookOut,
        errors=[404],
        examples=[answered("A webhook", SHOWN)],
    )
    def get(self, request: Request, webhook: UUID) -> Response:
        """The webhook, without its secret."""
        return Response(_shown(self.mine(webhook)))


class Rotate(OfWebhooks):
    """A new secret."""

    needs: ClassVar = {"POST": KEEPERS}

    @describe(
        "rotateWebhook",
        "Give a webhook a new secret",
        body=EmptyInput,
        answer=WithSecretOut,
        errors=[404],
        examples=[answered("With its secret", WITH_SECRET)],
        description="For 24 hours calls carry a signature by the new and by the former secret.",
    )
    def post(self, request: Request, webhook: UUID) -> Response:
        """Rotate the secret."""
        row = self.mine(webhook)
        return self.reveal(
            lambda keyed: webhooks.rotate_secret(
                webhook=row.public_id, actor=self.actor, keyed=keyed
            ),
            200,
        )


class _Step(OfWebhooks):
    """A command that changes a webhook's state."""

    needs: ClassVar = {"POST": KEEPERS}

    def step(self, action: Callable[..., Webhook], webhook: UUID) -> Response:
        """Carry it out for a webhook that the caller may see."""
        row = self.mine(webhook)
        actor: Actor = self.actor
        return self.command(
            lambda keyed: action(webhook=row.public_id, actor=actor, keyed=keyed), _shown
        )


class Pause(_Step):
    """Stop the calls for a while."""

    @describe("pauseWebhook", "Pause a webhook", body=EmptyInput, answer=WebhookOut, errors=[404])
    def post(self, request: Request, webhook: UUID) -> Response:
        """Pause it; waiting calls are dropped."""
        return self.step(webhooks.pause_webhook, webhook)


class Resume(_Step):
    """Begin the calls again."""

    @describe("resumeWebhook", "Resume a webhook", body=EmptyInput, answer=WebhookOut, errors=[404])
    def post(self, request: Request, webhook: UUID) -> Response:
        """Resume it; what happened meanwhile is in the feed."""
        return self.step(webhooks.resume_webhook, webhook)


class Remove(_Step):
    """Never call again."""

    @describe("removeWebhook", "Remove a webhook", body=EmptyInput, answer=WebhookOut, errors=[404])
    def post(self, request: Request, webhook: UUID) -> Response:
        """Remove it."""
        return self.step(webhooks.remove_webhook, webhook)


class Try(OfWebhooks):
    """A test call."""

    needs: ClassVar = {"POST": KEEPERS}

    @describe(
        "testWebhook",
        "Call a webhook with a test",
        body=EmptyInput,
        answer=CallOut,
        status=202,
        errors=[404],
        examples=[answered("A call", CALL, 202)],
    )
    def post(self, request: Request, webhook: UUID) -> Response:
        """Ask for a call of type `webhook.test`; its log says what came of it."""
        row = self.mine(webhook)
        return self.command(
            lambda keyed: webhooks.try_webhook(
                webhook=row.public_id, actor=self.actor, keyed=keyed
            ),
            _call,
            202,
        )


class Calls(OfWebhooks):
    """The log of a webhook."""

    needs: ClassVar = {"GET": READERS}

    @describe(
        "listWebhookCalls",
        "Read the log of a webhook",
        answer=page_of(CallOut),
        query=CallsQuery,
        errors=[404],
    )
    def get(self, request: Request, webhook: UUID) -> Response:
        """One page, newest first; calls are kept for a month."""
        wanted, row = self.query(CallsQuery), self.mine(webhook)
        rows = queries.calls_of(row)
        if wanted["state"]:
            rows = rows.filter(state=wanted["state"])
        if after := decode(wanted["cursor"], UUID):
            rows = rows.filter(pk__lt=queries.call_of(after[0], row).pk)
        shown = [_call(call) for call in rows[: wanted["limit"] + 1]]
        return Response(page(request, shown, wanted["limit"], lambda call: (call["id"],)))


class Replay(OfWebhooks):
    """One call, once more."""

    needs: ClassVar = {"POST": KEEPERS}

    @describe(
        "replayWebhookCall",
        "Make a call again",
        body=EmptyInput,
        answer=CallOut,
        status=202,
        errors=[404],
        examples=[answered("A call", CALL, 202)],
    )
    def post(self, request: Request, webhook: UUID, call: UUID) -> Response:
        """Replay it under the same id."""
        row = queries.call_of(call, self.mine(webhook))
        return self.command(
            lambda keyed: webhooks.replay_call(call=row.public_id, actor=self.actor, keyed=keyed),
            _call,
            202,
        )


def _shown(row: Webhook) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "client": row.client.public_id,
        "url": row.url,
        "types": row.types,
        "state": row.state,
        "rests_until": row.rests_until,
        "created_at": row.created_at,
    }


def _call(row: Call) -> dict[str, Any]:
    plain = ("type", "subject", "position", "state", "attempts", "status", "answer")
    times = ("milliseconds", "created_at", "tried_at", "due_at")
    return {"id": row.public_id, **{name: getattr(row, name) for name in (*plain, *times)}}

"""What the endpoints of webhooks take and give."""

from typing import Any

from rest_framework import serializers

from academy.clients.models import Call, Webhook
from academy.rest.endpoint import PageQuery


class WebhookInput(serializers.Serializer[Any]):
    """An address to call."""

    url = serializers.CharField(max_length=500, help_text="https, in the open internet.")
    types = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=50,
        help_text="Types of events; none: all that the client may see.",
    )
    client = serializers.UUIDField(
        required=False, default=None, help_text="Of a registrar only: whose webhook it is."
    )


class WebhookOut(serializers.Serializer[Any]):
    """A webhook."""

    id = serializers.UUIDField()
    client = serializers.UUIDField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(Webhook.State.choices)
    rests_until = serializers.DateTimeField(
        allow_null=True, help_text="It failed and is left alone until then."
    )
    created_at = serializers.DateTimeField()


class WithSecretOut(WebhookOut):
    """A webhook with its secret."""

    secret = serializers.CharField(
        allow_null=True, help_text="Told once; null when the same call is sent again."
    )


class CallsQuery(PageQuery):
    """Parameters of a log of calls."""

    state = serializers.ChoiceField(
        Call.State.choices, required=False, default="", allow_blank=True
    )


class CallOut(serializers.Serializer[Any]):
    """One wake-up and what came of its last try."""

    id = serializers.UUIDField(help_text="The `webhook-id` of every try.")
    type = serializers.CharField()
    subject = serializers.CharField()
    position = serializers.IntegerField(allow_null=True, help_text="Null: a test.")
    state = serializers.ChoiceField(Call.State.choices)
    attempts = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(help_text="The beginning of the answer, or why there was none.")
    milliseconds = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    tried_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(help_text="When it is tried (again), while it waits.")

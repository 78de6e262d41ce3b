"""What the endpoints of exports take and give."""

from typing import Any

from rest_framework import serializers

from academy.api.shapes import LAST_POSITION
from academy.exports.enums import Format
from academy.jobs.models import Job


class ExportInput(serializers.Serializer[Any]):
    """What a file is to hold, and in which form."""

    kind = serializers.CharField(
        max_length=40,
        help_text="courses, runs, enrollments, credits, certificates, events or oneroster",
    )
    format = serializers.ChoiceField(Format.choices, required=False, default=Format.NDJSON)
    gzip = serializers.BooleanField(required=False, default=False)
    filters = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False, default=dict
    )
    since = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        min_value=0,
        max_value=LAST_POSITION,
        help_text="Only what has changed behind this position of the feed.",
    )


class ExportOut(serializers.Serializer[Any]):
    """An export as a job."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    format = serializers.ChoiceField(Format.choices)
    gzip = serializers.BooleanField()
    filters = serializers.DictField(child=serializers.CharField())
    since = serializers.IntegerField(allow_null=True)
    until = serializers.IntegerField(help_text="The feed's position that the file reaches.")
    state = serializers.ChoiceField(Job.State.choices)
    rows = serializers.IntegerField(help_text="Written so far.")
    bytes = serializers.IntegerField()
    error = serializers.CharField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    file = serializers.CharField(
        allow_null=True, help_text="A link relative to this host, good for a quarter of an hour."
    )

"""What the institution's endpoints take and give."""

from typing import Any

from rest_framework import serializers

from academy.jobs.models import Job
from academy.rest.endpoint import FieldsQuery, Query
from academy.rest.fields import TextsOut


class PeopleQuery(FieldsQuery):
    """Parameters of the list of people."""

    court = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    external_id = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class PostOut(serializers.Serializer[Any]):
    """A post held today."""

    court = serializers.CharField()
    position = serializers.CharField()
    kind = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True, help_text="The first day no longer in the post.")


class PersonOut(serializers.Serializer[Any]):
    """A person as HR knows them; identification numbers never leave the service.

    Systems see the fields of their projection only.
    """

    id = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    patronymic = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    in_service_since = serializers.DateField(required=False, allow_null=True)
    left_on = serializers.DateField(required=False, allow_null=True)
    posts = PostOut(many=True, required=False)


class CourtOut(serializers.Serializer[Any]):
    """A court for as long as it exists."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    names = TextsOut()
    level = serializers.CharField()
    kind = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    successor = serializers.CharField(allow_null=True)
    time_zone = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


LAST_POSITION = 2**62  # leaves room to add a window to it


class StretchQuery(Query):
    """Parameters of everything that is asked of the feed."""

    after = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=LAST_POSITION,
        help_text="The `position` up to which the reader has read.",
    )
    types = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=1000,
        help_text="Comma-separated types.",
    )


class EventsQuery(StretchQuery):
    """Parameters of the feed."""

    limit = serializers.IntegerField(required=False, default=500, min_value=1, max_value=1000)
    wait = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=60,
        help_text="For how many seconds the call may be held while nothing is new.",
    )


class ChecksumQuery(StretchQuery):
    """Parameters of a checksum."""

    until = serializers.IntegerField(
        required=False,
        default=None,
        min_value=0,
        max_value=LAST_POSITION,
        help_text="The last position that is compared; the newest one when it is left out.",
    )


class ChecksumOut(serializers.Serializer[Any]):
    """What a complete copy of the stretch comes to."""

    after = serializers.IntegerField()
    until = serializers.IntegerField(help_text="How far this checksum reaches.")
    count = serializers.IntegerField()
    digest = serializers.CharField()
    types = serializers.DictField(
        child=serializers.IntegerField(), help_text="Events by their type."
    )


class EventOut(serializers.Serializer[Any]):
    """A CloudEvents 1.0 event in structured form, with its place in the feed."""

    specversion = serializers.CharField()
    id = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    subject = serializers.CharField()
    time = serializers.DateTimeField()
    datacontenttype = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    tombstone = serializers.BooleanField(
        required=False, help_text="True where a copy of the subject may be dropped."
    )
    position = serializers.IntegerField()


class FeedOut(serializers.Serializer[Any]):
    """A stretch of the feed."""

    items = EventOut(many=True)
    position = serializers.IntegerField(help_text="Ask on with `after` set to this.")
    end = serializers.IntegerField(help_text="The newest position of the whole feed.")
    next = serializers.CharField(help_text="The same, as an address relative to this host.")


class ImportInput(serializers.Serializer[Any]):
    """A file to import: CSV in any encoding of an office, or an Excel sheet."""

    kind = serializers.CharField(max_length=40, help_text="people, courts or courses")
    file = serializers.FileField(max_length=200, help_text="Up to 50 MB; the ending says its kind.")
    dry_run = serializers.BooleanField(
        required=False, default=True, help_text="Only say what would happen. Send false to do it."
    )


class CellChangeOut(serializers.Serializer[Any]):
    """One cell that becomes another. Systems are told the new value only."""

    column = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField()


class RowProblemOut(serializers.Serializer[Any]):
    """What to mend in a row."""

    column = serializers.CharField(help_text="Empty when the row as a whole is wrong.")
    reason = serializers.CharField()


class RowReportOut(serializers.Serializer[Any]):
    """One row of the file."""

    line = serializers.IntegerField()
    key = serializers.CharField()
    outcome = serializers.ChoiceField(["new", "changed", "error"])
    changes = CellChangeOut(many=True)
    problems = RowProblemOut(many=True)


class ImportOut(serializers.Serializer[Any]):
    """An import as a job: what came of it, row by row."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(Job.State.choices)
    dry_run = serializers.BooleanField()
    file = serializers.CharField()
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Rows by outcome: new, changed, unchanged, error.",
    )
    error = serializers.CharField(help_text="Why nothing was imported.")
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rows = RowReportOut(many=True, help_text="All but the unchanged ones.")

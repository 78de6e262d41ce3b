"""What the catalogue's endpoints take and give."""

from typing import Any

from rest_framework import serializers

from academy.rest.endpoint import FieldsQuery, PageQuery
from academy.rest.fields import Link, TextsOut
from courses.planning.enums import MOST_SEATS, EnrollmentMode, RunState

CODE: dict[str, Any] = {"required": False, "max_length": 40}


class CoursesQuery(PageQuery):
    """Parameters of the list of courses."""

    search = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text='Words or a "phrase", in any language and keyboard layout; best matches first.',
    )
    topic = serializers.CharField(**CODE)
    audience = serializers.CharField(**CODE)
    format = serializers.CharField(**CODE)
    provider = serializers.CharField(**CODE)
    language = serializers.CharField(**CODE)


class CourseOut(serializers.Serializer[Any]):
    """A course of the catalogue. Empty hours and days mean: not published."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    status = serializers.CharField()
    version = serializers.IntegerField()
    title = TextsOut()
    summary = TextsOut()
    provider = serializers.CharField()
    format = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    topics = serializers.ListField(child=serializers.CharField())
    audiences = serializers.ListField(child=serializers.CharField())
    hours = serializers.FloatField(allow_null=True)
    minutes_per_hour = serializers.IntegerField(allow_null=True)
    days = serializers.FloatField(allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    next_run_at = serializers.DateTimeField(allow_null=True)


class CourseInFullOut(CourseOut):
    """A course with everything that its page says."""

    objectives = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Sentences by language code.",
    )
    demo_translations = serializers.ListField(child=serializers.CharField())
    duration_published = serializers.CharField()
    provider_course_code = serializers.CharField()
    source_url = serializers.CharField()
    min_attendance_share = serializers.FloatField()
    test_required = serializers.BooleanField()
    validity_months = serializers.IntegerField(
        allow_null=True, help_text="How long its certificates hold; null: for ever."
    )
    prerequisites = serializers.ListField(child=serializers.CharField())


class CoursesPageOut(serializers.Serializer[Any]):
    """A page of the catalogue."""

    items = CourseOut(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="The next page, relative to this host; null at the end."
    )
    corrected = serializers.CharField(
        required=False, help_text="What was searched instead of words that no course has."
    )


class RunsQuery(FieldsQuery):
    """Parameters of the list of runs."""

    course = serializers.CharField(**CODE)
    state = serializers.ChoiceField(RunState.choices, required=False)
    language = serializers.CharField(**CODE)
    include = serializers.ChoiceField(
        ["sessions"],
        required=False,
        default="",
        allow_blank=True,
        help_text="`sessions`: with the dated meetings of each run.",
    )
    starts_from = serializers.DateTimeField(required=False)
    starts_before = serializers.DateTimeField(required=False)


class SeatsOut(serializers.Serializer[Any]):
    """Seats in numbers; all empty for a run without a limit."""

    capacity = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField(allow_null=True)
    free = serializers.IntegerField(allow_null=True)


class SessionOut(serializers.Serializer[Any]):
    """A dated meeting of a run."""

    id = serializers.UUIDField()
    run = serializers.UUIDField()
    number = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    minutes = serializers.IntegerField(help_text="Of teaching; breaks are not counted.")
    venue = serializers.CharField(allow_null=True)
    is_cancelled = serializers.BooleanField()


class RunOut(serializers.Serializer[Any]):
    """One edition of a course."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    course = serializers.CharField()
    version = serializers.IntegerField()
    title = TextsOut()
    state = serializers.ChoiceField(RunState.choices)
    mode = serializers.ChoiceField(EnrollmentMode.choices)
    format = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    venue = serializers.CharField(allow_null=True)
    venue_names = TextsOut(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    enrollment_opens_at = serializers.DateTimeField()
    enrollment_closes_at = serializers.DateTimeField()
    withdraw_until = serializers.DateTimeField(allow_null=True)
    minimum_size = serializers.IntegerField()
    seats = SeatsOut()
    revision = serializers.IntegerField()
    sessions = SessionOut(many=True, required=False, help_text="With `include=sessions` only.")


class PlannedRunOut(RunOut):
    """A run as it was planned, and what would stand in the way of publishing it."""

    warnings = serializers.ListField(
        child=serializers.CharField(),
        help_text="Trainers and places that other runs want at the same hours, in words.",
    )


class SessionsOut(serializers.Serializer[Any]):
    """All sessions of a run."""

    items = SessionOut(many=True)


class SessionInput(serializers.Serializer[Any]):
    """A meeting to be planned."""

    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60)
    link = Link()


class RunInput(serializers.Serializer[Any]):
    """A run to be planned, as a draft."""

    course = serializers.SlugField(max_length=40)
    code = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)
    language = serializers.CharField(max_length=10)
    time_zone = serializers.CharField(max_length=40)
    sessions = serializers.ListField(child=SessionInput(), max_length=200)
    enrollment_opens_at = serializers.DateTimeField()
    enrollment_closes_at = serializers.DateTimeField()
    withdraw_until = serializers.DateTimeField(required=False, default=None, allow_null=True)
    capacity = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=MOST_SEATS
    )
    minimum_size = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MOST_SEATS
    )
    mode = serializers.ChoiceField(EnrollmentMode.choices, required=False, default="open")
    offer_hours = serializers.IntegerField(required=False, default=16, min_value=1, max_value=240)
    auto_accept = serializers.BooleanField(required=False, default=False)
    venue = serializers.SlugField(required=False, default=None, allow_null=True, max_length=40)
    link = Link()
    trainers = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=50
    )

"""What the endpoints of credit and requirements give; systems see their projection's fields."""

from typing import Any

from rest_framework import serializers

from academy.rest.endpoint import PageQuery
from enrollment.attendance.enums import OutcomeKind
from enrollment.credits.enums import Basis, Unit
from enrollment.credits.models import CreditEntry


class RequirementsQuery(PageQuery):
    """Parameters of the list of requirements."""


class RequirementOut(serializers.Serializer[Any]):
    """A rule: who owes how much of what by when."""

    code = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    audience = serializers.CharField(help_text="The audience of the catalogue that owes it.")
    unit = serializers.ChoiceField(Unit.choices)
    amount = serializers.FloatField()
    courses = serializers.ListField(child=serializers.CharField())
    basis = serializers.ChoiceField(Basis.choices)
    years = serializers.IntegerField(allow_null=True, help_text="Length of a calendar cycle.")
    months = serializers.IntegerField(
        allow_null=True, help_text="Time after the appointment to the post."
    )
    minimums = serializers.DictField(
        child=serializers.FloatField(), help_text="The least of the amount by topic."
    )
    caps = serializers.DictField(
        child=serializers.FloatField(), help_text="The most that counts of a kind of credit."
    )
    carry_cap = serializers.FloatField()
    grace_days = serializers.IntegerField()
    prorates = serializers.BooleanField(help_text="Who came late owes for the months since.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    revision = serializers.IntegerField()


class ObligationOut(serializers.Serializer[Any]):
    """What one person owes in one period."""

    requirement = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField(), required=False)
    unit = serializers.ChoiceField(Unit.choices, required=False)
    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)
    due_on = serializers.DateField(required=False)
    needed = serializers.FloatField(required=False)
    earned = serializers.FloatField(required=False)
    owed = serializers.FloatField(required=False)
    state = serializers.CharField(required=False, help_text="met, exempt, owed or late")
    met_on = serializers.DateField(required=False, allow_null=True)


class OwedOut(serializers.Serializer[Any]):
    """Everything that one person owes or owed."""

    items = ObligationOut(many=True)


class PaperOut(serializers.Serializer[Any]):
    """The certificate that an outcome led to, without its serial."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="valid, expired, revoked or replaced")
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class TranscriptLineOut(serializers.Serializer[Any]):
    """One run that somebody took part in."""

    course = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField(), required=False)
    run = serializers.CharField(required=False)
    first_day = serializers.DateField(required=False, allow_null=True)
    last_day = serializers.DateField(required=False, allow_null=True)
    outcome = serializers.ChoiceField(OutcomeKind.choices, required=False)
    hours = serializers.FloatField(required=False, help_text="Academic hours of credit.")
    certificate = PaperOut(required=False, allow_null=True)


class TranscriptOut(serializers.Serializer[Any]):
    """Participation facts only: no score, no attempt, no refusal, no place in a queue."""

    person = serializers.UUIDField()
    items = TranscriptLineOut(many=True)
    requirements = ObligationOut(many=True)


class CreditSumOut(serializers.Serializer[Any]):
    """The credit of one kind in the year."""

    kind = serializers.ChoiceField(CreditEntry.Kind.choices)
    entries = serializers.IntegerField()
    hours = serializers.FloatField()


class SheetOut(TranscriptOut):
    """The yearly sheet."""

    year = serializers.IntegerField()
    credits = CreditSumOut(many=True)

"""What enrolment's endpoints take and give."""

from typing import Any

from rest_framework import serializers

from academy.rest.endpoint import FieldsQuery
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.certificates.enums import EndReason
from enrollment.decisions.enums import StepKind
from enrollment.seats.enums import Source, State

MOST_ANSWERS = 100
LONGEST_NOTE = 2_000


class EnrollmentsQuery(FieldsQuery):
    """Parameters of the list; without any, a person sees the own enrolments."""

    run = serializers.UUIDField(required=False)
    person = serializers.UUIDField(required=False)
    court = serializers.CharField(required=False, max_length=40)
    state = serializers.ChoiceField(State.choices, required=False)


class EnrollmentOut(serializers.Serializer[Any]):
    """One person's claim on one run. Systems see the fields of their projection only."""

    id = serializers.UUIDField()
    run = serializers.UUIDField()
    run_code = serializers.CharField(required=False)
    course = serializers.CharField(required=False)
    person = serializers.UUIDField()
    family_name = serializers.CharField(required=False)
    given_name = serializers.CharField(required=False)
    court = serializers.CharField(required=False, allow_null=True)
    state = serializers.ChoiceField(State.choices)
    queue_number = serializers.IntegerField(required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        Source.choices, required=False
    )
    is_late = serializers.BooleanField(required=False)
    end_reason = serializers.CharField(required=False)
    created_at = serializers.DateTimeField(required=False)
    state_since = serializers.DateTimeField(required=False)
    revision = serializers.IntegerField(required=False)


class StepOut(serializers.Serializer[Any]):
    """One thing that happened to an enrolment."""

    type = serializers.CharField()
    time = serializers.DateTimeField()
    reason = serializers.CharField()


class EnrollmentInFullOut(EnrollmentOut):
    """An enrolment with its history."""

    history = StepOut(many=True, required=False)


class EnrollInput(serializers.Serializer[Any]):
    """A request for a place."""

    run = serializers.UUIDField()
    person = serializers.UUIDField(
        required=False,
        default=None,
        allow_null=True,
        help_text="For whom; oneself when not given.",
    )
    appointment = serializers.UUIDField(
        required=False, default=None, allow_null=True, help_text="Under which of two posts."
    )


class WithdrawInput(serializers.Serializer[Any]):
    """Why a place is given up; needed after the withdrawal deadline."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class ReasonInput(serializers.Serializer[Any]):
    """Why something is refused or cancelled."""

    reason = serializers.CharField(max_length=40)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class NoteInput(serializers.Serializer[Any]):
    """A remark beside a decision."""

    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class DecisionOut(serializers.Serializer[Any]):
    """A step that waits for an answer, or was answered."""

    id = serializers.UUIDField()
    enrollment = serializers.UUIDField()
    kind = serializers.ChoiceField(StepKind.choices)
    state = serializers.CharField()
    due_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    behalf_of = serializers.UUIDField(
        allow_null=True, help_text="The head in whose place a deputy answered."
    )
    reason = serializers.CharField()


class AnswersInput(serializers.Serializer[Any]):
    """One answer to several decisions."""

    decisions = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_ANSWERS
    )
    answer = serializers.ChoiceField(["give", "refuse"])
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="Needed for a refusal.",
    )
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class AnsweredOut(serializers.Serializer[Any]):
    """What came of one of them; without a code it is recorded."""

    id = serializers.UUIDField()
    recorded = serializers.BooleanField()
    code = serializers.CharField(help_text="Why it is not recorded.")
    detail = serializers.CharField()


class AnswersOut(serializers.Serializer[Any]):
    """A row per decision, in the order in which they were sent."""

    items = AnsweredOut(many=True)


class OpenDecisionOut(DecisionOut):
    """An open step with what it is about."""

    run = serializers.UUIDField()
    run_code = serializers.CharField()
    person = serializers.UUIDField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()


class RunStateOut(serializers.Serializer[Any]):
    """What a command made of a run."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()


class FinalisedOut(RunStateOut):
    """A finalised run and what it came to."""

    outcomes = serializers.DictField(child=serializers.IntegerField())
    credits = serializers.IntegerField()
    certificates = serializers.IntegerField()


class MarkInput(serializers.Serializer[Any]):
    """One person's attendance at one session."""

    enrollment = serializers.UUIDField()
    status = serializers.ChoiceField(MarkStatus.choices)
    minutes = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=1440
    )
    nonce = serializers.UUIDField(help_text="New for each mark; the same one is the same mark.")
    seen = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The nonce of the mark that stood there when this one was made, null when none "
        "did: refused if another one has been written since. Without it the newest mark counts.",
    )


class MarksInput(serializers.Serializer[Any]):
    """The marks of a session, all or none."""

    marks = serializers.ListField(child=MarkInput(), min_length=1, max_length=1_000)


class MarkOut(serializers.Serializer[Any]):
    """A mark as it was stored."""

    enrollment = serializers.UUIDField()
    status = serializers.ChoiceField(MarkStatus.choices)
    minutes = serializers.IntegerField()
    nonce = serializers.UUIDField()


class MarksOut(serializers.Serializer[Any]):
    """The stored marks, in the order in which they were sent."""

    items = MarkOut(many=True)


class TestInput(serializers.Serializer[Any]):
    """The result of a run's test."""

    passed = serializers.BooleanField()


class TestOut(TestInput):
    """The result that counts."""

    enrollment = serializers.UUIDField()


class CertificateOut(serializers.Serializer[Any]):
    """A certificate as its holder sees it."""

    id = serializers.UUIDField()
    serial = serializers.CharField()
    state = serializers.CharField(help_text="valid, expired, revoked or replaced")
    run = serializers.UUIDField()
    course = serializers.CharField()
    outcome = serializers.ChoiceField(OutcomeKind.choices)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: it holds for ever.")


class CertificateEndInput(serializers.Serializer[Any]):
    """Why a certificate ends; its holder is told, the public is not."""

    reason = serializers.ChoiceField(EndReason.choices)
    note = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_NOTE,
        help_text="For the academy's record; needed with the reason `other`.",
    )


class CertificateEndedOut(serializers.Serializer[Any]):
    """The revoked certificate, or the new one in the place of the replaced one."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="revoked, or valid for the new one")
    run = serializers.UUIDField()
    person = serializers.UUIDField()
    replaces = serializers.UUIDField(allow_null=True, help_text="The certificate that it replaces.")


class CheckOut(serializers.Serializer[Any]):
    """What the public check says: no more about the person than the paper shows."""

    answer = serializers.CharField(help_text="valid, expired, revoked, replaced or unknown")
    ended_on = serializers.DateField(allow_null=True)
    paper = serializers.DictField(allow_null=True)

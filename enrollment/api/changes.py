"""Changes of a whole run, each with a dry run: who is affected, and what they will be told."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint, unknown_value
from academy.rest.fields import Link
from academy.rest.permissions import any_of
from academy.rest.schema import IF_MATCH, Method, answered, describe
from courses.planning.actions import SessionPlan
from courses.planning.enums import MOST_SEATS, NoAnswer
from courses.planning.models import Run, Venue
from enrollment.api import doors
from enrollment.api.shapes import LONGEST_NOTE
from enrollment.requests import run_changes, surgery
from enrollment.requests.letters import TOLD
from enrollment.requests.rehearsal import Foreseen, witnessed
from enrollment.seats.enums import State

REGISTRAR = any_of(Right.REGISTER, scope="runs:write")
MOST_SESSIONS = 200
EXAMPLE = {
    "dry_run": True,
    "mark": "0f6f2c64b2a34f0e8f6a54c1d0b1a9e3",
    "effects": [
        {
            "person": "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa",
            "before": "waitlisted",
            "after": "offered",
            "clashes": False,
            "messages": ["enrollment.offered"],
        }
    ],
    "still_waiting": 3,
}


class ChangeInput(serializers.Serializer[Any]):
    """What every change of a run may say."""

    dry_run = serializers.BooleanField(
        default=False, help_text="Say what would happen and change nothing."
    )
    agreed = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="The `mark` of a dry run: nothing is done unless it comes to just that.",
    )


class CapacityInput(ChangeInput):
    """How many seats there are to be."""

    capacity = serializers.IntegerField(min_value=0, max_value=MOST_SEATS)


class PostponeInput(ChangeInput):
    """Why the run is not held on its dates."""

    reason = serializers.CharField(max_length=40)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_NOTE
    )


class NewSessionInput(serializers.Serializer[Any]):
    """One meeting of the run as it is to be."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=1_440, help_text="Taught minutes.")
    venue = serializers.SlugField(
        required=False,
        default=None,
        allow_null=True,
        max_length=40,
        help_text="Code of another venue; the place stays when not given.",
    )
    link = Link()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A meeting ends after it begins."""
        if attrs["ends_at"] - attrs["starts_at"] < timedelta(minutes=1):
            raise serializers.ValidationError({"ends_at": _("A session ends after it begins.")})
        return attrs


class MoveInput(ChangeInput):
    """All sessions, in their order; each present one keeps its identity."""

    sessions = serializers.ListField(
        child=NewSessionInput(), min_length=1, max_length=MOST_SESSIONS
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    no_answer = serializers.ChoiceField(
        NoAnswer.choices,
        required=False,
        default=None,
        allow_null=True,
        help_text="What silence means for who is asked to confirm again; null: as it was.",
    )


class MergeInput(ChangeInput):
    """Into which run."""

    into = serializers.UUIDField(help_text="Another run of the same course.")


class SplitInput(MergeInput):
    """Who goes to the other run."""

    enrollments = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=1_000,
        help_text="Who moves; when empty those who wait, in order, as far as seats are free.",
    )


class EffectOut(serializers.Serializer[Any]):
    """What becomes of one person."""

    person = serializers.UUIDField()
    before = serializers.CharField(help_text="A state; empty for somebody who had no part.")
    after = serializers.ChoiceField(State.choices)
    clashes = serializers.BooleanField(help_text="Holds another seat at the hours of the run.")
    messages = serializers.ListField(child=serializers.ChoiceField([one.value for one in TOLD]))


class ChangeOut(serializers.Serializer[Any]):
    """What a change came to, or would."""

    dry_run = serializers.BooleanField()
    mark = serializers.CharField()
    effects = EffectOut(many=True)
    still_waiting = serializers.IntegerField()


def _described(name: str, summary: str, body: type[ChangeInput]) -> Callable[[Method], Method]:
    return describe(
        name,
        summary,
        body=body,
        answer=ChangeOut,
        errors=[404],
        headers=[IF_MATCH],
        examples=[answered("A dry run", EXAMPLE)],
    )


class _Change(Endpoint):
    """The frame of a change: door, dry run or deed, the same answer for both."""

    needs: ClassVar = {"POST": REGISTRAR}

    def carry_out(
        self, run: UUID, action: Callable[..., Run], sent: dict[str, Any], *others: UUID
    ) -> Response:
        """Pass the door of every run that is touched; then the action, or its rehearsal."""
        for each in (run, *others):
            doors.run_to_command(self.viewer, each)
        is_dry = sent["dry_run"]
        change = partial(
            witnessed,
            action,
            runs=[run, *others],
            run=run,
            actor=self.actor,
            revision=self.revision,
            **sent,
        )
        return self.command(
            lambda keyed: change(keyed=keyed),
            lambda foreseen: _answer(foreseen, is_dry=is_dry),
        )


class Capacity(_Change):
    """More or fewer seats."""

    @_described("changeCapacity", "Change the number of seats of a run", CapacityInput)
    def post(self, request: Request, run: UUID) -> Response:
        """More seats go to the waiting list first; fewer throw nobody out."""
        return self.carry_out(run, run_changes.change_capacity, self.body(CapacityInput))


class Postpone(_Change):
    """No dates for now."""

    @_described("postponeRun", "Postpone a run", PostponeInput)
    def post(self, request: Request, run: UUID) -> Response:
        """Everybody keeps seat or place until there are new dates."""
        return self.carry_out(run, run_changes.postpone_run, self.body(PostponeInput))


class Move(_Change):
    """New dates, another place."""

    @_described("moveRun", "Give a run new dates or another place", MoveInput)
    def post(self, request: Request, run: UUID) -> Response:
        """Who has a seat keeps it and is asked to confirm again."""
        sent = self.body(MoveInput)
        sent["sessions"] = _plans(sent["sessions"])
        sent["no_answer"] = NoAnswer(sent["no_answer"]) if sent["no_answer"] else None
        return self.carry_out(run, run_changes.move_run, sent)


class Merge(_Change):
    """Two runs become one."""

    @_described("mergeRuns", "Merge a run into another one of the course", MergeInput)
    def post(self, request: Request, run: UUID) -> Response:
        """Everybody moves to the other run; this one is cancelled."""
        sent = self.body(MergeInput)
        return self.carry_out(run, surgery.merge_runs, sent, sent["into"])


class Split(_Change):
    """One run becomes two."""

    @_described("splitRun", "Move people of a run to another one of the course", SplitInput)
    def post(self, request: Request, run: UUID) -> Response:
        """Seats that come free go to the waiting list."""
        sent = self.body(SplitInput)
        return self.carry_out(run, surgery.split_run, sent, sent["into"])


def _plans(sent: list[dict[str, Any]]) -> list[SessionPlan]:
    codes = {one["venue"] for one in sent if one["venue"]}
    venues = Venue.objects.in_bulk(codes, field_name="code")
    if codes - venues.keys():
        raise unknown_value("sessions", _("There is no such venue."))
    return [
        SessionPlan(
            one["starts_at"],
            one["minutes"],
            one["ends_at"] - one["starts_at"],
            venues.get(one["venue"]),
            one["link"],
        )
        for one in sent
    ]


def _answer(foreseen: Foreseen, *, is_dry: bool) -> dict[str, Any]:
    return {
        "dry_run": is_dry,
        "mark": foreseen.mark,
        "effects": [
            {
                "person": one.person,
                "before": one.before,
                "after": one.after,
                "clashes": one.clashes,
                "messages": [letter.value for letter in one.letters],
            }
            for one in foreseen.effects
        ],
        "still_waiting": len(foreseen.still_waiting),
    }

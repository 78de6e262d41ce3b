"""Roster, queue and seats of a run, now or as known at a past moment: from the ledger."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.core import clock
from academy.rest.endpoint import Endpoint, Query, unknown_value
from academy.rest.permissions import any_of
from academy.rest.schema import describe
from enrollment.api import doors
from enrollment.requests.past import Line, Past, PoolThen, run_as_known
from enrollment.seats.enums import State


class RosterQuery(Query):
    """At which moment; the present one when it is not given."""

    known_at = serializers.DateTimeField(
        required=False, help_text="A moment that has passed, with its offset from UTC."
    )


class RosterLineOut(serializers.Serializer[Any]):
    """One enrolment as it was known; `seat` is the seat's number in the run."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    court = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(State.choices)
    state_since = serializers.DateTimeField()
    seat = serializers.IntegerField(allow_null=True)
    queue_number = serializers.IntegerField(allow_null=True)
    priority_class = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()


class PoolThenOut(serializers.Serializer[Any]):
    """The seats that lay in one pool; `scope` is null where no event tells the pool."""

    scope = serializers.CharField(allow_null=True)
    court = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    value = serializers.CharField()
    seats = serializers.IntegerField()
    free = serializers.IntegerField()


class RosterOut(serializers.Serializer[Any]):
    """A run at a moment, rebuilt from the events until then."""

    run = serializers.UUIDField()
    known_at = serializers.DateTimeField()
    capacity = serializers.IntegerField(allow_null=True)
    events = serializers.IntegerField(help_text="From how many events this was rebuilt.")
    roster = RosterLineOut(many=True)
    queue = serializers.ListField(
        child=serializers.UUIDField(), help_text="Who waits, in the order of service."
    )
    ended = RosterLineOut(many=True)
    pools = PoolThenOut(many=True)


class Roster(Endpoint):
    """Who was in a run."""

    needs: ClassVar = {"GET": any_of(Right.TEACH, Right.READ_ALL, scope="enrollments:read")}

    @describe(
        "readRoster",
        "Read a run's roster, queue and seats, now or as known at a past moment",
        answer=RosterOut,
        query=RosterQuery,
        errors=[404],
    )
    def get(self, request: Request, run: UUID) -> Response:
        """Rebuilt from the ledger, not read from rows."""
        now = clock.now()
        at = self.query(RosterQuery).get("known_at", now)
        if at > now:
            raise unknown_value("known_at", _("This moment is still to come."))
        row = doors.run_to_read_whole(self.viewer, self.projection, run)
        past = run_as_known(row, at=at)
        self.disclosed("enrollments", [line.claim.person for line in (*past.roster, *past.ended)])
        return Response(_shown(past))


def _shown(past: Past) -> dict[str, Any]:
    return {
        "run": past.run.public_id,
        "known_at": past.known_at,
        "capacity": past.capacity,
        "events": past.events,
        "roster": [_line(line) for line in past.roster],
        "queue": [line.claim.enrollment for line in past.queue],
        "ended": [_line(line) for line in past.ended],
        "pools": [_pool(line) for line in past.pools],
    }


def _line(line: Line) -> dict[str, Any]:
    claim = line.claim
    return {
        "id": claim.enrollment,
        "person": claim.person,
        "family_name": line.family_name,
        "given_name": line.given_name,
        "court": line.court.code if line.court else None,
        "state": claim.state.value,
        "state_since": claim.since,
        "seat": line.seat,
        "queue_number": claim.queue_number,
        "priority_class": claim.priority_class,
        "due_at": claim.due_at,
        "revision": claim.revision,
    }


def _pool(line: PoolThen) -> dict[str, Any]:
    pool = line.pool
    return {
        "scope": pool.scope if pool else None,
        "court": pool.court.code if pool and pool.court else None,
        "region": pool.region.code if pool and pool.region else None,
        "value": pool.value if pool else "",
        "seats": line.seats,
        "free": line.free,
    }

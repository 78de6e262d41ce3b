"""Seats of a run as the caller may use them; the run itself is the same for all readers."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.core import clock
from academy.core.errors import Missing
from academy.rest.endpoint import Endpoint
from academy.rest.permissions import signed_in
from academy.rest.schema import describe
from courses.planning.enums import PoolScope, RunState
from courses.planning.models import Run
from enrollment.requests.seat_queries import own_pools


class OwnPoolOut(serializers.Serializer[Any]):
    """A pool that the caller may draw from."""

    scope = serializers.ChoiceField(PoolScope.choices)
    seats = serializers.IntegerField()
    taken = serializers.IntegerField()
    free = serializers.IntegerField()
    falls_to = serializers.ChoiceField(
        PoolScope.choices, allow_null=True, help_text="Whose the free ones become."
    )
    release_at = serializers.DateTimeField(allow_null=True)
    sentence = serializers.CharField(help_text="The same in the language asked for.")


class OwnSeatsOut(serializers.Serializer[Any]):
    """The caller's pools, in the order in which the service draws from them."""

    items = OwnPoolOut(many=True)


class SeatsForMe(Endpoint):
    """How full the caller's own pools are."""

    needs: ClassVar = {"GET": signed_in()}

    @describe("listSeatsForMe", "Read the seats kept for me", answer=OwnSeatsOut, errors=[404])
    def get(self, request: Request, run: UUID) -> Response:
        """Empty for a run without a limit, and for an account without a person."""
        row = Run.objects.filter(public_id=run).exclude(state=RunState.DRAFT).first()
        if row is None:
            raise Missing("unknown_run", "There is no such run.")
        person = self.viewer.person_id
        found = own_pools(person, [row.pk], today=clock.now().date()) if person else {}
        items = [
            {
                "scope": pool.scope,
                "seats": pool.seats,
                "taken": pool.seats - pool.free,
                "free": pool.free,
                "falls_to": pool.falls_to,
                "release_at": pool.release_at,
                "sentence": pool.sentence,
            }
            for pool in found.get(row.pk, [])
        ]
        return Response({"items": items})

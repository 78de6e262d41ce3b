"""Events without a story, for tests of the ledger itself."""

from uuid import UUID, uuid4

from django.db import transaction

from academy.core import clock
from academy.ledger.actions import Fact, record
from tests.factories import ACTOR

SUBJECT = UUID(int=1)


def fact(place=0, *, kind="tests.happened", note="") -> Fact:
    return Fact(kind, "test", SUBJECT, data={"place": place}, note=note, person_id=uuid4())


def write(*places, kind="tests.happened") -> None:
    """One transaction with one event for each place."""
    with transaction.atomic():
        record([fact(place, kind=kind) for place in places], actor=ACTOR, at=clock.now())

"""Whose facts changed is reckoned anew."""

from collections.abc import Sequence

from academy.core import clock
from academy.ledger.registry import Event, Handler
from academy.people.models import Person
from enrollment.credits import reckoning

CHANGES = ("credit.", "appointment.", "exemption.", "person.left")


def react(events: Sequence[Event]) -> None:
    """Reckon what the people owe whose credit, posts or exemptions changed."""
    told = {event.person_id for event in events if event.person_id}
    people = Person.objects.filter(public_id__in=told).values_list("pk", flat=True)
    reckoning.reckon(people=people, now=clock.now())


HANDLER = Handler("credits", CHANGES, react)

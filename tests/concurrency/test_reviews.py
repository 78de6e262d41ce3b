"""Bodies of the same turn decide at the same moment: the round ends once."""

from functools import partial

import pytest

from academy.core.errors import Refused
from academy.ledger.models import Event
from courses.development.enums import Verdict
from courses.development.models import Proposal, RouteStep
from tests.concurrency.racing import race
from tests.courses.development.stage import Bodies

pytestmark = pytest.mark.django_db(transaction=True)


def ended():
    ends = ("proposal.accepted", "proposal.returned", "proposal.declined")
    return list(Event.objects.filter(type__in=ends).values_list("type", flat=True))


@pytest.mark.parametrize("last", [Verdict.ACCEPT, Verdict.DECLINE])
def test_two_bodies_that_decide_at_once_end_the_round_once(last):
    bodies = Bodies()
    RouteStep.objects.update(place=1)
    row = bodies.in_review()

    answers = race(
        [
            partial(bodies.decided, row, bodies.council, Verdict.ACCEPT),
            partial(bodies.decided, row, bodies.judicial, last, "Not now."),
        ]
    )

    if last == Verdict.ACCEPT:
        assert ended() == ["proposal.accepted"]
        assert not [one for one in answers if isinstance(one, Exception)]
        return
    assert ended() == ["proposal.declined"]
    late = [one.code for one in answers if isinstance(one, Refused)]
    assert late in ([], ["step_is_over"])  # the yes may have come first
    assert Proposal.objects.get().state == "declined"

"""What nominating somebody would come to, and whom it tells. Pure: facts in, foresight out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from enrollment.decisions.enums import Decider, StepKind
from enrollment.decisions.rules import Step, court_that_decides
from enrollment.requests.rules import (
    Answer,
    AskingFacts,
    answer_to,
    asks_the_nominee,
    check_waiting_list,
)
from enrollment.seats.enums import Source, State

TOLD: Mapping[str, str | Promise] = {
    State.REQUESTED: _("The person is told that the request waits; whoever decides is asked."),
    State.WAITLISTED: _("The person is told about the place on the waiting list."),
    State.OFFERED: _("The person is asked to accept or decline, with the time to answer."),
    State.CONFIRMED: _("The person is told that the seat is confirmed."),
}
"""Who would be written to, by what the nomination becomes; a refusal is told to nobody else."""


@dataclass(slots=True)
class Room:
    """What is left in a run while a list of people is gone through.

    Free seats by pool, and the pools that somebody waits for: nobody passes them.
    """

    free: dict[int, int]
    waited_for: frozenset[int] = frozenset()

    def take(self, pools: Iterable[int]) -> bool:
        """Whether one more finds a seat; it is gone for the next."""
        for pool in pools:
            if pool not in self.waited_for and self.free.get(pool):
                self.free[pool] -= 1
                return True
        return False


def foreseen(
    facts: AskingFacts, room: Room, *, now: datetime, heads: frozenset[int] = frozenset()
) -> State:
    """What nominating this person now would become, as far as one can say before it is done.

    `heads` are the courts whose head nominates: the consent that is the nominator's own is given
    with the nomination. Refuses what would be refused.
    """
    answer, steps = answer_to(facts, source=Source.NOMINATION, now=now)
    if answer == Answer.DECISIONS and not _settled_at_once(facts, steps, heads):
        if facts.holds_seat and facts.is_limited:
            room.take(facts.pool_ids)
        return State.REQUESTED
    if facts.is_limited and not room.take(facts.pool_ids):
        if answer == Answer.SEAT:
            check_waiting_list(is_full=facts.waiting_list_is_full)
        return State.WAITLISTED
    return State.OFFERED if asks_the_nominee(facts, Source.NOMINATION) else State.CONFIRMED


def _settled_at_once(facts: AskingFacts, steps: list[Step], heads: frozenset[int]) -> bool:
    """Whether the nominator's own consent is all that stands in the way."""
    court = court_that_decides(
        court_id=facts.court_id, parent_id=facts.court_parent_id, is_head=facts.is_head
    )
    of_head = [step for step in steps if step.decider == Decider.HEAD]
    if of_head and court is None:
        raise Refused("nobody_decides", _("There is no higher court that could decide on this."))
    own = of_head if court in heads else []
    blocking = [step for step in steps if step.kind != StepKind.OPINION and step not in own]
    return bool(own) and not blocking and not facts.is_gathering

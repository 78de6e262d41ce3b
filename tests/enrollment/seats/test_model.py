"""Random commands against a plain-Python model of one run: after each step both say the same."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from academy.core import clock
from academy.core.errors import Refused
from academy.ledger.models import Event
from courses.planning.models import Run
from enrollment.requests import actions, run_changes, timers
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import assert_sound, seats_of
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

HOLDING = {"offered", "confirmed"}
ACTIVE = HOLDING | {"requested", "waitlisted"}
OFFER = timedelta(hours=2)
CHOICE = st.integers(0, 30)


@dataclass
class Claim:
    """What the model knows of one enrolment."""

    state: str
    number: int | None = None
    due: timedelta | None = None


class Model:
    """The rules of one run in a page of Python: a list of claims in the order of asking."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.claims = []
        self.numbers = count()

    def having(self, *states):
        return [claim for claim in self.claims if claim.state in states]

    @property
    def has_free_seat(self):
        return len(self.having(*HOLDING)) < self.capacity

    def ask(self, mode):
        if mode == "approval":
            self.claims.append(Claim("requested", next(self.numbers)))
        elif self.has_free_seat and not self.having("waitlisted"):
            self.claims.append(Claim("confirmed"))
        else:
            self.claims.append(Claim("waitlisted", next(self.numbers)))

    def end(self, claim, state, now):
        claim.state = state
        self.promote(now)

    def promote(self, now):
        for claim in sorted(self.having("waitlisted"), key=lambda claim: claim.number):
            if self.has_free_seat:
                claim.state, claim.due = "offered", now + OFFER

    def consent(self, claim, now):
        ahead = [other for other in self.having("waitlisted") if other.number < claim.number]
        claim.state = "confirmed" if self.has_free_seat and not ahead else "waitlisted"
        self.promote(now)

    def expire(self, now):
        for claim in sorted(self.having("offered"), key=lambda claim: claim.due):
            if claim.due <= now and claim.state == "offered":
                self.end(claim, "expired", now)


class OneRun(RuleBasedStateMachine):
    """Every rule does the same to the service and to the model, refusals included."""

    @initialize(capacity=st.integers(0, 3))
    def open_the_run(self, capacity):
        self.outer = transaction.atomic()
        self.outer._from_testcase = True  # the actions open their own, as in any test
        self.outer.__enter__()
        self.began = clock.now()
        self.now = timedelta()
        court = factories.court(parent=factories.court())
        self.head = factories.account()
        self.people = iter(factories.people(60, court))
        self.run = factories.run(seats=capacity, offer_hours=2)
        self.rows = []
        self.model = Model(capacity)
        self.events = Event.objects.count()

    def teardown(self):
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @property
    def at(self):
        return self.began + self.now

    def pick(self, place, *states):
        """One claim in such a state with its row; none when there is none."""
        found = [
            (claim, row)
            for claim, row in zip(self.model.claims, self.rows, strict=True)
            if claim.state in states
        ]
        return found[place % len(found)] if found else None

    @contextmanager
    def refused(self, code):
        before = Event.objects.count()
        with pytest.raises(Refused) as refusal:
            yield
        assert refusal.value.code == code
        assert Event.objects.count() == before

    @rule(mode=st.sampled_from(["open", "open", "approval"]))
    def ask(self, mode):
        Run.objects.filter(pk=self.run.pk).update(enrollment_mode=mode)
        person = next(self.people, None)
        if person is None:
            return
        row = actions.enroll(run=self.run.public_id, person=person.pk, actor=ACTOR, at=self.at)
        self.rows.append(row)
        self.model.ask(mode)

    @rule(place=CHOICE)
    def ask_twice(self, place):
        if found := self.pick(place, *ACTIVE):
            with self.refused("already_enrolled"):
                actions.enroll(
                    run=self.run.public_id, person=found[1].person_id, actor=ACTOR, at=self.at
                )

    @rule(place=CHOICE)
    def withdraw(self, place):
        if found := self.pick(place, *ACTIVE):
            claim, row = found
            actions.withdraw(enrollment=row.public_id, actor=ACTOR, at=self.at)
            self.model.end(claim, "withdrawn", self.now)

    @rule(place=CHOICE)
    def cancel(self, place):
        if found := self.pick(place, *ACTIVE):
            claim, row = found
            actions.cancel_enrollment(
                enrollment=row.public_id, reason="left_service", actor=ACTOR, at=self.at
            )
            self.model.end(claim, "cancelled", self.now)

    @rule(place=CHOICE)
    def accept(self, place):
        if found := self.pick(place, "offered"):
            claim, row = found
            if claim.due <= self.now:
                with self.refused("too_late"):
                    actions.accept(enrollment=row.public_id, actor=ACTOR, at=self.at)
            else:
                actions.accept(enrollment=row.public_id, actor=ACTOR, at=self.at)
                claim.state = "confirmed"

    @rule(place=CHOICE)
    def decline(self, place):
        if found := self.pick(place, "offered"):
            claim, row = found
            actions.decline(enrollment=row.public_id, actor=ACTOR, at=self.at)
            self.model.end(claim, "withdrawn", self.now)

    @rule(place=CHOICE)
    def answer_to_an_ended_claim(self, place):
        if found := self.pick(place, "withdrawn", "expired", "rejected", "cancelled"):
            with self.refused("transition"):
                actions.accept(enrollment=found[1].public_id, actor=ACTOR, at=self.at)

    @rule(place=CHOICE, yes=st.booleans())
    def decide(self, place, yes):
        if found := self.pick(place, "requested"):
            claim, row = found
            actions.decide(
                decision=row.decisions.get().public_id,
                yes=yes,
                account=self.head.pk,
                reason="" if yes else "workload",
                actor=ACTOR,
                at=self.at,
            )
            if yes:
                self.model.consent(claim, self.now)
            else:
                self.model.end(claim, "rejected", self.now)

    @rule(capacity=st.integers(0, 5))
    def change_capacity(self, capacity):
        run_changes.change_capacity(
            run=self.run.public_id, capacity=capacity, actor=ACTOR, at=self.at
        )
        self.model.capacity = capacity
        self.model.promote(self.now)

    @rule(minutes=st.integers(1, 150))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def timers_run(self):
        timers.expire_due(self.at)
        timers.sweep(self.at)
        self.model.expire(self.now)

    @invariant()
    def both_say_the_same(self):
        if not hasattr(self, "model"):
            return
        rows = Enrollment.objects.filter(pk__in=[row.pk for row in self.rows]).order_by("pk")
        assert [row.state for row in rows] == [claim.state for claim in self.model.claims]
        held = len(self.model.having(*HOLDING))
        seats = seats_of(self.run)
        assert seats["held"] + seats["above"] == held
        assert seats["free"] == max(0, self.model.capacity - held)
        assert seats["free"] + seats["held"] == self.model.capacity
        numbers = [row.queue_number for row in rows if row.queue_number is not None]
        assert numbers == sorted(numbers)

    @invariant()
    def the_monitor_is_green(self):
        if hasattr(self, "model"):
            assert_sound(self.began)


BASE = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def test_random_commands_and_the_model_agree():
    few = settings(BASE, max_examples=6, stateful_step_count=25, derandomize=True)

    run_state_machine_as_test(OneRun, settings=few)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_many_random_commands_and_the_model_agree(record_property):
    many = settings(BASE, max_examples=60, stateful_step_count=50)

    run_state_machine_as_test(OneRun, settings=many)

    record_property("stories of up to 50 commands", 60)

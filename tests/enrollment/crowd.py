"""People who do as they please: random commands on a few runs, drawn by the dice."""

from datetime import timedelta
from functools import partial

from academy.core import clock
from courses.planning.actions import SessionPlan
from courses.planning.enums import PoolScope
from courses.planning.models import SeatPool
from courses.planning.pools import Share
from enrollment.decisions.models import Decision
from enrollment.requests import actions, pool_actions, run_changes, timers, transfers
from enrollment.requests.rules import Wishes
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment
from tests import factories
from tests.factories import ACTOR

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KINDS = {
    "ask": 14,
    "answer": 10,
    "decide": 5,
    "move_person": 3,
    "capacity": 2,
    "dates": 1,
    "pools": 2,
    "tick": 2,
}


class Crowd:
    """Four runs of one course, two of them at the same hours, and the people of three courts."""

    def __init__(self, people, *, seats=4):
        course, region = factories.course(), factories.region()
        head = factories.court()
        self.courts = [factories.court(parent=head, in_region=region) for _ in range(3)]
        self.region = region
        self.people = [
            one
            for court in self.courts
            for one in factories.people(people // len(self.courts), court)
        ]
        self.runs = [
            factories.run(of=course, seats=seats),
            factories.run(of=course, seats=seats - 1, auto_accept=True),
            factories.run(
                of=course,
                seats=seats,
                mode="approval",
                hold_while_pending=True,
                starts_in=40 * DAY,
            ),
            factories.run(of=course, seats=2, lapse_policy="keep", starts_in=50 * DAY),
        ]
        self.account = factories.account().pk
        for run, court in zip(self.runs, self.courts, strict=False):
            share = Share(PoolScope.COURT, 2, court_id=court.pk)
            pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)

    def command(self, dice):
        """One command with dice of its own, to be called once."""
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        return partial(getattr(self, kind), type(dice)(dice.random()))

    def ask(self, dice):
        actions.enroll(
            run=dice.choice(self.runs).public_id,
            person=dice.choice(self.people).pk,
            actor=ACTOR,
            allow_clash=dice.random() < 0.2,
            wishes=Wishes(auto_accept=dice.random() < 0.2),
        )

    def of(self, dice, *states):
        """Somebody in such a state; none when there is none."""
        rows = Enrollment.objects.filter(state__in=states, run__in=self.runs).order_by("pk")
        found = list(rows.values_list("public_id", flat=True)[:60])
        return dice.choice(found) if found else None

    def answer(self, dice):
        command, states = dice.choice(
            [
                (actions.accept, ["offered"]),
                (actions.decline, ["offered", "reconfirm"]),
                (actions.confirm, ["reconfirm"]),
                (actions.withdraw, ["confirmed", "waitlisted", "requested"]),
                (partial(actions.cancel_enrollment, reason="left_service"), ["confirmed"]),
                (partial(actions.promote_out_of_order, reason="illness"), ["waitlisted"]),
            ]
        )
        if found := self.of(dice, *states):
            command(enrollment=found, actor=ACTOR)

    def decide(self, dice):
        steps = Decision.objects.filter(state="open", enrollment__run__in=self.runs)
        if found := list(steps.order_by("pk").values_list("public_id", flat=True)[:20]):
            actions.decide(
                decision=dice.choice(found),
                yes=dice.random() < 0.7,
                reason="workload",
                account=self.account,
                actor=ACTOR,
            )

    def move_person(self, dice):
        found = self.of(dice, "confirmed", "reconfirm")
        if found and dice.random() < 0.6:
            transfers.transfer(
                enrollment=found,
                to_run=dice.choice(self.runs).public_id,
                actor=ACTOR,
                source=Source.REGISTRAR,
                reason="hearing",
            )
        elif found:
            person = dice.choice(self.people).pk
            transfers.substitute(
                enrollment=found,
                person=person,
                actor=ACTOR,
                reason="leave",
                source=Source.REGISTRAR,
            )

    def capacity(self, dice):
        run = dice.choice(self.runs).public_id
        run_changes.change_capacity(run=run, capacity=dice.randint(1, 6), actor=ACTOR)

    def dates(self, dice):
        run = dice.choice(self.runs).public_id
        if dice.random() < 0.1:
            run_changes.postpone_run(run=run, reason="venue", actor=ACTOR)
            return
        start = clock.now() + dice.choice([30, 40, 50]) * DAY
        plan = SessionPlan(start.replace(minute=0, second=0, microsecond=0), 90)
        run_changes.move_run(run=run, sessions=[plan], actor=ACTOR)

    def pools(self, dice):
        run = dice.choice(self.runs)
        pools = SeatPool.objects.filter(run=run, parent__isnull=False).order_by("pk")
        if pools and dice.random() < 0.5:
            pool_actions.release_pool(pool=dice.choice(list(pools)).pk, actor=ACTOR)
            return
        court = dice.choice(self.courts)
        shares = [Share(PoolScope.COURT, dice.randint(0, 2), court_id=court.pk)]
        if dice.random() < 0.3:
            shares.append(Share(PoolScope.REGION, 1, region_id=self.region.pk))
        pool_actions.share_seats(run=run.public_id, shares=shares, actor=ACTOR)

    def tick(self, dice):
        later = self.later(dice.choice([0, 1, 49, 24 * 4]) * HOUR)
        timers.expire_due(later)
        dice.choice([timers.lapse_decisions, timers.sweep])(later)

    def later(self, delay):
        """A moment to come; a test whose clock stands still may rather let the time pass."""
        return clock.now() + delay

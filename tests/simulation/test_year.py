"""A judiciary lives through a fortnight, and through a year: who was told what, and who was not.

The mail server fails about two mails of a hundred, for the time being or for good, and workers are
killed (kill -9) while they deliver. In the end an oracle of its own says what had to be told.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection

from academy.courts.models import CalendarDay, Court
from academy.ledger import delivery as ledger
from academy.messages import delivery, lease
from academy.messages.models import Outgoing
from enrollment.reminders import actions as reminders
from enrollment.reminders.actions import RuleSeed
from enrollment.requests import go_no_go, timers
from tests.simulation.audit import Audit
from tests.simulation.deeds import Deeds
from tests.simulation.diary import Diary
from tests.simulation.nation import Nation
from tests.simulation.oracle import Oracle, all_rules
from tests.simulation.postal import AFTER, BEFORE, BadDays, Nursery
from tests.simulation.world import DAY, HOUR, PUBLIC

pytestmark = pytest.mark.django_db(transaction=True)
NIGHTS_APART = 5 * DAY  # when the tables are cleaned up, and the clock jumps
OUTAGES = 0.03  # of the looks of the clock: hours without broker or database
TIMERS = (
    *(timers.advance_runs, timers.expire_due, timers.lapse_decisions),
    *(go_no_go.judge_sizes, timers.sweep),
)
WINDOW = "in the window: told again"
BEGINS = datetime(2027, 3, 1, 3, tzinfo=UTC)


class Life:
    """Time passes from beat to beat of the service's clock; each does what it would have done.

    A real clock beats each minute. This one beats when something can have fallen due: through the
    day, and a few times by night.
    """

    def __init__(self, world, office, nursery, traveller, *, killed_every):
        self.world, self.office, self.nursery, self.traveller = world, office, nursery, traveller
        self.killed_every = killed_every
        self.diary, self.dice = world.diary, world.dice
        self.kills, self.next_kill = 0, world.begins + killed_every / 2
        self.last = self.next_night = world.begins
        self.jumps = self.outages = 0

    def go_to(self, moment):
        """Never the same moment twice: what is seen at a moment is all that there is to see."""
        self.last = max(moment, self.last + timedelta(seconds=1))
        self.traveller.move_to(self.last)

    def beat(self):
        """What follows from what happened, and what has fallen due; not the delivery."""
        ledger.advance()
        reminders.plan_due(self.last)
        self.diary.beats.append(self.last)

    def tick(self):
        """Everything that the clock starts."""
        for timer in TIMERS:
            if timer(self.last):
                self.diary.look(self.last)
        self.diary.look(self.last)
        self.beat()
        self.deliver()

    def set_back(self):
        """The clock of the machine jumps back by an hour, and all of it happens once more."""
        again = self.last - HOUR
        self.diary.twice[again] = self.last
        self.traveller.move_to(again)
        for timer in TIMERS:
            timer(again)
        ledger.advance()
        reminders.plan_due(again)
        delivery.deliver(seconds=60)
        self.diary.look(self.last)
        self.traveller.move_to(self.last)
        self.jumps += 1

    def clean_up(self):
        """What PostgreSQL does by itself in earnest; the engines of tests leave it out."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def live(self, hours, until, *, eventful=True):
        for moment in beats_between(self.last, until, hours):
            acts = self.world.acts(self.last, moment) if eventful else ()
            for at, act in sorted(acts, key=lambda one: one[0]):
                self.go_to(at)
                if self.world.do(act) in PUBLIC:
                    self.beat()
            self.go_to(moment)
            if eventful and self.dice.random() < OUTAGES:
                self.outages += 1  # broker or database are away: nobody starts anything
                continue
            self.tick()
            if self.last >= self.next_night:
                self.clean_up()
                self.set_back()
                self.next_night += NIGHTS_APART

    def come_to_rest(self):
        """Nothing falls due any more; what was put off, or waits for the morning, is told."""
        for _half_day in range(4):
            self.go_to(self.last + DAY / 2)
            delivery.deliver(seconds=60)

    def deliver(self):
        if self.last < self.next_kill or not self._is_killed():
            delivery.deliver(seconds=60)

    def _is_killed(self):
        """One worker less; what it held is under its lease: the next beat finds it."""
        waiting = Outgoing.objects.filter(next_at__lte=self.last).count()
        if waiting < 2:
            return False
        step, mails = self.dice.choice([BEFORE, AFTER]), self.dice.randint(1, min(waiting, 3))
        self.kills += self.nursery.deliver(self.office, step=step, mails=mails)
        self.next_kill = self.last + self.killed_every
        return True


def beats_between(first, last, hours):
    """The moments of these hours of the day, UTC."""
    day = first.replace(hour=0, minute=0, second=0)
    while day < last:
        yield from (moment for hour in hours if first < (moment := day + hour * HOUR) <= last)
        day += DAY


@dataclass
class Scale:
    """How large, how long, how eventful."""

    judges: int
    staff: int
    trainers: int
    courses: int
    runs: int
    days: int
    acts_a_day: float
    hours: tuple[int, ...]  # of the beats, UTC
    share: float  # of mails that fail
    killed_every: timedelta


def simulate(monkeypatch, settings, seed, scale):
    """Live through it; the audit of the end and what there was of everything."""
    monkeypatch.setattr(logging.root.manager, "disable", logging.INFO)
    dice, diary, length = Random(seed), Diary(), timedelta(days=scale.days)
    monkeypatch.setattr(lease, "_spread", Random(seed))
    office = BadDays(Random(seed), scale.share)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    reminders.install_rules([RuleSeed.from_document(row) for row in all_rules()])
    with office.open(), time_machine.travel(BEGINS, tick=False) as traveller:
        nursery = Nursery(office.port)
        try:
            nation = Nation(
                dice, judges=scale.judges, staff=scale.staff, trainers=scale.trainers,
                courses=scale.courses, days=scale.days,
            )  # fmt: skip
            lead = min(length / 3, 30 * DAY)
            world = Deeds(dice, diary, nation, scale.runs, BEGINS, length, lead, scale.acts_a_day)
            life = Life(world, office, nursery, traveller, killed_every=scale.killed_every)
            life.live(scale.hours, BEGINS + length)
            life.live((0, 12), life.last + DAY, eventful=False)  # what is under way ends
            office.share = 0.0
            life.come_to_rest()
        finally:
            nursery.close()
    return world, life, audit_of(world, life)


def audit_of(world, life):
    nation = world.nation
    oracle = Oracle(
        world.diary,
        world.places(),
        dict(Court.objects.values_list("pk", "time_zone")),
        dict(CalendarDay.objects.values_list("date", "kind")),
        {court: head.pk for court, head in nation.heads.items()},
        {court: one.pk for court, one in nation.coordinators.items()},
        nation.registrar.pk,
    )
    trainers = {one.pk: one.public_id for one in nation.trainers}
    audit = Audit(world.diary, oracle, life.office, world.cleared, trainers)
    audit.run()
    return audit


def assert_honest(audit):
    """Expected is what was sent, dropped with its reason, or failed where staff see it."""
    counts = audit.counts
    assert (audit.missing, audit.twice, audit.untrue, audit.faults) == ([], [], [], [])
    assert counts["expected"] == counts["sent"] + counts["dropped"] + counts["failed"]


FORTNIGHT = Scale(
    judges=5, staff=15, trainers=3, courses=2, runs=6, days=14, acts_a_day=6,
    hours=(3, 7, 11, 15, 21), share=0.05, killed_every=4 * DAY,
)  # fmt: skip
DAY_AND_NIGHT = (2, 4, 6, 9, 12, 15, 18, 22)
QUARTER = Scale(
    judges=300, staff=1000, trainers=60, courses=60, runs=120, days=91, acts_a_day=20,
    hours=DAY_AND_NIGHT, share=0.02, killed_every=7 * DAY,
)  # fmt: skip
YEAR = Scale(
    judges=3000, staff=10_000, trainers=300, courses=250, runs=2000, days=364, acts_a_day=60,
    hours=DAY_AND_NIGHT, share=0.02, killed_every=7 * DAY,
)  # fmt: skip


def test_a_fortnight_in_which_everybody_is_told_once(monkeypatch, settings):
    world, life, audit = simulate(monkeypatch, settings, 1, FORTNIGHT)

    assert_honest(audit)
    assert life.kills >= 1
    assert life.jumps > 1
    assert life.outages > 1
    assert audit.counts["sent"] > 50
    assert audit.counts["dropped"] > 5
    assert audit.counts["tried more than once"] > 1
    assert world.done["move"] > 0


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_quarter_in_which_everybody_is_told_once(monkeypatch, settings, record_property):
    world, life, audit = simulate(monkeypatch, settings, 2, QUARTER)
    note(world, life, audit, record_property)

    assert_honest(audit)
    assert life.kills > 10


@pytest.mark.proof
@pytest.mark.timeout(14_400)
def test_a_year_in_which_everybody_is_told_once(monkeypatch, settings, record_property):
    world, life, audit = simulate(monkeypatch, settings, 1, YEAR)
    note(world, life, audit, record_property)

    assert_honest(audit)
    assert life.kills > 40


def note(world, life, audit, record_property):
    """What there was of everything, for the page of proofs."""
    counts = dict(audit.counts)
    record_property("messages expected", counts.pop("expected"))
    for name in ("sent", "dropped", "failed"):
        record_property(name, counts.pop(name, 0))
    for name in ("missing", "twice", "untrue"):
        record_property(name, len(getattr(audit, name)))
    record_property("disagreements of another kind", len(audit.faults))
    for name in sorted(counts):
        record_property(name, counts[name])
    record_property("workers killed", life.kills)
    record_property("jumps of the clock by an hour", life.jumps)
    record_property("outages of hours", life.outages)
    record_property("looks of the clock", len(life.diary.beats))
    record_property("people", len(world.nation.everybody()))
    record_property("enrolments", len(world.diary.claims))
    for name, number in world.done.most_common():
        record_property(f"act: {name}", number)

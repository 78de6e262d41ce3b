"""A judiciary lives through a fortnight, and through a year: who was told what, and who was not.

The mail server fails about two mails of a hundred, for the time being or for good, and workers are
killed (kill -9) while they deliver. In the end an oracle of its own says what had to be told.
"""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine

from academy.courts.models import CalendarDay, Court
from academy.ledger import delivery as ledger
from academy.messages import delivery
from academy.messages.models import Message
from enrollment.reminders import actions as reminders
from enrollment.reminders.actions import RuleSeed
from enrollment.requests import go_no_go, timers
from tests.simulation.audit import Audit
from tests.simulation.diary import Diary
from tests.simulation.oracle import RULES, Oracle
from tests.simulation.postal import AFTER, BEFORE, BadDays, Nursery
from tests.simulation.world import DAY, HOUR, World

pytestmark = pytest.mark.django_db(transaction=True)
WINDOW = "in the window: told again"
BEGINS = datetime(2027, 3, 1, 3, tzinfo=UTC)


class Life:
    """Time passes in steps; each does what the clock of the service would have done by then."""

    def __init__(self, world, office, nursery, traveller, *, step, killed_every):
        self.world, self.office, self.nursery, self.traveller = world, office, nursery, traveller
        self.step, self.killed_every = step, killed_every
        self.diary, self.dice = world.diary, world.dice
        self.kills, self.next_kill = 0, world.begins + killed_every / 2
        self.last = world.begins

    def go_to(self, moment):
        """Never the same moment twice: what is seen at a moment is all that there is to see."""
        self.last = max(moment, self.last + timedelta(seconds=1))
        self.traveller.move_to(self.last)

    def beat(self):
        """Everything that the clock starts, but for the delivery."""
        self.diary.look(self.last)
        ledger.advance()
        reminders.plan_due(self.last)
        self.diary.beats.append(self.last)

    def live(self, until, *, eventful=True):
        while self.last < until:
            now = self.last
            acts = self.world.acts(now, now + self.step) if eventful else ()
            for moment, act in sorted(acts, key=lambda one: one[0]):
                self.go_to(moment)
                self.world.do(act)
                self.beat()
            self.go_to(now + self.step)
            for timer in (timers.advance_runs, timers.expire_due, timers.lapse_decisions):
                if timer(self.last):
                    self.diary.look(self.last)
            go_no_go.judge_sizes(self.last)
            timers.sweep(self.last)
            self.beat()
            self.deliver()

    def deliver(self):
        waiting = Message.objects.filter(state="waiting", due_at__lte=self.last).count()
        if self.last >= self.next_kill and waiting > 1:
            step = self.dice.choice([BEFORE, AFTER])
            mails = self.dice.randint(1, min(waiting, 3))
            self.kills += self.nursery.deliver(self.office, step=step, mails=mails)
            self.next_kill = self.last + self.killed_every
            return  # what it held is under its lease: the next step finds it
        delivery.deliver(seconds=60)


def simulate(monkeypatch, settings, *, seed, people, runs, days, step, share, killed_every):
    """Live through it; the audit of the end and what there was of everything."""
    dice, diary = Random(seed), Diary()
    monkeypatch.setattr(delivery, "_spread", Random(seed))
    office = BadDays(Random(seed), share)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    rows = json.loads(RULES.read_text("utf-8"))
    reminders.install_rules([RuleSeed.from_document(row) for row in rows])
    with office.open(), time_machine.travel(BEGINS, tick=False) as traveller:
        nursery = Nursery(office.port)
        try:
            lead = min(timedelta(days=days) / 3, 30 * DAY)
            world = World(dice, diary, people, runs, BEGINS, timedelta(days=days), lead)
            life = Life(world, office, nursery, traveller, step=step, killed_every=killed_every)
            life.live(BEGINS + timedelta(days=days))
            life.step = 12 * HOUR
            life.live(life.last + DAY, eventful=False)  # what is under way comes to its end
            office.share = 0.0
            life.live(life.last + DAY, eventful=False)
        finally:
            nursery.close()
    return world, life, audit_of(world, life)


def audit_of(world, life):
    oracle = Oracle(
        world.diary,
        world.places(),
        dict(Court.objects.values_list("pk", "time_zone")),
        dict(CalendarDay.objects.values_list("date", "kind")),
        {court: head.pk for court, head in world.heads.items()},
        {court: one.pk for court, one in world.coordinators.items()},
        world.registrar.pk,
    )
    audit = Audit(world.diary, oracle, life.office, world.cleared)
    audit.run()
    return audit


def assert_honest(audit):
    """Expected is what was sent, dropped with its reason, or failed where staff see it."""
    counts = audit.counts
    assert (audit.missing, audit.twice, audit.untrue, audit.faults) == ([], [], [], [])
    assert counts["expected"] == counts["sent"] + counts["dropped"] + counts["failed"]


def test_a_fortnight_in_which_everybody_is_told_once(monkeypatch, settings):
    world, life, audit = simulate(
        monkeypatch, settings,
        seed=5, people=20, runs=6, days=14, step=6 * HOUR, share=0.05, killed_every=3 * DAY,
    )  # fmt: skip

    assert_honest(audit)
    assert life.kills >= 1
    assert audit.counts["sent"] > 50
    assert audit.counts["dropped"] > 5
    assert audit.counts["tried more than once"] > 1
    assert world.done["move"] > 0


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_a_year_in_which_everybody_is_told_once(monkeypatch, settings, record_property):
    world, life, audit = simulate(
        monkeypatch, settings,
        seed=1, people=300, runs=120, days=364, step=8 * HOUR, share=0.02, killed_every=7 * DAY,
    )  # fmt: skip
    names = ("expected", "sent", "dropped", "failed", "tried more than once", WINDOW)
    for name in names:
        record_property(name, audit.counts[name])
    for name in ("missing", "twice", "untrue"):
        record_property(name, len(getattr(audit, name)))
    record_property("workers killed", life.kills)
    record_property("steps of life", sum(world.done.values()))

    assert_honest(audit)
    assert life.kills > 40

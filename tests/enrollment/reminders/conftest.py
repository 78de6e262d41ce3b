"""The rules of the seeds, three plain ones for counting, and the way from an action to a mail."""

import json
from pathlib import Path

import pytest

from academy.core import clock
from academy.ledger import delivery as ledger
from academy.messages import delivery
from academy.messages.models import Message
from enrollment.reminders import actions
from enrollment.reminders.actions import RuleSeed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def rules(db):
    rows = json.loads((ROOT / "seeds/reference/reminder_rules.json").read_text("utf-8"))
    actions.install_rules([RuleSeed.from_document(row) for row in rows])


@pytest.fixture
def plain_rules(db):
    """A week before, a day before, and marks after four hours: nothing that waits or is moved."""
    actions.install_rules(
        [
            RuleSeed("week-before", {}, "run_start", "trainee", -168, useless_after_hours=72),
            RuleSeed("day-before", {}, "run_start", "trainee", -24, useless_after_hours=22),
            RuleSeed("marks-missing", {}, "marks_missing", "trainer", 4, useless_after_hours=336),
        ]
    )


@pytest.fixture
def move_clock(monkeypatch):
    """Stand at a moment; every reader of the clock sees it."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def told(post_office):
    """Let the workers work; then kinds and outcomes of the messages to that person."""

    def work(person):
        ledger.advance()
        delivery.deliver(seconds=20)
        rows = Message.objects.filter(person=person).order_by("id")
        return [(row.kind, row.state, row.outcome) for row in rows]

    return work

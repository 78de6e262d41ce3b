"""Planning: rule x present facts -> messages.

Each active rule keeps one moment, `planned_until`. A tick looks only at anchors whose reminder fell
due between that moment and now, by the anchor's own index; so a tick costs what fell due since the
last one, and a service that was down for a day catches up in one tick. Nothing is remembered per
person. Most ticks find nothing: one statement asks for all rules whether an anchor lies in their
span, and all that have none are moved on together.

Facts that change *behind* that moment come through the ledger, which misses nothing: somebody who
is confirmed late, a run that is moved nearer or published late, a trainer who takes over, a body
whose turn begins. `handlers` hands those to `plan_again`, which looks at the rule's whole window
for these enrolments, runs and proposals alone. A change that was not committed when a tick looked
has its event after the tick, so one of the two sees it.

Both only write messages, under the unique key (person, subject, kind, occurrence), and the
occurrence is rule + the run's sequence + the anchor's moment: planning anything twice, from two
clocks at once or after a restart, changes nothing, and a run that is moved away and back has
another sequence and reminds again. Whether it is still true is asked again when it is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from academy.messages.actions import write_selected
from enrollment.reminders import rule_queries
from enrollment.reminders.anchors import THESE_ENROLLMENTS, THESE_PROPOSALS, THESE_RUNS
from enrollment.reminders.enums import Unit
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.rule_queries import People
from enrollment.reminders.timing import Span

log = structlog.get_logger(__name__)


def plan_due(now: datetime) -> int:
    """One tick: write the messages of every reminder that fell due since the last; how many.

    Each rule with something near is planned in a transaction of its own, so that one that fails
    stops no other; it is tried again at the next tick. All of it happens under locks on the rules:
    a second clock that ticks at the same moment passes by.
    """
    written = 0
    for rule_id in _stirred(now):
        try:
            written += _plan_rule(rule_id, now)
        except Exception:
            log.exception("reminders.rule_failed", rule=rule_id)
    return written


def _stirred(now: datetime) -> list[int]:
    """The rules to be planned; all rules where one of them keeps us from asking for all at once."""
    try:
        return _pass_over(now)
    except Exception:
        log.exception("reminders.rules_not_passed_over")
        return list(ReminderRule.objects.filter(is_active=True).values_list("pk", flat=True))


def _pass_over(now: datetime) -> list[int]:
    """Move on the rules that look at a span without any anchor; answer the others.

    A rule that counts in days is left alone but for its hour of the day.
    """
    with transaction.atomic(durable=True):
        active = ReminderRule.objects.select_for_update(skip_locked=True).filter(is_active=True)
        due = rule_queries.due_rules(list(active), now)
        near = rule_queries.with_anchor_near(due, now)
        quiet = [rule.pk for rule in due if rule.pk not in near]
        ReminderRule.objects.filter(pk__in=quiet).update(planned_until=now)
    return sorted(near)


def _plan_rule(rule_id: int, now: datetime) -> int:
    """One slice of people after the other, each in a transaction of its own.

    The rule moves on with the last of them: after a death in between, all are looked at once more,
    and who has a message gets no second one. Stops where another clock or the registrar has had the
    rule in the meantime.
    """
    rule = ReminderRule.objects.filter(pk=rule_id, is_active=True).first()
    if rule is None:
        return 0
    unchanged = {"is_active": True, "revision": rule.revision, "planned_until": rule.planned_until}
    written = 0
    for people in rule_queries.slices_of_people():
        with transaction.atomic(durable=True):
            mine = ReminderRule.objects.select_for_update(skip_locked=True).filter(pk=rule_id)
            if not mine.filter(**unchanged).first():
                break
            written += _write(rule, rule.span(now), now, people)
            if people.is_last:
                ReminderRule.objects.filter(pk=rule_id).update(planned_until=now)
    return written


def plan_again(
    *,
    now: datetime,
    enrollments: Iterable[UUID] = (),
    runs: Iterable[UUID] = (),
    proposals: Iterable[UUID] = (),
) -> int:
    """Look once more at these, because they changed after their reminders fell due.

    Late joiners get what still makes sense; a reminder whose use is over is not written at all.
    """
    changed = {
        THESE_RUNS: list(runs),
        THESE_ENROLLMENTS: list(enrollments),
        THESE_PROPOSALS: list(proposals),
    }
    if not any(changed.values()):
        return 0
    with transaction.atomic():
        # Under a lock: nothing is planned by a timing that the registrar is about to change.
        rules = list(ReminderRule.objects.select_for_update().filter(is_active=True).order_by("pk"))
        return sum(_plan_these(rules, now, only=only, ids=ids) for only, ids in changed.items())


def _plan_these(
    rules: Sequence[ReminderRule], now: datetime, *, only: str, ids: Sequence[UUID]
) -> int:
    """A rule that fails stops no other: the next tick looks at its whole window once more."""
    near, written = rule_queries.near(rules, now, only=only, ids=ids), 0
    for rule in near.rules:
        try:
            if selected := rule_queries.due_again(rule, near, now, only=only, ids=ids):
                with transaction.atomic():
                    written += write_selected(*selected, at=now)
        except Exception:
            log.exception("reminders.rule_failed", rule=rule.pk)
            ReminderRule.objects.filter(pk=rule.pk).update(planned_until=None)
    return written


def _write(rule: ReminderRule, span: Span, now: datetime, people: People) -> int:
    if span.after >= span.until:
        return 0
    selected = rule_queries.due_messages(rule, span, now, people)
    return write_selected(*selected, at=now) if selected else 0


@dataclass(frozen=True, slots=True)
class RuleSeed:
    """A rule as the seeds hold it."""

    code: str
    names: Mapping[str, str]
    anchor: str
    recipient: str
    offset: int
    unit: str = Unit.HOURS
    at_time: time | None = None
    useless_after_hours: int = 24
    quiet_from: time | None = None
    quiet_until: time | None = None
    is_digest: bool = False
    is_active: bool = True

    @classmethod
    def from_document(cls, item: Mapping[str, Any]) -> "RuleSeed":
        """One entry of `seeds/reference/reminder_rules.json`: hours of the day as "09:00"."""
        hours = {name: time.fromisoformat(item[name]) for name in HOURS & item.keys()}
        return cls(**{**item, **hours})


HOURS = frozenset({"at_time", "quiet_from", "quiet_until"})


def install_rules(seeds: Iterable[RuleSeed]) -> int:
    """Add the rules that are not there yet; how many. What the registrar has edited stays."""
    rows = [ReminderRule(**asdict(seed)) for seed in seeds]
    before = ReminderRule.objects.count()
    ReminderRule.objects.bulk_create(rows, ignore_conflicts=True)
    return ReminderRule.objects.count() - before

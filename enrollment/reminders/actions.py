"""Planning: rule x present facts -> messages.

Each active rule keeps one moment, `planned_until`. A tick looks only at anchors whose reminder fell
due between that moment and now, by the anchor's own index; so a tick costs what fell due since the
last one, and a service that was down for a day catches up in one tick. Nothing is remembered per
person.

Facts that change *behind* that moment come through the ledger, which misses nothing: somebody who
is confirmed late, a run that is moved nearer or published late. `handlers` hands those to
`plan_again`, which looks at the rule's whole window for these enrolments and runs alone. A change
that was not committed when a tick looked has its event after the tick, so one of the two sees it.

Both only write messages, under the unique key (person, subject, kind, occurrence), and the
occurrence is rule + the run's sequence + the anchor's moment: planning anything twice, from two
clocks at once or after a restart, changes nothing, and a run that is moved away and back has
another sequence and reminds again. Whether it is still true is asked again when it is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from academy.messages.actions import write_selected
from enrollment.reminders import rules
from enrollment.reminders.enums import DATED, HELD
from enrollment.reminders.models import Anchor, ReminderRule

RUN_START = """
SELECT enrollment.person_id, 'reminder.run_start' AS kind, 'enrollment' AS subject_kind,
       enrollment.public_id AS subject_id,
       %(rule)s || '/' || run.sequence || '/' || extract(epoch FROM run.starts_at)::bigint
           AS occurrence,
       jsonb_build_object('rule', %(rule)s::text, 'start', run.starts_at)
           AS facts,
       run.starts_at + %(offset)s AS due_at,
       least(run.starts_at + %(offset)s + %(useful)s, run.starts_at) AS useless_after,
       false AS urgent
  FROM courses_run run
  JOIN enrollment_enrollment enrollment
    ON enrollment.run_id = run.id AND enrollment.state = 'confirmed'
 WHERE run.starts_at > %(after)s AND run.starts_at <= %(until)s AND run.starts_at > %(now)s
   AND run.state = ANY(%(dated)s) {only}
"""

MARKS_MISSING = """
SELECT trainer.person_id, 'reminder.marks_missing' AS kind, 'session' AS subject_kind,
       session.public_id AS subject_id,
       %(rule)s || '/' || run.sequence || '/' || extract(epoch FROM upper(session.period))::bigint
           AS occurrence,
       jsonb_build_object('rule', %(rule)s::text, 'end', upper(session.period)) AS facts,
       upper(session.period) + %(offset)s AS due_at,
       upper(session.period) + %(offset)s + %(useful)s AS useless_after,
       false AS urgent
  FROM courses_session session
  JOIN courses_run run ON run.id = session.run_id AND run.state = ANY(%(held)s)
  JOIN courses_trainerassignment trainer ON trainer.run_id = run.id
 WHERE upper(session.period) > %(after)s AND upper(session.period) <= %(until)s
   AND NOT session.is_cancelled
   AND EXISTS (SELECT FROM enrollment_enrollment enrollment
                WHERE enrollment.run_id = run.id AND enrollment.state = 'confirmed'
                  AND NOT EXISTS (SELECT FROM enrollment_mark mark
                                   WHERE mark.session_id = session.id
                                     AND mark.enrollment_id = enrollment.id)) {only}
"""

SELECTS: Mapping[str, str] = {Anchor.RUN_START: RUN_START, Anchor.MARKS_MISSING: MARKS_MISSING}
ONLY_RUNS = "AND run.public_id = ANY(%(only)s)"
ONLY_ENROLLMENTS = "AND enrollment.public_id = ANY(%(only)s)"


def plan_due(now: datetime) -> int:
    """One tick: write the messages of every reminder that fell due since the last; how many.

    Each rule in a transaction of its own, under a lock on the rule: a second clock that ticks at
    the same moment passes by.
    """
    codes = ReminderRule.objects.filter(is_active=True).values_list("code", flat=True)
    return sum(_plan_rule(code, now) for code in list(codes))


def _plan_rule(code: str, now: datetime) -> int:
    with transaction.atomic(durable=True):
        rule = (
            ReminderRule.objects.select_for_update(skip_locked=True)
            .filter(code=code, is_active=True)
            .first()
        )
        if rule is None:
            return 0
        written = _write(rule, now, planned_until=rule.planned_until)
        rule.planned_until = now
        rule.save(update_fields=["planned_until"])
        return written


def plan_again(*, enrollments: Iterable[UUID], runs: Iterable[UUID], now: datetime) -> int:
    """Look once more at these, because they changed after their reminders fell due.

    Late joiners get what still makes sense; a reminder whose use is over is not written at all.
    """
    late, moved = list(enrollments), list(runs)
    written = 0
    for rule in ReminderRule.objects.filter(is_active=True):
        if moved:
            written += _write(rule, now, only=ONLY_RUNS, ids=moved)
        if late and rule.anchor == Anchor.RUN_START:
            written += _write(rule, now, only=ONLY_ENROLLMENTS, ids=late)
    return written


def _write(
    rule: ReminderRule,
    now: datetime,
    *,
    planned_until: datetime | None = None,
    only: str = "",
    ids: Sequence[UUID] = (),
) -> int:
    offset = timedelta(hours=rule.offset_hours)
    useful = timedelta(hours=rule.useless_after_hours)
    window = rules.window(now, offset=offset, useful=useful, planned_until=planned_until)
    if window.is_empty:
        return 0
    params: dict[str, Any] = {
        "rule": rule.code,
        "offset": offset,
        "useful": useful,
        "after": window.after,
        "until": window.until,
        "dated": [state.value for state in DATED],
        "held": [state.value for state in HELD],
        "only": list(ids),
    }
    return write_selected(SELECTS[rule.anchor].format(only=only), params, at=now)


@dataclass(frozen=True, slots=True)
class RuleSeed:
    """A rule as the seeds hold it."""

    code: str
    names: Mapping[str, str]
    anchor: Anchor
    recipient: str
    offset_hours: int
    useless_after_hours: int
    template: str


def install_rules(seeds: Iterable[RuleSeed]) -> int:
    """Add the rules that are not there yet; how many. What the registrar has edited stays."""
    rows = [
        ReminderRule(
            code=seed.code,
            names=dict(seed.names),
            anchor=seed.anchor,
            recipient=seed.recipient,
            offset_hours=seed.offset_hours,
            useless_after_hours=seed.useless_after_hours,
            template=seed.template,
        )
        for seed in seeds
    ]
    before = ReminderRule.objects.count()
    ReminderRule.objects.bulk_create(rows, ignore_conflicts=True)
    return ReminderRule.objects.count() - before

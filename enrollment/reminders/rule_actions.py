"""The registrar's own hand: rules of reminding are added, edited and switched."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused, Stale
from academy.ledger.actions import Fact, record
from academy.messages.actions import retract
from enrollment.reminders import rules
from enrollment.reminders.enums import Anchor, Recipient, Unit, kind_of
from enrollment.reminders.models import ReminderRule


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What the registrar may say about a rule; anchor and recipient only of a new one."""

    anchor: Anchor
    recipient: Recipient
    offset: int
    unit: Unit
    at_time: time | None
    useless_after_hours: int
    names: Mapping[str, str]
    quiet_from: time | None = None
    quiet_until: time | None = None
    is_digest: bool = False
    is_active: bool = True
    titles: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


WORDS = frozenset({"names", "titles", "texts"})
"""Changing these changes what is said, not whom and when."""


def propose(*, code: str, draft: RuleDraft) -> ReminderRule:
    """The rule as it would be, not saved: to look at first. Refuses what could not be kept."""
    _check(draft)
    return ReminderRule(code=code, **_columns(draft))


def add_rule(*, code: str, draft: RuleDraft, actor: Actor) -> ReminderRule:
    """A new rule. The next tick looks at its whole window: who is due already is told."""
    _check(draft)
    with transaction.atomic(durable=True):
        if ReminderRule.objects.filter(code=code).exists():
            raise Refused(
                "code_taken",
                _("There is a rule with this code already."),
                fields={"code": [_("There is a rule with this code already.")]},
            )
        rule = ReminderRule.objects.create(code=code, **_columns(draft))
        _record(rule, "reminder_rule.added", actor)
        return rule


def edit_rule(*, code: str, revision: int, draft: RuleDraft, actor: Actor) -> ReminderRule:
    """Change a rule. What it had planned and is not sent is taken back and planned anew.

    Who was told already is not told again. Other words need no new plan: mails are put into words
    when they are sent. Refuses when somebody else has changed the rule in the meantime.
    """
    with transaction.atomic(durable=True):
        rule = ReminderRule.objects.select_for_update().filter(code=code).first()
        if rule is None:
            raise Missing("unknown_rule", _("There is no such rule."))
        if rule.revision != revision:
            raise Stale(
                "edited_meanwhile",
                _("Somebody else has changed this rule. Look at it again, then repeat yours."),
            )
        draft = replace(draft, anchor=Anchor(rule.anchor), recipient=Recipient(rule.recipient))
        _check(draft)
        changed = {
            name: value for name, value in _columns(draft).items() if getattr(rule, name) != value
        }
        if not changed:
            return rule
        for name, value in changed.items():
            setattr(rule, name, value)
        rule.revision += 1
        rule.save()
        taken_back = 0 if changed.keys() <= WORDS else _plan_anew(rule)
        _record(rule, "reminder_rule.changed", actor, changed=sorted(changed), dropped=taken_back)
        return rule


def _plan_anew(rule: ReminderRule) -> int:
    """Forget what was planned under the old timing, and how far the tick had looked."""
    ReminderRule.objects.filter(pk=rule.pk).update(planned_until=None)
    reason = "rule_edited" if rule.is_active else "rule_inactive"
    return retract(
        kind=kind_of(rule.anchor), fact="rule", value=rule.code, reason=reason, at=clock.now()
    )


def _columns(draft: RuleDraft) -> dict[str, Any]:
    return asdict(draft)


def _check(draft: RuleDraft) -> None:
    faults = rules.faults_of(
        anchor=draft.anchor,
        recipient=draft.recipient,
        offset=draft.offset,
        useful_hours=draft.useless_after_hours,
        counts_days=draft.unit != Unit.HOURS,
        has_hour=draft.at_time is not None,
        quiet=(draft.quiet_from, draft.quiet_until),
        words=[*draft.titles.values(), *draft.texts.values()],
    )
    if faults:
        raise Invalid(
            "rule_invalid",
            _("Please correct what is marked."),
            fields={name: [sentence] for name, sentence in faults.items()},
        )


def _record(rule: ReminderRule, verb: str, actor: Actor, **more: object) -> None:
    data = {
        "code": rule.code,
        "revision": rule.revision,
        "anchor": rule.anchor,
        "recipient": rule.recipient,
        "offset": rule.offset,
        "unit": rule.unit,
        "is_active": rule.is_active,
        **more,
    }
    fact = Fact(verb, "reminder_rule", rule.public_id, data=data)
    record([fact], actor=actor, at=clock.now())

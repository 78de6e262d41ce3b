"""Open, answer and close decision steps, inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.courts.models import Court
from academy.courts.queries import working_calendar
from academy.ledger.actions import Fact, record
from enrollment.decisions.enums import Decider, Silence, StepState
from enrollment.decisions.models import Decision, StepRule
from enrollment.decisions.rules import CONSENT_OF_HEAD, Step, after_silence
from enrollment.seats.models import Enrollment

CLOSE_OF_BUSINESS = time(18, 0)
SILENCE = "silence"


def open_steps(
    enrollment: Enrollment,
    steps: Sequence[Step],
    *,
    court_id: int | None,
    time_zone: str,
    actor: Actor,
    at: datetime,
) -> list[Decision]:
    """Ask for the decisions that a request needs, each with its day of answer."""
    decisions = Decision.objects.bulk_create(
        Decision(
            enrollment=enrollment,
            number=number,
            kind=step.kind,
            decider=step.decider,
            court_id=court_id if step.decider == "head" else None,
            silence=step.silence,
            due_at=answer_day(at, step.days, time_zone),
        )
        for number, step in enumerate(steps, start=1)
    )
    facts = [_fact(decision, "decision.opened") for decision in decisions]
    record(facts, actor=actor, at=at)
    return decisions


def copy_steps(runs: Mapping[int, int]) -> None:
    """Ask for the same decisions in new runs as in the old ones: the old keys with the new."""
    StepRule.objects.bulk_create(
        StepRule(
            run_id=runs[rule.run_id],
            number=rule.number,
            kind=rule.kind,
            decider=rule.decider,
            days=rule.days,
            silence=rule.silence,
        )
        for rule in StepRule.objects.filter(run__in=runs).order_by("run", "number")
    )


def answer_day(at: datetime, working_days: int, time_zone: str) -> datetime:
    """The close of business, so many working days from now, on the court's clock."""
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    calendar = working_calendar(today, today + timedelta(days=working_days * 3 + 30))
    return datetime.combine(calendar.shift(today, working_days), CLOSE_OF_BUSINESS, zone)


def answer(
    decision: Decision,
    *,
    yes: bool,
    account_id: int | None,
    behalf_of_id: int | None = None,
    reason: str = "",
    note: str = "",
    actor: Actor,
    at: datetime,
) -> Decision:
    """Write down the answer of the one who decides. An answered step is not answered again."""
    if decision.state != StepState.OPEN:
        raise Refused("decision_closed", _("This decision has already been made."))
    if at >= decision.due_at:  # what silence means may not depend on when a timer looks
        raise Refused("too_late", _("The time to answer has passed."))
    if not yes and not reason:
        raise Refused(
            "reason_needed", _("Please say why."), fields={"reason": [_("Please say why.")]}
        )
    _close(
        decision,
        StepState.YES if yes else StepState.NO,
        at=at,
        account_id=account_id,
        behalf_of_id=behalf_of_id,
        reason=reason,
    )
    verb = "decision.given" if yes else "decision.refused"
    record([_fact(decision, verb, reason=reason, note=note)], actor=actor, at=at)
    return decision


def lapse(decision: Decision, *, actor: Actor, at: datetime) -> None:
    """Close a step that nobody answered in time, with what silence means; perhaps ask higher up."""
    higher = decision.court.parent if decision.court else None
    state = after_silence(decision.silence, has_higher_court=higher is not None)
    _close(decision, state, at=at, reason=SILENCE)
    record([_fact(decision, "decision.lapsed", reason=SILENCE)], actor=actor, at=at)
    if decision.silence == Silence.ESCALATE and higher is not None:
        _ask_higher(decision, higher, actor=actor, at=at)


def _ask_higher(decision: Decision, court: Court, *, actor: Actor, at: datetime) -> None:
    """The same question to the head one level up, as a step of its own with a day of its own."""
    last = decision.enrollment.decisions.aggregate(last=Max("number"))["last"]
    zone = court.time_zone or decision.enrollment.run.time_zone
    asked = Decision.objects.create(
        enrollment=decision.enrollment,
        number=last + 1,
        kind=decision.kind,
        decider=decision.decider,
        court=court,
        silence=decision.silence,
        due_at=answer_day(at, CONSENT_OF_HEAD.days, zone),
    )
    record([_fact(asked, "decision.opened")], actor=actor, at=at)


def ask_at_court(
    enrollment: Enrollment, *, court_id: int, time_zone: str, actor: Actor, at: datetime
) -> None:
    """Put what a head has still to answer to the head of another court, with a new day of answer.

    What has been answered stands; what is asked there already stays as it is.
    """
    rows = enrollment.decisions.filter(state=StepState.OPEN, decider=Decider.HEAD)
    elsewhere = list(rows.exclude(court_id=court_id))
    last = enrollment.decisions.aggregate(last=Max("number"))["last"]
    for number, step in enumerate(elsewhere, start=1):
        _close(step, StepState.MOOT, at=at)
        record([_fact(step, "decision.moot")], actor=actor, at=at)
        asked = Decision.objects.create(
            enrollment=enrollment,
            number=last + number,
            kind=step.kind,
            decider=step.decider,
            court_id=court_id,
            silence=step.silence,
            due_at=answer_day(at, CONSENT_OF_HEAD.days, time_zone),
        )
        record([_fact(asked, "decision.opened")], actor=actor, at=at)


def close_open_steps(enrollment: Enrollment, *, actor: Actor, at: datetime) -> None:
    """The request ended: what was still to be decided is no longer needed."""
    open_steps = list(enrollment.decisions.filter(state=StepState.OPEN))
    for decision in open_steps:
        _close(decision, StepState.MOOT, at=at)
    if open_steps:
        record([_fact(step, "decision.moot") for step in open_steps], actor=actor, at=at)


def _close(
    decision: Decision,
    state: StepState,
    *,
    at: datetime,
    account_id: int | None = None,
    behalf_of_id: int | None = None,
    reason: str = "",
) -> None:
    decision.state, decision.decided_at, decision.reason = state.value, at, reason
    decision.decided_by_id, decision.behalf_of_id = account_id, behalf_of_id
    decision.save(update_fields=["state", "decided_at", "decided_by", "behalf_of", "reason"])


def _fact(decision: Decision, verb: str, *, reason: str = "", note: str = "") -> Fact:
    enrollment = decision.enrollment
    return Fact(
        verb,
        "decision",
        decision.public_id,
        context_id=enrollment.run.public_id,
        person_id=enrollment.person.public_id,
        data={
            "enrollment": str(enrollment.public_id),
            "kind": decision.kind,
            "state": decision.state,
            "due_at": decision.due_at.isoformat(),
        },
        reason=reason,
        note=note,
    )

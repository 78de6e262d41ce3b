"""Which decisions a request needs, whose they are, and what they add up to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.enums import Decider, Silence, StepKind, StepState


@dataclass(frozen=True, slots=True)
class Step:
    """One decision to ask for: kind, whose, working days to answer, and what silence means."""

    kind: StepKind
    decider: Decider
    days: int
    silence: Silence


CONSENT_OF_HEAD = Step(StepKind.CONSENT, Decider.HEAD, 5, Silence.REFUSE)


class Verdict(StrEnum):
    """What the decisions on a request add up to."""

    PENDING = "pending"
    YES = "yes"
    NO = "no"


def steps_for(mode: str, own: Iterable[Step]) -> list[Step]:
    """The decisions that a run asks for: its own list, else what its mode says.

    With consent means one consent by the head of court; the other modes ask nobody by themselves.
    """
    steps = list(own)
    if not steps and mode == EnrollmentMode.APPROVAL:
        return [CONSENT_OF_HEAD]
    return steps


def court_that_decides(*, court_id: int | None, parent_id: int | None, is_head: bool) -> int | None:
    """Whose head is asked: the own court's; a head's own request goes one level up."""
    return parent_id if is_head else court_id


def verdict(decisions: Iterable[tuple[str, str]]) -> Verdict:
    """Add up (kind, state) pairs: any refused consent or ruling is no; all given is yes.

    An opinion never blocks, whatever it says and whether or not it was given. A lapsed step was
    answered by silence: the request goes on without it, or another step stands for it.
    """
    blocking = [state for kind, state in decisions if kind != StepKind.OPINION]
    if StepState.NO in blocking:
        return Verdict.NO
    if StepState.OPEN not in blocking:
        return Verdict.YES
    return Verdict.PENDING


def after_silence(silence: str, *, has_higher_court: bool) -> StepState:
    """What an unanswered step becomes when its time is over.

    Who should be asked one level up but has nobody above is refused: escalation is exhausted.
    """
    match silence:
        case Silence.APPROVE:
            return StepState.YES
        case Silence.LAPSE:
            return StepState.LAPSED
        case Silence.ESCALATE if has_higher_court:
            return StepState.LAPSED
        case _:
            return StepState.NO


MOST_STEPS, MOST_DAYS = 4, 60


def check_steps(steps: Iterable[Step]) -> None:
    """Refuse a list of steps that could not be worked through.

    At most four, each between one and sixty working days; the academy's ruling is final, so it
    comes last and once. A consent does not lapse: it blocks, and silence has to mean something.
    """
    listed = list(steps)
    rulings = [place for place, step in enumerate(listed) if step.kind == StepKind.RULING]
    if len(listed) > MOST_STEPS or any(not 1 <= step.days <= MOST_DAYS for step in listed):
        raise Invalid("steps", _("Up to four steps, each of 1 to 60 working days."))
    if rulings and rulings != [len(listed) - 1]:
        raise Invalid("ruling_is_last", _("The ruling of the academy is the last step."))
    for step in listed:
        if step.kind == StepKind.CONSENT and step.silence == Silence.LAPSE:
            raise Invalid("consent_blocks", _("Say what silence means for a consent."))

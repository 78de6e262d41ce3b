"""Forms for the academy's own rules: priority, steps and queue of a run, a selection."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.planning.enums import LapsePolicy
from courses.planning.models import Run
from enrollment.decisions.enums import Silence, StepKind
from enrollment.decisions.models import StepRule
from enrollment.decisions.rules import MOST_DAYS, MOST_STEPS, Step
from enrollment.requests.rule_actions import MOST_STEPS_AHEAD, QueuePolicy, step_of
from enrollment.requests.rules import SelectionTerms
from enrollment.seats.models import PriorityRule

OUT_OF_ORDER = (
    ("", _("Choose a reason")),
    ("urgent_need", _("The training is needed at once")),
    ("mission", _("A task that was given by the academy")),
    ("mistake", _("A mistake of the academy is made good")),
    ("other", _("Another reason")),
)
SILENCES = [(one.value, one.label) for one in Silence if one != Silence.LAPSE]
USUAL_DAYS = 5


class PriorityForm(forms.Form):
    """How much a priority rule weighs, and whether it holds."""

    step = forms.IntegerField(label=_("Classes ahead"), min_value=1, max_value=MOST_STEPS_AHEAD)
    is_active = forms.BooleanField(label=_("In force"), required=False)

    @classmethod
    def of(cls, rule: PriorityRule) -> "PriorityForm":
        """The form as the rule stands."""
        initial = {"step": rule.step, "is_active": rule.is_active}
        return cls(initial=initial, prefix=rule.code)


class PolicyForm(forms.Form):
    """How seats that come free are given."""

    offer_hours = forms.IntegerField(
        label=_("Working hours to answer an offer"), min_value=1, max_value=240
    )
    short_notice_hours = forms.IntegerField(
        label=_("Short notice begins, hours before the start"),
        help_text=_("From then on only those who said that short notice is fine get an offer."),
        min_value=0,
        max_value=720,
    )
    lapse_policy = forms.ChoiceField(label=_("Who does not answer"), choices=LapsePolicy.choices)
    auto_accept = forms.BooleanField(
        label=_("A seat that comes free is given at once, not offered"), required=False
    )
    nominees_answer = forms.BooleanField(
        label=_("Nominated people accept or decline"), required=False
    )

    @classmethod
    def of(cls, run: Run) -> "PolicyForm":
        """The form as the run stands."""
        return cls(initial={name: getattr(run, name) for name in cls.base_fields}, prefix="policy")

    @property
    def policy(self) -> QueuePolicy:
        """What was chosen."""
        data = self.cleaned_data
        return QueuePolicy(**{**data, "lapse_policy": LapsePolicy(data["lapse_policy"])})


class StepForm(forms.Form):
    """One decision that a run asks for; an empty kind is no step."""

    kind = forms.ChoiceField(
        label=_("What is asked"), choices=[("", _("Nothing")), *StepKind.choices], required=False
    )
    days = forms.IntegerField(
        label=_("Working days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        required=False,
    )
    silence = forms.ChoiceField(
        label=_("Without an answer"),
        choices=SILENCES,
        initial=Silence.REFUSE.value,
        required=False,
    )


StepFormSet = forms.formset_factory(StepForm, extra=0, max_num=MOST_STEPS, min_num=MOST_STEPS)


def steps_initial(rules: list[StepRule]) -> list[dict[str, Any]]:
    """The present steps, filled up with empty ones."""
    present: list[dict[str, Any]] = [
        {"kind": rule.kind, "days": rule.days, "silence": rule.silence} for rule in rules
    ]
    return present + [{}] * (MOST_STEPS - len(present))


def steps_in(rows: list[dict[str, Any]]) -> list[Step]:
    """What was filled in, in its order."""
    return [
        step_of(
            StepKind(row["kind"]),
            row.get("days") or USUAL_DAYS,
            Silence(row.get("silence") or Silence.REFUSE),
        )
        for row in rows
        if row.get("kind")
    ]


class SelectionForm(forms.Form):
    """How a selection is made."""

    seed = forms.IntegerField(
        label=_("Seed of the draw"),
        help_text=_("Any number. The same number gives the same order again."),
        min_value=0,
        max_value=2**62,
    )
    lot = forms.BooleanField(
        label=_("Draw lots among equals instead of going by the time of asking"), required=False
    )
    offers = forms.BooleanField(label=_("The chosen accept or decline"), required=False)
    rejects_rest = forms.BooleanField(
        label=_("The others are refused instead of waiting"), required=False
    )

    @property
    def terms(self) -> SelectionTerms:
        """What was chosen."""
        return SelectionTerms(**self.cleaned_data)


class OutOfOrderForm(forms.Form):
    """Why somebody gets a seat past the others."""

    reason = forms.ChoiceField(label=_("Reason"), choices=OUT_OF_ORDER)
    note = forms.CharField(
        label=_("A word for the record"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

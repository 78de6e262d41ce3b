"""Forms of the registrar: what a requirement says, and who is relieved of it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy as _

from academy.core.errors import Refused
from academy.core.texts import pick
from courses.catalogue.enums import AudienceBasis
from courses.catalogue.models import Audience, Organisation
from enrollment.credits.enums import Basis, Relief, ReliefReason, Unit
from enrollment.credits.models import Requirement
from enrollment.credits.requirement_actions import RequirementDraft

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
EVERY_LINE = _("One line each: the code, a space, the amount.")
PLAIN = (
    *("unit", "amount", "basis", "years", "months", "hours_per_day", "first_only", "prorates"),
    *("carry_cap", "grace_days", "valid_from", "valid_until"),
)


class AmountsField(forms.CharField):
    """Amounts by code, a line each."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> dict[str, Decimal]:
        """The amounts; refuses a line that is not a code and a number."""
        lines = [line.split() for line in (super().clean(value) or "").splitlines()]
        try:
            return {code: Decimal(number.replace(",", ".")) for code, number in filter(None, lines)}
        except (ValueError, InvalidOperation) as error:
            raise forms.ValidationError(EVERY_LINE) from error


class RequirementForm(forms.Form):
    """Everything that the registrar decides about a requirement."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Short and lasting, for lists and records.")
    )
    audience = forms.ChoiceField(label=_("Who owes it"))
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)
    amount = forms.DecimalField(label=_("How much"), min_value=0, max_digits=5, decimal_places=1)
    courses = forms.CharField(
        label=_("Courses of the list"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Codes, separated by spaces. Only where courses are counted."),
    )
    hours_per_day = forms.DecimalField(
        label=_("Academic hours in a day of training"), min_value=1, max_digits=3, decimal_places=1
    )
    basis = forms.ChoiceField(label=_("The period counts from"), choices=Basis.choices)
    years = forms.IntegerField(label=_("Calendar years in a period"), min_value=1, max_value=20)
    months = forms.IntegerField(label=_("Months after the appointment"), min_value=1, max_value=120)
    first_only = forms.BooleanField(
        label=_("Only the first appointment of a person counts"), required=False
    )
    prorates = forms.BooleanField(
        label=_("Who comes late owes only for the months since"), required=False
    )
    minimums = AmountsField(
        label=_("At least this much in a topic"), required=False, help_text=EVERY_LINE
    )
    caps = AmountsField(
        label=_("At most this much of a kind of credit (course, teaching, outside)"),
        required=False,
        help_text=EVERY_LINE,
    )
    carry_cap = forms.DecimalField(
        label=_("Carried into the next period, at most"),
        min_value=0,
        max_digits=5,
        decimal_places=1,
    )
    grace_days = forms.IntegerField(label=_("Days of grace to make up"), min_value=0, max_value=366)
    valid_from = forms.DateField(label=_("In force from"), widget=DAY)
    valid_until = forms.DateField(
        label=_("In force until"),
        widget=DAY,
        required=False,
        help_text=_("Periods that begin later are not owed. Another norm is another requirement."),
    )

    def __init__(self, data: Any = None, *, row: Requirement | None = None) -> None:
        super().__init__(data, initial=_initial(row))
        if row is not None:
            del self.fields["code"]
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (each.code, pick(each.names, _spoken()).text)
            for each in Audience.objects.filter(basis=AudienceBasis.POST)
        ]
        for language, spoken in settings.LANGUAGES:
            self.fields[f"names_{language}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": spoken}, max_length=200
            )

    def draft(self) -> RequirementDraft:
        """What the action takes."""
        data = self.cleaned_data
        return RequirementDraft(
            names={code: data[f"names_{code}"].strip() for code, _name in settings.LANGUAGES},
            audience=data["audience"],
            courses=tuple(data["courses"].split()),
            minimums=data["minimums"],
            caps=data["caps"],
            **{name: data[name] for name in PLAIN},
        )

    def say(self, refusal: Refused) -> None:
        """Put the refusal beside what it is about; what was typed stays."""
        say(self, refusal)


class ExemptionForm(forms.Form):
    """Who is relieved, for which time, why, and who decided it."""

    person = forms.CharField(
        label=_("Number in the personnel records"),
        max_length=64,
        help_text=_("The number under which the HR system knows the person."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Relief.choices)
    first_day = forms.DateField(label=_("First day"), widget=DAY)
    last_day = forms.DateField(label=_("Last day"), widget=DAY)
    reason = forms.ChoiceField(label=_("Reason"), choices=ReliefReason.choices)
    granted_by = forms.ChoiceField(label=_("Decided by"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["granted_by"].choices = [  # type: ignore[attr-defined]
            (each.code, pick(each.names, _spoken()).text)
            for each in Organisation.objects.filter(is_own=True)
        ]


def say(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal beside the fields that it is about."""
    for name, sentences in refusal.fields.items():
        form.add_error(name if name in form.fields else None, [str(one) for one in sentences])
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))


def _initial(row: Requirement | None) -> dict[str, Any]:
    if row is None:
        return dict(NEW)
    words = {f"names_{code}": row.names.get(code, "") for code, _name in settings.LANGUAGES}
    topics = {one.topic.code: one.amount for one in row.minimums.all()}
    return {
        **{name: getattr(row, name) for name in (*PLAIN, "revision")},
        **words,
        "audience": row.audience.code,
        "courses": " ".join(sorted(course.code for course in row.courses.all())),
        "minimums": _lines(topics),
        "caps": _lines(row.caps),
    }


NEW: Mapping[str, Any] = {
    "unit": Unit.HOURS,
    "basis": Basis.CYCLE,
    "years": 1,
    "months": 6,
    "hours_per_day": 8,
    "prorates": True,
    "carry_cap": 0,
    "grace_days": 0,
}


def _lines(amounts: Mapping[str, Any]) -> str:
    return "\n".join(f"{code} {amount}" for code, amount in sorted(amounts.items()))


def _spoken() -> str:
    return get_language() or "en"

"""What an operation on many runs needs to be told: a reason, a number of days, words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from enrollment.pages.desk.forms import CANCEL_REASONS, ReasonForm

FARTHEST = 730


class NothingForm(forms.Form):
    """Nothing has to be said."""


class DaysForm(forms.Form):
    """By how many days, and why."""

    days = forms.IntegerField(
        label=gettext_lazy("Days later"),
        help_text=gettext_lazy("With a minus: earlier. The hours stay as they are."),
        min_value=-FARTHEST,
        max_value=FARTHEST,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=CANCEL_REASONS, required=False)

    def clean_days(self) -> int:
        """Nothing moves by no days."""
        days: int = self.cleaned_data["days"]
        if days == 0:
            raise forms.ValidationError(_("Say by how many days."))
        return days


class WordsForm(forms.Form):
    """What everybody with a seat is to read."""

    title = forms.CharField(label=gettext_lazy("Subject"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
    )


FORMS: dict[str, type[forms.Form]] = {
    "move": DaysForm,
    "message": WordsForm,
    "postpone": ReasonForm,
    "cancel": ReasonForm,
}


def form_of(operation: str, data: Any) -> forms.Form:
    """The form of an operation."""
    return FORMS.get(operation, NothingForm)(data)

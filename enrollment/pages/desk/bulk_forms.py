"""What an operation on many runs needs to be told: a reason, a number of days, words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from academy.core.errors import Invalid
from enrollment.pages.desk.forms import CANCEL_REASONS, ReasonForm
from enrollment.pages.desk.share_forms import PostsForm
from enrollment.requests.bulk_operations import SHARE
from enrollment.requests.share_plans import as_text

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


class ShareForm(PostsForm):
    """So many seats of each run, among the courts by their posts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].label = gettext_lazy("Seats to share out in each run")

    def clean(self) -> dict[str, Any]:
        """The answers become the plan itself, so that what was shown is what is done."""
        if self.errors:
            return self.cleaned_data
        try:
            return {"plan": as_text(self.rows)}
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal


FORMS: dict[str, type[forms.Form]] = {
    SHARE: ShareForm,
    "move": DaysForm,
    "message": WordsForm,
    "postpone": ReasonForm,
    "cancel": ReasonForm,
}


def form_of(operation: str, data: Any) -> forms.Form:
    """The form of an operation."""
    return FORMS.get(operation, NothingForm)(data)

"""Forms of heads of court and coordinators: who decides in the head's place, whom a court names."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academy.core.ids import uuid_of
from academy.people.models import Person


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class DeputyForm(forms.Form):
    """Who decides in the head's place, and when."""

    deputy = forms.ModelChoiceField(
        Person.objects.none(),
        to_field_name="public_id",
        label=_("Deputy"),
        help_text=_("Somebody of your court who can sign in here."),
        empty_label=_("Choose a person"),
    )
    first = _day(_("First day"))
    last = _day(_("Last day"))

    def __init__(self, *args: Any, colleagues: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].initial = today
        self.fields["deputy"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["deputy"].label_from_instance = lambda row: row.full_name  # type: ignore[attr-defined]


class NominationForm(forms.Form):
    """Whom a court names: ticked in the pick list, or in a file."""

    people = forms.TypedMultipleChoiceField(
        label=_("People"), required=False, coerce=uuid_of, widget=forms.MultipleHiddenInput
    )
    file = forms.FileField(
        label=_("A list as a file"),
        help_text=_("CSV or Excel with a column external_id: the numbers of the HR system."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        self.fields["people"].choices = [(one, one) for one in people if uuid_of(one)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A list has somebody on it."""
        data = super().clean() or {}
        if not data.get("people") and not data.get("file") and not self.errors:
            raise forms.ValidationError(_("Tick at least one person, or choose a file."))
        return data

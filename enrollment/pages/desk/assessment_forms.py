"""Forms of the yearly needs assessment."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy as _

from academy.core.texts import pick
from academy.courts.models import Court
from courses.catalogue.models import Topic


class AssessmentForm(forms.Form):
    """For which plan year the courts are asked, and until when."""

    year = forms.IntegerField(label=_("Plan year"), min_value=2000, max_value=2100)
    last_day = forms.DateField(
        label=_("Last day for suggestions and votes"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def closes_at(self) -> datetime:
        """The end of the last day on the institution's clock."""
        after = self.cleaned_data["last_day"] + timedelta(days=1)
        return datetime.combine(after, time(), ZoneInfo(settings.TIME_ZONE))


class TopicForm(forms.Form):
    """A topic that a court needs."""

    court = forms.ChoiceField(label=_("Your court"))
    title = forms.CharField(
        label=_("What should be taught"),
        max_length=300,
        help_text=_("In the language that you use on this page."),
    )
    area = forms.ModelChoiceField(
        Topic.objects.all(), to_field_name="code", label=_("Area"), required=False
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
        help_text=_("Cases, mistakes, new laws. It becomes the need of a proposal."),
    )

    def __init__(self, data: Any, *, courts: Sequence[Court]) -> None:
        super().__init__(data)
        court = self.fields["court"]
        court.choices = [(row.code, _name(row)) for row in courts]  # type: ignore[attr-defined]
        if len(courts) == 1:
            court.widget = forms.HiddenInput()
            court.initial = courts[0].code
        self.fields["area"].label_from_instance = _name  # type: ignore[attr-defined]


def _name(row: Court | Topic) -> str:
    return pick(row.names, get_language() or "en").text

"""Forms of those who take part: shape and wording; the rules stay in the rooms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WITHDRAW_REASONS = (
    ("", _("Choose a reason")),
    ("hearing", _("Hearings on these days")),
    ("duty", _("Urgent duties at the court")),
    ("leave", _("Leave or absence")),
    ("illness", _("Illness")),
    ("family", _("Family reasons")),
    ("other", _("Another reason")),
)


class WithdrawForm(forms.Form):
    """Why somebody gives up a place: asked only when it is late."""

    reason = forms.ChoiceField(label=_("Why can you not come?"), choices=WITHDRAW_REASONS)
    note = forms.CharField(
        label=_("A word to the academy"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["reason"], self.fields["note"]


class CodeForm(forms.Form):
    """The number that the room shows."""

    code = forms.CharField(
        label=_("Number that the room shows"),
        help_text=_("Six digits. They change every half minute."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class SerialForm(forms.Form):
    """The number on a certificate, typed from paper."""

    serial = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("26 letters and digits. Spaces and hyphens do not matter."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

"""Forms about oneself."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academy.messages import gateway
from academy.messages.enums import Convenience

PUNCTUATION = re.compile(r"[\s().\-]")


def _ways() -> list[tuple[str, str]]:
    """Text messages only where a gateway takes them."""
    closed = set() if gateway.is_ready() else {Convenience.TEXT.value}
    return [(way, str(label)) for way, label in Convenience.choices if way not in closed]


class MailForm(forms.Form):
    """What is not duty: where it goes, and how often."""

    conveniences = forms.ChoiceField(
        label=_("Reminders that are not duty"),
        choices=_ways,
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(
        label=_("Mobile number for text messages"),
        help_text=_("Beginning with + and the country code. Used for nothing else."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        max_length=30,
        required=False,
    )
    wants_digest = forms.BooleanField(label=_("Together in one, in the morning"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not gateway.is_ready():
            del self.fields["phone"]

    def clean_phone(self) -> str:
        """The number as it is dialled, without what makes it readable."""
        number = PUNCTUATION.sub("", self.cleaned_data["phone"])
        if number and not gateway.is_number(number):
            raise forms.ValidationError(
                _("Write the number beginning with + and the country code.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """A text message needs a number."""
        wants_text = self.cleaned_data.get("conveniences") == Convenience.TEXT
        if wants_text and not self.cleaned_data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("For text messages we need a mobile number."))
        return self.cleaned_data


class SignatureForm(forms.Form):
    """What the person's signing program answered."""

    signature = forms.CharField(
        label=_("The signature"),
        help_text=_("As text in Base64, as the program that signs gives it."),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )


class LanguageForm(forms.Form):
    """The language of pages and of what we send."""

    language = forms.ChoiceField(
        label=_("Language of these pages and of what we send you"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )

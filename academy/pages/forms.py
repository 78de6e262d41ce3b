"""Forms about oneself."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academy.messages.enums import Convenience


class MailForm(forms.Form):
    """What is not duty: where it goes, and how often."""

    conveniences = forms.ChoiceField(
        label=_("Reminders that are not duty"),
        choices=Convenience.choices,
        widget=forms.RadioSelect,
    )
    wants_digest = forms.BooleanField(
        label=_("Together in one mail in the morning"), required=False
    )


class LanguageForm(forms.Form):
    """The language of pages and of what we send."""

    language = forms.ChoiceField(
        label=_("Language of these pages and of what we send you"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )

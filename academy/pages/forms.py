"""Forms about oneself."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    """The language of pages and of what we send."""

    language = forms.ChoiceField(
        label=_("Language of these pages and of what we send you"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )

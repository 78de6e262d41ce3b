"""Forms that share seats out: by hand, by posts, by a file; each comes to the rows of a plan."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from academy.core.texts import Texts, pick
from academy.courts.models import Court, PositionCategory, Region
from courses.planning.enums import MOST_SEATS, PoolScope
from enrollment.requests import phrases
from enrollment.requests.share_plans import (
    ByPosts,
    Written,
    as_written,
    read_plan,
    written_by_posts,
)

FALLS_TO = (
    ("", _("to the region where it has seats, else to everyone")),
    (PoolScope.REGION.value, _("to the region")),
    (PoolScope.EVERYONE.value, _("to everyone")),
)
POSTS = (("all", _("all posts")), ("judges", _("judges")), ("staff", _("court staff")))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=_("Seats still free when that day begins fall on."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class HandForm(forms.Form):
    """One share: for whom, how many, until when."""

    whom = forms.ChoiceField(label=_("For whom"))
    seats = forms.IntegerField(
        label=_("Number of seats"),
        help_text=_("All of theirs, also those already taken. 0 gives the free ones back."),
        min_value=0,
        max_value=MOST_SEATS,
    )
    release_at = _day(_("Released on"))
    falls_to = forms.ChoiceField(label=_("Free seats then go"), choices=FALLS_TO, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"] = forms.ChoiceField(label=self.fields["whom"].label, choices=_whom())

    @property
    def rows(self) -> list[Written]:
        """The one row of the plan."""
        data = self.cleaned_data
        scope, _colon, code = data["whom"].partition(":")
        return [Written(scope, code, data["seats"], data["release_at"], data["falls_to"])]


class PostsForm(forms.Form):
    """Seats among the courts in proportion to their posts."""

    seats = forms.IntegerField(label=_("Number of seats"), min_value=1, max_value=MOST_SEATS)
    posts = forms.ChoiceField(label=_("By which posts"), choices=POSTS)
    region = forms.ModelChoiceField(
        Region.objects.order_by("code"),
        to_field_name="code",
        label=_("Courts of"),
        empty_label=_("the whole country"),
        required=False,
    )
    release_at = _day(_("Released on"))
    falls_to = forms.ChoiceField(label=_("Free seats then go"), choices=FALLS_TO, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].label_from_instance = lambda row: _name(row.names)  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[Written]:
        """A row for each court that gets a seat."""
        data = self.cleaned_data
        region = data["region"].code if data["region"] else ""
        return written_by_posts(ByPosts(**{**data, "region": region}))


class FileForm(forms.Form):
    """A plan from a file."""

    file = forms.FileField(
        label=_("A plan as a file"),
        help_text=_(
            "CSV or Excel with the columns scope (court, region, category, language), code, seats, "
            "and if need be release_at and falls_to (region, everyone)."
        ),
    )

    @property
    def rows(self) -> list[Written]:
        """The rows of the file."""
        file = self.cleaned_data["file"]
        return read_plan(file.name, file.read())


class PlanForm(forms.Form):
    """The plan that was shown, on its way back to be applied."""

    plan = forms.CharField(widget=forms.HiddenInput, max_length=100_000, strip=False)

    @property
    def rows(self) -> list[Written]:
        """The very rows of the preview."""
        return as_written(self.cleaned_data["plan"])


def _whom() -> Sequence[tuple[Any, Any]]:
    regions = [(f"region:{row.code}", _name(row.names)) for row in Region.objects.all()]
    courts = Court.objects.filter(valid_to__isnull=True).order_by("code")
    return [
        ("", _("Choose")),
        (_("Regions"), regions),
        (_("Groups"), _groups()),
        (_("Courts"), [(f"court:{row.code}", _name(row.names)) for row in courts]),
    ]


def _groups() -> list[tuple[str, str]]:
    categories = [(f"category:{one}", phrases.group("category", one)) for one in _categories()]
    languages = [code for code, _own_name in settings.LANGUAGES]
    return categories + [(f"language:{one}", phrases.group("language", one)) for one in languages]


def _categories() -> list[str]:
    return [str(one) for one in PositionCategory.values]


def _name(names: Texts) -> str:
    return pick(names, translation.get_language() or "en").text

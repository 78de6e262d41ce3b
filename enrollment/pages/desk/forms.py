"""Forms of the desk: shape and wording; the rules stay in the rooms."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from academy.core.texts import pick
from academy.people.models import Person
from courses.catalogue.models import Course
from courses.planning.actions import RunPlan, SessionPlan
from courses.planning.enums import MOST_SEATS, EnrollmentMode
from courses.planning.models import Venue
from enrollment.attendance.enums import MarkStatus

TRAINERS = Person.objects.filter(account__grants__role="trainer").distinct()
"""Whom a run can be given to."""
OFFERED_MODES = (EnrollmentMode.OPEN, EnrollmentMode.APPROVAL, EnrollmentMode.NOMINATION)
REFUSAL_REASONS = (
    ("", _("Choose a reason")),
    ("hearing", _("Hearings on these days")),
    ("leave", _("Leave or absence")),
    ("staffing", _("Too few people would be left at the court")),
    ("other_course", _("Another course is more suitable")),
    ("other", _("Another reason")),
)
CANCEL_REASONS = (
    ("", _("Choose a reason")),
    ("too_few", _("Too few participants")),
    ("trainer_unavailable", _("The trainer is not available")),
    ("venue_unavailable", _("The venue is not available")),
    ("law_changed", _("The law has changed")),
    ("other", _("Another reason")),
)


class DecisionForm(forms.Form):
    """Yes or no; a no names its reason."""

    answer = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("yes", _("I agree")), ("no", _("I do not agree"))],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REFUSAL_REASONS, required=False)
    note = forms.CharField(
        label=_("A word to the person"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    @property
    def says_yes(self) -> bool:
        """What was chosen."""
        return bool(self.cleaned_data["answer"] == "yes")

    def clean(self) -> dict[str, Any]:
        """A refusal without a reason is not a decision."""
        data = super().clean() or {}
        if data.get("answer") == "no" and not data.get("reason"):
            self.add_error("reason", _("Please say why."))
        return data


class ReasonForm(forms.Form):
    """Why a run is cancelled or postponed."""

    reason = forms.ChoiceField(label=_("Reason"), choices=CANCEL_REASONS)
    note = forms.CharField(
        label=_("A word to the participants"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class CapacityForm(forms.Form):
    """How many seats a run has."""

    capacity = forms.IntegerField(label=_("Number of seats"), min_value=0, max_value=MOST_SEATS)


class MarkForm(forms.Form):
    """One person's attendance at one session; one such form per line of the sheet."""

    status = forms.ChoiceField(
        choices=[("", "–"), *MarkStatus.choices], required=False, label=_("Attendance")
    )
    minutes = forms.IntegerField(
        label=_("Minutes present"), required=False, min_value=0, max_value=1440
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Who came late or left early was there for some minutes: how many?"""
        data = super().clean() or {}
        in_part = data.get("status") in {MarkStatus.LATE, MarkStatus.LEFT}
        if in_part and data.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", _("How many minutes?"))
        return data


class RunForm(forms.Form):
    """A new run with one to three sessions; times are those of the venue."""

    course = forms.ModelChoiceField(
        Course.objects.filter(status=Course.Status.PUBLISHED).order_by("code"),
        to_field_name="code",
        label=_("Course"),
    )
    code = forms.SlugField(label=_("Code of the run"), max_length=60)
    language = forms.CharField(label=_("Language of teaching"), widget=forms.Select)
    venue = forms.ModelChoiceField(
        Venue.objects.order_by("code"), to_field_name="code", label=_("Venue"), required=False
    )
    link = forms.URLField(
        label=_("Link for online sessions"), required=False, assume_scheme="https"
    )
    first = forms.SplitDateTimeField(
        label=_("First session"),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": _("Day")},  # type: ignore[dict-item]
            time_attrs={"type": "time", "aria-label": _("Time of day")},  # type: ignore[dict-item]
            date_format="%Y-%m-%d",
        ),
    )
    days = forms.IntegerField(label=_("Number of days"), min_value=1, max_value=30, initial=1)
    minutes = forms.IntegerField(
        label=_("Teaching minutes a day"), min_value=15, max_value=720, initial=360
    )
    capacity = forms.IntegerField(
        label=_("Number of seats"), required=False, min_value=1, max_value=MOST_SEATS
    )
    minimum_size = forms.IntegerField(
        label=_("Minimum size"), required=False, min_value=0, max_value=MOST_SEATS
    )
    mode = forms.ChoiceField(
        label=_("How people get in"),
        choices=[(mode.value, mode.label) for mode in OFFERED_MODES],
    )
    closes_days = forms.IntegerField(
        label=_("Enrolment closes, days before the start"), min_value=0, max_value=365, initial=3
    )
    trainer = forms.ModelChoiceField(
        TRAINERS.order_by("sort_key"),
        to_field_name="public_id",
        label=_("Trainer"),
    )

    def __init__(self, *args: Any, time_zone: str, languages: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(time_zone)
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=languages
        )
        spoken = translation.get_language() or ""
        for name in ("course", "venue"):
            self.fields[name].label_from_instance = (  # type: ignore[attr-defined]
                lambda row, spoken=spoken: _label(row, spoken)
            )

    def plan(self, *, now: datetime) -> RunPlan:
        """The plan that the action takes."""
        data = self.cleaned_data
        venue: Venue | None = data["venue"]
        zone = ZoneInfo(venue.time_zone) if venue else self.zone
        first = data["first"].replace(tzinfo=zone)
        breaks = timedelta(minutes=data["minutes"] // 6)
        sessions = [
            SessionPlan(
                first + timedelta(days=day),
                data["minutes"],
                timedelta(minutes=data["minutes"]) + breaks,
            )
            for day in range(data["days"])
        ]
        closes = max(first - timedelta(days=data["closes_days"]), now)
        return RunPlan(
            code=data["code"],
            course=data["course"],
            language=data["language"],
            time_zone=str(zone),
            sessions=sessions,
            enrollment_opens_at=now,
            enrollment_closes_at=closes,
            withdraw_until=closes,
            capacity=data["capacity"],
            minimum_size=data["minimum_size"] or 0,
            mode=EnrollmentMode(data["mode"]),
            venue=venue,
            link=data["link"],
            trainers=[data["trainer"].pk],
        )


def _label(row: Course | Venue, spoken: str) -> str:
    if isinstance(row, Course):
        title = row.current.title if row.current else {}
        return f"{row.code} – {pick(title, spoken).text}"
    return pick(row.names, spoken).text

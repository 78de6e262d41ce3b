"""Forms of changes of a whole run: shape and wording; the rules stay in the rooms."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy

from academy.core.texts import pick
from academy.web import dates
from courses.planning.actions import SessionPlan
from courses.planning.enums import NoAnswer
from courses.planning.models import Run, Session, Venue
from enrollment.pages.desk.forms import CANCEL_REASONS, CapacityForm, ReasonForm
from enrollment.requests import moving_queries
from enrollment.seats.models import Enrollment

__all__ = ["CapacityForm", "MoveForm", "OtherRunForm", "ReasonForm", "SplitForm"]

FARTHEST = 3_660


class MoveForm(forms.Form):
    """When each session begins now, on the clock of the run; lengths stay as they are."""

    venue = forms.ModelChoiceField(
        Venue.objects.order_by("code"),
        to_field_name="code",
        label=gettext_lazy("Another place"),
        empty_label=gettext_lazy("The place stays"),
        required=False,
    )
    link = forms.URLField(
        label=gettext_lazy("Another link"),
        help_text=gettext_lazy("Empty: the link stays."),
        required=False,
        assume_scheme="https",
    )
    no_answer = forms.ChoiceField(
        label=gettext_lazy("If somebody with a seat does not answer"),
        choices=NoAnswer.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=CANCEL_REASONS, required=False)

    def __init__(self, *args: Any, of: Run, shift: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["no_answer"].initial = of.no_answer
        self.zone = ZoneInfo(of.time_zone)
        self.rows = list(of.sessions.filter(is_cancelled=False).select_related("venue"))
        self.shift = int(shift) if _is_number(shift) else None
        spoken = translation.get_language() or ""
        self.fields["venue"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: pick(row.names, spoken).text
        )
        self.fields = {_name(row): self._when(row) for row in self.rows} | self.fields

    def _when(self, row: Session) -> forms.Field:
        was = row.period.lower.astimezone(self.zone).replace(tzinfo=None)
        return forms.SplitDateTimeField(
            label=_("Session %(number)s begins") % {"number": row.number},
            initial=was + timedelta(days=self.shift or 0),
            widget=forms.SplitDateTimeWidget(
                date_attrs={"type": "date", "aria-label": _("Day")},
                time_attrs={"type": "time", "aria-label": _("Time of day")},
                date_format="%Y-%m-%d",
                time_format="%H:%M",
            ),
        )

    def asked(self) -> dict[str, Any]:
        """What the action takes: the sessions as they are to be, and why."""
        sessions = [
            SessionPlan(
                self._on_the_clock(self.cleaned_data[_name(row)]),
                row.minutes,
                row.period.upper - row.period.lower,
                self.cleaned_data["venue"] or row.venue,
                self.cleaned_data["link"] or row.link,
            )
            for row in self.rows
        ]
        return {
            "sessions": sessions,
            "reason": self.cleaned_data["reason"],
            "no_answer": NoAnswer(self.cleaned_data["no_answer"]),
        }

    def _on_the_clock(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self.zone)


def _name(row: Session) -> str:
    return f"session_{row.number}"


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdecimal() and digits.isascii() and int(digits) <= FARTHEST


class OtherRunForm(forms.Form):
    """Another run of the same course that is still ahead."""

    into = forms.ModelChoiceField(
        Run.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("The other run"),
        empty_label=gettext_lazy("Choose a run"),
    )

    def __init__(self, *args: Any, of: Run, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        field.queryset = moving_queries.runs_to_join(of)  # type: ignore[attr-defined]
        field.label_from_instance = run_in_words  # type: ignore[attr-defined]

    @property
    def has_choice(self) -> bool:
        """Whether there is another run at all."""
        return bool(self.fields["into"].queryset.exists())  # type: ignore[attr-defined]

    @property
    def other(self) -> UUID:
        """The run that was chosen."""
        chosen: Run = self.cleaned_data["into"]
        return chosen.public_id


class SplitForm(OtherRunForm):
    """Who moves; nobody chosen means the waiting list, as far as seats are free."""

    people = forms.ModelMultipleChoiceField(
        Enrollment.objects.none(),
        to_field_name="public_id",
        label=gettext_lazy("Who moves?"),
        help_text=gettext_lazy("Without a choice: those who wait, in their order."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, of: Run, **kwargs: Any) -> None:
        super().__init__(*args, of=of, **kwargs)
        field = self.fields["people"]
        field.queryset = moving_queries.people_in(of)  # type: ignore[attr-defined]
        field.label_from_instance = _person_in_words  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[UUID]:
        """Whom the registrar named."""
        return [row.public_id for row in self.cleaned_data["people"]]


def run_in_words(run: Run) -> str:
    """A run as a line of a list: code, start and what is free."""
    starts = dates.moment(run.starts_at, run.time_zone) if run.starts_at else _("No dates yet")
    if run.capacity is None:
        return f"{run.code} – {starts}"
    free = _("free seats: %(number)s") % {"number": getattr(run, "free", 0)}
    return f"{run.code} – {starts} – {free}"


def _person_in_words(row: Enrollment) -> str:
    return f"{row.person.full_name} – {row.get_state_display()}"

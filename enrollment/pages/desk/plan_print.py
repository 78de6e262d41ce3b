"""The plan of a year on paper, with the bodies that approve it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Refused
from academy.core.texts import pick
from courses.catalogue.models import Organisation
from courses.planning import year_queries, years
from courses.planning.enums import RunState
from courses.planning.year_queries import Card
from enrollment.pages.desk.frame import actor_of, at_desk, render, see
from enrollment.pages.desk.plan_frame import frame_of
from enrollment.pages.desk.plan_weeks import month_name

NO_MONTH = 13  # behind December


class BodiesForm(forms.Form):
    """Which bodies of the judiciary approve the plan."""

    bodies = forms.ModelMultipleChoiceField(
        Organisation.objects.filter(is_own=True).order_by("code"),
        to_field_name="code",
        label=gettext_lazy("Bodies that approve the plan"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = translation.get_language() or ""
        self.fields["bodies"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: pick(row.names, spoken).text
        )


class ApprovalForm(forms.Form):
    """On which day a body has approved; empty takes it back."""

    body = forms.SlugField(widget=forms.HiddenInput)
    day = forms.DateField(
        label=gettext_lazy("Approved on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )


@require_safe
@at_desk(Right.READ_ALL)
def paper(request: HttpRequest, year: int) -> HttpResponse:
    """Every run of the year by month, to be printed; the approvals and their lines to sign."""
    frame = frame_of(request, year, "plan-print")
    rows = year_queries.planned(year, frame["wanted"])
    kept = [row.id for row in rows if row.state != RunState.CANCELLED]
    cards = year_queries.cards(kept)
    state = years.state_of(year)
    context = {
        **frame,
        "months": _by_month(year, [_spoken(cards[key]) for key in kept if key in cards]),
        "count": len(kept),
        "state": state,
        "approvals": [(one, _approval_form(one)) for one in state.approvals],
        "bodies": BodiesForm(
            initial={"bodies": [one.organisation.code for one in state.approvals]}
        ),
        "printed_at": clock.now(),
    }
    return render(request, "desk/plan_print.html", context)


def _approval_form(approval: Any) -> ApprovalForm:
    code = approval.organisation.code
    initial = {"body": code, "day": approval.approved_on}
    return ApprovalForm(initial=initial, auto_id=f"id_%s_{code}")


def _spoken(card: Card) -> Card:
    """With its language in words: the paper is read by people who know no codes."""
    return replace(card, language=str(dict(settings.LANGUAGES).get(card.language, card.language)))


def _by_month(year: int, cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """The runs under their months; those without dates at the end."""

    def month(card: Card) -> int:
        return card.days[0].month if card.days else NO_MONTH

    ordered = sorted(cards, key=lambda card: (month(card), card.days[:1], card.code))
    return [
        (month_name(number) if number < NO_MONTH else _("Without dates"), list(group))
        for number, group in groupby(ordered, month)
    ]


@require_POST
@at_desk(Right.PLAN)
def name_bodies(request: HttpRequest, year: int) -> HttpResponse:
    """Say which bodies approve the plan of the year."""
    form = BodiesForm(request.POST)
    if form.is_valid():
        bodies = list(form.cleaned_data["bodies"])
        years.name_bodies(year=year, bodies=bodies, actor=actor_of(request))
        messages.success(request, _("The bodies that approve the plan are noted."))
    return see("plan-print", year=year)


@require_POST
@at_desk(Right.PLAN)
def approve(request: HttpRequest, year: int) -> HttpResponse:
    """Note on which day a body approved the plan, or take that back."""
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the day of the approval as a date."))
        return see("plan-print", year=year)
    day: date | None = form.cleaned_data["day"]
    try:
        years.note_approval(
            year=year, body=form.cleaned_data["body"], day=day, actor=actor_of(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The approval is noted.") if day else _("It is taken back."))
    return see("plan-print", year=year)

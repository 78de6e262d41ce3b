"""By which bodies proposals are reviewed, in which turn, and how long each has."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core.errors import Refused
from courses.catalogue.models import Organisation
from courses.development import queries, reviewing
from courses.development.models import RouteStep
from courses.development.reviewing import Stop
from enrollment.pages.desk.frame import actor_of, at_desk, render, see
from enrollment.pages.desk.proposal_forms import named, say

MORE, MOST_TURNS, LONGEST = 2, 20, 120
"""Empty lines for other bodies; turns; working days that a body may have."""


class RouteForm(forms.Form):
    """A line per step: the body, its turn, its days. A line without a body is no step."""

    def __init__(self, data: Any = None, *, route: Sequence[RouteStep]) -> None:
        super().__init__(data)
        bodies = {row.code: row for row in Organisation.objects.order_by("code")}
        self.bodies, self.lines = bodies, len(route) + MORE
        choices = [("", "—"), *named(bodies.values())]
        last = max((stop.place for stop in route), default=0)
        for number in range(self.lines):
            stop = route[number] if number < len(route) else None
            self.fields[f"body_{number}"] = forms.ChoiceField(
                label=_("Body, step %(number)s") % {"number": number + 1},
                choices=choices,
                required=False,
                initial=stop.body.code if stop else "",
            )
            self.fields[f"turn_{number}"] = forms.IntegerField(
                label=_("Turn, step %(number)s") % {"number": number + 1},
                min_value=1,
                max_value=MOST_TURNS,
                initial=stop.place if stop else last + 1,
            )
            self.fields[f"days_{number}"] = forms.IntegerField(
                label=_("Working days, step %(number)s") % {"number": number + 1},
                min_value=1,
                max_value=LONGEST,
                initial=stop.working_days if stop else 10,
            )

    def rows(self) -> Iterator[tuple[forms.BoundField, ...]]:
        """The fields line by line."""
        for number in range(self.lines):
            yield tuple(self[f"{name}_{number}"] for name in ("body", "turn", "days"))

    def stops(self) -> list[Stop]:
        """What the action takes, in the order of the turns."""
        data = self.cleaned_data
        stops = [
            Stop(self.bodies[data[f"body_{n}"]], data[f"turn_{n}"], data[f"days_{n}"])
            for n in range(self.lines)
            if data[f"body_{n}"]
        ]
        return sorted(stops, key=lambda stop: stop.place)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.PLAN)
def route(request: HttpRequest) -> HttpResponse:
    """The route as it is, and as it shall be for proposals that are taken up from now on."""
    form = RouteForm(request.POST or None, route=queries.route())
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.set_route(stops=form.stops(), actor=actor_of(request))
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Saved. Reviews that have begun keep their bodies."))
            return see("review-route")
    response = render(request, "proposals/route.html", {"form": form})
    response.status_code = 422 if form.errors else 200
    return response

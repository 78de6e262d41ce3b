"""What I owe: every period of a requirement with its arithmetic."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.core import clock
from academy.core.errors import Missing
from academy.web.http import signed_in, viewer_of
from enrollment.credits import owed_queries
from enrollment.credits.enums import Duty
from enrollment.credits.models import Obligation
from enrollment.pages import owed_words


@require_safe
@signed_in
def owed(request: HttpRequest) -> HttpResponse:
    """Everything that is owed at present, and what was."""
    rows = owed_queries.obligations_of(viewer_of(request).person_id or 0)
    now = clock.now()
    present = [row for row in rows if row.due_at >= now or row.state == Duty.OWED]
    context = {
        "breadcrumbs": [_my_training()],
        "present": [line(row) for row in present],
        "past": [line(row) for row in reversed(rows) if row not in present],
    }
    return render(request, "enrollment/owed.html", context)


@require_safe
@signed_in
def explained(request: HttpRequest, requirement: str) -> HttpResponse:
    """One requirement: how each of its periods was reckoned, the present one on top."""
    rows = owed_queries.obligations_of(viewer_of(request).person_id or 0)
    mine = list(rows.filter(requirement__code=requirement).order_by("-first_day"))
    if not mine:
        raise Missing("unknown_page", _("There is no such page."))
    standings = owed_queries.standings_of(mine, clock.now())
    topics = owed_queries.topics_of(standings.values())
    language = translation.get_language() or "en"
    context = {
        "breadcrumbs": [_my_training(), (reverse("enrollment:owed"), _("What I owe"))],
        "requirement": mine[0].requirement,
        "periods": [
            line(row)
            | {"sums": owed_words.sums(row.requirement, standings[row.first_day], topics, language)}
            for row in mine
            if row.first_day in standings
        ],
    }
    return render(request, "enrollment/owed_explained.html", context)


def _my_training() -> tuple[str, str]:
    return reverse("enrollment:my"), _("My training")


def line(row: Obligation) -> dict[str, Any]:
    """One obligation as the pages show it."""
    now = clock.now()
    return {
        "row": row,
        "state": owed_queries.standing_word(row, now),
        "owed": owed_words.amount(row.owed, row.requirement.unit),
        "is_owed": row.state == Duty.OWED,
        "topic_missing": row.state == Duty.OWED and not row.owed,
        "needed": owed_words.amount(row.needed, row.requirement.unit),
        "earned": owed_words.amount(row.earned, row.requirement.unit),
    }

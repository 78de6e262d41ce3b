"""What the pages of a year's plan share: the year, its filters from the address, its tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Right
from academy.core.texts import pick
from courses.planning import year_queries
from courses.planning.year_queries import CONDITIONS, Choice
from courses.planning.years import check_year
from enrollment.pages.desk.frame import viewer_of

LABELS: Mapping[str, Promise] = {
    "course": _("Course"),
    "region": _("Region"),
    "venue": _("Venue"),
    "court": _("Court with seats of its own"),
    "trainer": _("Trainer"),
    "language": _("Language of teaching"),
    "body": _("Body that teaches"),
}
EVERY = _("All")


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of the form above a year: its values, and which is taken."""

    name: str
    label: Promise
    options: Sequence[tuple[str, str]]
    value: str


def wanted_of(request: HttpRequest) -> dict[str, str]:
    """What the address narrows the year to; unknown names and empty values are passed over."""
    return {name: value for name in CONDITIONS if (value := request.GET.get(name, "").strip()[:80])}


def frame_of(request: HttpRequest, year: int, here: str) -> dict[str, Any]:
    """The year, the years beside it, the filters and the tabs, for every page of the plan."""
    check_year(year)
    wanted = wanted_of(request)
    query = f"?{urlencode(wanted)}" if wanted else ""
    return {
        "year": year,
        "wanted": wanted,
        "query": query,
        "filters": _filters(year, wanted),
        "tabs": [
            {
                "url": f"{reverse(f'enrollment:{name}', args=[year])}{query}",
                "label": label,
                "current": name == here,
            }
            for name, label in TABS
        ],
        "before": f"{reverse(f'enrollment:{here}', args=[year - 1])}{query}",
        "after": f"{reverse(f'enrollment:{here}', args=[year + 1])}{query}",
        "plans": viewer_of(request).may(Right.PLAN),
        "registers": viewer_of(request).may(Right.REGISTER),
    }


TABS = (
    ("plan-year", _("Calendar")),
    ("plan-board", _("Board")),
    ("plan-places", _("Venues and trainers")),
    ("plan-print", _("To print and approve")),
)


def _filters(year: int, wanted: Mapping[str, str]) -> list[Filter]:
    """The values that occur in the year, and the one that is taken though it does not occur."""
    found = year_queries.choices(year)
    filters = []
    for name, label in LABELS.items():
        options = [(choice.key, _word(choice)) for choice in found.get(name, [])]
        value = wanted.get(name, "")
        if value and value not in dict(options):
            options.append((value, value))
        if options:
            filters.append(Filter(name, label, [("", str(EVERY)), *options], value))
    return filters


def _word(choice: Choice) -> str:
    if choice.kind == "language":
        return str(dict(settings.LANGUAGES).get(choice.key, choice.key))
    text = pick(choice.names, translation.get_language() or "en").text if choice.names else ""
    if choice.kind == "course":
        return f"{choice.key} – {text}"[:70]
    return text or choice.name

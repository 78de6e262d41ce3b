"""The year as a board: where each run stands, and which page leads it to another column."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from courses.planning.enums import Column, Step
from enrollment.pages.desk.frame import at_desk, render
from enrollment.pages.desk.plan_frame import frame_of
from enrollment.requests import board_queries
from enrollment.requests.board_queries import OnBoard

EACH, PAGE = 12, 60
PAGES: Mapping[Step, str] = {
    Step.TRAINERS: "run-trainers",
    Step.DATES: "run-move",
    Step.PUBLISH: "run-publish",
    Step.POSTPONE: "run-postpone",
    Step.CAPACITY: "run-capacity",
    Step.FINALISE: "finalise",
    Step.COPY: "run-copy",
}
"""The page of each step: it shows first what would happen, however one came to it."""


@require_safe
@at_desk(Right.READ_ALL)
def board(request: HttpRequest, year: int) -> HttpResponse:
    """Every run in the column that says what it needs next; one column alone in pages."""
    frame = frame_of(request, year, "plan-board")
    name, after = request.GET.get("column", ""), request.GET.get("after", "")
    only = Column(name) if name in Column.values else None
    found = board_queries.board(
        year,
        frame["wanted"],
        now=clock.now(),
        each=PAGE if only else EACH,
        only=only,
        after=int(after) if only and after.isdigit() else 0,
    )
    piles = [(pile, HINTS[pile.column]) for pile in found.piles]
    for one in (one for pile in found.piles for one in pile.cards if frame["registers"]):
        one.leads = _addresses(one)
    context = {**frame, "board": found, "piles": piles, "only": only, "now": clock.now()}
    return render(request, "desk/plan_board.html", context)


def _addresses(one: OnBoard) -> list[tuple[str, str]]:
    """Where a card that is dropped on a column leads."""
    return [
        (column.value, reverse(f"enrollment:{PAGES[step]}", args=[one.card.public_id]))
        for column, step in one.ways.items()
    ]


HINTS: Mapping[Column, Promise] = {
    Column.IDEA: gettext_lazy("Dates or a trainer are missing."),
    Column.PLANNED: gettext_lazy("Complete, but nobody sees them yet."),
    Column.PUBLISHED: gettext_lazy("Open, with places left."),
    Column.AT_RISK: gettext_lazy("Too few people, or postponed: decide."),
    Column.FULL: gettext_lazy("Every place is taken."),
    Column.TO_FINALISE: gettext_lazy("Held; the outcomes are still open."),
    Column.DONE: gettext_lazy("Outcomes are frozen."),
}
"""What each column means, under its name."""

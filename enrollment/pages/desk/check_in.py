"""The code of a session for the screen of the room, and the sheet for those who sign by hand."""

from datetime import datetime
from math import ceil
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock, qr
from academy.core.errors import Missing
from courses.planning.models import Run, Session
from enrollment.attendance import check_in, check_in_rules
from enrollment.attendance.queries import Sheet, sheet_of
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.requests import access

MOST_COLUMNS = 3
"""Sessions whose signatures fit side by side on an upright sheet of A4."""


@require_safe
@at_desk(Right.TEACH)
def projector(request: HttpRequest, run: UUID, session: UUID) -> HttpResponse:
    """The code of this half minute, large enough for a hall; the next one comes by itself."""
    page = sheet_of(access.run_to_teach(viewer_of(request), run))
    place = _place(page.sessions, session)
    meeting, now = page.sessions[place], clock.now()
    code = check_in.shown_code(meeting, now)
    path = reverse("enrollment:check-in", kwargs={"session": session})
    context = {
        "run": page.run,
        "session": meeting,
        "code": f"{code[:3]} {code[3:]}",
        "address": f"{settings.PUBLIC_URL}{reverse('enrollment:check-in-now')}",
        "picture": qr.svg(f"{settings.PUBLIC_URL}{path}?{urlencode({'code': code})}"),
        "next_in": check_in_rules.seconds_left(now),
        "here": sum(row.marks[place] is not None for row in page.rows),
        "expected": len(page.rows),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "desk/_code.html" if part else "desk/projector.html", context)


@require_safe
@at_desk(Right.TEACH)
def signatures(request: HttpRequest, run: UUID) -> HttpResponse:
    """The list to print and to sign, a column for each session; several sheets for a long run."""
    page = sheet_of(access.run_to_teach(viewer_of(request), run))
    now = clock.now()
    context = {"run": page.run, "sheet": page, "parts": _parts(page, now), "printed": now}
    return render(request, "desk/signatures.html", context)


def _parts(page: Sheet, now: datetime) -> list[tuple[tuple[Session, ...], str]]:
    """The sessions of each sheet, and the code that leads back to the marks from the paper.

    It says when the sheet was printed: people come and go, and the numbers of its lines do not.
    """
    starts = range(0, len(page.sessions), MOST_COLUMNS)
    parts = [page.sessions[start : start + MOST_COLUMNS] for start in starts]
    return [(sessions, qr.svg(_way_back(page.run, sessions[0], now))) for sessions in parts]


def _way_back(run: Run, session: Session, now: datetime) -> str:
    ids = {"run": run.public_id, "session": session.public_id}
    path = reverse("enrollment:reconcile", kwargs=ids)
    return f"{settings.PUBLIC_URL}{path}?{urlencode({'printed': ceil(now.timestamp())})}"


def _place(sessions: tuple[Session, ...], session: UUID) -> int:
    for place, one in enumerate(sessions):
        if one.public_id == session:
            return place
    raise Missing("unknown_session", _("There is no such session."))

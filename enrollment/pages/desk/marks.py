"""Attendance at the desk: one session's sheet, test results, finalisation with its preview."""

from collections import Counter
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.access.enums import Right
from academy.core import clock, ids
from academy.core.errors import Missing
from enrollment.attendance import actions as attendance
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.attendance.models import Mark
from enrollment.attendance.queries import Sheet, SheetRow, obstacle_of, sheet_of
from enrollment.connectors import queries as connectors
from enrollment.connectors.models import MoodleCompletion
from enrollment.pages.desk.forms import MarkForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access, run_actions

Line = tuple[SheetRow, MarkForm]
ShownLine = tuple[SheetRow, MarkForm, MoodleCompletion | None]
IN_PART = frozenset({MarkStatus.LATE, MarkStatus.LEFT})
EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@at_desk(Right.TEACH)
def sheet(request: HttpRequest, run: UUID, session: UUID) -> HttpResponse:
    """Mark who was at a session. Sending the page twice is one mark: the page carries its nonce."""
    page = sheet_of(access.run_to_teach(viewer_of(request), run))
    place = _place(page, session)
    lines = [_line(request, row, row.marks[place]) for row in page.rows]
    if request.method == "POST" and all(form.is_valid() for _row, form in lines):
        drafts = _drafts(lines, place, request.POST.get("nonce", ""))
        attendance.record_marks(session=session, marks=drafts, actor=actor_of(request))
        messages.success(request, _("Attendance is recorded."))
        return see("run", run=run)
    context = {
        "run": page.run,
        "session": page.sessions[place],
        "lines": _with_moodle(run, lines),
        "nonce": request.POST.get("nonce") or str(ids.public_id()),
    }
    return render(request, "desk/marks.html", context)


def _line(request: HttpRequest, row: SheetRow, mark: Mark | None) -> Line:
    prefix = str(row.enrollment.public_id)
    sent = request.POST.copy() if request.method == "POST" else None
    if sent and "rest" in sent and not sent.get(f"{prefix}-status"):
        sent[f"{prefix}-status"] = MarkStatus.PRESENT
    return row, MarkForm(sent, prefix=prefix, initial=_now(mark))


def _with_moodle(run: UUID, lines: list[Line]) -> list[ShownLine]:
    """Beside each person what Moodle says: to go by, since a mark is the trainer's word."""
    found = connectors.moodle_completions(run)
    return [(row, form, found.get(row.enrollment.public_id)) for row, form in lines]


def _place(page: Sheet, session: UUID) -> int:
    for place, row in enumerate(page.sessions):
        if row.public_id == session:
            return place
    raise Missing("unknown_session", _("There is no such session."))


def _now(mark: Mark | None) -> dict[str, object]:
    """What is on the sheet; minutes only where they are asked for."""
    if mark is None:
        return {}
    return {"status": mark.status, "minutes": mark.minutes if mark.status in IN_PART else None}


def _drafts(lines: list[Line], place: int, nonce: str) -> list[attendance.MarkDraft]:
    """The marks that say something new: chosen, and different from what is on the sheet."""
    page_nonce = UUID(nonce) if _is_uuid(nonce) else ids.public_id()
    drafts = []
    for row, form in lines:
        status, minutes = form.cleaned_data["status"], form.cleaned_data["minutes"]
        in_part = status in IN_PART
        known = row.marks[place]
        same = known and known.status == status and (not in_part or known.minutes == minutes)
        if status and not same:
            drafts.append(
                attendance.MarkDraft(
                    row.enrollment.public_id,
                    MarkStatus(status),
                    minutes if in_part else None,
                    uuid5(page_nonce, str(row.enrollment.public_id)),
                )
            )
    return drafts


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


@require_POST
@at_desk(Right.TEACH)
def tests(request: HttpRequest, run: UUID) -> HttpResponse:
    """Record who passed the run's test; no score is asked for and none is kept."""
    page = sheet_of(access.run_to_teach(viewer_of(request), run))
    known = {row.enrollment.public_id: row for row in page.rows}
    changed = 0
    for public_id, row in known.items():
        answer = request.POST.get(f"test-{public_id}", "")
        if answer in {"yes", "no"} and row.test_passed != (answer == "yes"):
            attendance.record_test_result(
                enrollment=public_id, passed=answer == "yes", actor=actor_of(request)
            )
            changed += 1
    messages.success(request, _("Test results are recorded.") if changed else _("Nothing new."))
    return see("run", run=run)


@EDIT
@at_desk(Right.TEACH)
def finalise(request: HttpRequest, run: UUID) -> HttpResponse:
    """Freeze the outcomes: first the preview of what everybody would get, then the deed."""
    row = access.run_to_teach(viewer_of(request), run)
    if request.method == "POST":
        report = run_actions.finalise_run(run=run, actor=actor_of(request))
        messages.success(
            request,
            _("The run is finalised: %(number)d certificates are issued.")
            % {"number": report.certificates},
        )
        return see("run", run=run)
    page = sheet_of(row)
    counts = Counter(line.standing.outcome for line in page.rows)
    context = {
        "run": row,
        "sheet": page,
        "counts": [(kind.label, counts.get(kind, 0)) for kind in OutcomeKind],
        "obstacle": obstacle_of(page, at=clock.now()),
    }
    return render(request, "desk/finalise.html", context)

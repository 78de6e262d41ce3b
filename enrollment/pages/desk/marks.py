"""Attendance at the desk: one session's sheet, test results, finalisation with its preview."""

from collections import Counter
from pathlib import Path
from uuid import UUID, uuid5

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from courses.planning.models import Session
from enrollment.attendance import actions as attendance, outcomes
from enrollment.attendance.enums import MarkStatus, OutcomeKind
from enrollment.attendance.models import Mark
from enrollment.attendance.queries import Sheet, SheetRow, marks_named, obstacle_of, sheet_of
from enrollment.connectors import queries as connectors
from enrollment.connectors.models import MoodleCompletion
from enrollment.pages.desk.forms import MarkForm
from enrollment.pages.desk.frame import actor_of, at_desk, nonce_of, render, see, viewer_of
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
    if (
        request.method == "POST"
        and all(form.is_valid() for _row, form in lines)
        and _recorded(request, page.sessions[place], lines, place)
    ):
        messages.success(request, _("Attendance is recorded."))
        return see("run", run=run)
    context = {
        "run": page.run,
        "session": page.sessions[place],
        "lines": _with_moodle(run, lines),
        "nonce": nonce_of(request),
        "in_part": " ".join(sorted(IN_PART)),
        "who": viewer_of(request).account_public_id,
    }
    return render(request, "desk/marks.html", context)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for a kept page: from here, since its place bounds what it may do."""
    script = finders.find("web/js/marks-worker.js") or ""
    response = HttpResponse(Path(script).read_bytes(), content_type="text/javascript")
    response["Service-Worker-Allowed"] = reverse("enrollment:runs")
    response["Cache-Control"] = "no-cache"
    return response


def _line(request: HttpRequest, row: SheetRow, mark: Mark | None) -> Line:
    prefix = str(row.enrollment.public_id)
    sent = request.POST.copy() if request.method == "POST" else None
    if sent and "rest" in sent and not sent.get(f"{prefix}-status"):
        sent[f"{prefix}-status"] = MarkStatus.PRESENT
    return row, MarkForm(sent, prefix=prefix, initial=_now(mark))


def _recorded(request: HttpRequest, session: Session, lines: list[Line], place: int) -> bool:
    """Whether the marks are written; what is refused of one person is said at their line."""
    changed = _changed(session, lines, place)
    nonce = nonce_of(request)
    drafts = [_draft(row, form, nonce) for row, form in changed]
    try:
        attendance.record_marks(session=session.public_id, marks=drafts, actor=actor_of(request))
    except Refused as refusal:
        if not refusal.fields:
            raise
        for name in refusal.fields:
            _number, where, field = name.split(".")
            _say_at(*changed[int(where)], place, field, refusal)
        return False
    return True


def _say_at(row: SheetRow, form: MarkForm, place: int, field: str, refusal: Refused) -> None:
    """Tell what is wrong with a line; sent again as it is, it says: I have seen it."""
    sentence, known = str(refusal.sentence), row.marks[place]
    if refusal.code == "mark_overtaken" and known:
        stands = _("On the sheet now: %(mark)s.") % {"mark": known.get_status_display()}
        sentence = f"{sentence} {stands}"
        form.data[f"{form.prefix}-seen"] = known.nonce  # type: ignore[index]
    form.add_error(field if field in form.fields else "status", sentence)


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
    minutes = mark.minutes if mark.status in IN_PART else None
    return {"status": mark.status, "minutes": minutes, "seen": mark.nonce}


def _changed(session: Session, lines: list[Line], place: int) -> list[Line]:
    """The lines that say something new: neither what stands there nor what was seen there."""
    seen = marks_named(session, [form.cleaned_data["seen"] for _row, form in lines])
    return [
        (row, form)
        for row, form in lines
        if form.cleaned_data["status"]
        and not _says(form, row.marks[place])
        and not _says(form, seen.get(form.cleaned_data["seen"]))
    ]


def _says(form: MarkForm, mark: Mark | None) -> bool:
    if mark is None or mark.status != form.cleaned_data["status"]:
        return False
    return mark.status not in IN_PART or mark.minutes == form.cleaned_data["minutes"]


def _draft(row: SheetRow, form: MarkForm, nonce: UUID) -> attendance.MarkDraft:
    """The mark, named after the page and what was seen: sent twice it is one."""
    status, person = MarkStatus(form.cleaned_data["status"]), row.enrollment.public_id
    minutes = form.cleaned_data["minutes"] if status in IN_PART else None
    seen = form.cleaned_data["seen"]
    name = uuid5(nonce, f"{person}{seen or ''}")
    return attendance.MarkDraft(person, status, minutes, name, attendance.Seen(seen))


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
            outcomes.record_test_result(
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

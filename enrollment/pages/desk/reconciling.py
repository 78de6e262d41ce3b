"""The signed sheet after the day: its scan is kept, and what it says is compared with the marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock, files
from academy.core.errors import Missing
from academy.web.http import handed_over
from courses.planning.models import Session
from enrollment.attendance import access as doors, actions as attendance, check_in, rules, scans
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark
from enrollment.attendance.queries import (
    ON_THE_SHEET,
    Sheet,
    SheetRow,
    kept_until,
    scans_of,
    sheet_of,
)
from enrollment.pages.desk.frame import actor_of, at_desk, nonce_of, render, see, viewer_of
from enrollment.requests import access
from enrollment.requests.past import run_as_known

SIGNED, UNSIGNED, STANDS = "signed", "unsigned", "stands"
CHOICES = (
    (SIGNED, gettext_lazy("signed")),
    (UNSIGNED, gettext_lazy("not signed")),
    (STANDS, gettext_lazy("leave the mark as it is")),
)


class ScanForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Scan or photo"),
        help_text=gettext_lazy("PDF, JPEG or PNG, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/*"}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paper: its number there, what is said of it, and the mark that stands."""

    number: int | None
    row: SheetRow
    mark: Mark | None
    by_code: bool
    said: str

    @property
    def adds(self) -> MarkStatus | None:
        """The mark that the paper would add; none where it agrees with what is there."""
        if self.said == STANDS:
            return None
        newest = MarkStatus(self.mark.status) if self.mark else None
        return rules.by_signature(is_signed=self.said == SIGNED, newest=newest)

    @property
    def differs(self) -> bool:
        """Whether paper and mark contradict each other."""
        return self.mark is not None and self.adds is not None


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.TEACH)
def reconcile(request: HttpRequest, run: UUID, session: UUID) -> HttpResponse:
    """Compare the signed sheet with the marks; one confirmation writes what it adds.

    A difference is written only after it has been on the screen: what is new since then is shown
    first.
    """
    page = sheet_of(access.run_to_teach(viewer_of(request), run))
    meeting = _meeting(page, session)
    numbers = _numbers(page, _printed(request))
    lines = list(_lines(request, page, meeting, numbers))
    differing = {str(line.row.enrollment.public_id) for line in lines if line.differs}
    if request.method == "POST" and differing <= set(request.POST.getlist("shown")):
        return _write(request, meeting, lines)
    context = {
        "run": page.run,
        "session": meeting,
        "others": [one for one in page.sessions if one != meeting],
        "lines": lines,
        "differing": differing,
        "gone": sorted(set(numbers.values()) - {line.number for line in lines}),
        "adding": sum(line.adds is not None for line in lines),
        "choices": CHOICES,
        "printed": _printed(request),
        "nonce": nonce_of(request),
        "scans": scans_of(meeting),
        "kept_until": kept_until(clock.now()),
        "form": ScanForm(),
    }
    return render(request, "desk/reconcile.html", context)


def _meeting(page: Sheet, session: UUID) -> Session:
    for one in page.sessions:
        if one.public_id == session:
            return one
    raise Missing("unknown_session", _("There is no such session."))


def _lines(
    request: HttpRequest, page: Sheet, session: Session, numbers: dict[UUID, int]
) -> Iterator[Line]:
    """In the order of the paper; who got a seat after it was printed stands behind, unnumbered."""
    place, behind = page.sessions.index(session), len(numbers) + 1
    for row in sorted(page.rows, key=lambda row: numbers.get(row.enrollment.public_id, behind)):
        number, mark = numbers.get(row.enrollment.public_id), row.marks[place]
        by_code = mark is not None and check_in.by_own_hand(mark, session, row.enrollment)
        said = request.POST.get(f"paper-{row.enrollment.public_id}", "")
        unsaid = SIGNED if number else STANDS
        yield Line(number, row, mark, by_code, said if said in dict(CHOICES) else unsaid)


def _numbers(page: Sheet, printed: datetime | None) -> dict[UUID, int]:
    """The line of each enrolment on paper: those with a seat when it was printed, by name."""
    listed = [row.enrollment.public_id for row in page.rows]
    if printed:
        roster = run_as_known(page.run, at=printed).roster
        listed = [line.claim.enrollment for line in roster if line.claim.state in ON_THE_SHEET]
    return {enrollment: number for number, enrollment in enumerate(listed, start=1)}


def _printed(request: HttpRequest) -> datetime | None:
    """When the sheet was printed, as its code says; none when somebody came without it."""
    given = request.GET.get("printed", "")
    if not given.isascii() or not given.isdigit() or len(given) > 11:
        return None
    return min(datetime.fromtimestamp(int(given), UTC), clock.now())


def _write(request: HttpRequest, session: Session, lines: list[Line]) -> HttpResponse:
    drafts = [_draft(line, nonce_of(request)) for line in lines if line.adds]
    attendance.record_marks(session=session.public_id, marks=drafts, actor=actor_of(request))
    sentence = ngettext(
        "The sheet is reconciled: %(count)d mark is added.",
        "The sheet is reconciled: %(count)d marks are added.",
        len(drafts),
    )
    messages.success(request, sentence % {"count": len(drafts)})
    return see("run", run=session.run.public_id)


def _draft(line: Line, nonce: UUID) -> attendance.MarkDraft:
    person, seen = line.row.enrollment.public_id, line.mark.nonce if line.mark else None
    return attendance.MarkDraft(
        person,
        MarkStatus(line.adds or MarkStatus.PRESENT),
        nonce=uuid5(nonce, f"{person}{seen}"),
        seen=attendance.Seen(seen),
    )


@require_POST
@at_desk(Right.TEACH)
def add_scan(request: HttpRequest, run: UUID, session: UUID) -> HttpResponse:
    """Keep a scan of the sheet with its session."""
    meeting = _meeting(sheet_of(access.run_to_teach(viewer_of(request), run)), session)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        scans.keep_scan(session=meeting, file=file, actor=actor_of(request))
        messages.success(request, _("The scan is kept with this session."))
    else:
        messages.error(request, _("Choose the scan or photo first."))
    back = see("reconcile", run=run, session=session)
    back["Location"] += f"?{request.GET.urlencode()}"
    return back


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def scan(request: HttpRequest, scan: UUID) -> HttpResponse:
    """A kept scan, to save."""
    found = doors.scan_to_read(viewer_of(request), scan)
    ending = files.ending_of(str(found.file.name))
    name = f"{found.session.run.code}-{found.session.number}.{ending}"
    with found.file.open("rb") as file:
        return handed_over(file.read(), media_type=found.media_type, name=name)

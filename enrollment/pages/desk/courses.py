"""Courses at the desk: versions, runs, and the way into the catalogue and out of it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Missing, Refused
from academy.web import names
from courses.catalogue import access, actions, queries
from courses.catalogue.enums import ArchiveReason, CourseStatus
from courses.catalogue.models import Course
from courses.catalogue.rules import FIELDS, next_steps
from courses.planning.enums import AHEAD
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import desk_queries
from enrollment.requests.access import runs_read_by

EDIT = require_http_methods(["GET", "HEAD", "POST"])
PAGE, RUNS = 30, 10


class ArchiveForm(forms.Form):
    """Why a course leaves the catalogue."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *ArchiveReason.choices],
    )
    note = forms.CharField(
        label=gettext_lazy("A word for the record"),
        help_text=gettext_lazy("It stays with the academy."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


@require_safe
@at_desk(Right.PLAN, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """All courses by code, of one state if one is chosen; also those that the public cannot see."""
    status = request.GET.get("status", "")
    status = status if status in CourseStatus.values else ""
    rows = queries.courses_page(
        access.courses_at_desk(viewer_of(request)),
        status=status,
        after=request.GET.get("after", "").replace("\0", ""),
        limit=PAGE,
    )
    context = {
        "courses": rows[:PAGE],
        "next_after": rows[PAGE - 1].code if len(rows) > PAGE else None,
        "status": status,
        "statuses": [("", _("All")), *CourseStatus.choices],
    }
    return render(request, "desk/courses.html", context)


@require_safe
@at_desk(Right.PLAN, Right.READ_ALL)
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The versions with what each owes, the newest runs, and what can be done."""
    viewer = viewer_of(request)
    row = access.course_at_desk(viewer, code)
    versions = [(version, _by_language(owed)) for version, owed in queries.versions_of(row)]
    runs = desk_queries.runs_page(runs_read_by(viewer).filter(course=row), limit=RUNS)
    steps = next_steps(row.status, was_published=row.current_id is not None)
    is_newest = bool(versions) and versions[0][0].pk == row.current_id
    context = {
        "course": row,
        "versions": versions,
        "runs": runs[:RUNS],
        "more_runs": len(runs) > RUNS,
        "steps": {step.value for step in steps} if viewer.may(Right.PLAN) else set(),
        "nothing_newer": is_newest and row.status == CourseStatus.PUBLISHED,
        "plans": viewer.may(Right.PLAN),
    }
    return render(request, "desk/course.html", context)


@require_POST
@at_desk(Right.PLAN)
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the review of a draft."""
    row = access.course_to_change(viewer_of(request), code)
    actions.submit_for_review(course=row.public_id, actor=actor_of(request))
    messages.success(request, _("The course is in review."))
    return see("desk-course", code=code)


@EDIT
@at_desk(Right.PLAN)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """What the public will find, what is still owed in which language; then the deed."""
    row = access.course_to_change(viewer_of(request), code)
    words = {
        "title": _("Publish %(code)s") % {"code": code},
        "effects": _effects(row),
        "submit": _("Put the course back") if _is_back(row) else _("Publish the course"),
        "owed": _by_language(queries.versions_of(row)[0][1]),
        "form": forms.Form(request.POST or None),
    }
    done = _("The course is in the catalogue.")
    return _step(request, row, actions.publish_course, words, done)


@EDIT
@at_desk(Right.PLAN)
def archive(request: HttpRequest, code: str) -> HttpResponse:
    """What stays and what goes; then the deed, with a reason."""
    viewer = viewer_of(request)
    row = access.course_to_change(viewer, code)
    ahead = runs_read_by(viewer).filter(course=row, state__in=AHEAD)
    words = {
        "title": _("Archive %(code)s") % {"code": code},
        "effects": [
            _("The course is not found in the catalogue and by search any more."),
            _("Its page stays, because certificates lead to it. It says that the course is over."),
            _("Runs, enrolments and records stay as they are. A run ends only if it is cancelled."),
            _("You can put the course back at any time."),
        ],
        "submit": _("Archive the course"),
        "danger": True,
        "runs": desk_queries.runs_page(ahead, limit=RUNS)[:RUNS],
        "form": ArchiveForm(request.POST or None),
    }
    done = _("The course is archived.")
    return _step(request, row, actions.archive_course, words, done)


def _step(
    request: HttpRequest, row: Course, action: Any, words: dict[str, Any], done: str
) -> HttpResponse:
    """The consequences and the form; sent, the deed on the state that was looked at."""
    form = words["form"]
    if request.method == "POST" and form.is_valid():
        try:
            action(
                course=row.public_id,
                actor=actor_of(request),
                revision=_looked_at(request),
                **form.cleaned_data,
            )
        except Missing:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done)
            return see("desk-course", code=row.code)
    hidden = [("revision", row.revision)]
    return render(request, "desk/course_step.html", {"course": row, "hidden": hidden, **words})


def _looked_at(request: HttpRequest) -> int | None:
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isdecimal() and sent.isascii() and len(sent) < 10 else None


def _is_back(row: Course) -> bool:
    return row.status == CourseStatus.ARCHIVED


def _effects(row: Course) -> list[str]:
    """What publishing comes to from where the course stands."""
    said = {
        CourseStatus.ARCHIVED: _("The course is in the catalogue again, with its newest version."),
        CourseStatus.PUBLISHED: _("The newest version takes the place of the present one."),
    }
    return [
        said.get(CourseStatus(row.status), _("Everybody can find the course in the catalogue.")),
        _("Runs that were planned with an older version keep it."),
    ]


def _by_language(owed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is owed in each language, in words."""
    found: dict[str, list[str]] = {}
    for field, code in owed:
        found.setdefault(code, []).append(str(FIELDS[field]))
    return [(names.language(code), ", ".join(fields)) for code, fields in found.items()]

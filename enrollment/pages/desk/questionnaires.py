"""Questionnaires: what is asked when, a new revision, and which course asks something else."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core.errors import Refused
from enrollment.feedback import access, questionnaire_actions
from enrollment.feedback.models import Questionnaire
from enrollment.feedback.queries import asked_by
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.questionnaire_forms import CourseForm, QuestionForms, WordsForm

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@at_desk(Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Every questionnaire as it is asked now."""
    rows = Questionnaire.objects.filter(is_current=True).order_by("moment", "code")
    return render(request, "desk/questionnaires.html", {"questionnaires": rows})


@require_safe
@at_desk(Right.READ_ALL)
def show(request: HttpRequest, questionnaire: str) -> HttpResponse:
    """One questionnaire: its questions, its revisions, the courses that have chosen it."""
    return _page(request, access.questionnaire(questionnaire), CourseForm())


@require_POST
@at_desk(Right.REGISTER)
def choose(request: HttpRequest, questionnaire: str) -> HttpResponse:
    """Let a course ask this one."""
    row, form = access.questionnaire(questionnaire), CourseForm(request.POST)
    if form.is_valid():
        try:
            code = form.cleaned_data["course"].strip()
            questionnaire_actions.choose(code=row.code, course=code, actor=actor_of(request))
        except Refused as refusal:
            form.add_error("course", str(refusal.sentence))
        else:
            messages.success(request, _("Runs of the course that end from now on ask it."))
            return see("questionnaire-desk", questionnaire=row.code)
    return _page(request, row, form)


def _page(request: HttpRequest, row: Questionnaire, form: CourseForm) -> HttpResponse:
    context = {
        "questionnaire": row,
        "questions": row.asked,
        "courses": asked_by(row.code),
        "form": form,
        "edits": viewer_of(request).may(Right.REGISTER),
    }
    return render(request, "desk/questionnaire.html", context)


@EDIT
@at_desk(Right.REGISTER)
def revise(request: HttpRequest, questionnaire: str) -> HttpResponse:
    """Other words or other questions: a new revision, for rounds that have not opened."""
    row = access.questionnaire(questionnaire)
    data = request.POST if request.method == "POST" else None
    words, questions = WordsForm(data, of=row), QuestionForms(data, of=row)
    if data is not None and words.is_valid() and questions.is_valid():
        try:
            questionnaire_actions.revise(
                code=row.code,
                revision=words.cleaned_data["revision"],
                draft=questions.draft(words, row),
                actor=actor_of(request),
            )
        except Refused as refusal:
            words.say(refusal)
        else:
            messages.success(request, _("The new revision is in force."))
            return see("questionnaire-desk", questionnaire=row.code)
    context: dict[str, Any] = {"questionnaire": row, "form": words, "questions": questions}
    return render(request, "desk/questionnaire_edit.html", context)

"""What people answered about a run, for its trainers and the academy: groups, never one person."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.web.tags import text_filter
from enrollment.feedback.enums import Agreement, QuestionKind
from enrollment.feedback.queries import Results, least, results_of
from enrollment.feedback.rules import Tally, verdict
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.requests import access


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def results(request: HttpRequest, run: UUID) -> HttpResponse:
    """Each round of the run: who many were asked, and once it has closed, what they said."""
    viewer = viewer_of(request)
    row = access.run_to_read(viewer, run)
    found = results_of(row, now=clock.now(), reads_all=viewer.may(Right.READ_ALL))
    context = {"run": row, "results": [_shown(each) for each in found], "least": least()}
    return render(request, "desk/feedback.html", context)


def _shown(results: Results) -> dict[str, Any]:
    return {"of": results, "tallies": [_lines(tally) for tally in results.tallies]}


def _lines(tally: Tally) -> dict[str, Any]:
    """A question with its answers in words, and how long the bar of each is."""
    question, mean = tally.question, tally.mean
    words: dict[str, object] = {one.value: one.label for one in Agreement}
    if question.kind == QuestionKind.CHOICE:
        words = {key: text_filter(names) for key, names in question.options}
    return {
        "texts": question.texts,
        "number": tally.number,
        "mean": None if mean is None else round(mean, 1),
        "verdict": "" if mean is None else verdict(mean),
        "lines": [
            (words[value], count, round(100 * count / tally.number) if tally.number else 0)
            for value, count in tally.counts
        ],
    }

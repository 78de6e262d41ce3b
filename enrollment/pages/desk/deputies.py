"""Who decides in the place of a head of court."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.access.actions import end_deputy, name_deputy
from academy.access.enums import Right
from academy.access.queries import Viewer, deputies_of
from academy.core import clock
from academy.core.errors import Missing, Refused
from enrollment.pages.desk.court_forms import DeputyForm
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access


def _head(request: HttpRequest) -> Viewer:
    """The viewer, who heads a court; a deputy names no deputy."""
    viewer = viewer_of(request)
    if not viewer.headed_courts:
        raise Missing("unknown_page", _("There is no such page."))
    return viewer


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.NAME_DEPUTY)
def deputies(request: HttpRequest) -> HttpResponse:
    """The own deputies, and a form to name one more."""
    viewer, today = _head(request), clock.now().date()
    colleagues = access.possible_deputies(viewer, day=today)
    form = DeputyForm(
        request.POST if request.method == "POST" else None, colleagues=colleagues, today=today
    )
    if request.method == "POST" and form.is_valid() and _named(request, form):
        messages.success(request, _("Your deputy sees what waits for you and can decide."))
        return see("deputies")
    context = {"form": form, "deputies": deputies_of(viewer, day=today), "today": today}
    return render(request, "desk/deputies.html", context)


def _named(request: HttpRequest, form: DeputyForm) -> bool:
    """Whether it was done; what was wrong stands beside the fields, and nothing typed is lost."""
    data = form.cleaned_data
    head, court = access.heads_with(viewer_of(request), data["deputy"], day=clock.now().date())
    try:
        name_deputy(head=head, court=court, actor=actor_of(request), **data)
    except Refused as refusal:
        for field, sentences in refusal.fields.items():
            form.add_error(field, [str(sentence) for sentence in sentences])
        if not refusal.fields:
            form.add_error(None, str(refusal.sentence))
        return False
    return True


@require_POST
@at_desk(Right.NAME_DEPUTY)
def end(request: HttpRequest, deputy: UUID) -> HttpResponse:
    """The deputy decides no more."""
    end_deputy(row=access.own_deputy(_head(request), deputy), actor=actor_of(request))
    messages.success(request, _("The deputy decides no more."))
    return see("deputies")

"""Who acts in the name of which body when courses are developed together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.access.actions import end_partner, name_partner
from academy.access.enums import Right
from academy.access.queries import partners
from academy.core.errors import Refused
from courses.catalogue.models import Organisation
from courses.development.queries import name_of
from enrollment.pages.desk.frame import actor_of, at_desk, render, see
from enrollment.pages.desk.proposal_forms import PartnerForm, say


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.PLAN)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody who speaks for a body, and a form to name one more."""
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            name_partner(actor=actor_of(request), **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("The account finds proposals at the desk from now on."))
            return see("partners")
    bodies = {row.code: row.names for row in Organisation.objects.all()}
    rows = [(grant, bodies.get(grant.body, {}), name_of(grant.account)) for grant in partners()]
    response = render(request, "proposals/partners.html", {"form": form, "rows": rows})
    response.status_code = 422 if form.errors else 200
    return response


@require_POST
@at_desk(Right.PLAN)
def end(request: HttpRequest) -> HttpResponse:
    """The account speaks no more for the body."""
    end_partner(
        login=request.POST.get("login", ""),
        body=request.POST.get("body", ""),
        actor=actor_of(request),
    )
    messages.success(request, _("The account speaks no more for this body. What it said stands."))
    return see("partners")

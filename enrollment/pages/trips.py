"""The paper of a trip, for who goes, for the own court and for the academy."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from academy.web.http import signed_in, viewer_of
from enrollment.pages.desk.trips import printed
from enrollment.trips import access, queries


@require_safe
@signed_in
def pdf(request: HttpRequest, paper: UUID) -> HttpResponse:
    """One page to print."""
    row = access.paper_for(viewer_of(request), paper)
    name = f"trip-{row.enrollment.run.code}-{row.revision}.pdf"
    return printed(queries.pdf_of([row]), name)

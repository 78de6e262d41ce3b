"""The public check of a certificate, and the page to print for who may have it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from academy.web.http import see_other, signed_in, viewer_of
from enrollment.certificates import access, queries
from enrollment.certificates.enums import Answer
from enrollment.certificates.phrases import PHRASES
from enrollment.certificates.rules import as_serial, in_groups, length_in, period_in
from enrollment.pages.forms import SerialForm
from enrollment.trips import queries as trips
from enrollment.trips.enums import TripAnswer
from enrollment.trips.models import TripPaper
from enrollment.trips.rules import languages_on_paper


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A number typed from paper; a POST, so that what is no number of ours is in no address."""
    form = SerialForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["serial"]
        return see_other("enrollment:verify", serial=as_serial(typed) or "unknown")
    return _unseen(render(request, "enrollment/verify_form.html", {"form": form}))


@require_safe
def verify(request: HttpRequest, serial: str) -> HttpResponse:
    """Valid, revoked, replaced or unknown, and what the paper itself shows."""
    found = queries.verification_of(serial)
    if found.answer == Answer.UNKNOWN and (trip := trips.standing_of(serial)):
        return _trip(request, *trip)
    spoken = translation.get_language() or "en"
    context: dict[str, object] = {"found": found, "answer": found.answer.value}
    if paper := found.paper:
        language = spoken if spoken in PHRASES else paper.languages[0]
        context |= {
            "paper": paper,
            "serial": in_groups(as_serial(serial) or ""),
            "period": period_in(paper.first_day, paper.last_day, language),
            "issued": period_in(paper.issued_on, paper.issued_on, language),
            "length": length_in(paper.length, language),
            "until": (until := paper.valid_until) and period_in(until, until, language),
        }
    return _unseen(render(request, "enrollment/verify.html", context))


def _trip(request: HttpRequest, paper: TripPaper, answer: TripAnswer) -> HttpResponse:
    """The same for the paper of a trip: what it shows, and whether an order may rest on it."""
    spoken = translation.get_language() or "en"
    language = spoken if spoken in languages_on_paper() else "en"
    facts = trips.said(paper, language)["facts"]
    context = {"answer": answer.value, "facts": facts}
    return _unseen(render(request, "enrollment/verify_trip.html", context))


def _unseen(response: HttpResponse) -> HttpResponse:
    """Serials open a page about a person: not kept, not indexed, not told to the next site."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
@signed_in
def pdf(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """The paper, for its owner and for the academy."""
    row = access.certificate_for(viewer_of(request), certificate)
    response = HttpResponse(queries.certificate_pdf(row), content_type="application/pdf")
    name = f"certificate-{row.outcome.enrollment.run.code}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response

"""Pages about the service itself: the same for everybody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from academy.web import styleguide
from academy.web.http import public_page


@require_safe
@public_page
def help_page(request: HttpRequest) -> HttpResponse:
    """How things are done here, and whom to ask."""
    return render(request, "academy/help.html")


@require_safe
@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people and who sees it."""
    kept = {"scans_kept_years": settings.SCANS_KEPT_YEARS}
    return render(request, "academy/privacy.html", kept)


@require_safe
@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """How well the pages work for everybody, and how to report where they do not."""
    return render(request, "academy/accessibility.html")


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every part of the design system with sample data."""
    return render(request, "web/styleguide.html", styleguide.context())

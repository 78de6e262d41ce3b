"""The catalogue: search, facets, sort, one page after another."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from academy.web import dates, names
from academy.web.http import public_page
from courses.pages import forms, words
from courses.search.queries import CourseRow, SearchPage, find_courses
from courses.search.rules import parse


@require_safe
@public_page
def catalogue(request: HttpRequest) -> HttpResponse:
    """The courses that answer the question in the address."""
    asked = forms.asked(request)
    page = find_courses(asked)
    context = {
        "asked": asked,
        "page": page,
        "cards": [_card(row) for row in page.rows],
        "facets": forms.facets(page),
        "chips": (chips := forms.chips(page, request.GET)),
        "chosen": len(chips),
        "sorts": forms.sorts(asked.order, request.GET, has_text=bool(parse(asked.text))),
        "total": _total(page),
        "next_url": forms.address(request.GET, cursor=page.next_cursor) if page.next_cursor else "",
    }
    return render(request, "courses/catalogue.html", context)


def _total(page: SearchPage) -> str:
    return f"{dates.number(page.total)}+" if page.is_capped else dates.number(page.total)


def _card(row: CourseRow) -> dict[str, Any]:
    """A course as a card of the page kit, with the facts that decide whether to open it."""
    return {
        "row": row,
        "url": reverse("courses:course", args=[row.code]),
        "length": words.length(
            hours=row.hours,
            minutes_per_hour=row.minutes_per_hour,
            days=row.days,
            published=row.duration_published,
        ),
        "is_full": row.next_run is not None and row.next_run.free_seats == 0,
        "languages": ", ".join(names.language(code) for code in row.languages),
    }

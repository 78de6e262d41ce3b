"""The catalogue: search, facets, sort, one page after another."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from academy.web import dates, names
from academy.web.http import public_page, viewer_of
from courses.pages import forms, slots, words
from courses.search.queries import CourseRow, SearchPage, find_courses


@require_safe
@public_page
def catalogue(request: HttpRequest) -> HttpResponse:
    """The courses that answer the question in the address."""
    viewer = viewer_of(request)
    mine = slots.need_of(viewer) if request.GET.get("for") == forms.ME else None
    asked = forms.asked(request, mine)
    page = find_courses(asked)
    context = {
        "asked": asked,
        "page": page,
        "cards": _cards(page),
        "whose": forms.whose(request.GET) if viewer.person_id is not None else [],
        "clear_url": reverse("courses:catalogue") + ("?for=me" if mine else ""),
        "facets": forms.facets(page),
        "chips": (chips := forms.chips(page, request.GET)),
        "chosen": len(chips),
        "sorts": forms.sorts(asked, request.GET),
        "total": _total(page),
        "next_url": forms.address(request.GET, cursor=page.next_cursor) if page.next_cursor else "",
    }
    return render(request, "courses/catalogue.html", context)


def _total(page: SearchPage) -> str:
    return f"{dates.number(page.total)}+" if page.is_capped else dates.number(page.total)


def _cards(page: SearchPage) -> list[dict[str, Any]]:
    cards = [_card(row) for row in page.rows]
    for card, need in zip(cards, page.needs, strict=False):
        card["why"] = forms.why(need)
    return cards


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

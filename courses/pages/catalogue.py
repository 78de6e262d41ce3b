"""The catalogue: search, facets, sort, one page after another."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from academy.web import dates, names
from academy.web.http import public_page, viewer_of
from courses.pages import forms, month, slots, words
from courses.search.queries import CourseRow, SearchPage, find_courses
from courses.search.rules import SearchRequest


@require_safe
@public_page
def catalogue(request: HttpRequest) -> HttpResponse:
    """The courses that answer the question in the address, or their runs in a month."""
    viewer = viewer_of(request)
    mine = slots.need_of(viewer) if request.GET.get("for") == forms.ME else None
    asked = forms.asked(request, mine)
    as_calendar = request.GET.get("view") == forms.CALENDAR
    context = {
        "asked": asked,
        "whose": forms.whose(request.GET) if viewer.person_id is not None else [],
        "views": forms.views(request.GET),
        "clear_url": forms.bare(request.GET),
        **(month.shown(asked, request.GET) if as_calendar else _list(asked, request.GET)),
    }
    return render(request, "courses/catalogue.html", context)


def _list(asked: SearchRequest, sent: QueryDict) -> dict[str, Any]:
    """One page of the list."""
    page = find_courses(asked)
    return {
        "page": page,
        "cards": _cards(page),
        **forms.narrowing(page.facets, sent),
        "sorts": forms.sorts(asked, sent),
        "total": _total(page),
        "next_url": forms.address(sent, cursor=page.next_cursor) if page.next_cursor else "",
    }


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

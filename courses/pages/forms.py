"""What a catalogue address asks for. Unknown values are passed over: links outlive lists."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from academy.core import texts
from academy.web import names
from courses.pages.words import spoken
from courses.search.queries.facets import Facet, FacetValue
from courses.search.rules import Mine, Need, SearchRequest, Sort, parse

PAGE = 20
FILTERS = ("open", "topics", "audiences", "format", "languages", "provider")
MOST_CHOICES = 20
LONGEST = 40
OPEN = ("open", "topics")
IN_SIGHT = 8
ME = "me"
CALENDAR = "calendar"


def asked(request: HttpRequest, mine: Mine | None = None) -> SearchRequest:
    """The question to the catalogue that an address holds; `mine` when it is asked for oneself."""
    sent = request.GET
    sort = sent.get("sort", Sort.NEED if mine else "")
    return SearchRequest(
        text=sent.get("q", "").strip()[:200],
        topics=_codes(sent, "topics"),
        audiences=_codes(sent, "audiences"),
        formats=_codes(sent, "format"),
        languages=_codes(sent, "languages"),
        providers=_codes(sent, "provider"),
        open_only="open" in sent,
        sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
        cursor=sent.get("cursor", ""),
        limit=PAGE,
        ui_language=spoken(),
        mine=mine,
    )


def _codes(sent: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(
        code[:LONGEST] for code in dict.fromkeys(sent.getlist(name)[:MOST_CHOICES]) if code
    )


def address(sent: QueryDict, **changes: str) -> str:
    """The same question with something else: a link to share."""
    question = sent.copy()
    question.pop("cursor", None)
    for name, value in changes.items():
        question[name] = value
    return f"?{question.urlencode()}"


def without(sent: QueryDict, name: str, value: str) -> str:
    """The same question without one choice."""
    question = sent.copy()
    question.pop("cursor", None)
    question.setlist(name, [kept for kept in question.getlist(name) if kept != value])
    return f"?{question.urlencode()}"


def bare(sent: QueryDict) -> str:
    """The same list and view without any word or filter."""
    kept = QueryDict(mutable=True)
    for name in ("for", "view", "month"):
        if name in sent:
            kept[name] = sent.get(name, "")
    return f"?{kept.urlencode()}" if kept else reverse("courses:catalogue")


def narrowing(found: list[Facet], sent: QueryDict, *, folded: bool = False) -> dict[str, Any]:
    """What stands beside and above a list: the choices, and what is chosen with a way out."""
    chosen = chips(found, sent)
    helps = _alone_in_the_way(found)
    return {
        "facets": facets(found, folded=folded),
        "chips": chosen,
        "chosen": len(chosen),
        "helps": [chip for chip in chosen if chip["facet"] in helps],
    }


def _alone_in_the_way(found: list[Facet]) -> set[str]:
    """Filters with one choice without which the rest of the question has courses.

    Each list is counted under the choices in the others, so another value with courses says so.
    """
    return {
        facet.code
        for facet in found
        if sum(value.is_chosen for value in facet.values) == 1
        and any(not value.is_chosen and value.courses != 0 for value in facet.values)
    }


def facets(found: list[Facet], *, folded: bool) -> list[dict[str, Any]]:
    """The lists of choices as the page kit draws them; what is chosen stands open."""
    titles = _titles()
    return [
        {
            "name": facet.code,
            "title": titles[facet.code],
            "open": (facet.code in OPEN and not folded)
            or any(value.is_chosen for value in facet.values),
            "options": [_option(facet.code, value) for value in _first(facet.values)],
            "more": [_option(facet.code, value) for value in _rest(facet.values)],
        }
        for facet in found
        if facet.values
    ]


def _first(values: list[FacetValue]) -> list[FacetValue]:
    """What stands in sight: the values with the most courses, and whatever is chosen."""
    return [value for place, value in enumerate(values) if place < IN_SIGHT or value.is_chosen]


def _rest(values: list[FacetValue]) -> list[FacetValue]:
    shown = {value.code for value in _first(values)}
    return [value for value in values if value.code not in shown]


def _option(facet: str, value: FacetValue) -> dict[str, Any]:
    return {
        "value": value.code,
        "label": label(facet, value.code, value.name.text),
        "count": value.courses,
        "chosen": value.is_chosen,
    }


def chips(found: list[Facet], sent: QueryDict) -> list[dict[str, str]]:
    """What is chosen, each with the list without it."""
    return [
        {
            "facet": facet.code,
            "label": label(facet.code, value.code, value.name.text),
            "url": without(sent, facet.code, value.code),
        }
        for facet in found
        for value in facet.values
        if value.is_chosen
    ]


def label(facet: str, code: str, name: str) -> str:
    """A choice in words."""
    if facet == "open":
        return _("Enrolment is open")
    return capfirst(names.language(code)) if facet == "languages" else name


def _titles() -> dict[str, str]:
    return {
        "open": _("Enrolment"),
        "topics": _("Topic"),
        "audiences": _("For whom"),
        "format": _("Format"),
        "languages": _("Language of teaching"),
        "provider": _("Provider"),
    }


def whose(sent: QueryDict) -> list[dict[str, object]]:
    """The two lists of somebody with an account: everything, and what is for oneself."""
    is_mine = sent.get("for") == ME
    everything = sent.copy()
    for name in ("for", "sort"):  # the order by need is of the other list
        everything.pop(name, None)
    return [
        {"url": address(everything), "label": _("All courses"), "current": not is_mine},
        {"url": address(sent, **{"for": ME}), "label": _("For me"), "current": is_mine},
    ]


def views(sent: QueryDict) -> list[dict[str, object]]:
    """The two ways to look at what was found."""
    is_calendar = sent.get("view") == CALENDAR
    as_list = sent.copy()
    for name in ("view", "month"):
        as_list.pop(name, None)
    return [
        {"url": address(as_list), "label": _("List"), "current": not is_calendar},
        {"url": address(sent, view=CALENDAR), "label": _("Calendar"), "current": is_calendar},
    ]


def why(need: Need) -> list[str]:
    """Why a course stands in somebody's own list."""
    words = []
    if need.counts_towards:
        name = texts.pick(need.counts_towards, spoken()).text
        words.append(_("Counts towards: %(requirement)s") % {"requirement": name})
    if need.seats == "court":
        words.append(_("Seats of your court"))
    return words or [_("For your post")]


def sorts(request: SearchRequest, sent: QueryDict) -> list[dict[str, object]]:
    """The orders that make sense, as links."""
    chosen, has_text = request.order, bool(parse(request.text))
    orders: Iterable[tuple[Sort, str]] = (
        (Sort.NEED, _("What you need")),
        (Sort.RELEVANCE, _("Best match")),
        (Sort.TITLE, _("Title")),
        (Sort.NEXT_RUN, _("Next run")),
    )
    return [
        {"url": address(sent, sort=sort.value), "label": words, "current": sort == chosen}
        for sort, words in orders
        if (has_text or sort != Sort.RELEVANCE) and (request.mine or sort != Sort.NEED)
    ]

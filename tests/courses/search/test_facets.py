"""Facets count what a further choice would show, under the choices made elsewhere."""

import pytest

from courses.search.queries import find_courses
from courses.search.rules import SearchRequest

pytestmark = [pytest.mark.usefixtures("real_catalogue"), pytest.mark.xdist_group("catalogue")]


def counts(request, facet):
    (found,) = [each for each in find_courses(request).facets if each.code == facet]
    return {value.code: value.courses for value in found.values}


def total(**choices):
    return find_courses(SearchRequest(**choices)).total


@pytest.mark.parametrize(
    ("facet", "filter_"),
    [
        ("topics", "topics"),
        ("audiences", "audiences"),
        ("format", "formats"),
        ("languages", "languages"),
        ("provider", "providers"),
    ],
)
@pytest.mark.parametrize("base", [{}, {"text": "судья"}, {"languages": ("kk",)}])
def test_a_count_is_what_choosing_it_shows(facet, filter_, base):
    shown = counts(SearchRequest(**base), facet)

    assert shown
    for value, count in list(shown.items())[:4]:
        assert total(**{**base, filter_: (value,)}) == count


def test_a_second_choice_of_the_same_facet_widens():
    alone = total(topics=("ethics",))
    both = total(topics=("ethics", "mediation"))

    assert both > alone
    assert counts(SearchRequest(topics=("ethics",)), "topics")["mediation"] == total(
        topics=("mediation",)
    )


def test_choices_of_two_facets_narrow():
    assert 0 < total(topics=("ethics",), formats=("in-person",)) < total(topics=("ethics",))


def test_a_chosen_value_without_courses_stays_to_be_unchosen():
    (formats,) = [
        facet
        for facet in find_courses(SearchRequest(text="медиация", formats=("curriculum",))).facets
        if facet.code == "format"
    ]

    assert [value.code for value in formats.values if value.is_chosen] == ["curriculum"]


def test_names_are_in_the_language_of_the_reader():
    page = find_courses(SearchRequest(ui_language="kk"))
    (topics,) = [facet for facet in page.facets if facet.code == "topics"]

    assert {value.name.language for value in topics.values} == {"kk"}

"""Finding real courses as people type them: without Kazakh letters, in haste, on wrong keys."""

import pytest

from courses.search.queries import find_courses
from courses.search.rules import SearchRequest, Sort

pytestmark = [pytest.mark.usefixtures("real_catalogue"), pytest.mark.xdist_group("catalogue")]

JUSTICE = "ET-005"  # «Сот төрелігі әлсірегенде…», named by the tour of the demo


def codes(text, **more):
    return [row.code for row in find_courses(SearchRequest(text=text, limit=100, **more)).rows]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("сот төрелігі", JUSTICE),  # as it is written
        ("сот торелиги", JUSTICE),  # without Kazakh letters
        ("торел", JUSTICE),  # a part of the word
        ("СОТ ТОРЕЛИГИ", JUSTICE),
        ("правосудием", JUSTICE),  # another case of a Russian word
        ("медиации", "ME-001"),
        ("judge ethics", "ET-003"),  # an English stem: "ethical", "judging"
        ("mediating", "ME-001"),
        ("ET-003", "ET-003"),  # the code
        ("et 003", "ET-003"),
    ],
)
def test_found_as_it_is_typed(text, wanted):
    page = find_courses(SearchRequest(text=text, limit=100))

    assert wanted in [row.code for row in page.rows]
    assert page.corrected == ""


@pytest.mark.parametrize(
    ("text", "corrected", "wanted"),
    [
        ("сот торелеги", "сот төрелігі", JUSTICE),  # a slip
        ("ethcs", "ethics", "ET-003"),
        ("human rigths", "human rights", "HR-003"),  # two letters changed over
        ("ghfdjcelbt", "правосудие", JUSTICE),  # Latin keys for Cyrillic ones
        ("cjn njhtkbub", "сот торелиги", JUSTICE),
    ],
)
def test_mended_and_said_so(text, corrected, wanted):
    page = find_courses(SearchRequest(text=text, limit=100))

    assert page.corrected == corrected
    assert wanted in [row.code for row in page.rows]


def test_nothing_like_it_finds_nothing():
    page = find_courses(SearchRequest(text="ъъъъъъъ"))

    assert (page.rows, page.total, page.corrected, page.next_cursor) == ([], 0, "", "")


@pytest.mark.parametrize(
    "text", ["'", '"', "a:*", "!!", "%", "\\", "' OR 1=1 --", "<->", "()", "  "]
)
def test_signs_of_the_query_language_mean_nothing(text):
    assert find_courses(SearchRequest(text=text)).corrected == ""


def test_a_phrase_stands_as_it_is_quoted():
    assert "HR-003" in codes('"human rights"')
    assert codes('"rights human"') == []
    assert "HR-003" in codes("rights human")


def test_a_word_in_the_title_comes_before_one_in_the_summary():
    first = find_courses(SearchRequest(text="медиация", limit=1, ui_language="ru")).rows[0]

    assert "медиаци" in first.title.text.lower()


def test_every_page_once_in_every_order():
    for sort in Sort:
        for text in ("", "сот"):
            whole = codes(text, sort=sort)
            if text == "":
                whole = pages("", sort, 100)

            assert pages(text, sort, 7)[:100] == whole[:100]
            assert len(set(whole)) == len(whole)


def pages(text, sort, limit):
    found, cursor = [], ""
    while True:
        page = find_courses(SearchRequest(text=text, sort=sort, limit=limit, cursor=cursor))
        found += [row.code for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return found


def test_titles_stand_in_the_alphabet_of_the_reader():
    page = find_courses(SearchRequest(sort=Sort.TITLE, limit=100, ui_language="kk"))
    alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"

    letters = [row.title.text[0].lower() for row in page.rows if row.title.text[0].isalpha()]
    places = [alphabet.index(letter) for letter in letters if letter in alphabet]

    assert places == sorted(places)
    assert len(places) > 50


def test_statements_do_not_grow(django_assert_max_num_queries):
    for request in (
        SearchRequest(),
        SearchRequest(text="сот торелиги", limit=50),
        SearchRequest(text="ghfdjcelbt", topics=("ethics",), open_only=True, limit=50),
    ):
        with django_assert_max_num_queries(6):
            find_courses(request)


def test_unpublished_courses_are_not_found():
    everything = pages("", Sort.TITLE, 100)

    assert len(everything) == 141
    assert not {"CV-005", "UP-005", "CV-004", "CR-004", "LN-003"} & set(everything)

"""What somebody who searches means, as a table."""

import pytest

from academy.core.errors import Invalid
from courses.search.rules import (
    FREQUENT,
    TOO_FREQUENT,
    Parsed,
    Sort,
    Source,
    WordFacts,
    choose_source,
    decode_cursor,
    encode_cursor,
    fold,
    mend,
    other_layout,
    parse,
    slips,
)


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ("", (), ()),
        ("  Сот   төрелігі ", ("сот", "төрелігі"), ()),
        ("сот сот", ("сот",), ()),
        ('"human rights" суд', ("суд",), ("human rights",)),
        ("«права человека»", (), ("права человека",)),
        ('"one"', ("one",), ()),
        ('unclosed "human rights', ("unclosed",), ("human rights",)),
        ("HR-001", ("hr", "001"), ()),
        ("a_b & !c:*", ("a", "b", "c"), ()),
        (" ".join(f"w{number}" for number in range(20)), tuple(f"w{n}" for n in range(8)), ()),
    ],
)
def test_parse(text, words, phrases):
    assert parse(text) == Parsed(words, phrases)


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("төрелігі", "торелиги"),
        ("ҚАЗАҚСТАН", "казакстан"),
        ("һәм", "хам"),
        ("торелiгi", "торелиги"),  # Latin i inside a Cyrillic word
        ("ЁЛКА", "елка"),
        ("HELP", "help"),  # Latin words stay Latin
    ],
)
def test_fold(word, folded):
    assert fold(word) == folded


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cjn", "сот"),
        ("ghfdjcelbt", "правосудие"),
        ("ылшддыы", "skillss"),
        ("n-htk3u3", "төрелігі"),
    ],
)
def test_other_layout(typed, meant):
    assert other_layout(typed) == meant


def test_slips():
    assert slips("abc") == ["bac", "acb"]
    assert slips("aa") == []


KNOWN, UNKNOWN = WordFacts("суд", 5), WordFacts("судя", 0, suggestion="судья")


@pytest.mark.parametrize(
    ("facts", "other", "words"),
    [
        ([KNOWN], [], ("суд",)),
        ([KNOWN, UNKNOWN], [], ("суд", "судья")),
        ([UNKNOWN], [WordFacts("court", 3)], ("court",)),
        ([UNKNOWN], [WordFacts("court", 0)], ("судья",)),
        ([WordFacts("ъъъ", 0)], [], ("ъъъ",)),
    ],
)
def test_mend(facts, other, words):
    parsed = Parsed(tuple(fact.word for fact in facts))

    assert mend(parsed, facts, other).words == words


RARE = WordFacts("rare", FREQUENT, ("rare",))
OFTEN = WordFacts("often", FREQUENT + 1, ("often", "oft"))
VERY_OFTEN = WordFacts("very", TOO_FREQUENT + 1, ("very",))


@pytest.mark.parametrize(
    ("facts", "listed"),
    [
        ([], ()),
        ([RARE], ()),
        ([OFTEN], ("often", "oft")),
        ([OFTEN, VERY_OFTEN], ()),
        ([VERY_OFTEN, WordFacts("more", TOO_FREQUENT + 2, ("more",))], ("very",)),
    ],
)
def test_choose_source(facts, listed):
    assert choose_source(facts) == Source(listed)


def test_a_cursor_comes_back():
    assert decode_cursor(Sort.TITLE, encode_cursor(Sort.TITLE, "ж", 7)) == ("ж", 7)
    assert decode_cursor(Sort.TITLE, "") is None


@pytest.mark.parametrize("cursor", ["x", "!!!", encode_cursor(Sort.RELEVANCE, 5, 7), "bnVsbA"])
def test_a_cursor_of_another_order_is_refused(cursor):
    with pytest.raises(Invalid) as refusal:
        decode_cursor(Sort.TITLE, cursor)

    assert refusal.value.code == "cursor"

"""The rules of owing as a table: facts in, arithmetic out."""

from datetime import date
from decimal import Decimal

import pytest

from enrollment.credits.owing import standings
from enrollment.credits.terms import Earned, Facts, Relieved, Spell, Terms, add_months

NOW = date(2026, 6, 15)
LONG = (Spell(date(2015, 3, 1)),)
FORTY = {"unit": "hours", "amount": Decimal(40), "valid_from": date(2025, 1, 1)}


def hours(day, number, kind="course", course=None, topics=()):
    """Academic hours of 45 minutes, earned on a day written as 2026-03-01."""
    return Earned(date.fromisoformat(day), kind, round(number * 45), 45, course, frozenset(topics))


def relieved(kind, first, last):
    return Relieved(kind, date.fromisoformat(first), date.fromisoformat(last))


def last_of(terms, *earned, spells=LONG, reliefs=(), today=NOW):
    found = standings(Terms(**{**FORTY, **terms}), Facts(spells, earned, reliefs), today)
    return found[-1]


EXEMPT_ALL = relieved("exemption", "2026-01-01", "2026-12-31")
EXEMPT_SPRING = relieved("exemption", "2026-03-01", "2026-05-31")
CASES = {
    "nothing yet": ({}, (), {}, ("owed", "40.0", "0", None)),
    "part of it": ({}, (hours("2026-02-01", 12.5),), {}, ("owed", "40.0", "12.5", None)),
    "met on the day of the entry that made it enough": (
        {},
        (hours("2026-02-01", 30), hours("2026-04-05", 10), hours("2026-05-01", 8)),
        {},
        ("met", "40.0", "48.0", "2026-04-05"),
    ),
    "credit of another year does not count": (
        {},
        (hours("2025-02-01", 39),),
        {},
        ("owed", "40.0", "0", None),
    ),
    "a kind counts up to its cap": (
        {"caps": {"outside": Decimal(8)}},
        (hours("2026-02-01", 30, "outside"), hours("2026-02-02", 32)),
        {},
        ("met", "40.0", "40.0", "2026-02-02"),
    ),
    "a topic is missing though the sum is there": (
        {"minimums": {7: Decimal(24)}},
        (hours("2026-02-01", 30), hours("2026-03-01", 20, topics=(7,))),
        {},
        ("owed", "40.0", "50.0", None),
    ),
    "the topic is there as well": (
        {"minimums": {7: Decimal(24)}},
        (hours("2026-02-01", 30), hours("2026-03-01", 24, topics=(7,))),
        {},
        ("met", "40.0", "54.0", "2026-03-01"),
    ),
    "what was too much last year is carried over, up to the cap": (
        {"carry_cap": Decimal(10)},
        (hours("2025-02-01", 55), hours("2026-03-01", 30)),
        {},
        ("met", "40.0", "40.0", "2026-03-01"),
    ),
    "who came in April owes for nine months": (
        {},
        (hours("2026-05-01", 30),),
        {"spells": (Spell(date(2026, 4, 1)),)},
        ("met", "30.0", "30.0", "2026-05-01"),
    ),
    "unless the whole is owed by everybody": (
        {"prorates": False},
        (hours("2026-05-01", 30),),
        {"spells": (Spell(date(2026, 4, 1)),)},
        ("owed", "40.0", "30.0", None),
    ),
    "three months of exemption take a quarter off": (
        {},
        (),
        {"reliefs": (EXEMPT_SPRING,)},
        ("owed", "30.0", "0", None),
    ),
    "exempt the whole year": ({}, (), {"reliefs": (EXEMPT_ALL,)}, ("exempt", "0.0", "0", None)),
    "days of eight academic hours": (
        {"unit": "days", "amount": Decimal(5)},
        (hours("2026-02-01", 36),),
        {},
        ("owed", "5.0", "4.5", None),
    ),
    "two courses of a list of three": (
        {"unit": "courses", "amount": Decimal(2), "courses": frozenset({1, 2, 3})},
        (
            hours("2026-02-01", 8, course=1),
            hours("2026-02-09", 8, course=1),
            hours("2026-03-01", 8, course=9),
            hours("2026-04-01", 8, course=3),
        ),
        {},
        ("met", "2.0", "2", "2026-04-01"),
    ),
    "three years are one cycle": (
        {"years": 3, "valid_from": date(2024, 1, 1)},
        (hours("2024-02-01", 25), hours("2026-02-01", 15)),
        {},
        ("met", "40.0", "40.0", "2026-02-01"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_owed(case):
    terms, earned, more, expected = case

    standing = last_of(terms, *earned, **more)

    assert standing.state.value == expected[0]
    assert (standing.needed, standing.earned) == (Decimal(expected[1]), Decimal(expected[2]))
    assert str(standing.met_on or "None") == str(expected[3])


AFTER_APPOINTMENT = {
    "basis": "appointment",
    "amount": Decimal(120),
    "months": 6,
    "valid_from": date(2020, 1, 1),
}


def test_after_an_appointment_it_is_due_so_many_months_later():
    standing = last_of(AFTER_APPOINTMENT, spells=(Spell(date(2026, 3, 31)),))

    assert (standing.first_day, standing.due_on) == (date(2026, 3, 31), date(2026, 9, 29))
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


@pytest.mark.parametrize(("first_only", "periods"), [(True, 1), (False, 2)])
def test_a_second_spell_in_post_begins_anew_unless_only_the_first_counts(first_only, periods):
    spells = (Spell(date(2021, 1, 1), date(2023, 1, 1)), Spell(date(2026, 2, 1)))
    terms = Terms(**{**FORTY, **AFTER_APPOINTMENT, "first_only": first_only})

    assert len(standings(terms, Facts(spells), NOW)) == periods


@pytest.mark.parametrize(
    ("spells", "years"),
    [
        ((Spell(date(2015, 1, 1), date(2026, 3, 1)),), [2025]),  # left in March
        ((Spell(date(2015, 1, 1), date(2025, 3, 1)),), []),
        ((Spell(date(2026, 7, 1)),), []),  # not yet in post
        ((Spell(date(2026, 6, 2)),), [2026]),
    ],
)
def test_only_who_is_in_post_owes(spells, years):
    found = standings(Terms(**FORTY), Facts(spells), NOW)

    assert [standing.first_day.year for standing in found] == years


def test_the_days_of_grace_make_up_for_the_year_before_and_count_once():
    terms = Terms(**FORTY, grace_days=60)
    late = (hours("2026-02-01", 5), hours("2026-02-15", 5), hours("2026-02-20", 7))

    before, now = standings(terms, Facts(LONG, (hours("2025-05-01", 31), *late)), NOW)

    assert (before.state.value, before.met_on) == ("met", date(2026, 2, 15))
    assert (before.due_on, before.made_up) == (date(2026, 3, 1), 2)
    assert (before.earned, now.earned) == (41, 7)


def test_equal_entries_of_one_day_are_two_entries():
    terms = Terms(**FORTY, grace_days=60)
    entries = (hours("2025-05-01", 35), hours("2026-02-01", 5), hours("2026-02-01", 5))

    before, now = standings(terms, Facts(LONG, entries), NOW)

    assert (before.earned, now.earned) == (40, 5)


def test_an_extension_moves_the_due_day_and_what_was_made_up_counts():
    extension = (relieved("extension", "2025-12-01", "2026-03-31"),)
    facts = Facts(LONG, (hours("2026-03-31", 40),), extension)

    before, now = standings(Terms(**FORTY), facts, NOW)

    assert (before.due_on, before.state.value) == (date(2026, 3, 31), "met")
    assert now.earned == 0


def test_periods_that_begin_after_the_last_day_of_the_norm_are_not_owed():
    terms = Terms(**FORTY, valid_until=date(2025, 12, 31))

    assert [each.first_day.year for each in standings(terms, Facts(LONG), NOW)] == [2025]


def test_every_line_of_the_sum_is_there():
    standing = last_of(
        {"caps": {"outside": Decimal(8)}, "carry_cap": Decimal(4), "minimums": {7: Decimal(10)}},
        hours("2025-04-01", 50, topics=(7,)),
        hours("2026-02-01", 11.2, topics=(7,)),
        hours("2026-02-02", 30, "outside"),
        reliefs=(EXEMPT_SPRING,),
    )

    assert (standing.asked, standing.months.exempt, standing.months.all) == (40, 3, 12)
    assert [(line.kind, line.earned, line.counted) for line in standing.kinds] == [
        ("course", Decimal("11.2"), Decimal("11.2")),
        ("outside", 30, 8),
    ]
    assert (standing.carried, standing.earned) == (4, Decimal("23.2"))
    assert standing.owed == Decimal("6.8")
    assert [(line.needed, line.earned) for line in standing.topics] == [
        (Decimal("7.5"), Decimal("11.2"))
    ]

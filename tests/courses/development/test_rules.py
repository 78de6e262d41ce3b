"""The way of a proposal, its review and two versions side by side, as tables."""

from dataclasses import replace
from datetime import date

import pytest

from academy.core.errors import Refused
from courses.development import rules
from courses.development.differences import compared, words_apart
from courses.development.enums import ProposalState, Section
from courses.development.rules import ProposalContent, StepFacts
from tests.courses.development.stage import FULL, LANGUAGES, WORDS


@pytest.mark.parametrize(
    ("steps", "turn", "end"),
    [
        ([(1, ""), (2, "")], 1, None),
        ([(1, "accept"), (2, "")], 2, None),
        ([(1, "accept"), (1, ""), (2, "")], 1, None),  # both of the first place are asked at once
        ([(1, "accept"), (2, "accept")], None, ProposalState.ACCEPTED),
        ([(1, "return"), (1, ""), (2, "")], 1, ProposalState.RETURNED),
        ([(1, "accept"), (2, "decline")], None, ProposalState.DECLINED),
        ([], None, None),
    ],
)
def test_whose_turn_it_is_and_what_the_steps_come_to(steps, turn, end):
    facts = [StepFacts(place, verdict) for place, verdict in steps]

    assert (rules.place_in_turn(facts), rules.conclusion(facts)) == (turn, end)


@pytest.mark.parametrize(
    ("verdict", "due", "current", "look"),
    [
        ("accept", date(2026, 1, 1), True, "accept"),
        ("", None, True, "to_come"),
        ("", date(2026, 3, 2), True, "open"),
        ("", date(2026, 3, 1), True, "overdue"),
        ("", date(2026, 3, 1), False, "moot"),
    ],
)
def test_how_a_step_stands(verdict, due, current, look):
    shown = rules.step_look(StepFacts(1, verdict), due, date(2026, 3, 2), is_current=current)

    assert shown == look


def test_what_the_catalogue_would_miss_is_listed_by_section_and_language():
    bare = replace(FULL, texts={"title": {"kk": "Сот", "ru": " "}, "aims": FULL.texts["aims"]})

    assert rules.owed(bare, ("kk", "ru")) == [
        (Section.TITLE, "ru"),
        (Section.SUMMARY, "kk"),
        (Section.SUMMARY, "ru"),
    ]
    assert rules.owed(FULL, LANGUAGES) == []


@pytest.mark.parametrize(
    ("after", "may"),
    [
        (
            replace(FULL, texts={**WORDS, "need": {**WORDS["need"], "en": "More."}}),
            True,
        ),
        (replace(FULL, texts={**FULL.texts, "need": {"ru": "Жалобы."}}), False),
        (replace(FULL, texts={**FULL.texts, "need": {}}), False),
        (replace(FULL, minutes_per_hour=50), False),
    ],
)
def test_after_the_last_yes_languages_are_added_and_nothing_changes(after, may):
    if may:
        rules.check_translation_only(FULL, after)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_translation_only(FULL, after)
    assert refusal.value.code == "accepted_words_stay"


def test_two_texts_are_told_apart_in_whole_words():
    pieces = [(piece.kind, piece.text) for piece in words_apart("weigh the proof", "weigh a proof")]

    assert pieces == [("same", "weigh "), ("removed", "the"), ("added", "a"), ("same", " proof")]


def test_versions_stand_side_by_side_by_field_and_language():
    after = replace(FULL, texts={**FULL.texts, "need": {"ru": "Жалобы растут быстро."}})

    found = {
        (one.section.value, one.language): one.is_same
        for one in compared(FULL, after, LANGUAGES, ("16", "8"))
    }

    assert not found["need", "ru"]
    assert not found["hours", ""]
    assert found["title", "kk"]
    assert ("need", "en") not in found
    empty = ProposalContent()
    assert compared(empty, empty, LANGUAGES, ("", "")) == []

"""What is kept of an answer, and that nothing leads from it to a person."""

from datetime import timedelta

import pytest
from django.db import connection

from academy.core import clock
from academy.ledger.models import Event
from enrollment.feedback.models import AnswerCount, AnswerInvitation, AnswerText, FeedbackRound
from tests.enrollment.feedback.conftest import answer
from tests.enrollment.stage import refused

pytestmark = pytest.mark.django_db

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public'
   AND table_name IN ('enrollment_answercount', 'enrollment_answertext')
"""
FOREIGN_KEYS = """
SELECT source.relname, target.relname
  FROM pg_constraint one
  JOIN pg_class source ON source.oid = one.conrelid
  JOIN pg_class target ON target.oid = one.confrelid
 WHERE one.contype = 'f'
"""
KEPT = {"enrollment_answercount", "enrollment_answertext"}


def kept():
    """Everything that is kept of the answers, apart from its random keys."""
    counts = AnswerCount.objects.filter(count__gt=0).order_by("question", "value")
    return [*counts.values_list("question", "value", "count")], sorted(
        AnswerText.objects.values_list("question", "text", "language")
    )


def test_answers_are_counted_and_words_are_mixed(asked):
    run = asked(2)
    first, second = run.invitations

    answer(first, keep="Мысалдар")
    answer(second, useful="5", change="Уақыт")

    counts, words = kept()
    assert [row for row in counts if row[0] in {"useful", "length"}] == [
        ("length", "right", 2),
        ("useful", "4", 1),
        ("useful", "5", 1),
    ]
    assert words == [("change", "Уақыт", "kk"), ("keep", "Мысалдар", "kk")]
    assert run.after.answers == 2
    assert {one.answered for one in run.invitations} == {True}


def test_no_column_leads_from_an_answer_to_a_person():
    """The whole schema: what the two tables hold, what they point at, and what points at them."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = set(cursor.fetchall())
        cursor.execute(FOREIGN_KEYS)
        keys = cursor.fetchall()

    assert columns == {
        *(("enrollment_answercount", name) for name in ("id", "round_id", "question", "value")),
        ("enrollment_answercount", "count"),
        *(("enrollment_answertext", name) for name in ("id", "round_id", "question", "text")),
        ("enrollment_answertext", "language"),
    }
    assert {target for source, target in keys if source in KEPT} == {"enrollment_feedbackround"}
    assert [source for source, target in keys if target in KEPT] == []
    # Of a round itself no way leads on but down to everybody who was asked in it.
    way_on = {target for source, target in keys if source == "enrollment_feedbackround"}
    assert way_on == {"courses_run", "enrollment_questionnaire"}


def test_keys_are_random_and_tell_no_order():
    for model in (AnswerCount, AnswerText):
        assert model._meta.pk.get_internal_type() == "UUIDField"
        assert {field.get_internal_type() for field in model._meta.fields} <= {
            "UUIDField", "ForeignKey", "SlugField", "IntegerField", "TextField", "CharField"
        }  # fmt: skip


SYSTEM = """
SELECT (SELECT count(DISTINCT xmin::text) FROM enrollment_answercount),
       (SELECT count(DISTINCT xmin::text) FROM enrollment_answertext),
       (SELECT count(DISTINCT xmin::text) FROM enrollment_answerinvitation WHERE answered)
"""


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_cannot_tell_who_wrote_which_row(asked):
    """All rows of a round were written by its last answer, whoever ticked or wrote what."""
    run = asked(5)
    for place, one in enumerate(run.invitations):
        answer(one, useful=str(place % 5 + 1), keep=f"Сөз {place}")

    with connection.cursor() as cursor:
        cursor.execute(SYSTEM)
        counts, words, people = cursor.fetchone()

    assert (counts, words, people) == (1, 1, 5)


def test_words_lie_in_another_order_than_they_came(asked):
    run = asked(12)
    written = [f"{place:02}" for place in range(12)]
    for text, one in zip(written, run.invitations, strict=True):
        answer(one, keep=text)

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM enrollment_answertext ORDER BY ctid")
        as_they_lie = [row[0] for row in cursor.fetchall()]
    as_shown = [row.text for row in AnswerText.objects.all()]

    assert sorted(as_they_lie) == sorted(as_shown) == written
    assert written not in (as_they_lie, as_shown)  # by chance once in 479 million


def test_new_keys_with_each_answer(asked):
    run = asked(2)
    first, second = run.invitations
    answer(first, keep="Бір")
    before = AnswerText.objects.get().pk

    answer(second)

    assert AnswerText.objects.get().pk != before


def test_the_ledger_learns_that_there_is_one_answer_more_and_nothing_else(asked):
    run = asked(2)
    answer(run.invitations[0], keep="Құпия")

    event = Event.objects.get(type="feedback.grew")

    assert event.data == {"moment": "after_run", "answers": 1}
    assert (event.person_id, event.actor_id, event.behalf_of) == (None, None, None)
    assert (event.actor_kind, event.request_id) == ("system", "")
    assert event.context_id == run.run.public_id


def test_who_has_answered_answers_no_second_time(asked):
    run = asked(1)
    answer(run.invitations[0], useful="5")
    before = kept()

    with refused("answered_already"):
        answer(run.invitations[0], useful="1")

    assert kept() == before


@pytest.mark.parametrize("later", [timedelta(days=21), timedelta(days=300)])
def test_after_its_days_a_questionnaire_is_closed(asked, stand_at, later):
    run = asked(1)
    stand_at(clock.now() + later)

    with refused("questionnaire_closed"):
        answer(run.invitations[0])

    assert kept() == ([], [])


def test_a_later_round_is_not_open_yet(asked):
    later = asked(1).rounds[1].invitations.select_related("enrollment").get()

    with refused("questionnaire_closed"):
        answer(later)


def test_a_missing_answer_keeps_nothing_of_the_others(asked):
    run = asked(1)

    with refused("answers_invalid"):
        answer(run.invitations[0], useful="", keep="Сөз")

    assert kept() == ([], [])
    assert FeedbackRound.objects.filter(answers__gt=0).count() == 0
    assert AnswerInvitation.objects.filter(answered=True).count() == 0

"""Rounds are opened, people answer, questionnaires get a new revision: every change of the room."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from courses.planning.models import Run
from enrollment.feedback import locks, rules
from enrollment.feedback.enums import Moment, QuestionKind
from enrollment.feedback.models import (
    AnswerInvitation,
    FeedbackRound,
    Questionnaire,
    QuestionnaireChoice,
)
from enrollment.feedback.rules import Question

OPENING = Actor.system("feedback.open_rounds")
ANSWERING = Actor.system("feedback.answer")
"""In an event of an answer nobody acts: neither account nor request is written down."""

INVITE = """
INSERT INTO enrollment_answerinvitation (public_id, round_id, enrollment_id, answered)
SELECT gen_random_uuid(), round.id, enrollment.id, false
  FROM enrollment_feedbackround round
  JOIN enrollment_enrollment enrollment ON enrollment.run_id = round.run_id
  JOIN enrollment_outcome outcome ON outcome.enrollment_id = enrollment.id
   AND outcome.is_current AND outcome.outcome IN ('completed', 'partial')
 WHERE round.id = ANY(%(rounds)s)
ON CONFLICT (round_id, enrollment_id) DO NOTHING
"""


@atomic
def open_rounds(*, run: UUID, finalised_at: datetime, now: datetime) -> list[FeedbackRound]:
    """Ask everyone who took part in a finalised run, wholly or in part: at once and later.

    Later rounds are written now with their dates, so that nothing must remember them. A run that
    was finalised long ago, and one in which nobody took part, asks nobody; asking a second time
    changes nothing. A handler calls it inside its own transaction.
    """
    row = Run.objects.filter(public_id=run).first()
    if row is None or not _took_part(row):
        return []
    chosen = _chosen(row.version_id)
    made = []
    for moment in Moment:
        window = rules.window(moment, finalised_at)
        if moment in chosen and window.closes_at > now:
            made += _open(row, chosen[moment], window)
    with connection.cursor() as cursor:
        cursor.execute(INVITE, {"rounds": [each.pk for each in made]})
    record([_opened(row, each) for each in made], actor=OPENING, at=now)
    return made


def _took_part(run: Run) -> bool:
    took_part = ("completed", "partial")
    outcomes = run.enrollments.filter(outcomes__is_current=True, outcomes__outcome__in=took_part)
    return bool(outcomes.exists())


def _chosen(version: int) -> dict[Moment, Questionnaire]:
    """What a course version asks at each moment: its own choice, else the default."""
    present = Questionnaire.objects.filter(is_current=True)
    by_code = {each.code: each for each in present}
    chosen = {Moment(each.moment): each for each in present if each.is_default}
    for choice in QuestionnaireChoice.objects.filter(version=version, code__in=by_code):
        chosen[Moment(choice.moment)] = by_code[choice.code]
    return chosen


def _open(run: Run, asks: Questionnaire, window: rules.Window) -> list[FeedbackRound]:
    found, is_new = FeedbackRound.objects.get_or_create(
        run=run,
        moment=asks.moment,
        defaults={
            "questionnaire": asks,
            "opens_at": window.opens_at,
            "closes_at": window.closes_at,
        },
    )
    return [found] if is_new else []


def _opened(run: Run, opened: FeedbackRound) -> Fact:
    data = {
        "moment": str(opened.moment),
        "questionnaire": opened.questionnaire.code,
        "revision": opened.questionnaire.revision,
        "opens_at": opened.opens_at.isoformat(),
        "closes_at": opened.closes_at.isoformat(),
    }
    return Fact(
        "feedback.planned", "feedback", opened.public_id, context_id=run.public_id, data=data
    )


# Every count of the round is written, whether the answer adds to it or not.
COUNT = """
INSERT INTO enrollment_answercount (id, round_id, question, value, count)
SELECT gen_random_uuid(), %(round)s, question, value, hit::int
  FROM jsonb_to_recordset(%(cells)s::jsonb) AS cell(question text, value text, hit boolean)
ON CONFLICT (round_id, question, value)
DO UPDATE SET count = enrollment_answercount.count + excluded.count
"""
# All texts of the round leave the box and go back in, the new ones among them.
MIX = """
WITH taken AS (
    DELETE FROM enrollment_answertext WHERE round_id = %(round)s RETURNING question, text, language
), box AS (
    SELECT * FROM taken
     UNION ALL
    SELECT question, text, %(language)s
      FROM jsonb_to_recordset(%(texts)s::jsonb) AS written(question text, text text)
)
INSERT INTO enrollment_answertext (id, round_id, question, text, language)
SELECT gen_random_uuid(), %(round)s, question, text, language FROM box ORDER BY gen_random_uuid()
"""


@atomic(durable=True)
def answer(
    *,
    invitation: UUID,
    person: int,
    given: Mapping[str, str],
    language: str,
    at: datetime | None = None,
) -> FeedbackRound:
    """Count somebody's answers in, and note on the invitation that this person has answered.

    One transaction, and nothing in common: what was answered keeps no person, no time and no order.
    The ledger learns that the round has one answer more, not from whom. Refuses outside the round's
    days, a second answer, and answers that are missing or not on the list; then nothing is kept.
    """
    now = at or clock.now()
    asked = locks.invitation_with_round_locked(invitation, person)
    round_ = asked.round
    if asked.answered:
        raise Refused("answered_already", _("You have answered this questionnaire. Thank you."))
    if not round_.opens_at <= now < round_.closes_at:
        raise Refused("questionnaire_closed", _("This questionnaire is not open."))
    questions = round_.questionnaire.asked
    answers = rules.checked(questions, given)
    AnswerInvitation.objects.filter(pk=asked.pk).update(answered=True)
    round_.answers += 1
    round_.save(update_fields=["answers"])
    _put_in(round_, questions, answers, language)
    record([_one_more(round_)], actor=ANSWERING, at=now)
    return round_


def _put_in(
    round_: FeedbackRound, questions: list[Question], answers: Mapping[str, str], language: str
) -> None:
    cells = [
        {"question": each.key, "value": value, "hit": answers.get(each.key) == value}
        for each in questions
        for value in each.values
    ]
    written = [
        {"question": each.key, "text": answers[each.key]}
        for each in questions
        if each.kind == QuestionKind.TEXT and each.key in answers
    ]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"round": round_.pk, "cells": orjson.dumps(cells).decode()})
        texts_ = orjson.dumps(written).decode()
        cursor.execute(MIX, {"round": round_.pk, "texts": texts_, "language": language})


def _one_more(round_: FeedbackRound) -> Fact:
    data = {"moment": str(round_.moment), "answers": round_.answers}
    context = round_.run.public_id
    return Fact("feedback.grew", "feedback", round_.public_id, context_id=context, data=data)

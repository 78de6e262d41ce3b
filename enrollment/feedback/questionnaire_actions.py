"""Questionnaires as the academy writes them: seeds, revisions, and which course puts which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Stale
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Course
from enrollment.feedback import locks, rules
from enrollment.feedback.enums import Moment
from enrollment.feedback.models import (
    FeedbackRound,
    Questionnaire,
    QuestionnaireChoice,
)
from enrollment.feedback.rules import Question


@dataclass(frozen=True, slots=True)
class Draft:
    """What a revision of a questionnaire says; its moment stays that of the first."""

    moment: Moment
    names: texts.Texts
    questions: Sequence[Question]
    intro: texts.Texts = field(default_factory=dict)
    is_default: bool = False

    def columns(self) -> dict[str, Any]:
        """The same as columns."""
        return {
            "moment": self.moment.value,
            "names": dict(self.names),
            "intro": dict(self.intro),
            "questions": [question.as_json() for question in self.questions],
            "is_default": self.is_default,
        }


@dataclass(frozen=True, slots=True)
class Seed:
    """A questionnaire as the seeds hold it."""

    code: str
    draft: Draft

    @classmethod
    def from_document(cls, item: Mapping[str, Any]) -> "Seed":
        """One entry of `seeds/reference/questionnaires.json`."""
        questions = [Question.from_json(one) for one in item["questions"]]
        moment = Moment(item["moment"])
        names, intro = item["names"], item.get("intro", {})
        return cls(item["code"], Draft(moment, names, questions, intro, item["is_default"]))


def install_questionnaires(seeds: Iterable[Seed]) -> int:
    """Add the questionnaires that are not there yet; how many. Revisions of the academy stay."""
    known = set(Questionnaire.objects.values_list("code", flat=True))
    rows = [
        Questionnaire(code=seed.code, **seed.draft.columns())
        for seed in seeds
        if seed.code not in known
    ]
    return len(Questionnaire.objects.bulk_create(rows))


def revise(
    *, code: str, revision: int, draft: Draft, actor: Actor, at: datetime | None = None
) -> Questionnaire:
    """The next revision of a questionnaire, in force from now on.

    Rounds that have not opened ask the new questions; those that have keep theirs. Refuses when
    somebody else has written a revision in the meantime, and questions that cannot be put.
    """
    now = at or clock.now()
    with atomic(durable=True):
        old = locks.questionnaire_locked(code)
        if old is None:
            raise Missing("unknown_questionnaire", _("There is no such questionnaire."))
        if old.revision != revision:
            raise Stale(
                "edited_meanwhile",
                _("Somebody else has changed this questionnaire. Look at it again."),
            )
        _check(draft)
        Questionnaire.objects.filter(pk=old.pk).update(is_current=False)
        columns = {**draft.columns(), "moment": old.moment, "is_default": old.is_default}
        new = Questionnaire.objects.create(code=code, revision=revision + 1, **columns)
        ahead = FeedbackRound.objects.filter(questionnaire=old, opens_at__gt=now)
        moved = ahead.update(questionnaire=new)
        data = {"code": code, "revision": new.revision, "rounds": moved}
        fact = Fact("questionnaire.revised", "questionnaire", new.public_id, data=data)
        record([fact], actor=actor, at=now)
    return new


def _check(draft: Draft) -> None:
    faults = rules.question_faults(draft.questions)
    if texts.missing(draft.names):
        faults.append(_("The questionnaire is named in every language."))
    if faults:
        raise Invalid(
            "questionnaire_invalid",
            _("Please correct what is marked."),
            fields={"questions": faults},
        )


@atomic(durable=True)
def choose(*, code: str, course: str, actor: Actor, at: datetime | None = None) -> Course:
    """Let a course, as it is now, put this questionnaire instead of another of that moment.

    Runs finalised from now on ask it. The default one is the choice of every course that has none:
    choosing it takes the course's own choice back.
    """
    asks = locks.questionnaire_locked(code)
    row = Course.objects.select_related("current").filter(code=course).first()
    if asks is None or row is None or row.current is None:
        raise Missing("unknown_course", _("There is no such course."))
    place = QuestionnaireChoice.objects.filter(version=row.current, moment=asks.moment)
    if asks.is_default:
        place.delete()
    elif not place.update(code=code):
        QuestionnaireChoice.objects.create(version=row.current, moment=asks.moment, code=code)
    data = {"code": code, "course": course, "version": row.current.number}
    fact = Fact("questionnaire.chosen", "questionnaire", asks.public_id, data=data)
    record([fact], actor=actor, at=at or clock.now())
    return row

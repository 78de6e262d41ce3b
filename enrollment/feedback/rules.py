"""What may be answered, when, and which groups are large enough to be shown. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from academy.core.texts import Texts, missing
from enrollment.feedback.enums import MONTHS_LATER, OPEN_FOR, Agreement, Moment, QuestionKind

LEAST = 5
"""No group of fewer answers is ever shown to anybody; a setting may ask for more, never less."""

LONGEST = 2_000  # letters of an answer in own words


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as data. `is_overall` marks the one whose mean the course's page shows."""

    key: str
    kind: QuestionKind
    texts: Texts
    options: tuple[tuple[str, Texts], ...] = ()
    is_required: bool = True
    is_overall: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Question":
        """The question as a questionnaire keeps it."""
        return cls(
            key=stored["key"],
            kind=QuestionKind(stored["kind"]),
            texts=stored["texts"],
            options=tuple((one["key"], one["texts"]) for one in stored.get("options", ())),
            is_required=stored.get("is_required", True),
            is_overall=stored.get("is_overall", False),
        )

    def as_json(self) -> dict[str, Any]:
        """The question as it is kept."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "texts": dict(self.texts),
            "options": [{"key": key, "texts": dict(names)} for key, names in self.options],
            "is_required": self.is_required,
            "is_overall": self.is_overall,
        }

    @property
    def values(self) -> tuple[str, ...]:
        """Everything that can be ticked; nothing where own words are asked for."""
        if self.kind == QuestionKind.SCALE:
            return tuple(Agreement.values)
        return tuple(key for key, _names in self.options)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a round can be answered."""

    opens_at: datetime
    closes_at: datetime


def window(moment: Moment, finalised_at: datetime) -> Window:
    """When people are asked, counted from the finalisation of the run.

    Three weeks at once, then thirty days each from three and from six months later. Counted from
    finalisation and not from the last session, so that the rounds of a run whose record was closed
    late do not fall together.
    """
    opens_at = _months_later(finalised_at, MONTHS_LATER[moment])
    return Window(opens_at, opens_at + OPEN_FOR[moment])


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day some months later, or the last one of a shorter month."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def checked(questions: Iterable[Question], given: Mapping[str, str]) -> dict[str, str]:
    """What was answered, question by question, ready to be counted; unknown questions are dropped.

    Refuses, all faults at once: no answer where one is needed, one that is not on the list, words
    that are too long.
    """
    answers, faults = {}, {}
    for question in questions:
        value = _plain(given.get(question.key, ""))
        if fault := _fault(question, value):
            faults[question.key] = [fault]
        elif value:
            answers[question.key] = value
    if faults:
        raise Invalid("answers_invalid", _("Please correct what is marked."), fields=faults)
    return answers


def _plain(value: str) -> str:
    """Without what browsers add to lines, and what a database cannot keep."""
    return value.replace("\r\n", "\n").replace("\x00", "").strip()


def _fault(question: Question, value: str) -> Promise | str:
    if not value:
        return _("Please answer this question.") if question.is_required else ""
    if question.kind != QuestionKind.TEXT:
        return "" if value in question.values else _("Choose one of the answers.")
    return _("Please write a shorter answer.") if len(value) > LONGEST else ""


def question_faults(questions: Sequence[Question]) -> list[Promise | str]:
    """What is wrong with the questions of a questionnaire; nothing where it can be put."""
    faults: list[Promise | str] = []
    keys = [question.key for question in questions]
    if not questions:
        faults.append(_("Ask at least one question."))
    if len(set(keys)) < len(keys):
        faults.append(_("Each question needs a key of its own."))
    if any(missing(question.texts) for question in questions):
        faults.append(_("Each question is put in every language."))
    choices = [question for question in questions if question.kind == QuestionKind.CHOICE]
    if any(len(question.options) < 2 for question in choices):
        faults.append(_("Offer at least two answers."))
    if any(missing(names) for question in choices for _key, names in question.options):
        faults.append(_("Each answer is offered in every language."))
    overall = [question for question in questions if question.is_overall]
    if len(overall) > 1 or any(question.kind != QuestionKind.SCALE for question in overall):
        faults.append(_("One question with a scale can be the overall one."))
    return faults


@dataclass(frozen=True, slots=True)
class Closed:
    """A round that is over, and how many answered it."""

    id: int
    answers: int


def groups(rounds: Iterable[Closed], least: int) -> list[tuple[Closed, ...]]:
    """Which closed rounds are shown together: each alone if it is large enough, small ones joined.

    `rounds` come in the order in which they closed, of one course version, moment and
    questionnaire. Small rounds are gathered in that order until they are `least` answers together;
    the rest waits for the next ones. So a group, once shown, never changes, no round lies in two
    groups, and whoever subtracts what is shown today from what is shown tomorrow is left with a
    group that is large enough again, never with one person.
    """
    least = max(LEAST, least)
    made: list[tuple[Closed, ...]] = []
    gathered: list[Closed] = []
    for one in rounds:
        if one.answers >= least:
            made.append((one,))
        elif one.answers:
            gathered.append(one)
            if sum(each.answers for each in gathered) >= least:
                made.append(tuple(gathered))
                gathered = []
    return made


@dataclass(frozen=True, slots=True)
class Tally:
    """How one question was answered by a group: each value with its number, in their order."""

    question: Question
    counts: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        """How many answered this question."""
        return sum(count for _value, count in self.counts)

    @property
    def mean(self) -> float | None:
        """The mean of a scale, from 1 to 5; none where there is nothing to take it of."""
        if self.question.kind != QuestionKind.SCALE or not self.number:
            return None
        return sum(int(value) * count for value, count in self.counts) / self.number


def tally(question: Question, counted: Mapping[str, int]) -> Tally:
    """The counted answers to a question; what nobody chose counts zero."""
    return Tally(question, tuple((value, counted.get(value, 0)) for value in question.values))


VERDICTS = (
    (4.5, _("excellent")),
    (3.5, _("good")),
    (2.5, _("satisfactory")),
    (0.0, _("in need of improvement")),
)


def verdict(mean: float) -> Promise:
    """A mean from 1 to 5 in a word."""
    return next(word for bound, word in VERDICTS if mean >= bound)

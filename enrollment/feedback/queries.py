"""The own questionnaires, the results of a run, what colleagues say of a course."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Sum

from academy.core.texts import Texts
from courses.catalogue.models import Course
from courses.planning.models import Run
from enrollment.feedback import rules
from enrollment.feedback.access import invitations_of
from enrollment.feedback.enums import Moment, QuestionKind, Shown
from enrollment.feedback.models import (
    AnswerCount,
    AnswerText,
    FeedbackRound,
    Questionnaire,
    QuestionnaireChoice,
)
from enrollment.feedback.rules import Closed, Tally


def least() -> int:
    """The size of group below which nothing is shown."""
    return max(rules.LEAST, int(settings.FEEDBACK_LEAST))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A questionnaire that waits for a person."""

    public_id: UUID
    moment: Moment
    title: Texts  # of the course
    run_code: str
    closes_at: datetime
    time_zone: str


def waiting_for(person: int, *, now: datetime) -> list[Waiting]:
    """The open questionnaires that a person has not answered, those that close first at the top."""
    rows = invitations_of(person).filter(
        answered=False, round__opens_at__lte=now, round__closes_at__gt=now
    )
    return [
        Waiting(
            public_id=row.public_id,
            moment=Moment(row.round.moment),
            title=row.round.run.version.title,
            run_code=row.round.run.code,
            closes_at=row.round.closes_at,
            time_zone=row.round.run.time_zone,
        )
        for row in rows.order_by("round__closes_at", "pk")
    ]


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was written to one question, in no order."""

    question: rules.Question
    texts: Sequence[AnswerText]


@dataclass(frozen=True, slots=True)
class Results:
    """What staff see of one round of a run. Nothing of the answers before it closes."""

    round: FeedbackRound
    invited: int
    shown: Shown
    number: int = 0  # answers behind the figures
    runs: int = 0  # whose answers they are
    tallies: Sequence[Tally] = ()
    remarks: Sequence[Remarks] = ()


def results_of(run: Run, *, now: datetime, reads_all: bool) -> list[Results]:
    """The rounds of a run with what may be seen of each.

    Figures and texts wait until the round closes: from figures that grow, whoever looks twice reads
    the answer between. The texts of several runs together are for those who may read everything,
    since they may speak of another trainer.
    """
    rounds = FeedbackRound.objects.filter(run=run).select_related("questionnaire", "run")
    rounds = rounds.annotate(invited=Count("invitations")).order_by("opens_at")
    return [_results(each, now, reads_all=reads_all) for each in rounds]


def _results(round_: FeedbackRound, now: datetime, *, reads_all: bool) -> Results:
    invited = round_.invited  # type: ignore[attr-defined]
    if now < round_.closes_at:
        return Results(round_, invited, Shown.OPEN if now >= round_.opens_at else Shown.COMING)
    group = _group_of(round_, now)
    if not group:
        return Results(round_, invited, Shown.TOO_FEW)
    is_alone = len(group) == 1
    ids = [one.id for one in group]
    return Results(
        round_,
        invited,
        Shown.ALONE if is_alone else Shown.TOGETHER,
        number=sum(one.answers for one in group),
        runs=len(group),
        tallies=_tallies(round_.questionnaire, ids),
        remarks=_remarks(round_.questionnaire, ids) if is_alone or reads_all else (),
    )


def _group_of(round_: FeedbackRound, now: datetime) -> tuple[Closed, ...]:
    """The group in which this round is shown; empty while there is none."""
    like = FeedbackRound.objects.filter(
        run__version=round_.run.version_id,
        questionnaire=round_.questionnaire_id,
        moment=round_.moment,
    )
    found = rules.groups(_closed(like, now), least())
    return next((group for group in found if any(one.id == round_.pk for one in group)), ())


def _closed(rounds: Iterable[FeedbackRound], now: datetime) -> list[Closed]:
    over = [each for each in rounds if each.closes_at <= now]
    over.sort(key=lambda each: (each.closes_at, each.pk))
    return [Closed(each.pk, each.answers) for each in over]


def _tallies(asks: Questionnaire, rounds: Sequence[int]) -> list[Tally]:
    rows = AnswerCount.objects.filter(round__in=rounds).order_by()
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for question, value, number in (
        rows.values("question", "value")
        .annotate(number=Sum("count"))
        .values_list("question", "value", "number")
    ):
        counted[question][value] = number
    ticked = [each for each in asks.asked if each.kind != QuestionKind.TEXT]
    return [rules.tally(each, counted[each.key]) for each in ticked]


def _remarks(asks: Questionnaire, rounds: Sequence[int]) -> list[Remarks]:
    written: dict[str, list[AnswerText]] = defaultdict(list)
    for row in AnswerText.objects.filter(round__in=rounds):
        written[row.question].append(row)
    worded = [each for each in asks.asked if each.kind == QuestionKind.TEXT]
    return [Remarks(each, written[each.key]) for each in worded if written[each.key]]


def asked_by(code: str) -> list[Course]:
    """The courses that have chosen this questionnaire for their present version."""
    chosen = QuestionnaireChoice.objects.filter(code=code).values("version")
    return list(Course.objects.filter(current__in=chosen).order_by("code"))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What those who took a course say of it: how many answered, and the mean from 1 to 5."""

    number: int
    mean: float


def opinion_of(course: int, *, now: datetime) -> Opinion | None:
    """The overall answers after the runs of a course; nothing where no group is large enough.

    It is made of the very groups that staff see, so that the two cannot be compared to find a group
    that is smaller.
    """
    rounds = list(
        FeedbackRound.objects.filter(
            run__course=course, moment=Moment.AFTER_RUN, closes_at__lte=now, answers__gt=0
        )
        .select_related("questionnaire")
        .annotate(version=F("run__version"))
    )
    shown = _shown(rounds, now)
    overall = {
        (each.pk, question.key)
        for each in rounds
        for question in each.questionnaire.asked
        if each.pk in shown and question.is_overall
    }
    rows = AnswerCount.objects.filter(round__in=shown).values_list(
        "round_id", "question", "value", "count"
    )
    marks = [(int(value), n) for pk, question, value, n in rows if (pk, question) in overall]
    number = sum(n for _mark, n in marks)
    if number < least():
        return None
    return Opinion(number, sum(mark * n for mark, n in marks) / number)


def _shown(rounds: Iterable[FeedbackRound], now: datetime) -> set[int]:
    """The rounds that lie in a group large enough."""
    alike: dict[tuple[int, int], list[FeedbackRound]] = defaultdict(list)
    for each in rounds:
        alike[each.version, each.questionnaire_id].append(each)  # type: ignore[attr-defined]
    return {
        one.id
        for some in alike.values()
        for group in rules.groups(_closed(some, now), least())
        for one in group
    }

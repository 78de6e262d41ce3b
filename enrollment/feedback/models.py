"""Questionnaires, who is asked, and what was answered: with nothing that leads from one to another.

A person's row (`AnswerInvitation`) says whether that person has answered. What was answered is kept
as a count has it: how often each answer was ticked (`AnswerCount`) and the words that were written,
mixed (`AnswerText`). There is no row per answering person, no time, no account and no number that
grows; a remark does not even lead to the ticks of who wrote it. Each answer writes every count of
its round, and every text anew, in random order under new random keys: so neither the place of a row
nor the transaction that wrote it (`ctid`, `xmin`) tells one answer from the others.

What this cannot hide from who runs the database server: the write-ahead log, dead rows until they
are vacuumed, and two copies of the database taken just before and just after an answer show what
that answer added; the first answer of a round stands alone until there is a second one. The time at
which somebody answered is known as well. Staff see none of it, and nothing before the round closes.
"""

from django.db import models
from django.db.models import Q

from academy.core import ids, texts
from courses.catalogue.models import CourseVersion
from courses.planning.models import Run
from enrollment.feedback.enums import Moment
from enrollment.feedback.rules import Question
from enrollment.seats.models import Enrollment


class Questionnaire(models.Model):
    """One revision of a questionnaire. It never changes: editing writes the next revision.

    `questions` is a list of questions as `rules.Question` reads them. A default one is put where a
    course version has chosen none.
    """

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    code = models.SlugField(max_length=40)
    revision = models.IntegerField(default=1)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    names = texts.TextsField()
    intro = texts.TextsField(blank=True)
    questions = models.JSONField(default=list)
    is_default = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["code", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "revision"], name="questionnaire_revision_once"
            ),
            models.UniqueConstraint(
                fields=["code"], name="questionnaire_one_current", condition=Q(is_current=True)
            ),
            models.UniqueConstraint(
                fields=["moment"],
                name="questionnaire_one_default",
                condition=Q(is_current=True, is_default=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.revision}"

    @property
    def asked(self) -> list[Question]:
        """The questions, in their order."""
        return [Question.from_json(one) for one in self.questions]


class QuestionnaireChoice(models.Model):
    """That a course version puts another questionnaire than the default one, named by its code."""

    version = models.ForeignKey(CourseVersion, on_delete=models.CASCADE, db_index=False)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    code = models.SlugField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "moment"], name="questionnaire_chosen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.code}"


class FeedbackRound(models.Model):
    """The people of one run asked at one moment, from when until when, and how many answered."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    answers = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "moment"], name="feedback_round_once"),
        ]
        # What reminders count from.
        indexes = [models.Index(fields=["opens_at"], name="feedback_round_opens")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.moment}"


class AnswerInvitation(models.Model):
    """That somebody who took part may answer in a round, once, and whether that was done."""

    public_id = models.UUIDField(default=ids.public_id, unique=True)
    round = models.ForeignKey(
        FeedbackRound, on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "enrollment"], name="invited_once"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.enrollment_id}"


class AnswerCount(models.Model):
    """How often one answer was ticked in a round; every count of a round is written each time."""

    id = models.UUIDField(primary_key=True, default=ids.public_id)
    round = models.ForeignKey(
        FeedbackRound, on_delete=models.PROTECT, related_name="counts", db_index=False
    )
    question = models.SlugField(max_length=40, db_index=False)
    value = models.SlugField(max_length=40, db_index=False)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "question", "value"], name="answer_counted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.value}: {self.count}"


class AnswerText(models.Model):
    """What somebody wrote in a round, in which language; the round's texts are mixed each time."""

    id = models.UUIDField(primary_key=True, default=ids.public_id)
    round = models.ForeignKey(FeedbackRound, on_delete=models.PROTECT, related_name="texts")
    question = models.SlugField(max_length=40, db_index=False)
    text = models.TextField()
    language = models.CharField(max_length=10)

    class Meta:
        ordering = ["id"]  # random keys: no order of writing

    def __str__(self) -> str:
        return f"{self.question} ({self.language})"

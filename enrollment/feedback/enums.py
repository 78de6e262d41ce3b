"""When people are asked, and what a question can be."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Moment(TextChoices):
    """When a questionnaire is put: at once it asks how the course was, later what came of it."""

    AFTER_RUN = "after_run", _("after the course")
    THREE_MONTHS = "three_months", _("three months later")
    SIX_MONTHS = "six_months", _("six months later")


MONTHS_LATER: Mapping[Moment, int] = {
    Moment.AFTER_RUN: 0,
    Moment.THREE_MONTHS: 3,
    Moment.SIX_MONTHS: 6,
}
OPEN_FOR: Mapping[Moment, timedelta] = {
    Moment.AFTER_RUN: timedelta(days=21),
    Moment.THREE_MONTHS: timedelta(days=30),
    Moment.SIX_MONTHS: timedelta(days=30),
}


class QuestionKind(TextChoices):
    """How a question is answered."""

    SCALE = "scale", _("agreement from 1 to 5")
    CHOICE = "choice", _("one of several answers")
    TEXT = "text", _("own words")


class Agreement(TextChoices):
    """The steps of a scale: the question is a statement."""

    FIVE = "5", _("5 – I agree completely")
    FOUR = "4", _("4 – I rather agree")
    THREE = "3", _("3 – partly")
    TWO = "2", _("2 – I rather disagree")
    ONE = "1", _("1 – I do not agree at all")


class Shown(TextChoices):
    """What staff see of a round: everything that would narrow an answer down waits."""

    COMING = "coming"
    OPEN = "open"
    TOO_FEW = "too_few"
    ALONE = "alone"
    TOGETHER = "together"  # with other small groups of the course

"""The rooms' tables, listed for Django."""

from enrollment.attendance.models import Mark, Outcome, SheetScan, TestResult
from enrollment.calendars.models import CalendarFeed, Invitation
from enrollment.certificates.models import Certificate
from enrollment.classroom.models import Material, Needs, Notice
from enrollment.connectors.models import Errand, MoodleCompletion, MoodleCourse
from enrollment.credits.models import (
    CreditEntry,
    Exemption,
    Obligation,
    Requirement,
    TopicMinimum,
)
from enrollment.decisions.models import Decision, StepRule
from enrollment.feedback.models import (
    AnswerCount,
    AnswerInvitation,
    AnswerText,
    FeedbackRound,
    Questionnaire,
    QuestionnaireChoice,
)
from enrollment.reminders.models import ReminderRule
from enrollment.requests.models import Bulk, BulkLine, LostPost, Nomination, Nominee, PostCheck
from enrollment.seats.models import (
    Enrollment,
    InvariantResult,
    PriorityRule,
    PromotionLook,
    PromotionPass,
)
from enrollment.trips.models import TripBatch, TripFile, TripPaper

__all__ = [
    "AnswerCount",
    "AnswerInvitation",
    "AnswerText",
    "Bulk",
    "BulkLine",
    "CalendarFeed",
    "Certificate",
    "CreditEntry",
    "Decision",
    "Enrollment",
    "Errand",
    "Exemption",
    "FeedbackRound",
    "InvariantResult",
    "Invitation",
    "LostPost",
    "Mark",
    "Material",
    "MoodleCompletion",
    "MoodleCourse",
    "Needs",
    "Nomination",
    "Nominee",
    "Notice",
    "Obligation",
    "Outcome",
    "PostCheck",
    "PriorityRule",
    "PromotionLook",
    "PromotionPass",
    "Questionnaire",
    "QuestionnaireChoice",
    "ReminderRule",
    "Requirement",
    "SheetScan",
    "StepRule",
    "TestResult",
    "TopicMinimum",
    "TripBatch",
    "TripFile",
    "TripPaper",
]

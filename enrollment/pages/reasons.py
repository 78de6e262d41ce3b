"""Reasons in words: why a place ended, was refused or could not be had."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

REASONS: dict[str, str | Promise] = {
    "hearing": gettext_lazy("Hearings on these days."),
    "leave": gettext_lazy("Leave or absence."),
    "staffing": gettext_lazy("Too few people would be left at the court."),
    "other_course": gettext_lazy("Another course is more suitable."),
    "silence": gettext_lazy("No decision was made in time."),
    "too_few": gettext_lazy("Too few people could take part."),
    "trainer_unavailable": gettext_lazy("The trainer is not available."),
    "trainer_away": gettext_lazy("The trainer cannot teach on these dates."),
    "venue_unavailable": gettext_lazy("The venue is not available."),
    "venue": gettext_lazy("The venue is not available."),
    "law_changed": gettext_lazy("The law has changed."),
    "illness": gettext_lazy("Illness."),
    "workload": gettext_lazy("The court's workload does not allow it at this time."),
    "duty": gettext_lazy("Urgent duties at the court."),
    "family": gettext_lazy("Family reasons."),
    "substituted": gettext_lazy("A colleague has taken over the seat."),
    "merged": gettext_lazy("Two runs became one."),
    "split": gettext_lazy("The run was divided."),
    "left_service": gettext_lazy("The service in the judiciary has ended."),
    "lost_post": gettext_lazy("The post under which the place was given has ended."),
    "issued_in_error": gettext_lazy("Issued in error."),
    "outcome_corrected": gettext_lazy("The outcome was corrected."),
    "name_corrected": gettext_lazy("A name or a title was corrected."),
    "misused": gettext_lazy("It was misused."),
    "not_audience": gettext_lazy("The course is meant for other people."),
    "court_asked": gettext_lazy("The court has asked for it."),
    "by_mistake": gettext_lazy("The place was given by mistake."),
}


def reason(code: str) -> str:
    """A reason in words; empty where none can be told."""
    return str(REASONS.get(code, ""))

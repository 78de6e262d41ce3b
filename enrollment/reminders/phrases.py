"""Reasons in words. A code without words is not shown in a mail; the page has the whole story."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "run_started": _("The course has begun."),
    "silence": _("No decision was made in time."),
    "too_few": _("Too few people could take part."),
    "trainer_away": _("The trainer cannot teach on these dates."),
    "trainer_unavailable": _("The trainer is not available."),
    "venue_unavailable": _("The venue is not available."),
    "law_changed": _("The law has changed."),
    "substituted": _("A colleague has taken over the seat."),
    "merged": _("Two runs became one."),
    "split": _("The run was divided."),
    "venue": _("The venue is not available."),
    "illness": _("Illness."),
    "workload": _("The court's workload does not allow it at this time."),
    "left_service": _("The service in the judiciary has ended."),
    "lost_post": _("The post under which the place was given has ended."),
    "issued_in_error": _("Issued in error."),
    "outcome_corrected": _("The outcome was corrected."),
    "name_corrected": _("A name or a title was corrected."),
    "misused": _("It was misused."),
    "not_audience": _("The course is meant for other people."),
    "court_asked": _("The court has asked for it."),
    "by_mistake": _("The place was given by mistake."),
}


def reason(code: str) -> Promise | str:
    """The reason in words; empty where there are none."""
    return REASONS.get(code, "")

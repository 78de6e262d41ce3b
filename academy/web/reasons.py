"""Why a message was not sent, in words: the codes that delivery and the rooms write down."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Final[Mapping[str, str | Promise]] = {
    "person_left": _("has left the service"),
    "too_late": _("too late to be of use"),
    "deadline_passed": _("the deadline has passed"),
    "gone": _("its subject is gone"),
    "moved": _("the date was moved; the new one has a message of its own"),
    "rule_edited": _("the rule was edited and planned anew"),
    "rule_inactive": _("the rule was switched off"),
    "switched_off": _("switched off by the reader"),
    "no_address": _("no address on record"),
    "bad_address": _("the address on record cannot be used"),
    "dead_address": _("the address does not exist any more"),
    "no_seat_any_more": _("has no place there any more"),
    "asked_already": _("has asked already or lost interest"),
    "not_trainer_any_more": _("does not teach it any more"),
    "not_head_any_more": _("does not head the court any more"),
    "not_coordinator_any_more": _("does not coordinate the court any more"),
    "not_registrar_any_more": _("is not registrar any more"),
    "not_reviewer_any_more": _("does not act in the name of the body any more"),
    "marked": _("the marks are complete"),
    "minimum_reached": _("enough people by now"),
    "is_answered": _("has answered already"),
    "questionnaire_closed": _("the questionnaire has closed"),
    "run_began": _("the run has begun"),
    "session_cancelled": _("the session was cancelled"),
    "said_by_certificate": _("said by the message about the certificate"),
    "certificate_ended": _("the certificate has ended"),
    "account_in_use": _("the account is in use"),
    "server_unreachable": _("the mail server was away; tried again"),
    "host_is_busy": _("the reader's mail host takes no more at once; sent a little later"),
    "worker_died": _("broken off several times"),
    "waited_too_long": _("waited for days and was not reached"),
    "resolver_failed": _("a fault of this service; please tell its operators"),
    "render_failed": _("a fault of this service; please tell its operators"),
}

BEGINNINGS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("run_is_", _("the run has changed its state")),
    ("is_", _("decided or ended in the meantime")),
    ("smtp_4", _("put off by the mail server")),
    ("smtp_5", _("refused by the mail server")),
    ("gateway_", _("not taken by the gateway of text messages")),
    ("returned_", _("sent back by the mail server")),
)


def reason(code: str) -> str | Promise:
    """The reason in words; the code itself where there are none."""
    if code in REASONS:
        return REASONS[code]
    return next((words for start, words in BEGINNINGS if code.startswith(start)), code)

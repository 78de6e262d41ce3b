"""What a look along the waiting list came to, in words: for the person, and for the desk."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from enrollment.seats.models import Enrollment, PromotionLook

Words = str | Promise

CAUSES: dict[str, Words] = {
    "withdrawn": gettext_lazy("somebody withdrew"),
    "declined": gettext_lazy("somebody declined"),
    "cancelled": gettext_lazy("an enrolment was cancelled"),
    "lapsed": gettext_lazy("an offer ended without an answer"),
    "expired": gettext_lazy("an offer ended without an answer"),
    "decided": gettext_lazy("a request was refused"),
    "transferred": gettext_lazy("somebody moved to another run"),
    "transfer": gettext_lazy("somebody moved to another run"),
    "moved": gettext_lazy("the run got new dates"),
    "capacity": gettext_lazy("the number of seats was changed"),
    "pool": gettext_lazy("seats were shared out or released"),
    "selection": gettext_lazy("the selection was made"),
    "sweep": gettext_lazy("the minute's check"),
}

TO_THE_DESK: dict[str, Words] = {
    "chosen": gettext_lazy("gets a seat"),
    "clash": gettext_lazy("passed over: holds a seat elsewhere at the same time"),
    "short_notice": gettext_lazy("passed over: does not want a seat at short notice"),
    "undecided": gettext_lazy("passed over: a consent is missing"),
    "seats_gone": gettext_lazy("no seat left: others come first by the rules"),
    "pool_exhausted": gettext_lazy("passed over: no free seat in the pools of this person"),
}

TO_THE_PERSON: dict[str, Words] = {
    "chosen": gettext_lazy("It was your turn."),
    "clash": gettext_lazy(
        "You were passed over, because you hold a seat in another run at the same time. "
        "Your place stays."
    ),
    "short_notice": gettext_lazy(
        "You were passed over, because it was too short before the start and you did not say that"
        " this is fine. Your place stays."
    ),
    "undecided": gettext_lazy(
        "You were passed over, because a consent was still missing. Your place stays."
    ),
    "seats_gone": gettext_lazy("All seats went to others who come first by the rules."),
    "pool_exhausted": gettext_lazy(
        "You were passed over, because the free seat is kept for another group. Your place stays."
    ),
}


def cause(code: str) -> str:
    """Why somebody looked along the list."""
    return str(CAUSES.get(code, code))


def to_the_desk(verdict: str, reason: str) -> str:
    """What became of somebody in a pass, for the registrar."""
    if verdict == "promoted":
        return _("got the seat")
    return str(TO_THE_DESK.get(reason, "")) or _("passed over")


def to_the_person(look: PromotionLook) -> str:
    """The same for the one concerned."""
    if look.verdict == "promoted":
        return _("It was your turn.")
    return str(TO_THE_PERSON.get(look.reason, "")) or _("You were passed over. Your place stays.")


def wishes(enrollment: Enrollment) -> list[str]:
    """What the person said about later offers."""
    said = {
        _("You said that a seat at short notice is fine."): enrollment.short_notice,
        _("A seat that comes free is taken for you at once."): enrollment.auto_accept,
    }
    return [sentence for sentence, is_wished in said.items() if is_wished]

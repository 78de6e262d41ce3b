"""What an enrolment's state means for its holder: what happened, why, and what comes next.

Pure: facts in, sentences out, in the language of the page. Every state has its sentences, and a
test goes through all of them. Moments come as words, on the clock of the run.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.planning.enums import RunState
from enrollment.attendance.enums import OutcomeKind
from enrollment.decisions.enums import Decider, Silence, StepKind
from enrollment.pages.reasons import reason
from enrollment.seats.enums import State


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the sentences depend on. Empty words mean: not known or not there."""

    state: str
    asked: str = ""
    due: str = ""
    starts: str = ""
    place: int | None = None
    last_offer: str = ""
    auto_accept: bool = False
    silence_keeps: bool = False  # after a move of the run
    withdraw_until: str = ""
    may_withdraw_freely: bool = True
    run_state: str = RunState.PUBLISHED
    came_from: str = ""
    nominated: bool = False
    end_reason: str = ""
    cancel_reason: str = ""
    is_late: bool = False
    step_kind: str = ""
    step_decider: str = ""
    step_due: str = ""
    step_silence: str = ""
    court: str = ""
    outcome: str = ""
    has_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The answer in three parts; `tone` is the page kit's."""

    what: str
    why: str = ""
    then: str = ""
    tone: str = "info"

    @property
    def short(self) -> str:
        """What a line of a list has room for."""
        return self.what


MOVED_ALONG = frozenset({"merged", "split"})
"""Why a place in a queue ended that goes on in another run."""


def said(case: Case) -> Said:
    """The sentences for this case."""
    return _BY_STATE[State(case.state)](case)


def _requested(case: Case) -> Said:
    what = _("Your request waits for a decision.")
    if case.nominated:
        what = _("You were nominated for this run; the nomination waits for a decision.")
    return Said(
        what=what,
        why=_who_decides(case),
        then=" ".join(filter(None, (_decided_until(case), _silence(case), _told()))),
    )


def _who_decides(case: Case) -> str:
    court = {"court": case.court}
    match case.step_kind, case.step_decider:
        case StepKind.OPINION, Decider.HEAD:
            return _("The head of the court (%(court)s) is asked for an opinion.") % court
        case StepKind.CONSENT, Decider.HEAD:
            return _("This run needs the consent of the head of the court (%(court)s).") % court
        case _:
            return _("The academy decides on requests for this run.")


def _decided_until(case: Case) -> str:
    return _("An answer is due by %(due)s.") % {"due": case.step_due} if case.step_due else ""


def _silence(case: Case) -> str:
    match case.step_silence:
        case Silence.REFUSE:
            return _("Without an answer by then the request counts as refused.")
        case Silence.APPROVE:
            return _("Without an answer by then it counts as agreed.")
        case Silence.LAPSE:
            return _("Without an answer by then it goes on all the same.")
        case Silence.ESCALATE:
            return _("Without an answer by then it goes one level up.")
        case _:
            return ""


def _told() -> str:
    return _("We write to you as soon as it is decided.")


def _waitlisted(case: Case) -> Said:
    what = _("You are on the waiting list.")
    if case.place is not None:
        what = _("You are number %(place)s on the waiting list.") % {"place": case.place}
    if case.auto_accept:
        then = _("When your turn comes the seat is yours at once, and we write to you.")
    else:
        then = _("When your turn comes we offer you the seat, and you have time to accept.")
    if case.last_offer:
        then += " " + _("Seats are offered until %(last)s.") % {"last": case.last_offer}
    why = _("All seats are taken, or others who asked earlier wait for them.")
    return Said(what, why, then, "warning")


def _offered(case: Case) -> Said:
    return Said(
        what=_("A seat is kept for you until %(due)s.") % {"due": case.due},
        why=_nominated(case) or _("A seat came free and it is your turn."),
        then=_("Accept it or decline it. Without an answer it goes to the next person."),
        tone="warning",
    )


def _nominated(case: Case) -> str:
    """That others asked for the seat; not where the queue brought it."""
    by_others = case.nominated and case.came_from != State.WAITLISTED
    return _("You were nominated for this run, and a seat was free.") if by_others else ""


def _confirmed(case: Case) -> Said:
    match case.run_state:
        case RunState.RUNNING:
            return Said(_("The run is under way, and you take part."), tone="success")
        case RunState.FINISHED:
            then = _("The trainer completes the attendance; then the result stands here.")
            return Said(_("The run is over."), then=then)
        case RunState.POSTPONED:
            then = _("As soon as there are new dates we ask whether you are still coming.")
            return Said(_("The run is postponed. You keep your seat."), then=then, tone="warning")
    then = _("It starts on %(starts)s.") % {"starts": case.starts} if case.starts else ""
    parts = [then, _("We remind you a week and a day before."), _until_when(case)]
    what = _("Your seat is confirmed.")
    return Said(what, _how_it_came(case), " ".join(filter(None, parts)), "success")


def _how_it_came(case: Case) -> str:
    match case.came_from:
        case State.WAITLISTED:
            return _("A seat came free and it was your turn.")
        case State.OFFERED:
            return _("You accepted the seat that was offered.")
        case State.REQUESTED:
            return _("Your request was agreed to and a seat was free.")
        case State.RECONFIRM:
            return _("You said that you are still coming.")
        case _:
            return _nominated(case) or _("A seat was free.")


def _until_when(case: Case) -> str:
    if not case.withdraw_until:
        return _("If you cannot come, withdraw before the start: somebody else gets the seat.")
    until = {"until": case.withdraw_until}
    if case.may_withdraw_freely:
        return _("If you cannot come, withdraw by %(until)s: somebody else gets the seat.") % until
    return _("The time to withdraw ended on %(until)s; you still can, with a reason.") % until


def _reconfirm(case: Case) -> Said:
    return Said(
        what=_("The dates or the place have changed. Are you still coming?"),
        why=_("You keep your seat until you answer, at the latest until %(due)s.")
        % {"due": case.due},
        then=_("Without an answer by then you keep the seat.")
        if case.silence_keeps
        else _("Without an answer by then the seat goes to the next person."),
        tone="warning",
    )


def _rejected(case: Case) -> Said:
    return Said(
        what=_("Your request was not approved."),
        why=reason(case.end_reason),
        then=_("You can ask for a place in another run. The decision is not told to anybody else."),
        tone="danger",
    )


def _expired(case: Case) -> Said:
    match case.end_reason:
        case "offer_lapsed":
            what = _("The offer ended before you answered, and the seat went on.")
            then = _("You can ask again: you then stand at the end of the waiting list.")
        case "run_started":
            what = _("The run has begun, and no seat came free for you.")
            then = _("Look for another run of this course.")
        case _:
            what = _("The request ended without a decision.")
            then = _("Look for another run of this course, or speak to your court's coordinator.")
    return Said(what, then=then)


def _withdrawn(case: Case) -> Said:
    match case.end_reason:
        case "declined":
            what = _("You declined the seat.")
        case "substituted":
            return Said(_("A colleague has taken over your seat."))
        case "no_answer":
            what = _("You did not say in time whether you are still coming.")
        case _:
            what = _("You have withdrawn.")
    why = _("This was after the deadline to withdraw.") if case.is_late else ""
    then = _("If you can come after all, ask again while enrolment is open.")
    return Said(what, why, then)


def _cancelled(case: Case) -> Said:
    if case.end_reason == "run_cancelled":
        what = _("The run was cancelled.")
        return Said(what, reason(case.cancel_reason), _another_run(), "danger")
    if case.end_reason in MOVED_ALONG:
        return Said(_("You were moved to another run."), reason(case.end_reason))
    what = _("The academy has cancelled your enrolment.")
    return Said(what, reason(case.end_reason), _another_run(), "danger")


def _another_run() -> str:
    return _("You can ask for a place in another run.")


def _transferred(case: Case) -> Said:
    return Said(_("You were moved to another run."), reason(case.end_reason))


def _closed(case: Case) -> Said:
    match case.outcome:
        case OutcomeKind.COMPLETED if case.has_certificate:
            return Said(
                _("You have completed the course. Your certificate is ready."), tone="success"
            )
        case OutcomeKind.COMPLETED:
            return Said(_("You have completed the course."), tone="success")
        case OutcomeKind.PARTIAL:
            why = _("Less was attended, or passed, than the course asks for.")
            return Said(_("You attended the course in part."), why, tone="warning")
        case OutcomeKind.EXCUSED:
            return Said(_("You were excused from the course."))
        case OutcomeKind.NO_SHOW:
            return Said(_("You are recorded as not having attended."), then=_mistake())
        case _:
            return Said(_("The run is closed."))


def _mistake() -> str:
    return _("If this is a mistake, tell the academy: a record can be corrected.")


_BY_STATE = {
    State.REQUESTED: _requested,
    State.WAITLISTED: _waitlisted,
    State.OFFERED: _offered,
    State.CONFIRMED: _confirmed,
    State.RECONFIRM: _reconfirm,
    State.REJECTED: _rejected,
    State.EXPIRED: _expired,
    State.WITHDRAWN: _withdrawn,
    State.CANCELLED: _cancelled,
    State.TRANSFERRED: _transferred,
    State.CLOSED: _closed,
}

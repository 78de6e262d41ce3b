"""The one click that asks for a place, the answer, and what its holder can do afterwards."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock, ids
from academy.rest.idempotency import LONGEST_KEY, KeyedCall, carry_out, fingerprint
from academy.web.http import actor_of, own_person, see_other, signed_in, viewer_of
from enrollment.calendars import actions as calendar_actions
from enrollment.pages import queue_words
from enrollment.pages.cases import Shown, shown
from enrollment.pages.forms import WithdrawForm
from enrollment.pages.story import story
from enrollment.requests import access, actions, moving_queries, own_queries, rule_queries
from enrollment.requests.moving_rules import PROMISED
from enrollment.requests.own_queries import OwnEnrollment
from enrollment.requests.rules import Wishes
from enrollment.seats.enums import ACTIVE, HOLDING, State
from enrollment.seats.models import Enrollment
from enrollment.trips import queries as trips

MOVED_ON = frozenset({State.TRANSFERRED, State.CANCELLED})
DECIDED = frozenset({State.REQUESTED, State.REJECTED, State.EXPIRED})
"""Where the steps of the request explain the state."""
QUEUED = frozenset({State.REQUESTED, State.WAITLISTED})
"""States in which the order of service matters to the one who asked."""


@require_POST
@signed_in
def enroll(request: HttpRequest, run: UUID) -> HttpResponse:
    """Ask for a place. The same button pressed twice is one request with one answer."""
    person = own_person(request)
    wishes = Wishes(
        short_notice="short_notice" in request.POST, auto_accept="auto_accept" in request.POST
    )
    keyed = KeyedCall(
        caller=viewer_of(request).account_public_id or ids.public_id(),
        key=request.POST.get("key", "")[:LONGEST_KEY] or str(ids.public_id()),
        fingerprint=fingerprint("POST", request.path, None),
        render=lambda enrollment: {"enrollment": str(enrollment.public_id)},
        status=303,
    )
    _status, answer = carry_out(
        keyed,
        lambda call: actions.enroll(
            run=run, person=person, actor=actor_of(request), wishes=wishes, keyed=call
        ),
    )
    return see_other("enrollment:enrollment", enrollment=answer["enrollment"])


@require_safe
@signed_in
def enrollment(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """What happened, why, what comes next, and how it came to this."""
    viewer, now = viewer_of(request), clock.now()
    row = access.enrollment_to_read(viewer, enrollment)
    own = own_queries.own_row(row.pk, now=now)
    events = own_queries.story_of(own)
    context = (
        _more(own)
        | _moves(viewer, row, now)
        | {
            "line": shown(own, now, came_from=_came_from(events, own)),
            "story": story(events, reader=viewer.account_public_id),
            "is_mine": row.person_id == viewer.person_id,
            "ends": own.state in ACTIVE and viewer.may(Right.REGISTER),
            "is_late": _is_late_for(own, now),
            "may_tell_needs": own.state in HOLDING and (not own.ends_at or own.ends_at >= now),
        }
    )
    return render(request, "enrollment/enrollment.html", context)


def _more(own: OwnEnrollment) -> dict[str, Any]:
    """What only some states ask for, so that no page reads more than it shows."""
    sessions = own_queries.sessions_of(own) if own.state in HOLDING else []
    declined = [session.period.lower for session in sessions if session.declined]  # type: ignore[attr-defined]
    return {
        "sessions": sessions,
        "declined": declined[0] if declined else None,
        "trip": trips.own_trip(own.id) if own.state in HOLDING and own.venue else None,
        "decisions": own_queries.decisions_on(own.id) if own.state in DECIDED else [],
        **(_order(own) if own.state in QUEUED else {}),
    }


def _order(own: OwnEnrollment) -> dict[str, Any]:
    """Where the person stands, by which rules, and what each look along the list came to."""
    priority = rule_queries.priority_of(own.id)
    return {
        "priority": priority,
        "wishes": queue_words.wishes(priority.enrollment),
        "looks": [(look, queue_words.to_the_person(look)) for look in own_queries.looks_at(own.id)],
    }


def _moves(viewer: Viewer, row: Enrollment, now: datetime) -> dict[str, Any]:
    """The other ways out of a promised seat, and where somebody went who was moved."""
    if row.state not in PROMISED:
        return {"moved_to": moving_queries.next_of(row) if row.state in MOVED_ON else None}
    if row.person_id != viewer.person_id and not viewer.may(Right.REGISTER):
        return {}
    return {"moves": moving_queries.ways_out(row, now=now)}


def _came_from(events: list[dict[str, Any]], own: OwnEnrollment) -> str:
    steps = (event["data"] for event in events if event["subject_id"] == own.public_id)
    data: dict[str, Any] = next(steps, {})
    return str(data.get("from") or "")


def _answer(
    action: Callable[..., Enrollment], words: Callable[[], str]
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A view of one button: door, action, a word, back to the enrolment."""

    @require_POST
    @signed_in
    def view(request: HttpRequest, enrollment: UUID) -> HttpResponse:
        access.own_enrollment(viewer_of(request), enrollment)
        action(enrollment=enrollment, actor=actor_of(request))
        messages.success(request, words())
        return see_other("enrollment:enrollment", enrollment=enrollment)

    return view


accept = _answer(actions.accept, lambda: _("You have accepted the seat."))
confirm = _answer(actions.confirm, lambda: _("Thank you. You keep your seat."))


@require_POST
@signed_in
def keep(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """To decline in the calendar was a slip: the place is kept."""
    access.own_enrollment(viewer_of(request), enrollment)
    calendar_actions.keep_place(enrollment=enrollment, actor=actor_of(request))
    messages.success(request, _("Thank you. You keep your seat."))
    return see_other("enrollment:enrollment", enrollment=enrollment)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def decline(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Say no to an offer or to new dates, after one more look."""
    line = _own_line(request, enrollment)
    if request.method == "POST":
        actions.decline(enrollment=enrollment, actor=actor_of(request))
        messages.success(request, _("You have declined. The seat goes to the next person."))
        return see_other("enrollment:enrollment", enrollment=enrollment)
    title = _("Decline the seat")
    effects = [_("The seat goes to the next person on the waiting list at once.")]
    context = {"title": title, "submit": title, "effects": effects}
    return _confirm(request, line, context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def withdraw(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Give up a place or a request; after the deadline with a reason."""
    line = _own_line(request, enrollment)
    form = WithdrawForm(request.POST if request.method == "POST" else None, is_late=_is_late(line))
    if request.method == "POST" and form.is_valid():
        actions.withdraw(enrollment=enrollment, actor=actor_of(request), **form.cleaned_data)
        messages.success(request, _("You have withdrawn."))
        return see_other("enrollment:enrollment", enrollment=enrollment)
    context = {"title": _("Withdraw"), "submit": _("Withdraw"), "form": form}
    context |= {"effects": _effects(line), "warning": _warning(line)}
    return _confirm(request, line, context)


def _own_line(request: HttpRequest, enrollment: UUID) -> Shown:
    row = access.own_enrollment(viewer_of(request), enrollment)
    now = clock.now()
    return shown(own_queries.own_row(row.pk, now=now), now)


def _is_late(line: Shown) -> bool:
    return _is_late_for(line.own, clock.now())


def _is_late_for(own: OwnEnrollment, now: datetime) -> bool:
    return own.state in HOLDING and own.withdraw_until is not None and now > own.withdraw_until


def _effects(line: Shown) -> list[str]:
    if line.own.state in HOLDING:
        return [
            _("Your seat goes to the next person on the waiting list."),
            _("If you change your mind, you ask again like everybody else."),
        ]
    if line.own.state == State.WAITLISTED:
        return [_("You lose your place on the waiting list.")]
    return [_("Nobody has to decide on your request any more.")]


def _warning(line: Shown) -> str:
    return _("The time to withdraw is over. Please say why.") if _is_late(line) else ""


def _confirm(request: HttpRequest, line: Shown, context: dict[str, Any]) -> HttpResponse:
    """The kit's page before something that cannot be taken back."""
    frame = {
        "lead": f"{line.title.text} · {line.own.run_code}",
        "danger": True,
        "cancel_url": f"/enrollments/{line.own.public_id}/",
    }
    return render(request, "web/confirm.html", frame | context)

"""What is stuck, in words that a registrar understands."""

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.jobs import actions as job_actions, queries as jobs
from academy.ledger import queries as ledger
from academy.messages import actions as message_actions, address_actions, queries as message_queries
from academy.messages.models import Message
from academy.web.states import look
from enrollment.pages.desk import wellness
from enrollment.pages.desk.frame import actor_of, at_desk, back_or, render, see, viewer_of

SHOWN = 100
STUCK = "stuck"


@require_safe
@at_desk(Right.READ_ALL)
def messages(request: HttpRequest) -> HttpResponse:
    """Every message, the newest first, with what became of it."""
    state = request.GET.get("state", "")
    rows = message_queries.shown_to_staff()
    if state in Message.State.values:
        rows = rows.filter(message_queries.in_state(Message.State(state)))
    elif state == STUCK:
        rows = rows & message_queries.stuck(now=clock.now())
    person = request.GET.get("person", "").strip()
    if person:
        rows = rows.filter(person__family_name__istartswith=person)
    context = {
        "overview": message_queries.desk_overview(now=clock.now()),
        "rows": rows[:SHOWN],
        "counted": message_queries.counted_for_staff(),
        "state": state,
        "person": person,
        "registers": viewer_of(request).may(Right.REGISTER),
        "states": [("", _("All")), (STUCK, _("Stuck")), *_states()],
    }
    return render(request, "desk/messages.html", context)


def _states() -> list[tuple[str, object]]:
    return [(state, look("message", state).label) for state in Message.State.values]


@require_safe
@at_desk(Right.READ_COURT, Right.REGISTER)
def addresses(request: HttpRequest) -> HttpResponse:
    """Whose mails do not arrive: of the own courts, or of all."""
    viewer = viewer_of(request)
    courts = None if viewer.may(Right.REGISTER) else viewer.courts
    context = {
        "rows": message_queries.unreachable(courts=courts, today=clock.now().date()),
        "registers": viewer.may(Right.REGISTER),
    }
    return render(request, "desk/addresses.html", context)


@require_POST
@at_desk(Right.REGISTER)
def revive(request: HttpRequest) -> HttpResponse:
    """Send to an address again that was called unknown."""
    address_actions.revive(address=request.POST.get("address", ""), actor=actor_of(request))
    notices.success(request, _("Mails go to this address again."))
    return see("addresses")


@require_POST
@at_desk(Right.REGISTER)
def send_again(request: HttpRequest, message: UUID) -> HttpResponse:
    """Try a message again that was given up."""
    message_actions.send_again(message=message, actor=actor_of(request))
    notices.success(request, _("The message will be sent again."))
    return see("desk-messages")


@require_POST
@at_desk(Right.REGISTER)
def try_now(request: HttpRequest, message: UUID) -> HttpResponse:
    """Try at once what waits for another try."""
    message_actions.try_now(message=message, actor=actor_of(request))
    notices.success(request, _("The message is tried again now."))
    return see("desk-messages")


@require_safe
@at_desk(Right.READ_ALL)
def health(request: HttpRequest) -> HttpResponse:
    """Each part of the service in plain words; below, who reads events and what work is open."""
    now, lags = clock.now(), ledger.lags()
    work = jobs.unsettled(now)
    context = {
        "parts": wellness.parts(now, lags, work),
        "handlers": [
            (lag, wellness.HANDLERS.get(lag.name, lag.name), wellness.stands_still(lag, now))
            for lag in lags
        ],
        "last_position": ledger.last_position(),
        "work": wellness.work_lines(work),
        "registers": viewer_of(request).may(Right.REGISTER),
    }
    return render(request, "desk/health.html", context)


@require_POST
@at_desk(Right.REGISTER)
def resume(request: HttpRequest, job: UUID) -> HttpResponse:
    """Take work up again that failed or stands still."""
    job_actions.resume(job=job, actor=actor_of(request))
    notices.success(request, _("The work is taken up again in a moment."))
    return back_or(request, "health")


@require_POST
@at_desk(Right.REGISTER)
def give_up(request: HttpRequest, job: UUID) -> HttpResponse:
    """Leave the rest of some work undone."""
    job_actions.give_up(job=job, actor=actor_of(request))
    notices.success(request, _("Given up. What was done stays; the rest is left as it was."))
    return back_or(request, "health")

"""Signing in to a session by oneself, with the code that the room shows."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.core import clock
from academy.core.errors import Refused
from academy.rest import limits
from academy.web.http import actor_of, own_person, see_other, signed_in
from enrollment.attendance import access, check_in
from enrollment.attendance.enums import MarkStatus
from enrollment.pages.forms import CodeForm

TRIES, WINDOW = 10, 600  # wrong guesses of one person at one session, in ten minutes


@require_safe
@signed_in
def sign_in_now(request: HttpRequest) -> HttpResponse:
    """The address that can be typed from a screen: leads to the session that is on now."""
    found = list(access.sessions_to_attend(own_person(request), clock.now()))
    if len(found) == 1:
        return redirect("enrollment:check-in", session=found[0].public_id)
    return render(request, "enrollment/check_in_now.html", {"sessions": found})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sign_in_to(request: HttpRequest, session: UUID) -> HttpResponse:
    """Type the code, or come by the QR code with it filled in; looking alone signs nobody in."""
    person = own_person(request)
    meeting = access.session_to_attend(person, session)
    sent = request.POST if request.method == "POST" else None
    form = CodeForm(sent, initial={"code": request.GET.get("code", "")[:12]})
    if sent and form.is_valid():
        try:
            _count_a_try(person, session)
            mark = check_in.check_in(
                session=session,
                person=person,
                code=form.cleaned_data["code"],
                actor=actor_of(request),
            )
        except Refused as refusal:
            form.add_error("code", str(refusal.sentence))
        else:
            messages.success(request, _said(mark.status, mark.minutes))
            return see_other("enrollment:my")
    context = {"session": meeting, "run": meeting.run, "form": form}
    return render(request, "enrollment/check_in.html", context, status=400 if form.errors else 200)


def _count_a_try(person: int, session: UUID) -> None:
    tried = limits.once_more("check-in", f"{person}:{session}", limit=TRIES, window=WINDOW)
    if tried and tried.used > tried.limit:
        raise Refused(
            "too_many_tries", _("Too many wrong codes. Ask the trainer to mark you in the list.")
        )


def _said(status: str, minutes: int) -> str:
    if status == MarkStatus.PRESENT:
        return _("You are signed in: present.")
    if status == MarkStatus.LATE:
        return _("You are signed in: late, %(minutes)d minutes count.") % {"minutes": minutes}
    return _("The trainer has already marked you at this session.")

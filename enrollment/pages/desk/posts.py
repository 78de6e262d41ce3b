"""Places whose post has ended: the registrar keeps or cancels each with one click."""

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from academy.access.enums import Right
from academy.core.errors import Invalid
from enrollment.pages.desk.frame import actor_of, at_desk, see
from enrollment.requests import following


@require_POST
@at_desk(Right.REGISTER)
def settle(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """The answer for one place."""
    match request.POST.get("answer"):
        case "keep":
            following.keep_place(enrollment=enrollment, actor=actor_of(request))
            notices.success(request, _("The place is kept."))
        case "cancel":
            following.cancel_place(enrollment=enrollment, actor=actor_of(request))
            notices.success(request, _("The place is cancelled."))
        case _other:
            raise Invalid("invalid", _("Please choose an answer."))
    return see("desk")

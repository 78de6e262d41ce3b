"""Other court systems: what each may see, what it has seen, and how far behind it is."""

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academy.access.enums import Right
from academy.clients import queries as clients, webhooks
from academy.core import clock
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of

PAGE = 20


@require_safe
@at_desk(Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Every system with a key."""
    return render(request, "desk/systems.html", {"standings": clients.standings()})


@require_safe
@at_desk(Right.READ_ALL)
def show(request: HttpRequest, client: UUID) -> HttpResponse:
    """One system: scopes, fields, lag, and whose data it has read."""
    row = clients.client_of(client)
    before = request.GET.get("before", "")
    reads = clients.disclosures_to(row)
    if before.isascii() and before.isdigit() and len(before) < 19:
        reads = reads.filter(id__lt=int(before))
    shown = list(reads[: PAGE + 1])
    context = {
        "client": row,
        "standing": clients.standing_of(row),
        "sight": clients.sight_of(row),
        "two_secrets": row.former_until is not None and row.former_until > clock.now(),
        "webhooks": clients.webhooks_of(row.public_id),
        "calls": clients.calls_to(row)[:PAGE],
        "may_call": viewer_of(request).may(Right.REGISTER),
        "disclosures": shown[:PAGE],
        "next_url": f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
    }
    return render(request, "desk/system.html", context)


@require_POST
@at_desk(Right.REGISTER)
def send_test(request: HttpRequest, client: UUID, webhook: UUID) -> HttpResponse:
    """Call an address of this system with a test."""
    row = clients.webhook_of(webhook, client)
    webhooks.try_webhook(webhook=row.public_id, actor=actor_of(request))
    notices.success(request, _("The address is being called. Look again in a moment."))
    return see("system", client=client)


@require_POST
@at_desk(Right.REGISTER)
def replay(request: HttpRequest, client: UUID, call: UUID) -> HttpResponse:
    """Make a call of this system again."""
    row = clients.call_to(client, call)
    webhooks.replay_call(call=row.public_id, actor=actor_of(request))
    notices.success(request, _("The address is being called. Look again in a moment."))
    return see("system", client=client)

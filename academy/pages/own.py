"""Pages about the person who looks: profile, who saw the data, what we sent."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Role
from academy.accounts import actions as accounts
from academy.clients import queries as clients
from academy.clients.models import Disclosure
from academy.core import clock
from academy.messages import actions as messages_actions, queries as messages_queries
from academy.messages.models import Message
from academy.pages.forms import LanguageForm
from academy.people import queries as people
from academy.web.http import own_person, see_other, signed_in, viewer_of

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, in which language, and which roles I have."""
    viewer = viewer_of(request)
    spoken = {"language": translation.get_language()}
    form = LanguageForm(request.POST or None, initial=spoken)
    if request.method == "POST" and form.is_valid() and viewer.account_id:
        return _speak(request, viewer.account_id, form.cleaned_data["language"])
    posts = people.appointments_on(clock.now().date()).filter(person=viewer.person_id or 0)
    context = {
        "form": form,
        "posts": posts,
        "roles": [role.label for role in Role if role in viewer.roles],
    }
    return render(request, "academy/profile.html", context)


def _speak(request: HttpRequest, account: int, language: str) -> HttpResponse:
    """Remember the language, here and on this device, and say so in that language."""
    accounts.choose_language(account=account, language=language)
    with translation.override(language):
        messages.success(request, _("Saved. This is your language from now on."))
    response = see_other("academy:profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_safe
@signed_in
def disclosures(request: HttpRequest) -> HttpResponse:
    """Which other systems read my data, when, and what."""
    person = viewer_of(request).person_public_id
    before = _number(request.GET.get("before"))
    rows = clients.disclosures_about(person) if person else Disclosure.objects.none()
    shown = list(rows.filter(id__lt=before)[: PAGE + 1] if before else rows[: PAGE + 1])
    context = {"disclosures": shown[:PAGE], "next_url": _next(shown)}
    return render(request, "academy/disclosures.html", context)


@require_safe
@signed_in
def sent(request: HttpRequest) -> HttpResponse:
    """What we sent you. Having looked at the newest page means having read it."""
    person = own_person(request)
    before = _number(request.GET.get("before"))
    rows = messages_queries.sent_to(person).exclude(title="")
    shown: list[Message] = list((rows.filter(id__lt=before) if before else rows)[: PAGE + 1])
    if shown and any(message.read_at is None for message in shown):
        messages_actions.mark_read(person=person, upto=shown[0].pk, at=clock.now())
    context = {"sent": shown[:PAGE], "next_url": _next(shown)}
    return render(request, "academy/sent.html", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _next(shown: list[Message] | list[Disclosure]) -> str:
    return f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""

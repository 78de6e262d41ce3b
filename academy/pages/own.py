"""Pages about the person who looks: profile, who saw the data, what we sent."""

import orjson
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Role
from academy.accounts import actions as accounts
from academy.clients import queries as clients
from academy.clients.models import Disclosure
from academy.core import clock
from academy.core.errors import Missing
from academy.messages import actions as messages_actions, links, queries as messages_queries
from academy.messages.enums import Convenience
from academy.messages.models import Message
from academy.pages.forms import LanguageForm, MailForm
from academy.people import actions as people_actions, queries as people
from academy.web.http import actor_of, own_person, see_other, signed_in, viewer_of

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
    choice = messages_queries.choice_of(viewer.person_id) if viewer.person_id else None
    return _profile(request, form, MailForm(initial=choice) if choice else None)


def _profile(request: HttpRequest, form: LanguageForm, mail_form: MailForm | None) -> HttpResponse:
    viewer = viewer_of(request)
    posts = people.appointments_on(clock.now().date()).filter(person=viewer.person_id or 0)
    context = {
        "form": form,
        "mail_form": mail_form,
        "posts": posts,
        "roles": [role.label for role in Role if role in viewer.roles],
    }
    return render(request, "academy/profile.html", context)


@require_POST
@signed_in
def choose_mails(request: HttpRequest) -> HttpResponse:
    """Where reminders go that are not duty, and how often."""
    person = own_person(request)
    form = MailForm(request.POST)
    if not form.is_valid():
        spoken = LanguageForm(initial={"language": translation.get_language()})
        return _profile(request, spoken, form)
    messages_actions.choose(
        person=person,
        conveniences=Convenience(form.cleaned_data["conveniences"]),
        wants_digest=form.cleaned_data["wants_digest"],
        phone=form.cleaned_data.get("phone", ""),
    )
    messages.success(request, _("Saved. What asks you to act is always sent by e-mail."))
    return see_other("academy:profile")


@csrf_exempt  # a mail client presses the button for its owner (RFC 8058); the token is the right
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mails that are not duty, without signing in. Looking at the page changes nothing."""
    message = links.message_of(token)
    if message is None:
        raise Missing("unknown_link", _("This link is not complete. Copy all of it."))
    if request.method == "POST":
        messages_actions.stop_mails(message=message)
    context = {"is_done": request.method == "POST"}
    response = render(request, "academy/stop_mails.html", context)
    response["Cache-Control"] = "no-store"
    return response


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
    context = {
        "disclosures": shown[:PAGE],
        "next_url": _next(shown),
        "tells_records": bool(settings.XAPI_ENDPOINT),
    }
    return render(request, "academy/disclosures.html", context)


@require_POST
@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything that the service keeps about the person, as one file to carry away."""
    document = people_actions.tell_everything(person=own_person(request), actor=actor_of(request))
    response = HttpResponse(
        orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2),
        content_type="application/json",
    )
    response["Content-Disposition"] = 'attachment; filename="my-training-data.json"'
    response["Cache-Control"] = "private, no-store"
    return response


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

"""Signing in by somebody else's word: the courts' identity provider, a signature service."""

import secrets
from datetime import UTC, datetime

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts import actions, registry, rules
from academy.accounts.identity_provider import Exchange
from academy.core import clock
from academy.core.errors import Missing, Refused
from academy.pages.forms import SignatureForm

ASKED = "signature_asked"


@require_safe
def to_identity_provider(request: HttpRequest) -> HttpResponseBase:
    """On to the provider. A link, so that the content policy need not open forms to its host."""
    return Exchange(request).get_provider().send_to(request, _next(request))


@require_safe
def identity_provider_answer(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider: signed in, or told why not."""
    answer: HttpResponseBase = OAuth2CallbackView.adapter_view(Exchange(request))(request)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def signature(request: HttpRequest) -> HttpResponseBase:
    """A text to sign, made for this visit; then the signature of it, which is tried once."""
    if registry.signature_service() is None:
        raise Missing("no_signature_service", "No signature service is configured.")
    form = SignatureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        too_many = ratelimit.consume_or_429(request, action="login")
        return too_many or _signed_in(request, form.cleaned_data["signature"])
    context = {"form": form, "challenge": _challenge(request), "next": _next(request)}
    return render(request, "account/signature.html", context)


def _challenge(request: HttpRequest) -> str:
    at = clock.now()
    text = rules.challenge(
        place=settings.PUBLIC_URL, nonce=secrets.token_urlsafe(32), at=at.astimezone(UTC)
    )
    request.session[ASKED] = [text, at.isoformat()]
    return text


def _signed_in(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Sign in who signed. The text is taken out of the session first: it is good for one try."""
    text, at = request.session.pop(ASKED, ("", ""))
    request.session.save()
    if not text or not rules.is_fresh(datetime.fromisoformat(at), clock.now()):
        raise Refused("challenge_over", _("Too much time has passed. Sign the new text."))
    account = actions.enter_signed(challenge=text, signature=signed)
    answer: HttpResponseBase = perform_login(
        request, account, email_verification="none", redirect_url=_next(request) or None
    )
    return answer


def _next(request: HttpRequest) -> str:
    """Where to go on: only to a page of this service."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else ""

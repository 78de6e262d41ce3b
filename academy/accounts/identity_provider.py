"""The courts' own identity provider (OpenID Connect), where one is configured.

django-allauth speaks the protocol. Added here is what it leaves out: a nonce that is sent and
compared, PKCE always, the signature of the identity token checked under algorithms of our own list,
and some seconds of leave for clocks that differ. Nothing of what the provider says is stored.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import jwt
import requests
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from academy.accounts import actions, rules
from academy.core.actor import Actor
from academy.core.errors import Missing

NAME = "identity-provider"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
CLOCKS_MAY_DIFFER = 60  # seconds
PATIENCE = 5  # seconds for the provider's keys
ME = Actor.system("accounts.identity_provider")

log = structlog.get_logger(__name__)


class Provider(OpenIDConnectProvider):
    """The one provider of the settings; neither a row nor the address bar adds another."""

    pkce_enabled_default = True

    def send_to(self, request: HttpRequest, back_to: str) -> HttpResponseBase:
        """To the provider, with a nonce that its answer must carry."""
        nonce = secrets.token_urlsafe(32)
        try:
            where: HttpResponseBase = self.redirect(
                request, AuthProcess.LOGIN, back_to, auth_params={"nonce": nonce}, nonce=nonce
            )
        except (requests.RequestException, KeyError) as error:
            return _failed(request, reason=type(error).__name__)
        return where

    def get_oauth2_adapter(self, request: HttpRequest) -> "Exchange":
        """The way in which codes and keys are asked for."""
        return Exchange(request)


class Exchange(OpenIDConnectOAuth2Adapter):
    """A code for an identity, with the checks of OpenID Connect Core 3.1.3.7 all made."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, NAME)

    def get_provider(self) -> Provider:
        """The configured provider; where none is, there is no such page."""
        if not settings.OIDC_ISSUER:
            raise Missing("no_identity_provider", "No identity provider is configured.")
        app = SocialApp(
            provider=Provider.id,
            provider_id=NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={
                "server_url": settings.OIDC_ISSUER,
                "scope": settings.OIDC_SCOPES,
                "token_auth_method": settings.OIDC_CLIENT_AUTH,
            },
        )
        return Provider(self.request, app=app)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The address that the provider has on its list, whatever this request was sent to."""
        return f"{settings.PUBLIC_URL}{reverse('identity_provider_answer')}"

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, **kwargs: Any
    ) -> Any:
        """Tokens for the code; an answer without an identity is none."""
        data = super().get_access_token_data(request, app, client, **kwargs)
        if not data.get("id_token"):
            raise OAuth2Error("no id_token")
        return data

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Who signs in, by the identity token; what else the provider tells must be of the same."""
        identity = self._decode_id_token(app, kwargs["response"]["id_token"])
        told = self._fetch_user_info(token.token)
        if told.get("sub") != identity["sub"]:
            raise OAuth2Error("userinfo is of somebody else")
        data = {"id_token": identity, "userinfo": {**told, **identity}}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        issuer = self.openid_config.get("issuer", "")
        if issuer.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error("the provider describes another issuer")
        try:
            keys = jwt.PyJWKClient(self.openid_config["jwks_uri"], timeout=PATIENCE)
            claims = jwt.decode(
                id_token,
                keys.get_signing_key_from_jwt(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=issuer,
                leeway=CLOCKS_MAY_DIFFER,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"id_token refused: {type(error).__name__}") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("id_token was made for another client")
        return claims


class Matching(DefaultSocialAccountAdapter):
    """Who the provider's person is here. allauth's own accounts of other services stay empty."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: who signs in is known to HR, or is nobody."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Match the identity to a person that HR knows, or refuse."""
        claims: Mapping[str, Any] = sociallogin.account.extra_data["userinfo"]
        if not _fits(sociallogin.state.get("nonce"), claims.get("nonce")):
            self.on_authentication_error(request, None, exception=OAuth2Error("nonce"))
        value = rules.named(claims, claim=settings.OIDC_CLAIM, by=settings.OIDC_MATCHES)
        sociallogin.user = actions.enter(by=settings.OIDC_MATCHES, value=value, actor=ME)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Leave allauth's way for our own page."""
        status = 200 if error == AuthError.CANCELLED else 502
        raise ImmediateHttpResponse(_failed(request, reason=str(exception or error), status=status))


def _failed(request: HttpRequest, *, reason: str, status: int = 502) -> HttpResponse:
    """A calm page with the way back. The reason goes to the log, without what was sent."""
    log.warning("identity_provider.refused", reason=reason[:300])
    return render(request, "account/identity_provider_failed.html", status=status)


def _fits(sent: str | None, answered: object) -> bool:
    """Whether the answer belongs to the question of this browser."""
    if not sent or not isinstance(answered, str):
        return False
    return secrets.compare_digest(sent.encode(), answered.encode())

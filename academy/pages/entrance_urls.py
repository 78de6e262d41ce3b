"""Addresses of signing in, under the names that django-allauth and its templates know."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from academy.pages import entrance

urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/courts/", entrance.to_identity_provider, name="identity_provider"),
    path(
        "sign-in/courts/answer/", entrance.identity_provider_answer, name="identity_provider_answer"
    ),
    path("sign-in/signature/", entrance.signature, name="signature"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/closed/", account.signup, name="account_signup"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/password/reset/", account.password_reset, name="account_reset_password"),
    path(
        "account/password/reset/sent/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "account/password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/2fa/", include("allauth.mfa.urls")),
    # A language is nobody's secret. Without a token, signed-out pages are the same bytes for all.
    path("language/", csrf_exempt(set_language), name="set_language"),
]

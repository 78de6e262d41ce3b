"""What every page's frame shows: the navigation of the viewer's roles, the account, the bell."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.access.enums import Role
from academy.access.queries import NOBODY, Viewer
from academy.accounts.registry import signature_service
from academy.messages.queries import unread_of

Label = str | Promise
DESK_ROLES = frozenset(
    {
        *(Role.TRAINER, Role.COORDINATOR, Role.HEAD, Role.REGISTRAR, Role.AUDITOR),
        Role.PARTNER,
    }
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of `web/base.html`."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    return {
        "service_name": settings.SERVICE_NAME,
        "nav": _nav(viewer, request.path, signed_in=signed_in),
        "account": _account(request) if signed_in else None,
        "unread": unread_of(viewer.person_id) if viewer.person_id else 0,
        "links": {
            "home": "/",
            "messages": reverse("academy:sent") if signed_in else "",
            "sign_in": reverse("account_login"),
            "identity_provider": reverse("identity_provider") if settings.OIDC_ISSUER else "",
            "signature": reverse("signature") if signature_service() else "",
            "help": reverse("academy:help"),
            "privacy": reverse("academy:privacy"),
            "accessibility": reverse("academy:accessibility"),
            "verify": "/verify/",
            "priority": "/priority/",
            "api_docs": reverse("rest:docs"),
        },
    }


def _nav(viewer: Viewer, path: str, *, signed_in: bool) -> list[tuple[str, Label, bool]]:
    items: list[tuple[str, Label]] = []
    if signed_in:
        items.append(("/", _("My training")))
    items.append(("/courses/", _("Courses")))
    if signed_in and viewer.roles & DESK_ROLES:
        items.append(("/desk/", _("Desk")))
    return [(url, label, _is_current(url, path)) for url, label in items]


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _account(request: HttpRequest) -> dict[str, Any]:
    menu: Sequence[tuple[str, Label]] = (
        (reverse("academy:profile"), _("Profile")),
        (reverse("academy:sent"), _("What we sent you")),
        (reverse("mfa_index"), _("Sign-in security")),
        (reverse("account_change_password"), _("Change password")),
    )
    return {"name": request.user.get_username(), "menu": menu}

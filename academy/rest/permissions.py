"""Who may call an endpoint: one declaration per method, rights for people, scopes for systems."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from academy.access.enums import Right
from academy.access.queries import NOBODY, Viewer


@dataclass(frozen=True, slots=True)
class Needs:
    """What a caller must have.

    People need any one of `rights` (none named: to be signed in); another system needs `scope`
    (none named: no system may). Which objects they then see is the door's business.
    """

    scope: str | None = None
    rights: frozenset[Right] = frozenset()
    is_public: bool = False

    def met_by(self, viewer: Viewer) -> bool:
        """Whether this caller may call at all."""
        if self.is_public:
            return True
        if viewer.client_id:
            return self.scope in viewer.scopes
        if viewer.account_id is None:
            return False
        return not self.rights or any(viewer.may(right) for right in self.rights)


PUBLIC = Needs(is_public=True)


def signed_in(scope: str | None = None) -> Needs:
    """Any account; a system with this scope."""
    return Needs(scope)


def any_of(*rights: Right, scope: str | None = None) -> Needs:
    """An account with one of these rights; a system with this scope."""
    return Needs(scope, frozenset(rights))


NeedsByMethod = Mapping[str, Needs]


def needs_of(view: Any, method: str) -> Needs | None:
    """What the view declares for a method; HEAD is a GET without a body."""
    declared: NeedsByMethod = getattr(view, "needs", {})
    return declared.get("GET" if method == "HEAD" else method)


class SignedIn(BasePermission):
    """Reads the view's declaration; a method without one is closed."""

    message = "You may not do this."
    code = "forbidden"

    def has_permission(self, request: Request, view: Any) -> bool:
        method = request.method or ""
        needs = needs_of(view, method)
        if needs is None:
            return not view.answers(method)  # there is nothing to close: 405 follows
        return needs.met_by(getattr(request, "viewer", NOBODY))

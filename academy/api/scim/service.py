"""The SCIM protocol over our directory, one application per call: it acts for one caller."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from scim2_models import ForbiddenException, ResourceType, UnauthorizedException
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService

from academy.api.scim.resources import SERVICE, provider_for
from academy.api.scim.storage import Directory
from academy.core import texts
from academy.core.actor import Actor
from academy.courts import queries as courts

PEOPLE, ROLES = "people:provision", "roles:provision"
READS = {Operation.query, Operation.search}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; nobody is the caller without a token."""

    actor: Actor
    scopes: frozenset[str]


class Service(ScimService):
    """People for those with one scope, members of roles for those with another."""

    def authorize(self, request: ScimRequest, target: Target, resource_type: ResourceType) -> None:
        """Refuse what the scopes of the caller do not cover."""
        scopes = request.subject.scopes
        is_role = resource_type.name == "Group" and target.operation not in READS
        needed = ROLES if is_role else PEOPLE
        if needed not in scopes:
            raise ForbiddenException(detail=f"This needs the scope {needed}.")

    def apply_replacement(self, current: Any, replacement: Any, conditions: Any) -> Any:
        """A directory that does not speak our extension at all leaves the posts as they are."""
        service = type(current).get_extension_model(SERVICE)
        if service and replacement[service] is None and "active" in type(replacement).model_fields:
            replacement[service] = current[service]
        return super().apply_replacement(current, replacement, conditions)

    def apply_patch(self, current: Any, patch_op: Any, conditions: Any) -> Any:
        """Another court or position without a first day of its own begins today."""
        before = _place_in(current)  # read first: what is patched may be changed in place
        patched = super().apply_patch(current, patch_op, conditions)
        post = _post_in(patched)
        if before and post and before != _place_in(patched) and not _names_a_day(patch_op):
            post.since = None
        return patched


def _post_in(resource: Any) -> Any:
    """The permanent post in a User; nothing in a Group."""
    extension = type(resource).get_extension_model(SERVICE) if resource else None
    service = resource[extension] if extension else None
    return service and service.post


def _place_in(resource: Any) -> tuple[str, str] | None:
    post = _post_in(resource)
    return (post.court, post.position) if post else None


def _names_a_day(patch_op: Any) -> bool:
    told = (f"{step.path} {step.value}".lower() for step in patch_op.operations or ())
    return any("since" in words.replace("inservicesince", "") for words in told)


class Application(WSGIApplication):
    """One call of one caller."""

    def __init__(self, caller: Caller | None) -> None:
        provider = provider_for(*courts.codes(), tuple(texts.languages()))
        actor = caller.actor if caller else Actor.system("scim")
        super().__init__(Directory(provider, actor), provider, Service(provider))
        self.caller = caller

    def check_auth(self, request: ScimRequest) -> None:
        """Only other systems call this; people use the pages."""
        if self.caller is None:
            raise UnauthorizedException

    def get_subject(self, request: ScimRequest) -> Any:
        """The caller, for the service's `authorize`."""
        return self.caller


def answer(caller: Caller | None, request: ScimRequest) -> ScimResponse:
    """Serve one call."""
    return Application(caller).serve(request)


def request_from(
    *, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> ScimRequest:
    """A call as the protocol's core reads it."""
    base = f"{settings.PUBLIC_URL}/scim/v2"
    return ScimRequest(method, base, f"/{path}", query, headers, body)

"""People and roles as SCIM resources: read from the tables, changed through the actions."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import ScimStorage, SearchPage

from academy.access import actions as access, queries as roles
from academy.access.enums import Role
from academy.api.scim.filters import condition
from academy.api.scim.reading import user_of, wanted_from
from academy.api.scim.resources import Group, GroupMember
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused, Stale
from academy.people import provisioning
from academy.people.models import Appointment, Person


class Directory(ScimStorage):
    """What one caller may bring in, on the tables of people and roles."""

    def __init__(self, provider: ScimProvider, actor: Actor) -> None:
        self.actor = actor
        self.user: Any = provider.model_for("User")

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """One person, or one role with the people who have it."""
        if resource_type.name == "Group":
            return self._group(_role(resource_id))
        row = _visible().filter(public_id=_uuid(resource_id)).first()
        if row is None:
            raise NotFoundException
        return self._user(row)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """One page of people, oldest entries first; or of roles."""
        start, many = search_request.start_index_0 or 0, search_request.count
        stop = None if many is None else start + many
        if [kind.name for kind in resource_types] == ["Group"]:
            groups = [self._group(role) for role in access.GRANTED_BY_HR]
            wanted = search_request.filter
            found = [group for group in groups if wanted is None or wanted.match(group)]
            return SearchPage(len(found), [*found[start:stop]])
        rows = _visible()
        if search_request.filter is not None:
            rows = rows.filter(condition(search_request.filter.ast))
        shown = [self._user(row) for row in rows[start:stop]] if many != 0 else []
        return SearchPage(rows.count(), shown)

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """A person who joins; or who comes back, known by the external id."""
        _only_people(resource_type)
        with _told():
            wanted = wanted_from(resource)
            row = provisioning.provision_person(wanted=wanted, actor=self.actor)
        return self.get(resource_type, str(row.public_id))

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """A person who changes, or the people who have a role."""
        if resource_type.name == "Group":
            return self._update_group(resource)
        row = _visible().filter(public_id=_uuid(resource.id)).first()
        if row is None:
            raise NotFoundException
        with _told():
            provisioning.provision_person(
                wanted=wanted_from(resource),
                person=row.public_id,
                actor=self.actor,
                unchanged=self._is_still(expected_version),
            )
        return self.get(resource_type, str(resource.id))

    def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """A person whom HR no longer follows: leaves, and is not found any more."""
        _only_people(resource_type)
        with _told():
            provisioning.deprovision_person(
                person=_uuid(resource_id),
                actor=self.actor,
                unchanged=self._is_still(expected_version),
            )

    def _is_still(self, version: str | None) -> Callable[[Person], bool]:
        """Asked under the row's lock: whether the person is as the caller read it."""

        def unchanged(row: Person) -> bool:
            present = self._user(_visible().get(pk=row.pk))
            return version is None or (present.meta or Meta()).version == version

        return unchanged

    def _user(self, row: Person) -> Resource[Any]:
        found: Resource[Any] = user_of(self.user, row, clock.now().date())
        found.meta = _meta("User", found, row.created_at, row.changed_at)
        return found

    def _group(self, role: Role) -> Resource[Any]:
        members = [
            GroupMember(value=str(person), ref=f"Users/{person}", display=name)
            for person, name in roles.people_with(role)
        ]
        found = Group(id=role.value, display_name=str(role.value), members=members or None)
        found.meta = _meta("Group", found, None, None)
        return found

    def _update_group(self, resource: Any) -> Resource[Any]:
        role = _role(resource.id)
        people = {_uuid(member.value) for member in resource.members or ()}
        with _told():
            access.set_role(role=role, people=people, actor=self.actor)
        return self._group(role)


def _visible() -> QuerySet[Person]:
    """The people whom HR follows, with what a filter may ask for."""
    today = clock.now().date()
    posts = Appointment.objects.filter(
        Q(period__endswith__isnull=True) | Q(period__endswith__gt=today + timedelta(days=1)),
        person=OuterRef("pk"),
        kind=Appointment.Kind.PERMANENT,
    ).order_by("-period")
    return (
        Person.objects.filter(deprovisioned_at=None)
        .annotate(
            known_as=Coalesce(
                NullIf("user_name", Value("")),
                "external_id",
                Cast("public_id", CharField()),
                output_field=CharField(),
            ),
            active=ExpressionWrapper(Q(left_on__isnull=True), output_field=BooleanField()),
            present_court=Subquery(posts.values("court__code")[:1]),
            present_position=Subquery(posts.values("position__code")[:1]),
        )
        .prefetch_related("appointments__court", "appointments__position")
        .order_by("pk")
    )


def _meta(kind: str, found: Any, created: Any, changed: Any) -> Meta:
    """The version is a digest of what is shown, whoever changed it: HR, an import, a registrar."""
    body = found.model_dump_json(exclude={"meta"}).encode()
    version = f'W/"{zlib.crc32(body):08x}{len(body):x}"'
    return Meta(resource_type=kind, version=version, created=created, last_modified=changed)


def _role(name: str | None) -> Role:
    if name not in {role.value for role in access.GRANTED_BY_HR}:
        raise NotFoundException
    return Role(name)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise NotFoundException from None


def _only_people(resource_type: ResourceType) -> None:
    if resource_type.name != "User":
        raise ForbiddenException(detail="Roles are neither made nor removed; change their members.")


@contextmanager
def _told() -> Iterator[None]:
    """The institution's refusals in SCIM's words."""
    try:
        yield
    except Refused as refused:
        _raise(refused)


def _raise(refused: Refused) -> NoReturn:
    match refused:
        case Missing():
            raise NotFoundException from refused
        case Stale():
            raise PreconditionFailedException from refused
        case Refused(code="taken"):
            raise UniquenessException(detail=str(refused.sentence)) from refused
    raise InvalidValueException(detail=str(refused.sentence)) from refused

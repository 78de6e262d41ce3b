"""What a User and a Group are here: only attributes that are kept are announced.

Courts and positions are announced as canonical values, so that the other side can offer them.
"""

from functools import lru_cache
from typing import Annotated, Any, cast

from pydantic import EmailStr, Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

SERVICE = "urn:judicial-training:scim:schemas:extension:service:1.0:User"
# Directories send what they have: attributes that are not kept are left out, not refused.
LENIENT = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
MOST_FOUND = 200
MOST_NAMED = 1_000  # codes of courts that a schema lists


class Name(ComplexAttribute):
    """The parts of a name; the patronymic is the middle name."""

    family_name: Annotated[str | None, Required.true] = None
    given_name: Annotated[str | None, Required.true] = None
    middle_name: str | None = None


class Email(ComplexAttribute):
    """The one address that messages go to."""

    value: Annotated[EmailStr | None, Required.true] = None
    type: str | None = Field(None, examples=["work"])
    primary: bool | None = None


class Enterprise(Extension):
    """The enterprise extension, as far as it follows from what is kept."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    organization: Annotated[str | None, Mutability.read_only, Returned.request] = None
    department: Annotated[str | None, Mutability.read_only, Returned.request] = None


class HeldPost(ComplexAttribute):
    """A post with its dates; `until` is the last day in it."""

    court: Annotated[str | None, Mutability.read_only] = None
    position: Annotated[str | None, Mutability.read_only] = None
    kind: Annotated[str | None, Mutability.read_only] = None
    since: Annotated[str | None, Mutability.read_only] = None
    until: Annotated[str | None, Mutability.read_only] = None


class GroupMember(ComplexAttribute):
    """A person whose account has the role."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[str | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


class Group(Resource[Any]):
    """A role of the service; there are as many groups as roles that can be granted."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Mutability.read_only, Required.false] = None
    members: list[GroupMember] | None = None


class User(Resource[Any]):
    """A person as HR knows them."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Annotated[Name | None, Required.true] = None
    display_name: Annotated[str | None, Mutability.read_only] = None
    emails: list[Email] | None = None
    active: Annotated[bool | None, Required.true] = None


@lru_cache(maxsize=2)
def provider_for(
    courts: tuple[str, ...], positions: tuple[str, ...], languages: tuple[str, ...]
) -> ScimProvider:
    """The description of the service for these codes."""
    person, extension = _person(languages), _extension(courts, positions)
    users = ResourceType.from_resource(person[Enterprise | extension])
    groups = ResourceType.from_resource(Group)
    return ScimProvider([person, Enterprise, extension, Group], [users, groups], _config(), LENIENT)


def _person(languages: tuple[str, ...]) -> Any:
    """The core schema, with the languages that messages are written in."""

    class Person(User):
        __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

        preferred_language: Annotated[str | None, Required.true] = Field(
            None, examples=list(languages)
        )

    Person.__name__ = Person.__qualname__ = "User"
    return Person


def _extension(courts: tuple[str, ...], positions: tuple[str, ...]) -> Any:
    """Our own extension: where somebody serves, as what, from when to when."""

    class Post(ComplexAttribute):
        """The permanent post."""

        court: Annotated[str | None, Required.true, CaseExact.true] = Field(
            None, examples=list(courts[:MOST_NAMED])
        )
        position: Annotated[str | None, Required.true, CaseExact.true] = Field(
            None, examples=list(positions[:MOST_NAMED])
        )
        since: str | None = Field(None, examples=["2020-02-01"])
        until: Annotated[str | None, Required.false] = Field(None, examples=["2099-12-31"])

    class Service(Extension):
        """Court, position and the dates of appointments."""

        __schema__ = URN(SERVICE)

        in_service_since: str | None = Field(None, examples=["2020-01-31"])
        last_day: Annotated[str | None, Mutability.read_only, Returned.request] = None
        post: Post | None = None
        posts: Annotated[list[HeldPost] | None, Mutability.read_only, Returned.request] = None

    return Service


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_FOUND),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="OAuth 2 client credentials",
                description="A token from /oauth/token/ with the scope people:provision.",
                spec_uri=cast("Any", Reference("https://www.rfc-editor.org/info/rfc6750")),
            )
        ],
    )

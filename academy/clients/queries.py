"""Reads of other systems: who stands behind a token, what a client has seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from oauth2_provider.models import get_access_token_model

from academy.clients.models import Client, Disclosure


@dataclass(frozen=True, slots=True)
class ClientPass:
    """What a valid access token stands for."""

    client_pk: int
    client_id: UUID
    projection: str
    scopes: frozenset[str]
    expires: datetime


def digest_of(token: str) -> str:
    """Tokens are looked up by their digest."""
    return hashlib.sha256(token.encode()).hexdigest()


def pass_of(digest: str, *, now: datetime) -> ClientPass | None:
    """The client behind a token, in one statement; None when it is unknown, over or taken back.

    A scope that was taken from the client is gone from its tokens as well.
    """
    row = (
        get_access_token_model()
        .objects.filter(token_checksum=digest, expires__gt=now, application__isnull=False)
        .values_list(
            "application_id",
            "application__public_id",
            "application__projection",
            "application__scopes",
            "scope",
            "expires",
        )
        .first()
    )
    if row is None:
        return None
    pk, public_id, projection, allowed, granted, expires = row
    scopes = frozenset(granted.split()) & frozenset(allowed)
    return ClientPass(pk, public_id, projection, scopes, expires)


def all_clients() -> QuerySet[Client]:
    """Every client, by name."""
    found: QuerySet[Client] = Client.objects.order_by("name", "id")
    return found


def disclosures_to(client: Client) -> QuerySet[Disclosure]:
    """What a client has read about people, newest first."""
    return Disclosure.objects.filter(client=client).order_by("-id")


def disclosures_about(person: UUID) -> QuerySet[Disclosure]:
    """Who has read about one person, newest first."""
    about = Disclosure.objects.filter(person_id=person) | Disclosure.objects.filter(
        people__contains=[person]
    )
    return about.select_related("client").order_by("-id")

"""Reads of other systems: who stands behind a token, what a client has seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import get_access_token_model

from academy.clients import projections
from academy.clients.models import Call, Client, Disclosure, Webhook
from academy.clients.scopes import SCOPES
from academy.core.errors import Missing
from academy.ledger import queries as ledger


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


def client_of(public_id: UUID) -> Client:
    """One client by its public id."""
    found: Client | None = Client.objects.filter(public_id=public_id).first()
    if found is None:
        raise Missing("unknown_client", _("There is no such system."))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """One client as staff see it: how far it is behind the feed (None: it has never read it)."""

    client: Client
    behind: int | None


def standings() -> list[Standing]:
    """Every client with its lag, in two statements."""
    end = ledger.last_position()
    return [Standing(client, _behind(client, end)) for client in all_clients()]


def standing_of(client: Client) -> Standing:
    """One client with its lag."""
    return Standing(client, _behind(client, ledger.last_position()))


def _behind(client: Client, end: int) -> int | None:
    return None if client.read_position is None else max(0, end - client.read_position)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a client may see: what its scopes open, and the facts of each type it is shown.

    `facts` is None where the projection hides nothing of the ledger.
    """

    scopes: list[tuple[str, str | Promise]]
    facts: list[tuple[str, list[str]]] | None


def sight_of(client: Client) -> Sight:
    """What this client may see, from the same lists that its calls are answered by."""
    shown = projections.projection(client.projection)
    facts = [(kind, sorted(names)) for kind, names in sorted(shown.fields.items())]
    opened = [(scope, SCOPES.get(scope, "")) for scope in client.scopes]
    return Sight(opened, None if shown.is_full else facts)


def disclosures_to(client: Client) -> QuerySet[Disclosure]:
    """What a client has read about people, newest first."""
    return Disclosure.objects.filter(client=client).order_by("-id")


def disclosures_about(person: UUID) -> QuerySet[Disclosure]:
    """Who has read about one person, newest first."""
    about = Disclosure.objects.filter(person_id=person) | Disclosure.objects.filter(
        people__contains=[person]
    )
    return about.select_related("client").order_by("-id")


def webhooks_of(client: UUID | None) -> QuerySet[Webhook]:
    """The webhooks of one client, or of all of them; the removed ones are gone."""
    rows = Webhook.objects.exclude(state=Webhook.State.REMOVED).select_related("client")
    return (rows.filter(client__public_id=client) if client else rows).order_by("id")


def webhook_of(public_id: UUID, client: UUID | None) -> Webhook:
    """A webhook that this client (None: anybody) may see."""
    found = webhooks_of(client).filter(public_id=public_id).first()
    if found is None:
        raise Missing("unknown_webhook", _("There is no such webhook."))
    return found


def calls_of(webhook: Webhook) -> QuerySet[Call]:
    """The log of a webhook, newest first."""
    return webhook.calls.order_by("-id")


def call_of(public_id: UUID, webhook: Webhook) -> Call:
    """A call of this webhook."""
    found = webhook.calls.filter(public_id=public_id).first()
    if found is None:
        raise Missing("unknown_call", _("There is no such call."))
    return found


def call_to(client: UUID, public_id: UUID) -> Call:
    """A call of one of this client's webhooks."""
    found = Call.objects.filter(public_id=public_id, webhook__client__public_id=client).first()
    if found is None:
        raise Missing("unknown_call", _("There is no such call."))
    return found


def calls_to(client: Client) -> QuerySet[Call]:
    """The newest calls of all of a client's webhooks."""
    return Call.objects.filter(webhook__client=client).select_related("webhook").order_by("-id")


def webhook_lags(*, now: datetime) -> dict[str, float]:
    """How many seconds the oldest waiting call of each system has been due; 0 where none is."""
    oldest = Min("webhooks__calls__due_at", filter=Q(webhooks__calls__state="waiting"))
    hooked = Client.objects.filter(webhooks__state=Webhook.State.ACTIVE).annotate(oldest=oldest)
    return {
        name: (now - since).total_seconds() if since else 0.0
        for name, since in hooked.values_list("name", "oldest")
    }

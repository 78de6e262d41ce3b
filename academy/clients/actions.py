"""Changes of other systems' access: keys given and taken back, reads recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import get_access_token_model

from academy.clients import projections
from academy.clients.models import Client, Disclosure
from academy.clients.rules import OVERLAP
from academy.clients.scopes import SCOPES, taking_part
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.ledger.actions import Fact, record

LAST_USE_STEP = timedelta(minutes=1)
FORMER = ("former_secret", "former_until")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What the owner of a new client is told once; the secret is stored hashed."""

    client_id: str
    client_secret: str


def add_client(*, name: str, scopes: Sequence[str], projection: str, actor: Actor) -> KeyPair:
    """Give another court system a key of its own.

    Refuses a name that is taken, unknown scopes and an unknown projection, and an evaluator of
    judges that would take part in what it evaluates: its answers would tell what it may not know.
    """
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise Invalid("unknown_scope", _("Unknown scope: %s.") % ", ".join(unknown))
    if projection not in projections.names():
        raise Invalid("unknown_projection", _("Unknown projection: %s.") % projection)
    if projection == projections.EVALUATOR and (parts := taking_part(scopes)):
        raise Invalid(
            "evaluator_takes_part",
            _("Who evaluates judges only reads; not with %s.") % ", ".join(parts),
        )
    pair = KeyPair(generate_client_id(), generate_client_secret())
    with transaction.atomic(durable=True):
        if Client.objects.filter(name=name).exists():
            raise Invalid("client_exists", _("A client of this name exists already."))
        client = Client.objects.create(
            name=name,
            client_id=pair.client_id,
            client_secret=pair.client_secret,
            client_type=Client.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
            scopes=sorted(set(scopes)),
            projection=projection,
        )
        data = {"scopes": client.scopes, "projection": projection}
        fact = Fact("client.added", "client", client.public_id, data=data)
        record([fact], actor=actor, at=clock.now())
    return pair


def revoke_client(*, name: str, actor: Actor) -> Client:
    """Take a client's key and tokens back; what web processes remember ends within 30 seconds."""
    with transaction.atomic(durable=True):
        client = _locked(name)
        client.scopes = []
        client.client_secret = generate_client_secret()
        client.former_secret, client.former_until = "", None
        client.save(update_fields=["scopes", "client_secret", *FORMER])
        get_access_token_model().objects.filter(application=client).delete()
        record([Fact("client.revoked", "client", client.public_id)], actor=actor, at=clock.now())
    return client


def rotate_secret(*, name: str, actor: Actor) -> KeyPair:
    """Give a client a new secret; the one it had works beside it for 24 hours.

    An older one that was still good ends at once: two secrets are enough.
    """
    secret, at = generate_client_secret(), clock.now()
    with transaction.atomic(durable=True):
        client = _locked(name)
        if not client.scopes:
            raise Refused("client_revoked", _("The key of this client was taken back."))
        client.former_secret, client.former_until = client.client_secret, at + OVERLAP
        client.client_secret = secret
        client.save(update_fields=["client_secret", *FORMER])
        record([Fact("client.rotated", "client", client.public_id)], actor=actor, at=at)
    return KeyPair(client.client_id, secret)


def _locked(name: str) -> Client:
    client: Client | None = Client.objects.select_for_update().filter(name=name).first()
    if client is None:
        raise Missing("client_unknown", _("There is no client of this name."))
    return client


def note_use(client_pk: int, *, at: datetime) -> None:
    """Remember when a client called last, to the minute."""
    Client.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - LAST_USE_STEP), pk=client_pk
    ).update(last_used_at=at)


def disclose(
    *, client: UUID, resource: str, projection: str, people: Sequence[UUID], request_id: str
) -> None:
    """Record that a client read data of people: one row per read."""
    if not people:
        return
    distinct = sorted(set(people))
    Disclosure.objects.create(
        client=Client.objects.only("pk").get(public_id=client),
        at=clock.now(),
        resource=resource,
        projection=projection,
        person_id=distinct[0] if len(distinct) == 1 else None,
        people=[] if len(distinct) == 1 else distinct,
        request_id=request_id,
    )


READING = """
WITH reading AS (
    UPDATE academy_client SET read_position = %(after)s, read_at = %(at)s WHERE id = %(client)s
    RETURNING id
)
INSERT INTO academy_disclosure (client_id, at, resource, projection, person_id, people, request_id)
SELECT id, %(at)s, 'events', %(projection)s,
       CASE cardinality(%(people)s::uuid[]) WHEN 1 THEN (%(people)s::uuid[])[1] END,
       CASE cardinality(%(people)s::uuid[]) WHEN 1 THEN '{}' ELSE %(people)s::uuid[] END,
       %(request_id)s
  FROM reading WHERE cardinality(%(people)s::uuid[]) > 0
"""


def note_reading(
    *, client: int, after: int, projection: str, people: Sequence[UUID], request_id: str
) -> None:
    """Remember how far a client has read the feed and, in the same statement, what it was told.

    `after` is what the client asked with: everything up to there it has dealt with.
    """
    values: dict[str, Any] = {
        "client": client,
        "after": after,
        "at": clock.now(),
        "projection": projection,
        "people": list(people),
        "request_id": request_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(READING, values)

"""Addresses that mail servers call dead, and mails that come back after all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Missing
from academy.ledger.actions import Fact, record
from academy.messages import rules
from academy.messages.models import DeadAddress, Message


def bury(address: str, *, status: str, message: int | None, at: datetime) -> None:
    """Write down that nobody can be reached at that address; saying it twice changes nothing."""
    grave = DeadAddress(address=address.lower(), since=at, status=status[:20], message_id=message)
    DeadAddress.objects.bulk_create([grave], ignore_conflicts=True)


def revive(*, address: str, actor: Actor) -> None:
    """The address works again, or was called dead by mistake: mails go there from now on."""
    at = clock.now()
    with transaction.atomic(durable=True):
        grave = DeadAddress.objects.select_for_update().filter(address=address.lower()).first()
        if grave is None:
            raise Missing("unknown_address", _("This address is not on the list any more."))
        told = Message.objects.filter(pk=grave.message_id or 0).select_related("person").first()
        grave.delete()
        if told is not None:
            fact = Fact(
                "message.address_revived",
                "message",
                told.public_id,
                person_id=told.person.public_id,
                data={"status": grave.status},
            )
            record([fact], actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail server reports of one of our mails: which, to whom, with which status."""

    message: UUID
    address: str
    action: str  # RFC 3464: failed, delayed, delivered, relayed, expanded
    status: str  # RFC 3463: 5.1.1


def record_returned(report: Returned) -> bool:
    """A mail came back, after all: say so on the message, and bury an address that is dead.

    Only a report that names one of our mails and the address that it went to is believed: the name
    is known to nobody else. The same report twice, or one of a delay, changes nothing. Whether
    anything changed.
    """
    if report.action.lower() != "failed":
        return False
    at = clock.now()
    with transaction.atomic(durable=True):
        message = (
            Message.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(public_id=report.message, address__iexact=report.address)
            .filter(returned_at__isnull=True, state=Message.State.SENT)
            .first()
        )
        if message is None:
            return False
        message.state, message.returned_at = Message.State.FAILED, at
        message.outcome = f"returned_{report.status}"[:60]
        message.save(update_fields=["state", "returned_at", "outcome"])
        if message.in_digest:  # the other parts lay in the same mail
            Message.objects.filter(
                person=message.person_id, in_digest=True, closed_at=message.closed_at
            ).update(state=message.state, returned_at=at, outcome=message.outcome)
        if rules.is_dead(report.status):
            bury(message.address, status=report.status, message=message.pk, at=at)
        fact = Fact(
            "message.returned",
            "message",
            message.public_id,
            person_id=message.person.public_id,
            data={"kind": message.kind, "status": report.status},
        )
        record([fact], actor=Actor.system("messages.bounces"), at=at)
        return True

"""Ask for a file; take files away whose time is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.clients.models import Client
from academy.clients.projections import FULL, projection
from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing
from academy.core.keyed import Keyed
from academy.exports import files
from academy.exports.enums import Format
from academy.exports.models import Export
from academy.exports.registry import Exporter, exporter_of
from academy.jobs.models import Job
from academy.ledger.actions import Fact, record
from academy.ledger.queries import last_position

PREFIX = "export."


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: kind and form, filters, and since which position of the feed."""

    kind: str
    format: Format
    is_compressed: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    since: int | None = None


def ask_export(
    order: Order, *, client: UUID | None, actor: Actor, keyed: Keyed | None = None
) -> Export:
    """Write down what is wanted; a worker begins within seconds.

    Refuses a kind that does not exist for this caller, a form or filter that it does not have,
    compressing what is compressed already, and the changes of what is always whole.
    """
    with transaction.atomic(durable=True):
        system = Client.objects.get(public_id=client) if client else None
        exporter = _exporter_for(system, order.kind)
        _check(order, exporter)
        job = Job.objects.create(
            kind=f"{PREFIX}{order.kind}",
            is_dry_run=False,
            params={"filters": dict(order.filters)},
            asked_by=actor.id,
            asked_at=clock.now(),
        )
        export = Export.objects.create(
            job=job,
            client=system,
            projection=system.projection if system else FULL,
            format=order.format,
            is_compressed=order.is_compressed,
            since=order.since,
            until=last_position(),
        )
        data = {"kind": order.kind, "format": str(order.format), "since": order.since}
        record(
            [Fact("export.asked", "export", job.public_id, data=data)], actor=actor, at=clock.now()
        )
        if keyed:
            keyed.keep(export)
    return export


def write_again(export: UUID, actor: Actor) -> None:
    """Have a file that could not be written written anew, as of the moment it was asked for."""
    at = clock.now()
    with transaction.atomic(durable=True):
        jobs = Job.objects.filter(public_id=export, state=Job.State.FAILED)
        if not jobs.update(state=Job.State.WAITING, error="", done=0, finished_at=None):
            raise Missing("unknown_export", _("There is no such export."))
        rows = Export.objects.filter(job__public_id=export)
        rows.update(written={}, lease_until=None, bytes=0, expires_at=None)
        record([Fact("export.resumed", "export", export)], actor=actor, at=at)


def _exporter_for(client: Client | None, kind: str) -> Exporter:
    exporter = exporter_of(kind)
    if exporter and client:
        shown = exporter.resource is None or projection(client.projection).shows(exporter.resource)
        exporter = exporter if shown and exporter.scope in client.scopes else None
    if exporter is None:
        raise _wrong("kind", _("Files of this kind are not exported, or not for you."))
    return exporter


def _check(order: Order, exporter: Exporter) -> None:
    if order.format not in exporter.formats:
        raise _wrong("format", _("Files of this kind do not come in this format."))
    if order.is_compressed and order.format not in {Format.NDJSON, Format.CSV}:
        raise _wrong("gzip", _("This format is compressed already."))
    if exporter.is_always_whole and order.since is not None:
        raise _wrong("since", _("Files of this kind are always whole."))
    if unknown := sorted(set(order.filters) - set(exporter.filters)):
        raise _wrong("filters", _("Unknown filter: %s.") % ", ".join(unknown))


def _wrong(name: str, sentence: object) -> Invalid:
    return Invalid("invalid", sentence, fields={name: [sentence]})


def clear_expired(now: datetime) -> int:
    """Take the files away whose time is over, and those that never got whole; how many went."""
    rows = list(Export.objects.filter(expires_at__lte=now).select_related("job"))
    for export in rows:
        files.remove(export.job.public_id)
        Export.objects.filter(pk=export.pk).update(expires_at=None, bytes=0)
    return len(rows)

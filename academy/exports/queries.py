"""Reads of exports: the caller's own, and the file behind a link."""

from pathlib import Path
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Missing
from academy.exports import files
from academy.exports.enums import Format
from academy.exports.models import Export
from academy.exports.rules import LINK_SECONDS
from academy.jobs.models import Job

SALT = "exports.file"


def exports_of(asked_by: UUID | None) -> QuerySet[Export]:
    """What one caller has asked for, the newest first."""
    rows = Export.objects.filter(job__asked_by=asked_by).select_related("job")
    return rows.order_by("-pk")


def export_of(public_id: UUID, asked_by: UUID | None) -> Export:
    """One of the caller's own exports; unknown and another's look alike."""
    row = exports_of(asked_by).filter(job__public_id=public_id).first()
    if row is None:
        raise Missing("unknown_export", _("There is no such export."))
    return row


def is_ready(export: Export) -> bool:
    """Whether there is a file to fetch."""
    return export.job.state == Job.State.DONE and export.expires_at is not None


def link_token(export: Export) -> str:
    """What opens this one file, and nothing else, for a quarter of an hour."""
    return signing.dumps(str(export.job.public_id), salt=SALT)


def file_behind(token: str) -> tuple[Export, Path]:
    """The export and its file behind a link; a link that is over looks like one that never was."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise Missing("unknown_export", _("There is no such export.")) from None
    row = Export.objects.filter(job__public_id=public_id).select_related("job").first()
    if row is None or not is_ready(row):
        raise Missing("unknown_export", _("There is no such export."))
    path = files.path_of(row.job.public_id, Format(row.format), compressed=row.is_compressed)
    if not path.exists():
        raise Missing("unknown_export", _("There is no such export."))
    return row, path

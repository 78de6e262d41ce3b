"""The list that people signed, scanned or photographed, kept with its session."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.transaction import atomic

from academy.core import clock, files
from academy.core.actor import Actor
from academy.ledger.actions import Fact, record
from courses.planning.models import Session
from enrollment.attendance import locks
from enrollment.attendance.models import SheetScan


def keep_scan(
    *, session: Session, file: "UploadedFile[Any]", actor: Actor, at: datetime | None = None
) -> SheetScan:
    """Keep a scan of the signed list; the same file again is the same scan.

    Refuses what is not a PDF or a picture. Also after finalisation: paper is often scanned late,
    and it changes no mark. The bytes are stored before the row is: a crash in between leaves a
    file that nobody can reach, never a row without its file.
    """
    now = at or clock.now()
    content = file.read(files.LARGEST + 1)
    kind = files.kind_of(file.name or "", len(content), content, endings=files.PAPER)
    scan = SheetScan(
        session=session,
        media_type=kind.media_type,
        size=len(content),
        digest=sha256(content).hexdigest(),
        added_by=actor.id,
        added_at=now,
    )
    with atomic(durable=True):
        locks.session_with_run_locked(session.public_id)
        if known := SheetScan.objects.filter(session=session, digest=scan.digest).first():
            return known
        ending = files.ending_of(file.name or "")
        scan.file.save(f"{scan.public_id}.{ending}", ContentFile(content), save=False)
        scan.save()
        record([_fact(scan, session)], actor=actor, at=now)
    return scan


def _fact(scan: SheetScan, session: Session) -> Fact:
    return Fact(
        "sheet.scanned",
        "scan",
        scan.public_id,
        context_id=session.run.public_id,
        data={"session": str(session.public_id), "sha256": scan.digest, "size": scan.size},
    )

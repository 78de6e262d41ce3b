"""The list that people signed, scanned or photographed: kept with its session, erased in time."""

from datetime import datetime, time
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from academy.core import clock, files
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.actions import Fact, record
from courses.planning.models import Session
from enrollment.attendance import locks, rules
from enrollment.attendance.models import SheetScan

ERASED_AT_ONCE = 100
BY_THE_CLOCK = Actor.system("attendance.scans")


def keep_scan(
    *, session: Session, file: "UploadedFile[Any]", actor: Actor, at: datetime | None = None
) -> SheetScan:
    """Keep a scan of the signed list; the same file again is the same scan.

    Refuses what is not a PDF or a picture, and what was kept and erased before. Also after
    finalisation: paper is often scanned late, and it changes no mark. The bytes are stored before
    the row is: a crash in between leaves a file that nobody can reach, never a row without its
    file.
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
            return _still_kept(known)
        ending = files.ending_of(file.name or "")
        scan.file.save(f"{scan.public_id}.{ending}", ContentFile(content), save=False)
        scan.save()
        record([_fact("sheet.scanned", scan)], actor=actor, at=now)
    return scan


def erase_scans(*, at: datetime | None = None) -> int:
    """Erase the files that were kept for their whole time (`SCANS_KEPT_YEARS`); how many.

    Digest and size stay. The bytes go before the row says so: a crash in between leaves a row whose
    file is asked for once more, never a file that nobody remembers.
    """
    now = at or clock.now()
    home = ZoneInfo(settings.TIME_ZONE)
    first = rules.first_day_kept(now.astimezone(home).date(), settings.SCANS_KEPT_YEARS)
    kept_since = datetime.combine(first, time.min, home)
    old = SheetScan.objects.filter(erased_at=None, added_at__lt=kept_since)
    with atomic(durable=True):
        rows = old.select_related("session__run").select_for_update(of=("self",), skip_locked=True)
        over = list(rows.order_by("added_at")[:ERASED_AT_ONCE])
        for scan in over:
            scan.file.delete(save=False)
        SheetScan.objects.filter(pk__in=[scan.pk for scan in over]).update(file="", erased_at=now)
        record([_fact("scan.erased", scan) for scan in over], actor=BY_THE_CLOCK, at=now)
    return len(over)


def _still_kept(scan: SheetScan) -> SheetScan:
    if scan.erased_at:
        raise Refused(
            "scan_erased", _("This file was kept here and erased when its time was over.")
        )
    return scan


def _fact(type_: str, scan: SheetScan) -> Fact:
    session = scan.session
    return Fact(
        type_,
        "scan",
        scan.public_id,
        context_id=session.run.public_id,
        data={"session": str(session.public_id), "sha256": scan.digest, "size": scan.size},
    )

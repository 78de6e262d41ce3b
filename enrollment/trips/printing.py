"""The worker's way through the papers of a large run: claim it, write file after file.

Not an action: nothing here may run in somebody else's transaction. A file and how far the batch is
are committed together.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from academy.core import clock
from academy.jobs.models import Job
from enrollment.trips import queries
from enrollment.trips.models import TripBatch, TripFile, TripPaper

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=1)
"""For how long the files lie ready."""
TURN = 40.0  # seconds, then another batch or task has its turn
TO_DO = (Job.State.WAITING, Job.State.RUNNING)

log = structlog.get_logger(__name__)


def write_all() -> int:
    """Carry on every batch that waits or was left behind; how many files were written."""
    written, until = 0, time.monotonic() + TURN
    while time.monotonic() < until and (batch := claim(clock.now())):
        written += _write(batch, until)
    return written


def claim(now: datetime) -> TripBatch | None:
    """The oldest batch that nobody writes, taken for two minutes."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    with transaction.atomic():
        rows = TripBatch.objects.filter(free, job__state__in=TO_DO).order_by("pk")
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        TripBatch.objects.filter(pk=row.pk).update(lease_until=now + LEASE)
        Job.objects.filter(pk=row.pk, started_at=None).update(started_at=now)
        Job.objects.filter(pk=row.pk).update(state=Job.State.RUNNING)
    return TripBatch.objects.select_related("job", "run").get(pk=row.pk)


def _write(batch: TripBatch, until: float) -> int:
    """The next files, as long as there is time; what goes wrong is said by the job."""
    written = 0
    try:
        parts = queries.parts_of(batch.papers)
        for number in range(batch.files.count() + 1, len(parts) + 1):
            _write_file(batch, number, parts[number - 1])
            written += 1
            if time.monotonic() > until and number < len(parts):
                TripBatch.objects.filter(pk=batch.pk).update(lease_until=None)
                return written
        _finish(batch)
    except IntegrityError:  # another worker is at it: the lease was too short for this file
        return written
    except Exception:
        log.exception("trips.files_failed", batch=str(batch.job.public_id))
        _fail(batch)
    return written


def _write_file(batch: TripBatch, number: int, keys: list[int]) -> None:
    papers = TripPaper.objects.in_bulk(keys)
    content = queries.pdf_of(papers[key] for key in keys)
    with transaction.atomic():
        TripFile.objects.create(batch=batch, number=number, content=content)
        TripBatch.objects.filter(pk=batch.pk).update(lease_until=clock.now() + LEASE)
        done = min(number * queries.AT_ONCE, len(batch.papers))
        Job.objects.filter(pk=batch.pk).update(done=done, moved_at=clock.now())


def _finish(batch: TripBatch) -> None:
    now = clock.now()
    with transaction.atomic():
        TripBatch.objects.filter(pk=batch.pk).update(lease_until=None, expires_at=now + KEPT)
        Job.objects.filter(pk=batch.pk).update(state=Job.State.DONE, finished_at=now)


def _fail(batch: TripBatch) -> None:
    with transaction.atomic():
        TripBatch.objects.filter(pk=batch.pk).update(lease_until=None)
        Job.objects.filter(pk=batch.pk).update(
            state=Job.State.FAILED, error="unwritten", finished_at=clock.now()
        )


def forget(now: datetime) -> int:
    """Take the files away whose day is over, and those of batches that failed long ago."""
    stale = Q(job__state=Job.State.FAILED, job__asked_at__lte=now - 7 * KEPT)
    over = list(TripBatch.objects.filter(Q(expires_at__lte=now) | stale))
    with transaction.atomic():
        gone, _by_kind = TripFile.objects.filter(batch__in=over).delete()
        TripBatch.objects.filter(pk__in=[one.pk for one in over]).update(expires_at=None)
    return gone

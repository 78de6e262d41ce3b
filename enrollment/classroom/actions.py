"""Writing to everybody of a run; adding and removing what they share; needs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.db.transaction import atomic, on_commit
from django.utils.translation import gettext as _

from academy.core import clock, files
from academy.core.actor import Actor
from academy.core.errors import Missing, Refused
from academy.ledger.actions import Fact, record
from courses.planning.models import Run
from enrollment.classroom import queries, rules
from enrollment.classroom.models import Material, Needs, Notice
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment

FORGOTTEN_AT_ONCE = 1_000
UNNAMED = Actor.system("classroom.needs")


@atomic(durable=True)
def send_notice(
    *,
    run: Run,
    title: str,
    text: str,
    author: int | None,
    nonce: UUID,
    actor: Actor,
    at: datetime | None = None,
) -> Notice:
    """Write to everybody with a seat in the run; sent twice under the same nonce, it is one notice.

    Refuses when nobody has a seat, and the sixth notice of a run within a day.
    """
    now = at or clock.now()
    _lock(run)
    if known := Notice.objects.filter(nonce=nonce, run=run).first():
        return known
    reached = queries.reached_by_notices(run).count()
    if not reached:
        raise Refused("nobody_to_tell", _("Nobody has a seat in this run."))
    lately = Notice.objects.filter(run=run, sent_at__gt=now - timedelta(days=1)).count()
    if lately >= rules.NOTICES_A_DAY:
        raise Refused(
            "too_many_notices",
            _("This run has had five notices within a day. Wait until tomorrow."),
        )
    notice = Notice.objects.create(
        run=run,
        title=rules.one_line(title),
        text=rules.as_paragraphs(text),
        author_id=author,
        nonce=nonce,
        sent_at=now,
    )
    record([_fact("notice.sent", "notice", notice.public_id, run, reached)], actor=actor, at=now)
    return notice


@atomic(durable=True)
def add_link(
    *, run: Run, name: str, url: str, actor: Actor, at: datetime | None = None
) -> Material:
    """Share an address with the people of the run."""
    now = at or clock.now()
    _check_room(run)
    link = Material.objects.create(run=run, name=rules.one_line(name), url=url, added_at=now)
    record([_fact("material.added", "material", link.public_id, run)], actor=actor, at=now)
    return link


def add_file(
    *, run: Run, name: str, file: "UploadedFile[Any]", actor: Actor, at: datetime | None = None
) -> Material:
    """Share a file with the people of the run. Refuses what is not what its ending says.

    The bytes are stored before the row is: a crash in between leaves a file that nobody can reach,
    never a row without its file.
    """
    now = at or clock.now()
    content = file.read(files.LARGEST + 1)
    kind = files.kind_of(file.name or "", len(content), content)
    shared = Material(
        run=run,
        name=rules.one_line(name) or (file.name or "")[:150],
        media_type=kind.media_type,
        size=len(content),
        added_at=now,
    )
    with atomic(durable=True):
        _check_room(run)
        ending = files.ending_of(file.name or "")
        shared.file.save(f"{shared.public_id}.{ending}", ContentFile(content), save=False)
        shared.save()
        record([_fact("material.added", "material", shared.public_id, run)], actor=actor, at=now)
    return shared


@atomic(durable=True)
def remove_material(*, material: Material, actor: Actor, at: datetime | None = None) -> None:
    """Take a material back, its file with it. Refuses nothing: who put it there may be wrong."""
    now = at or clock.now()
    found = Material.objects.select_for_update().filter(pk=material.pk).first()
    if found is None:
        raise Missing("unknown_material", _("There is no such material."))
    file = found.file
    found.delete()
    record(
        [_fact("material.removed", "material", material.public_id, material.run)],
        actor=actor,
        at=now,
    )
    if file:
        on_commit(lambda: file.delete(save=False), robust=True)


@atomic(durable=True)
def tell_needs(
    *, enrollment: Enrollment, told: rules.Told, at: datetime | None = None
) -> Needs | None:
    """Note what is needed in place of what was told before; nothing at all erases it.

    It is about health and belief: the ledger hears that something was told in this run, never what
    or by whom. Refuses who holds no seat, and a run that is over.
    """
    now = at or clock.now()
    rows = Enrollment.objects.select_for_update(of=("self",), no_key=True).select_related("run")
    row = rows.get(pk=enrollment.pk)
    if row.state not in HOLDING or (row.run.ends_at and row.run.ends_at < now):
        raise Refused("needs_too_late", _("What you need can be told while you have a seat."))
    before = Needs.objects.select_related("enrollment__run").filter(enrollment=row).first()
    if not told:
        if before:
            _erase([before], at=now)
        return None
    values = {"access": told.access, "diets": list(told.diets), "diet_note": told.diet_note}
    needs, _made = Needs.objects.update_or_create(
        enrollment=row, defaults=values, create_defaults=values | {"told_at": now}
    )
    record([_fact("needs.told", "needs", needs.public_id, row.run)], actor=UNNAMED, at=now)
    return needs


def forget_needs(*, at: datetime | None = None) -> int:
    """Erase the needs of runs that are over and of seats that were given up; how many."""
    now = at or clock.now()
    is_over = Q(enrollment__run__ends_at__lt=now) | ~Q(enrollment__state__in=HOLDING)
    with atomic(durable=True):
        rows = Needs.objects.select_related("enrollment__run")
        rows = rows.select_for_update(of=("self",), skip_locked=True)
        return _erase(list(rows.filter(is_over).order_by("pk")[:FORGOTTEN_AT_ONCE]), at=now)


def _erase(rows: Sequence[Needs], *, at: datetime) -> int:
    facts = [_fact("needs.erased", "needs", row.public_id, row.enrollment.run) for row in rows]
    Needs.objects.filter(pk__in=[row.pk for row in rows]).delete()
    record(facts, actor=UNNAMED, at=at)
    return len(facts)


def _lock(run: Run) -> None:
    Run.objects.select_for_update(no_key=True).get(pk=run.pk)


def _check_room(run: Run) -> None:
    _lock(run)
    if Material.objects.filter(run=run).count() >= rules.MOST_MATERIALS:
        raise Refused("too_many_materials", _("This run has fifty materials already."))


def _fact(type_: str, kind: str, subject: UUID, run: Run, people: int | None = None) -> Fact:
    data = {} if people is None else {"people": people}
    return Fact(type_, kind, subject, context_id=run.public_id, data=data)

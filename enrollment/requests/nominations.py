"""Nominations: a court names many of its people for a run at once.

First a dry run that says for each person what would come of it; then each person in a transaction
of their own, through the same door as everybody else. The line is marked in the transaction that
enrols, so carrying the list out again after a crash does only what is missing, and nobody twice.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from academy.access.enums import Right
from academy.access.queries import Viewer, viewer_of
from academy.core import clock
from academy.core.actor import Actor, ActorKind
from academy.core.errors import Busy, Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.jobs.actions import fail_job, finish_job, note_progress, start_job
from academy.jobs.models import Job
from academy.ledger.actions import Fact, record
from academy.people.models import Person
from courses.planning.models import Run
from enrollment.decisions.enums import Decider
from enrollment.requests import access, actions, nominee_queries, queries
from enrollment.requests.enums import Fate
from enrollment.requests.models import Nomination, Nominee
from enrollment.requests.naming import Named
from enrollment.requests.nominating_rules import Room, foreseen
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment

MOST, FIRST_SLICE, SLICE = 500, 20, 500
KIND = "nomination"


def plan(
    *,
    run: UUID,
    named: Named,
    viewer: Viewer,
    actor: Actor,
    is_dry_run: bool = True,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Nomination:
    """Write the list down with what nominating would come to, person by person.

    A dry run ends here; otherwise the list waits to be carried out, which `carry_on` does.
    """
    at = at or clock.now()
    people = list({person.pk: person for person in named.people}.values())
    if not people and not named.unknown:
        raise Invalid("nobody_named", _("Name at least one person."))
    if len(people) + len(named.unknown) > MOST:
        raise Invalid("too_many", _("Up to %(most)s people at once.") % {"most": MOST})
    with transaction.atomic(durable=True):
        row = Run.objects.filter(public_id=run).first()
        if row is None:
            raise Missing("unknown_run", _("There is no such run."))
        nomination = _write(row, people, named.unknown, viewer=viewer, actor=actor, at=at)
        if not is_dry_run:
            _begin(nomination, actor=actor, at=at)
        if keyed:
            keyed.keep(nomination)
        return nomination


def _write(
    run: Run,
    people: Sequence[Person],
    unknown: Sequence[str],
    *,
    viewer: Viewer,
    actor: Actor,
    at: datetime,
) -> Nomination:
    job = start_job(kind=KIND, actor=actor, is_dry_run=True, at=at)
    job.total = len(people) + len(unknown)
    finish_job(job, report=[], at=at)
    court = next(iter(viewer.courts)) if len(viewer.courts) == 1 else None
    nomination = Nomination.objects.create(
        run=run, job=job, account_id=viewer.account_id, court_id=court
    )
    room = nominee_queries.room_in(run)
    lines = [_foreseen(run, person, room, viewer, at) for person in people]
    lines += [_nobody(written) for written in unknown]
    for number, line in enumerate(lines, start=1):
        line.nomination, line.number = nomination, number
    Nominee.objects.bulk_create(lines)
    return nomination


def _foreseen(run: Run, person: Person, room: Room, viewer: Viewer, at: datetime) -> Nominee:
    facts = queries.asking_facts(run=run.public_id, person=person.pk, today=at.date())
    try:
        if facts is None:
            raise _unknown_person()
        state = foreseen(facts, room, now=at, heads=viewer.headed_courts - _own(viewer, person))
    except Refused as refusal:
        return Nominee(person=person, code=refusal.code, sentence=str(refusal.sentence))
    return Nominee(person=person, state=state.value)


def _own(viewer: Viewer, person: Person) -> frozenset[int]:
    """Nobody consents to the own nomination."""
    return viewer.headed_courts if person.pk == viewer.person_id else frozenset()


def _unknown_person() -> Missing:
    return Missing("unknown_person", _("Nobody of your court has this number."))


def _nobody(written: str) -> Nominee:
    refusal = _unknown_person()
    sentence = str(refusal.sentence)
    return Nominee(written=written[:64], fate=Fate.REFUSED, code=refusal.code, sentence=sentence)


def apply(*, nomination: UUID, actor: Actor, at: datetime | None = None) -> Nomination:
    """Let a list that was tried be carried out. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = Nomination.objects.select_related("job", "run").get(public_id=nomination)
        row.job = Job.objects.select_for_update().get(pk=row.job_id)
        if row.job.is_dry_run:
            _begin(row, actor=actor, at=at)
        return row


def _begin(nomination: Nomination, *, actor: Actor, at: datetime) -> None:
    job = nomination.job
    job.is_dry_run, job.state, job.finished_at = False, Job.State.WAITING, None
    job.save(update_fields=["is_dry_run", "state", "finished_at"])
    fact = Fact(
        "nomination.applied",
        "nomination",
        nomination.public_id,
        context_id=nomination.run.public_id,
        data={"named": job.total},
    )
    record([fact], actor=actor, at=at)


def carry_on_all(*, at: datetime | None = None) -> int:
    """Carry on whatever waits or stopped in the middle; how many people were dealt with."""
    return sum(carry_on(nomination=pk, at=at) for pk in nominee_queries.to_carry_on())


def carry_on(*, nomination: int, limit: int = SLICE, at: datetime | None = None) -> int:
    """Nominate the next people of a list, each alone; who was done before is passed over.

    The nominator's rights are those of now. Somebody who is busy right now is tried again the next
    time. Returns how many were dealt with.
    """
    row = Nomination.objects.select_related("job", "run").get(pk=nomination)
    now = at or clock.now()
    viewer = _nominator(row, now)
    actor = _hand_of(row, viewer)
    if not (viewer.may(Right.NOMINATE) or viewer.may(Right.REGISTER)):
        fail_job(row.job, error=str(_("Who nominated has no longer the right to.")), at=now)
        return 0
    to_do = list(row.nominees.filter(fate=Fate.PLANNED).select_related("person")[:limit])
    with translation.override(viewer.language or None):
        dealt = sum(_nominate(row, one, viewer=viewer, actor=actor, at=now) for one in to_do)
    _note(row, viewer=viewer, actor=actor, at=now)
    return dealt


def _nominator(row: Nomination, now: datetime) -> Viewer:
    """Who nominated, with the rights of now."""
    return viewer_of(row.account_id or 0, now=now, today=now.date())


def _hand_of(row: Nomination, viewer: Viewer) -> Actor:
    """Who wrote the list: the nominator, or a system on their behalf."""
    if row.job.asked_by == viewer.account_public_id:
        return viewer.actor()
    return Actor(ActorKind.CLIENT, id=row.job.asked_by, behalf_of=viewer.person_public_id)


def _note(row: Nomination, *, viewer: Viewer, actor: Actor, at: datetime) -> None:
    """How far it is; at the end, the consents that a crash left out."""
    left = row.nominees.filter(fate=Fate.PLANNED).count()
    note_progress(row.job, done=row.job.total - left, total=row.job.total)
    if not left:
        _consent(row.nominees.filter(fate=Fate.DONE), viewer, actor, at)
        finish_job(row.job, report=[], at=at)
    elif row.job.state != Job.State.RUNNING:
        Job.objects.filter(pk=row.job_id).update(state=Job.State.RUNNING)


class _Done(Exception):
    """Somebody else has carried this line out: everything of this attempt is undone."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Marks the line in the transaction that enrols: both are there, or neither."""

    nominee: Nominee

    def keep(self, result: object) -> None:
        """The last write of the action."""
        made = result if isinstance(result, Enrollment) else None
        line = Nominee.objects.filter(pk=self.nominee.pk, fate=Fate.PLANNED)
        if made is None or not line.update(fate=Fate.DONE, state=made.state, enrollment_id=made.pk):
            raise _Done


def _nominate(row: Nomination, line: Nominee, *, viewer: Viewer, actor: Actor, at: datetime) -> int:
    """One person's nomination, once per list."""
    try:
        person = _still_ours(line, viewer, at)
        actions.enroll(
            run=row.run.public_id,
            person=person,
            actor=actor,
            source=Source.NOMINATION,
            keyed=_Mark(line),
            at=at,
        )
    except (Busy, _Done):
        return 0
    except Refused as refusal:
        return Nominee.objects.filter(pk=line.pk, fate=Fate.PLANNED).update(
            fate=Fate.REFUSED, state="", code=refusal.code, sentence=str(refusal.sentence)
        )
    _consent(Nominee.objects.filter(pk=line.pk), viewer, actor, at)
    return 1


def _still_ours(line: Nominee, viewer: Viewer, at: datetime) -> int:
    person = line.person_id or 0
    mine = access.people_to_nominate(viewer, day=at.date())
    if not mine.filter(pk=person).exists():
        sentence = _("This person is no longer of your court.")
        raise Refused("not_of_this_court", sentence)
    return person


def _consent(lines: QuerySet[Nominee], viewer: Viewer, actor: Actor, at: datetime) -> None:
    """Who nominates and is the head to be asked has consented by nominating."""
    if not viewer.headed_courts:
        return
    asked = access.decisions_for(viewer).filter(
        enrollment__nominees__in=lines, decider=Decider.HEAD, court_id__in=viewer.headed_courts
    )
    for decision in asked.values_list("public_id", flat=True):
        with suppress(Refused):  # a deputy was faster
            made = actions.decide(
                decision=decision, yes=True, account=viewer.account_id, actor=actor, at=at
            )
            lines.filter(enrollment=made.enrollment_id).update(state=made.enrollment.state)

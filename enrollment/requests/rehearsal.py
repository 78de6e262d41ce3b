"""A dry run that cannot lie: the real command is carried out, what it wrote is read, and all of it
is taken back.

The command's idempotency slot is its last statement inside the transaction, and that is where this
module looks: at the events just written, hence at who is affected and which letter each would get.
The same reading of the ledger is the report of a command that was really carried out.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from academy.core import ids
from academy.core.actor import Actor
from academy.core.errors import Stale
from academy.core.keyed import Keyed
from academy.ledger.queries import history_within
from academy.ledger.registry import Event
from academy.people.models import Person
from enrollment.reminders.enums import TRUE_WHILE, Letter
from enrollment.requests.letters import MOVED_TO, RUN_LETTERS, TELLS_TRAINERS, TOLD, letter_of
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment

CHANGED = "changed_meanwhile"


@dataclass(slots=True)
class Effect:
    """What a command comes to for one person; `before` is empty for somebody who had no part."""

    person: UUID
    name: str = ""
    before: str = ""
    after: str = ""
    clashes: bool = False  # busy elsewhere at the hours that the run now has
    letters: list[Letter] = field(default_factory=list)
    said: list[tuple[Letter, UUID]] = field(default_factory=list, compare=False)  # of which row

    @property
    def told(self) -> list[str]:
        """What the person will be told, as ends of a sentence."""
        return [str(TOLD[letter]) for letter in self.letters]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Everybody whom a command touches, in the order of its events, and who waits afterwards."""

    effects: list[Effect]
    still_waiting: list[str]
    trainers: list[str]

    def become(self, *states: State) -> list[Effect]:
        """Those who end up in one of these states."""
        return [effect for effect in self.effects if effect.after in states]

    @property
    def mark(self) -> str:
        """The same for the same consequences: whoever agreed to these, agreed to no others."""
        lines = [
            f"{one.person} {one.before} {one.after} {one.clashes} {one.letters}"
            for one in self.effects
        ]
        return hashlib.sha256("\n".join([*lines, *self.still_waiting]).encode()).hexdigest()[:32]


class TakenBack(Exception):
    """Ends the transaction of a rehearsed command."""


class Witness:
    """Looks at what a command wrote, last thing in its transaction; takes it back if asked to."""

    def __init__(
        self,
        request_id: str,
        runs: Sequence[UUID],
        *,
        dry_run: bool,
        agreed: str = "",
        keyed: Keyed | None = None,
    ) -> None:
        self.request_id, self.runs = request_id, runs
        self.dry_run, self.agreed, self.keyed = dry_run, agreed, keyed
        self.foreseen = Foreseen([], [], [])

    def keep(self, result: object) -> None:
        """Read the events; end a dry run, keep the answer of a real one."""
        self.foreseen = _read(self.request_id, self.runs)
        if self.dry_run:
            raise TakenBack
        if self.agreed and self.agreed != self.foreseen.mark:
            raise Stale(
                "changed_meanwhile",
                _("Something has changed since you looked. Please look at the new list."),
            )
        if self.keyed:
            self.keyed.keep(self.foreseen)


def witnessed(
    command: Callable[..., object],
    *,
    runs: Sequence[UUID],
    actor: Actor,
    dry_run: bool,
    agreed: str = "",
    keyed: Keyed | None = None,
    **asked: Any,
) -> Foreseen:
    """Carry out a command on these runs, or only rehearse it; who is affected, and how.

    What the command refuses it refuses here too. With the mark of a dry run as `agreed`, nothing
    is done unless it comes to exactly what was shown. A rehearsal holds the runs' locks as long as
    the command itself would, and leaves nothing behind.
    """
    request_id = actor.request_id if actor.request_id and not dry_run else str(ids.public_id())
    witness = Witness(request_id, runs, dry_run=dry_run, agreed=agreed, keyed=keyed)
    with suppress(TakenBack):
        command(actor=replace(actor, request_id=request_id), keyed=witness, **asked)
    return witness.foreseen


def report(run: UUID, request_id: str) -> Foreseen | None:
    """What a command on this run came to, read from the ledger; None when there was none."""
    events = list(history_within(run).filter(request_id=request_id))
    if not events:
        return None
    others = {event.data[MOVED_TO] for event in events if MOVED_TO in event.data}
    return _read(request_id, [run, *sorted(UUID(other) for other in others)])


def _read(request_id: str, runs: Sequence[UUID]) -> Foreseen:
    events = sorted(
        (one for run in runs for one in history_within(run).filter(request_id=request_id)),
        key=lambda event: event.id,
    )
    told = any(event.type in TELLS_TRAINERS for event in events)
    return Foreseen(
        _in_full(_effects(events), runs), _waiting(runs), _trainers(events) if told else []
    )


def _effects(events: Sequence[Event]) -> list[Effect]:
    found: dict[UUID, Effect] = {}
    reached: dict[UUID, str] = {}
    for event in events:
        if event.type.startswith("enrollment.") and event.person_id:
            reached[event.subject_id] = event.data.get("to", "")
            _add(found.setdefault(event.person_id, Effect(event.person_id)), event)
    for event in events:  # afterwards: who has an event of the own stood elsewhere before
        if event.type in RUN_LETTERS:
            _add_everybody(found, reached, event)
    for effect in found.values():
        effect.letters = [
            letter for letter, subject in effect.said if reached[subject] in TRUE_WHILE[letter]
        ]
    return list(found.values())


def _add(effect: Effect, event: Event) -> None:
    effect.before = effect.before or event.data.get("from") or ""
    effect.after = event.data.get("to", "")
    letter = letter_of(event.type, event.data)
    if letter is not None:
        effect.said.append((letter, event.subject_id))


def _add_everybody(found: dict[UUID, Effect], reached: dict[UUID, str], event: Event) -> None:
    """A letter about the run goes to everybody in it whom it still concerns when it is sent."""
    letter = RUN_LETTERS[event.type]
    rows = Enrollment.objects.filter(run__public_id=event.subject_id, state__in=ACTIVE)
    for person, subject, state in rows.order_by("pk").values_list(
        "person__public_id", "public_id", "state"
    ):
        effect = found.setdefault(person, Effect(person, before=state, after=state))
        stood = subject not in reached  # no event of the own: as before
        asked_anew = stood and letter == Letter.RUN_MOVED and state == State.RECONFIRM
        reached[subject] = state
        effect.said.append((Letter.RECONFIRM if asked_anew else letter, subject))


def _in_full(effects: list[Effect], runs: Sequence[UUID]) -> list[Effect]:
    """With names, and as the people now stand in these runs."""
    named = Person.objects.in_bulk([effect.person for effect in effects], field_name="public_id")
    rows = Enrollment.objects.filter(
        run__public_id__in=runs, person__public_id__in=named, state__in=ACTIVE
    )
    stands = {
        person: (state, clashes)
        for person, state, clashes in rows.values_list(
            "person__public_id", "state", "clash_allowed"
        )
    }
    for effect in effects:
        person = named.get(effect.person)
        effect.name = person.full_name if person else ""
        effect.after, effect.clashes = stands.get(effect.person, (effect.after, False))
    return effects


def _waiting(runs: Sequence[UUID]) -> list[str]:
    rows = Enrollment.objects.filter(run__public_id__in=runs, state=State.WAITLISTED)
    ordered = rows.select_related("person").order_by("run_id", "priority_class", "queue_number")
    return [row.person.full_name for row in ordered]


def _trainers(events: Iterable[Event]) -> list[str]:
    runs = {event.subject_id for event in events if event.type in TELLS_TRAINERS}
    rows = Person.objects.filter(teaching__run__public_id__in=runs).order_by("sort_key", "pk")
    return [row.full_name for row in rows.distinct()]

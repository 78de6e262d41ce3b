"""A run's seats and claims, rebuilt from what the ledger says of it. Pure: events in, picture out.

Each event of an enrolment says the whole of it (state, seat, queue number, class, deadline), each
event of seats names them. So the past is what was told until then, whatever the rows say today.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from enrollment.seats.enums import HOLDING, STANDARD_CLASS, State

Told = Mapping[str, Any]
"""An event as the ledger gives it: type, subject_id, person_id, time, data."""


@dataclass(slots=True)
class SeatThen:
    """A seat as it was; the holder is an enrolment."""

    pool: int | None
    is_free: bool = True
    is_retired: bool = False
    holder: UUID | None = None


@dataclass(slots=True)
class ClaimThen:
    """An enrolment as it was."""

    enrollment: UUID
    person: UUID
    state: State
    seat: int | None
    queue_number: int | None
    priority_class: int
    due_at: datetime | None
    since: datetime
    revision: int


@dataclass(slots=True)
class Picture:
    """A run as far as its events tell: who claims it, and where its seats lie."""

    claims: dict[UUID, ClaimThen] = field(default_factory=dict)
    seats: dict[int, SeatThen] = field(default_factory=dict)
    capacity: int | None = None
    events: int = 0

    def seat(self, number: int) -> SeatThen:
        """A seat by its inner number; one never heard of lies in a pool never heard of."""
        return self.seats.setdefault(number, SeatThen(pool=None))


def replay(events: Iterable[Told]) -> Picture:
    """The picture after these events, which are one run's in the order of the ledger."""
    picture = Picture()
    for event in events:
        picture.events += 1
        kind = event["type"]
        if kind.startswith("enrollment."):
            _claim(picture, event)
        elif kind in OF_RUNS:
            OF_RUNS[kind](picture, event["data"])
    return picture


def last_fall(events: Iterable[Told], *, below: int) -> UUID | None:
    """The last event by which fewer than so many people held seats; none if so many never did."""
    holding: set[UUID] = set()
    fall: UUID | None = None
    for event in events:
        before, who = len(holding), event["subject_id"]
        holds = kind_of_state(event["type"]) in HOLDING
        holding = holding | {who} if holds else holding - {who}
        if len(holding) < below <= before:
            fall = event["public_id"]
    return fall


def _claim(picture: Picture, event: Told) -> None:
    data = event["data"]
    due_at = data.get("due_at")
    claim = ClaimThen(
        enrollment=event["subject_id"],
        person=event["person_id"],
        state=State(kind_of_state(event["type"])),
        seat=data.get("seat"),
        queue_number=data.get("queue_number"),
        priority_class=data.get("priority_class", STANDARD_CLASS),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        since=event["time"],
        revision=data.get("revision", 1),
    )
    picture.claims[claim.enrollment] = claim
    _leave(picture, data)
    if claim.seat is not None:
        seat = picture.seat(claim.seat)
        seat.is_free, seat.holder = False, claim.enrollment


def kind_of_state(event_type: str) -> str:
    """An enrolment's event is named after the state that was reached."""
    return event_type.removeprefix("enrollment.")


def _leave(picture: Picture, data: Told) -> None:
    """What became of the seat that was left: free again, handed over, or gone from the run."""
    left = data.get("freed_seat", data.get("handed_seat"))
    if left is not None:
        seat = picture.seat(left)
        seat.holder = None
        seat.is_free = "freed_seat" in data and not seat.is_retired
        seat.pool = data.get("freed_to", seat.pool)
    if "retired_seat" in data:
        _retire(picture, [data["retired_seat"]])
        picture.seat(data["restored_seat"]).is_retired = False


def _planned(picture: Picture, data: Told) -> None:
    picture.capacity = data["capacity"]
    _add(picture, data)
    for pool, seats in data.get("shared", {}).items():  # a copy begins with the shares of its run
        _moved_pool(picture, {"moved": seats, "to": int(pool)})


def _capacity(picture: Picture, data: Told) -> None:
    picture.capacity = data["to"]
    _retire(picture, data.get("retired", ()))
    for seat in data.get("restored", ()):
        picture.seat(seat).is_retired = False
    _add(picture, data)


def _add(picture: Picture, data: Told) -> None:
    for seat in data.get("added", ()):
        picture.seats[seat] = SeatThen(pool=data["pool"])


def _retire(picture: Picture, seats: Iterable[int]) -> None:
    for seat in seats:
        picture.seat(seat).is_retired, picture.seat(seat).is_free = True, False


def _moved_pool(picture: Picture, data: Told) -> None:
    for seat in data.get("moved", ()):
        picture.seat(seat).pool = data["to"]


def _moved_run(picture: Picture, data: Told) -> None:
    """Who had still to answer got a new deadline with the new dates."""
    for claim in picture.claims.values():
        if (due_at := data.get("due", {}).get(claim.state)) is not None:
            claim.due_at = datetime.fromisoformat(due_at)


OF_RUNS: Mapping[str, Callable[[Picture, Told], None]] = {
    "run.planned": _planned,
    "run.capacity_changed": _capacity,
    "run.moved": _moved_run,
    "seat.moved": _moved_pool,
    "pool.released": _moved_pool,
}

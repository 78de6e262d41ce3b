"""Who watches a story: after each step everything holds, and everybody can read why.

What is asked here is worked out from the ledger and the rows once more, in plain Python, not by
the queries of the service.
"""

from collections import Counter
from itertools import combinations

from django.test import Client
from django.utils import translation

from academy.core import clock
from academy.ledger.models import Event
from enrollment.pages import queue_words
from enrollment.seats.enums import HOLDING, State
from enrollment.seats.invariants import INVARIANTS
from enrollment.seats.models import Enrollment, PromotionLook
from tests.enrollment.stage import assert_sound
from tests.flows.browsing import text

LAST = 1 << 62
SENTENCES = {
    State.REQUESTED: ("waits for a decision",),
    State.WAITLISTED: ("on the waiting list",),
    State.OFFERED: ("A seat is kept for you until",),
    State.CONFIRMED: ("Your seat is confirmed.",),
    State.RECONFIRM: ("The dates or the place have changed. Are you still coming?",),
    State.REJECTED: ("Your request was not approved.",),
    State.EXPIRED: ("The offer ended before you answered", "The request ended without a decision"),
    State.WITHDRAWN: (
        "You have withdrawn.",
        "You declined the seat.",
        "You did not say in time whether you are still coming.",
    ),
    State.CANCELLED: ("The academy has cancelled your enrolment.",),
    State.TRANSFERRED: ("You were moved to another run.",),
}
SEATED = {State.OFFERED, State.CONFIRMED}
FROM_OUTSIDE = {None, "", State.REQUESTED, State.WAITLISTED}


def browser_of(account) -> Client:
    """A browser in which that account is signed in now; the session of yesterday is over."""
    opened = Client()
    opened.cookies["language"] = "en"
    opened.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return opened


class Witness:
    """Looks at everything after each step, and counts what was looked at."""

    def __init__(self, accounts) -> None:
        self.accounts = accounts  # by the person's key
        self.known: dict[int, tuple[object, ...]] = {}
        self.seen = 0
        self.figures: Counter[str] = Counter()
        self.states: set[str] = set()
        self.reasons: set[str] = set()  # read by those who were passed over

    def look(self) -> None:
        """All that must hold, whatever the step was."""
        assert_sound(clock.now())
        self.figures["invariants checked"] += len(INVARIANTS)
        rows = list(Enrollment.objects.select_related("seat", "run", "person").order_by("pk"))
        told = self._told()
        self._nobody_was_overtaken(rows, told)
        self._nobody_is_booked_twice(rows)
        self._everybody_can_read_why(rows)
        self.states |= {state for events in told.values() for _number, state, _data in events}
        self.seen = max((one[0] for events in told.values() for one in events), default=0)

    def forget_who_waits(self) -> None:
        """Those who wait are read again at the next look."""
        self.known = {key: now for key, now in self.known.items() if now[0] != State.WAITLISTED}

    def _told(self):
        """The states of each enrolment as the ledger tells them, in order."""
        told: dict[object, list[tuple[int, str, dict]]] = {}
        events = Event.objects.filter(type__startswith="enrollment.").order_by("id")
        for number, kind, subject, data in events.values_list("id", "type", "subject_id", "data"):
            state = kind.removeprefix("enrollment.")
            if state in State.values:
                told.setdefault(subject, []).append((number, state, data))
        return told

    def _nobody_was_overtaken(self, rows, told) -> None:
        """Whoever got a seat since the last look came before all who waited for that seat then."""
        for one in rows:
            for number, state, data in told[one.public_id]:
                if number <= self.seen or state not in SEATED or one.out_of_order:
                    continue
                if data.get("from") not in FROM_OUTSIDE or one.seat is None:
                    continue
                self.figures["seats given"] += 1
                passed = [
                    other.pk
                    for other in rows
                    if other.run_id == one.run_id
                    and one.seat.pool_id in other.pool_ids
                    and _order(other) < _order(one)
                    and _state_at(told[other.public_id], number) == State.WAITLISTED
                ]
                assert passed == [], f"{one.pk} got a seat past {passed}"

    def _nobody_is_booked_twice(self, rows) -> None:
        """One place in a run; no two seats at the same hours, but for a move until answered."""
        held: dict[int, list[Enrollment]] = {}
        for row in rows:
            if row.state in HOLDING:
                held.setdefault(row.person_id, []).append(row)
        for one, other in (pair for of in held.values() for pair in combinations(of, 2)):
            assert one.run_id != other.run_id
            if State.RECONFIRM not in (one.state, other.state):
                assert not _overlap(one.run, other.run)

    def _everybody_can_read_why(self, rows) -> None:
        """The page of each person whose case changed or was passed over for another reason."""
        looks = _last_looks()
        for row in rows:
            place = _place(row, rows) if row.state == State.WAITLISTED else None
            look = looks.get(row.pk)
            now = (row.state, row.revision, look and look.reason)
            if self.known.get(row.pk) != now:
                self.known[row.pk] = now
                self.read(row, place, look)

    def read(self, row, place, look) -> None:
        """What the person reads: the state in a sentence; who waits also the place and why."""
        self.figures["own pages read"] += 1
        said = text(browser_of(self.accounts[row.person_id]), f"/enrollments/{row.public_id}/")
        assert any(one in said for one in SENTENCES[State(row.state)]), (row.state, said)
        if place is not None:
            assert f"You are number {place} on the waiting list." in said, (place, said)
            assert f"You are in priority class {row.priority_class};" in said
            if look is not None:
                self.reasons.add(look.reason)
                with translation.override("en"):
                    assert queue_words.to_the_person(look) in said, (look.reason, said)

    def sums(self) -> dict[str, object]:
        """What came together on the way."""
        return {
            "requests": Enrollment.objects.count(),
            "people": len({*Enrollment.objects.values_list("person_id", flat=True)}),
            "states visited": sorted(self.states),
            "events": Event.objects.count(),
            **self.figures,
        }


def _overlap(one, other):
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _order(row: Enrollment) -> tuple[int, int]:
    return (row.priority_class, row.queue_number or LAST)


def _state_at(told, number: int) -> str:
    return next((state for at, state, _data in reversed(told) if at < number), "")


def _place(row, rows):
    return 1 + sum(
        other.state == State.WAITLISTED
        and other.run_id == row.run_id
        and not set(other.pool_ids).isdisjoint(row.pool_ids)
        and _order(other) < _order(row)
        for other in rows
    )


def _last_looks() -> dict[int, PromotionLook]:
    return {look.enrollment_id: look for look in PromotionLook.objects.order_by("pk")}

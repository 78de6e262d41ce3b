"""What becomes of somebody's place when the post or the service behind it ends. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Outlook(StrEnum):
    """What an ended post or service does to one active enrolment in a run still ahead."""

    STAYS = "stays"  # nothing has changed for it
    ENDS = "ends"  # cancelled, the seat goes to the queue
    FOLLOWS = "follows"  # goes on under the new post: its court, its pools, its head
    ASKS = "asks"  # stays as it is; the registrar keeps or cancels it


@dataclass(frozen=True, slots=True)
class Footing:
    """What an enrolment stands on today, as far as posts and service matter."""

    today: date
    left_on: date | None  # the last day in service
    starts_on: date | None  # of the run; None while it has no dates
    has_post: bool  # asked for under a post; people from outside hold none
    is_unchanged: bool  # that post goes on, at the same court
    has_new_post: bool = False
    seat_pool: int | None = None  # of the seat that is held
    needs_seat: bool = True
    pools: Sequence[int] = ()  # those that are open to the post held now
    has_decider: bool = True  # open questions can be put to the head of the new court


def left_before(footing: Footing) -> bool:
    """Whether the run begins after the last day in service; a run without dates is ahead."""
    if footing.left_on is None:
        return False
    return footing.left_on < (footing.starts_on or footing.today)


def outlook(footing: Footing) -> Outlook:
    """Decide what becomes of an enrolment; a move to another post throws nobody out.

    Who has left service before the run begins gives the place up. Who holds another post takes
    the place along where that post may use it: the very pool of a held seat, else any pool of the
    run. Otherwise the court that lost the person may claim its seat, and only the registrar can
    weigh that: the place stays until the registrar has kept or cancelled it.
    """
    if left_before(footing):
        return Outlook.ENDS
    if not footing.has_post or footing.is_unchanged:
        return Outlook.STAYS
    return Outlook.FOLLOWS if _may_follow(footing) else Outlook.ASKS


def _may_follow(footing: Footing) -> bool:
    if not footing.has_new_post or not footing.has_decider:
        return False
    if footing.seat_pool is not None:
        return footing.seat_pool in footing.pools
    return bool(footing.pools) or not footing.needs_seat


def moments_of(
    kind: str, data: Mapping[str, str], happened: datetime, *, zone: tzinfo
) -> Iterator[datetime]:
    """When to look at somebody's places after this event of HR.

    At once; on the day after the last in service (a run without dates may have some by then); on
    the first day of a post and on the day after its last, where they are still to come.
    """
    yield happened
    days = [date.fromisoformat(data[name]) for name in ("from", "to") if data.get(name)]
    if kind == "person.left":
        days = [date.fromisoformat(data["left_on"]) + timedelta(days=1)]
    for day in days:
        begins = datetime.combine(day, time.min, zone)
        if begins > happened:
            yield begins

"""When one can ask for a place, from which pools, and until when an answer counts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid, Refused
from academy.core.texts import worded
from academy.core.working_days import OfficeHours
from courses.planning.enums import ASKING, MOST_SEATS, TRANSITIONS, PoolScope, RunState

SPECIFIC_FIRST = (
    PoolScope.COURT,
    PoolScope.REGION,
    PoolScope.CATEGORY,
    PoolScope.LANGUAGE,
    PoolScope.EVERYONE,
)
RECONFIRM_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a person stands in the institution, as far as seats are shared out by it."""

    court_id: int | None = None
    region_id: int | None = None
    category: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """A seat pool's scope."""

    id: int
    scope: str
    court_id: int | None = None
    region_id: int | None = None
    value: str = ""

    def admits(self, placement: Placement) -> bool:
        """Whether the pool is kept for people placed there."""
        match self.scope:
            case PoolScope.COURT:
                return self.court_id is not None and self.court_id == placement.court_id
            case PoolScope.REGION:
                return self.region_id is not None and self.region_id == placement.region_id
            case PoolScope.CATEGORY:
                return self.value == placement.category
            case PoolScope.LANGUAGE:
                return self.value == placement.language
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a run that says whether one can ask for a place now."""

    state: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime | None


def check_capacity(capacity: int) -> None:
    """Refuse a number of seats that is negative or beyond what one run can have."""
    if not 0 <= capacity <= MOST_SEATS:
        raise Invalid(
            "capacity",
            _("A run has from 0 to %(most)s seats; one for more people has no limit.")
            % {"most": MOST_SEATS},
        )


def pools_for(placement: Placement, pools: Iterable[Pool]) -> list[int]:
    """The pools a person may draw from, most specific first. The server picks, no form does."""
    admitted = [pool for pool in pools if pool.admits(placement)]
    return [
        pool.id
        for pool in sorted(
            admitted, key=lambda pool: (SPECIFIC_FIRST.index(PoolScope(pool.scope)), pool.id)
        )
    ]


def check_can_ask(window: Window, *, now: datetime) -> None:
    """Refuse a request outside the enrolment window, or for a run that takes nobody."""
    if window.state not in ASKING:
        raise Refused("run_takes_nobody", _("This run is not open for enrolment."))
    if now < window.opens_at:
        raise Refused("enrollment_not_open_yet", _("Enrolment for this run has not opened yet."))
    if now >= window.closes_at or (window.starts_at is not None and now >= window.starts_at):
        raise Refused("enrollment_closed", _("Enrolment for this run has closed."))


def check_transition(present: str, wanted: RunState) -> None:
    """Refuse a step that a run in this state does not take."""
    if wanted not in TRANSITIONS[RunState(present)]:
        raise Refused(
            "run_state",
            worded(
                _("A run that is %(present)s cannot become %(wanted)s."),
                {"present": RunState(present).label, "wanted": wanted.label},
            ),
        )


def offer_deadline(
    *, now: datetime, hours: int, last_moment: datetime, office: OfficeHours
) -> datetime:
    """Until when an offer is kept: so many working hours of the person's court.

    Near the start the window shrinks: never more than half of the working time that is left until
    the last moment for offers (half of all the time, where no office opens before), so that there
    is time for one more person to be asked.
    """
    left = office.between(now, last_moment)
    if not left:
        return now + (last_moment - now) / 2
    return office.after(now, min(timedelta(hours=hours), left / 2), limit=last_moment)


def is_short_notice(*, now: datetime, hours: int, starts_at: datetime | None) -> bool:
    """Whether a seat that is offered now leaves less time to prepare than most people need."""
    return starts_at is not None and now > starts_at - timedelta(hours=hours)


def reconfirm_deadline(*, now: datetime, starts_at: datetime | None) -> datetime:
    """Until when to answer "still coming?": seven days or half the time to the start, if less."""
    if starts_at is None or starts_at <= now:
        return now + RECONFIRM_WITHIN
    return now + min(RECONFIRM_WITHIN, (starts_at - now) / 2)


def last_offer_moment(
    *, promote_until: datetime | None, starts_at: datetime | None, now: datetime
) -> datetime:
    """No seat is offered after this: the run's own cut-off, at the latest its start."""
    moments = [moment for moment in (promote_until, starts_at) if moment is not None]
    return min(moments) if moments else now + timedelta(days=365)

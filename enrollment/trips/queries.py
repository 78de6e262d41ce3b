"""Trips as people meet them: who goes to a run and how the papers stand, the page, the check."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.core import qr, typeset
from academy.core.errors import Missing
from academy.courts.queries import working_calendar
from courses.catalogue.models import Organisation
from courses.planning.enums import AHEAD, RunState
from courses.planning.models import Run
from enrollment.certificates.rules import as_serial, in_groups
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from enrollment.trips import rules
from enrollment.trips.enums import TripAnswer, TripState
from enrollment.trips.models import TripBatch, TripPaper

TEMPLATE = Path(__file__).with_name("template.typ")
PLACED = frozenset({State.CONFIRMED, State.CLOSED})
"""Who goes, or went: an offer or an unanswered move is no basis for an order."""
AT_ONCE = 50
"""Papers of one file: about a second of work, for which a page may wait; more are a job."""
OLD = (1980, 1, 1, 0, 0, 0)  # the same files are the same bytes, whenever they are packed
SEEN_AHEAD = timedelta(days=120)
SAID = (
    *("person", "court", "appointment__position"),
    *("run__venue", "run__version", "run__course__provider"),
)
"""What a paper tells of an enrolment, as joins."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """One person's way to a run: the newest paper, and whether it still says what is true."""

    enrollment: Enrollment
    paper: TripPaper | None
    state: TripState


@dataclass(frozen=True, slots=True)
class Journey:
    """One run as a court sees it: who goes, by when the papers are needed (without dates: None)."""

    run: Run
    needed_by: date | None
    travellers: Sequence[Traveller]

    @property
    def waiting(self) -> int:
        """How many papers are to be prepared, for the first time or anew."""
        open_ = (TripState.TO_PREPARE, TripState.CHANGED)
        return sum(one.state in open_ for one in self.travellers)

    @property
    def issued(self) -> int:
        """How many papers hold."""
        return sum(one.state == TripState.ISSUED for one in self.travellers)


def present_trip(enrollment: Enrollment, issuer: Organisation | None) -> rules.Trip | None:
    """The trip as the facts are now; nothing while the run has no dates, no place or no payer."""
    run = enrollment.run
    if run.starts_at is None or run.ends_at is None or run.venue is None or not run.payer:
        return None
    zone = ZoneInfo(run.time_zone)
    first, last = run.starts_at.astimezone(zone).date(), run.ends_at.astimezone(zone).date()
    post, court = enrollment.appointment, enrollment.court
    return rules.Trip(
        person=enrollment.person.full_name,
        post=post.position.names if post else {},
        court=court.names if court else {},
        court_address=court.address if court else {},
        title=run.version.title,
        run_code=run.code,
        first_day=first,
        last_day=last,
        leaves_on=rules.leaves_on(first, run.travel_days_before),
        returns_on=rules.returns_on(last, run.travel_days_after),
        place=(run.venue.names, run.venue.address, run.venue.city),
        payer=run.payer,
        issuer=(issuer or run.course.provider).names,
    )


def going_to(rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Those with a place, with all that a paper says of them, by name."""
    named = rows.filter(state__in=PLACED).order_by("person__sort_key", "pk")
    return named.select_related(*SAID)


def travellers_of(rows: QuerySet[Enrollment]) -> list[Traveller]:
    """How the trips of these enrolments stand; three statements at any number."""
    going = list(going_to(rows))
    issuer = Organisation.objects.filter(is_issuer=True).first()
    papers = TripPaper.objects.filter(enrollment__in=[one.pk for one in going], is_current=True)
    newest = {paper.enrollment_id: paper for paper in papers}
    return [_traveller(one, newest.get(one.pk), issuer) for one in going]


def _traveller(
    enrollment: Enrollment, paper: TripPaper | None, issuer: Organisation | None
) -> Traveller:
    frozen = rules.Trip.from_json(paper.trip) if paper else None
    now = present_trip(enrollment, issuer)
    state = rules.state_of(frozen, now, is_nearby=is_nearby(enrollment))
    return Traveller(enrollment, paper, state)


def is_nearby(enrollment: Enrollment) -> bool:
    """Whether the court lies in the region of the place, so that nobody need order a trip."""
    court, venue = enrollment.court, enrollment.run.venue
    region = venue.region_id if venue else None
    return bool(court and region is not None and court.region_id == region)


def journeys(
    rows: QuerySet[Enrollment], *, now: datetime, ahead: timedelta = SEEN_AHEAD
) -> list[Journey]:
    """The coming runs that are held somewhere, with those in sight who go; the earliest first."""
    coming = Run.objects.filter(
        state__in=(AHEAD | {RunState.RUNNING}),
        venue__isnull=False,
        starts_at__gt=now,
        starts_at__lt=now + ahead,
    )
    by_run: dict[int, list[Traveller]] = {}
    keys = list(coming.values_list("pk", flat=True))  # else everybody ever placed is joined first
    for one in travellers_of(rows.filter(run__in=keys)):
        by_run.setdefault(one.enrollment.run_id, []).append(one)
    runs = [going[0].enrollment.run for going in by_run.values()]
    days = needed_days(runs)
    found = [
        Journey(run, days.get(run.pk), by_run[run.pk]) for run in runs if run.starts_at is not None
    ]
    return sorted(found, key=lambda one: (one.needed_by or date.max, one.run.code))


def needed_days(runs: Sequence[Run]) -> dict[int, date]:
    """By when the courts need the papers of each run that has dates; one statement for all."""
    departures = {run.pk: _departure(run, run.starts_at) for run in runs if run.starts_at}
    if not departures:
        return {}
    reach = timedelta(days=3 * rules.ORDER_DAYS + 20)  # long holidays, too
    calendar = working_calendar(min(departures.values()) - reach, max(departures.values()))
    return {key: rules.needed_by(day, calendar) for key, day in departures.items()}


def _departure(run: Run, starts_at: datetime) -> date:
    first = starts_at.astimezone(ZoneInfo(run.time_zone)).date()
    return rules.leaves_on(first, run.travel_days_before)


def journey(run: Run, travellers: Sequence[Traveller]) -> Journey:
    """One run with those who go, and the day by which a court needs the papers."""
    return Journey(run, needed_days([run]).get(run.pk), travellers)


def own_trip(enrollment: int) -> Traveller | None:
    """One person's newest paper for one run, and how it stands; one statement."""
    rows = TripPaper.objects.filter(enrollment=enrollment, is_current=True)
    paper = rows.select_related(*(f"enrollment__{name}" for name in SAID)).first()
    return _traveller(paper.enrollment, paper, None) if paper else None


def standing_of(serial: str) -> tuple[TripPaper, TripAnswer] | None:
    """What is known of a number: the paper, and whether an order may rest on it today."""
    wanted = as_serial(serial)
    paper = TripPaper.objects.filter(serial=wanted).first() if wanted else None
    if paper is None:
        return None
    enrollment = going_to(Enrollment.objects.filter(pk=paper.enrollment_id)).first()
    now = present_trip(enrollment, None) if enrollment else None
    frozen = rules.Trip.from_json(paper.trip)
    answer = rules.answer_on(
        is_current=paper.is_current,
        is_needed=enrollment is not None,
        is_true=now is not None and rules.still_says(frozen, now),
    )
    return paper, answer


def holding(travellers: Sequence[Traveller]) -> list[TripPaper]:
    """The papers that hold, in the order of those who go."""
    return [one.paper for one in travellers if one.paper and one.state == TripState.ISSUED]


def parts_of(papers: Sequence[int]) -> list[list[int]]:
    """The papers, by their keys, in files that are written in about a second each."""
    return [list(papers[at : at + AT_ONCE]) for at in range(0, len(papers), AT_ONCE)]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a batch: its number, from which paper to which, and whether it is written."""

    number: int
    first: int
    last: int
    is_written: bool


def files_of(batch: TripBatch) -> list[Part]:
    """The files of a batch, also those that are still to come."""
    written = set(batch.files.values_list("number", flat=True))
    parts = enumerate(parts_of(batch.papers), start=1)
    return [
        Part(number, first := (number - 1) * AT_ONCE + 1, first + len(keys) - 1, number in written)
        for number, keys in parts
    ]


def file_of(batch: TripBatch, number: int) -> bytes:
    """One file; one that is not there any more looks like one that never was."""
    row = batch.files.filter(number=number).first()
    if row is None:
        raise Missing("unknown_trip", _("There is no such paper."))
    return bytes(row.content)


def archive_of(batch: TripBatch) -> bytes:
    """All files of a batch as one ZIP; pages to print are packed already."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for row in batch.files.order_by("number"):
            archive.writestr(
                zipfile.ZipInfo(f"trips-{batch.run.code}-{row.number}.pdf", OLD), bytes(row.content)
            )
    return target.getvalue()


def pdf_of(papers: Iterable[TripPaper]) -> bytes:
    """The papers as pages to print, one a person, in the order given.

    Made from the frozen trips alone, so a paper is the same page whenever it is asked for.
    """
    rows = list(papers)
    sheet = {"papers": [_sheet(paper) for paper in rows]}
    return typeset.pdf(TEMPLATE, sheet, at=max(paper.issued_at for paper in rows))


def said(paper: TripPaper, language: str) -> dict[str, Any]:
    """What a paper says in one language."""
    issued_on = paper.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    trip = rules.Trip.from_json(paper.trip)
    return rules.block_of(trip, language, issued_on=issued_on, revision=paper.revision)


def _sheet(paper: TripPaper) -> dict[str, object]:
    url = f"{settings.PUBLIC_URL}/verify/{paper.serial}"
    return {
        "blocks": [said(paper, language) for language in rules.languages_on_paper()],
        "serial": in_groups(paper.serial),
        "url": url,
        "qr": qr.svg(url),
    }

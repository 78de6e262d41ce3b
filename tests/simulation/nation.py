"""Who there is when a simulation begins: courts on two clocks, judges, staff, trainers, heads.

Reference data, written set by set; everything that happens later goes through the service.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from psycopg.types.range import DateRange

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.core import clock
from academy.courts.models import CalendarDay, Court, CourtKind, CourtLevel, Position
from academy.people.models import Appointment, Person
from courses.catalogue.models import Course
from tests import factories
from tests.factories import SINCE

ZONES = ("Asia/Almaty", "Asia/Dubai")
LANGUAGES = ("kk", "ru", "en")
REGIONS = 20
COURTS_A_REGION = 20
BATCH = 1000  # rows of a statement


class Nation:
    """The courts and their people, and who has which office."""

    def __init__(
        self, dice: Random, *, judges: int, staff: int, trainers: int, courses: int, days: int
    ) -> None:
        self.dice = dice
        self._holidays(days)
        self.courts = self._courts(max(4, (judges + staff) // 32))
        self.clerk = factories.position("clerk", category="staff")
        judge, head = factories.position(), factories.position("head", is_head=True)
        self.trainees = [
            *self._people([dice.choice(self.courts) for _ in range(judges)], judge),
            *self._people([dice.choice(self.courts) for _ in range(staff)], self.clerk),
        ]
        self.trainers = self._people([self.courts[1]] * trainers, judge)
        self.heads = self._one_each(head)
        self.coordinators = self._one_each(self.clerk)
        self.registrar = self._people(self.courts[:1], self.clerk)[0]
        self._accounts()
        self.courses: list[Course] = [factories.course() for _ in range(courses)]

    def everybody(self) -> list[Person]:
        """Whoever may be written to."""
        offices = [*self.heads.values(), *self.coordinators.values(), self.registrar]
        return [*self.trainees, *self.trainers, *offices]

    @property
    def with_account(self) -> list[Person]:
        """Those who sign in; the language of an account comes before that of its person."""
        return [*self.coordinators.values(), self.registrar]

    def _holidays(self, length: int) -> None:
        first = clock.now().date()
        dates = [first + timedelta(days=place) for place in range(0, length, 9)]
        CalendarDay.objects.bulk_create(
            CalendarDay(
                date=day,
                kind="worked" if day.weekday() == 5 else "off",
                names={"en": "By decree"},
            )
            for day in dates
        )

    def _courts(self, number: int) -> list[Court]:
        regions = [factories.region() for _ in range(min(REGIONS, number // COURTS_A_REGION))]
        level, _ = CourtLevel.objects.get_or_create(code="district", defaults={"rank": 1})
        kind, _ = CourtKind.objects.get_or_create(code="general")
        above = factories.court()
        return Court.objects.bulk_create(
            Court(
                code=f"C-{factories.number()}",
                names={"en": f"Court {place}"},
                level=level,
                kind=kind,
                region=regions[place % len(regions)] if regions else None,
                parent=above,
                time_zone=ZONES[place % len(ZONES)],
                valid_from=SINCE,
            )
            for place in range(number)
        )

    def _people(self, courts: Sequence[Court], post: Position) -> list[Person]:
        people = (
            Person(
                family_name=f"Ә{factories.number()}",
                given_name="Айсұлу",
                email=f"p{factories.number()}@example.org",
                language=self.dice.choice(LANGUAGES),
            )
            for _ in courts
        )
        made = Person.objects.bulk_create(people, batch_size=BATCH)
        posts = (
            Appointment(person=one, court=court, position=post, period=DateRange(SINCE, None))
            for one, court in zip(made, courts, strict=True)
        )
        Appointment.objects.bulk_create(posts, batch_size=BATCH)
        return made

    def _one_each(self, post: Position) -> dict[int, Person]:
        people = self._people(self.courts, post)
        return {court.pk: one for court, one in zip(self.courts, people, strict=True)}

    def _accounts(self) -> None:
        made = Account.objects.bulk_create(
            Account(login=f"u{factories.number()}", password="!", person=one, language="en")
            for one in self.with_account
        )
        *coordinators, registrar = made
        self.account = registrar.pk
        RoleGrant.objects.bulk_create(
            RoleGrant(account=one, role=Role.COORDINATOR, court_id=court)
            for court, one in zip(self.coordinators, coordinators, strict=True)
        )
        RoleGrant.objects.create(account=registrar, role=Role.REGISTRAR)

"""A small judiciary for tests: people with posts and roles, courses, runs with seats.

State is reached through the actions wherever that is the point; only reference data is written
directly.
"""

from datetime import date, timedelta
from itertools import count
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db.models import Model
from psycopg.types.range import DateRange

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.core import clock
from academy.core.actor import Actor
from academy.courts.models import Court, CourtKind, CourtLevel, Position, PositionCategory, Region
from academy.people.models import Appointment, Person
from courses.catalogue.models import Course, CourseVersion, Format, Organisation
from courses.planning.actions import RunPlan, SessionPlan, plan_run
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.requests import run_actions

PASSWORD = "academy-demo"
ACTOR = Actor.system("tests")
SINCE = date(2020, 1, 1)
Row = TypeVar("Row", bound=Model)
_numbers = count(1)


def number() -> int:
    """A number that no other thing of this test run has."""
    return next(_numbers)


def region(code: str = "") -> Region:
    """A region in one of the country's time zones."""
    return Region.objects.create(
        code=code or f"R-{number()}", names={"en": "Region"}, time_zone="Asia/Almaty"
    )


def court(*, parent: Court | None = None, in_region: Region | None = None) -> Court:
    """A court of the first level, below another if one is given."""
    (made,) = _courts({"parent": parent, "region": in_region})
    return made


def _courts(*columns: dict[str, object]) -> list[Court]:
    level, kind = _known(CourtLevel, "district", rank=1), _known(CourtKind, "general")
    made = []
    for given in columns:
        code = f"C-{number()}"
        names = {"kk": f"Сот {code}", "ru": f"Суд {code}", "en": f"Court {code}"}
        fixed = {"time_zone": "Asia/Almaty", "valid_from": SINCE}
        made.append(Court(code=code, names=names, level=level, kind=kind, **fixed, **given))
    return Court.objects.bulk_create(made)


def _known(model: type[Row], code: str, **columns: object) -> Row:
    """The row of that code, made if there is none; nobody else makes it in the same moment."""
    found = model._default_manager.filter(code=code).first()
    return found or model._default_manager.create(code=code, **columns)


def position(code: str = "judge", *, category: str = "judge", is_head: bool = False) -> Position:
    """A post of the list."""
    kind = PositionCategory(category)
    return _known(Position, code, names={"en": code}, category=kind, is_head=is_head)


def person(
    at: Court | None = None, *, post: Position | None = None, name: str = "", language: str = "en"
) -> Person:
    """Somebody with a post at that court."""
    made = _named(name or f"Ә{number()}", language)
    made.save()
    if at is not None:
        _appointed(made, at, post or position()).save()
    return made


def _named(name: str, language: str = "en") -> Person:
    return Person(
        family_name=name,
        given_name="Айсұлу",
        email=f"p{number()}@example.org",
        language=language,
    )


def _appointed(who: Person, at: Court, post: Position) -> Appointment:
    return Appointment(person=who, court=at, position=post, period=DateRange(SINCE, None))


def people(how_many: int, at: Court | None = None) -> list[Person]:
    """Many people of one court, written in two statements."""
    made = Person.objects.bulk_create(
        Person(family_name=f"Ұ{number()}", given_name="Ерлан", language="kk")
        for _ in range(how_many)
    )
    if at is not None:
        post = position()
        Appointment.objects.bulk_create(_appointed(one, at, post) for one in made)
    return made


def account(login: str = "", *, of: Person | None = None, role: Role | None = None) -> Account:
    """A way to sign in, with the password of the tests and perhaps a granted role."""
    made = Account.objects.create_user(login or f"u{number()}", PASSWORD, person=of, language="en")
    if role is not None:
        RoleGrant.objects.create(account=made, role=role)
    return made


def course(code: str = "", *, title: str = "Reasoning of judgments") -> Course:
    """A published course with one version."""
    now = clock.now()
    provider = _known(Organisation, "academy", names={"en": "Academy"})
    shape = _known(Format, "in_person", names={"en": "In person"})
    made = Course.objects.create(code=code or f"T-{number()}", provider=provider, changed_at=now)
    made.current = CourseVersion.objects.create(
        course=made,
        number=1,
        title={"en": title, "kk": "Сот төрелігі", "ru": "Мотивировка решений"},
        format=shape,
        languages=["kk", "ru"],
        hours=8,
        minutes_per_hour=45,
        created_at=now,
    )
    made.status, made.published_at = Course.Status.PUBLISHED, now
    made.save()
    return made


EVENING = 14  # UTC: from here on a run could end in the quiet hours of Almaty, or a day later


def run(
    *,
    seats: int | None = 5,
    mode: EnrollmentMode = EnrollmentMode.OPEN,
    starts_in: timedelta = timedelta(days=30),
    of: Course | None = None,
    trainer: Person | None = None,
    sessions: int = 1,
    is_published: bool = True,
    **columns: object,
) -> Run:
    """A run open for enrolment from yesterday until the day before it starts."""
    now = clock.now()
    start = (now + starts_in).replace(minute=0, second=0, microsecond=0)
    # Whenever the tests run, a run is held within one day of its place, and before its evening.
    if start.hour >= EVENING and starts_in > timedelta(days=1):
        start -= timedelta(hours=9)
    plan = RunPlan(
        code=f"RUN-{number()}",
        course=of or course(),
        language="kk",
        time_zone="Asia/Almaty",
        sessions=[
            SessionPlan(start + timedelta(days=day), 90, length=timedelta(minutes=100))
            for day in range(sessions)
        ],
        enrollment_opens_at=now - timedelta(days=1),
        enrollment_closes_at=start - timedelta(days=1),
        capacity=seats,
        mode=mode,
        trainers=[(trainer or person()).pk],
    )
    made = plan_run(plan=plan, actor=ACTOR)
    if columns:
        Run.objects.filter(pk=made.pk).update(**columns)
    if is_published:
        made = run_actions.publish_run(run=made.public_id, actor=ACTOR)
    return made


class Cast:
    """People whose names carry their rights, written in few statements: most tests have them."""

    def __init__(self) -> None:
        above, self.elsewhere = _courts({}, {})
        self.court = court(parent=above, in_region=region())
        self._people()
        self._accounts()

    def _people(self) -> None:
        names = ("Әсел", "Борис", "Тимур", "Дана", "Кенже")
        self.asel, self.boris, self.timur, self.dana, self.kenzhe = Person.objects.bulk_create(
            _named(name) for name in names
        )
        judge, head = position(), position("head", is_head=True)
        clerk = position("clerk", category="staff")
        Appointment.objects.bulk_create(
            [
                _appointed(self.asel, self.court, judge),  # learns
                _appointed(self.boris, self.court, head),  # heads her court
                _appointed(self.dana, self.elsewhere, judge),  # of another court
                _appointed(self.kenzhe, self.court, clerk),
            ]
        )

    def _accounts(self) -> None:
        whose = {
            "asel": self.asel,
            "boris": self.boris,
            "timur": self.timur,  # teaches
            "dana": self.dana,
            "clara": None,
            "otto": None,
            "kenzhe": self.kenzhe,
        }
        password = make_password(PASSWORD)
        made = Account.objects.bulk_create(
            Account(login=login, password=password, person=person, language="en")
            for login, person in whose.items()
        )
        (
            self.asel_account,
            self.boris_account,
            self.timur_account,
            self.dana_account,
            self.clara_account,
            self.otto_account,
            self.kenzhe_account,
        ) = made
        RoleGrant.objects.bulk_create(
            [
                RoleGrant(account=self.timur_account, role=Role.TRAINER),
                RoleGrant(account=self.clara_account, role=Role.REGISTRAR),
                RoleGrant(account=self.otto_account, role=Role.AUDITOR),
                RoleGrant(account=self.kenzhe_account, role=Role.COORDINATOR, court=self.court),
            ]
        )

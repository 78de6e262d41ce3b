"""A small judiciary for tests: people with posts and roles, courses, runs with seats.

State is reached through the actions wherever that is the point; only reference data is written
directly.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.db import connection
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
    level, _ = CourtLevel.objects.get_or_create(code="district", defaults={"rank": 1})
    kind, _ = CourtKind.objects.get_or_create(code="general")
    code = f"C-{number()}"
    return Court.objects.create(
        code=code,
        names={"kk": f"Сот {code}", "ru": f"Суд {code}", "en": f"Court {code}"},
        level=level,
        kind=kind,
        region=in_region,
        parent=parent,
        time_zone="Asia/Almaty",
        valid_from=SINCE,
    )


def position(code: str = "judge", *, category: str = "judge", is_head: bool = False) -> Position:
    """A post of the list."""
    found, _ = Position.objects.get_or_create(
        code=code,
        defaults={
            "names": {"en": code},
            "category": PositionCategory(category),
            "is_head": is_head,
        },
    )
    return found


def person(
    at: Court | None = None, *, post: Position | None = None, name: str = "", language: str = "en"
) -> Person:
    """Somebody with a post at that court."""
    made = Person.objects.create(
        family_name=name or f"Ә{number()}",
        given_name="Айсұлу",
        email=f"p{number()}@example.org",
        language=language,
    )
    if at is not None:
        Appointment.objects.create(
            person=made, court=at, position=post or position(), period=DateRange(SINCE, None)
        )
    return made


def people(how_many: int, at: Court | None = None) -> list[Person]:
    """Many people of one court, written in two statements."""
    made = Person.objects.bulk_create(
        Person(family_name=f"Ұ{number()}", given_name="Ерлан", language="kk")
        for _ in range(how_many)
    )
    if at is not None:
        Appointment.objects.bulk_create(
            Appointment(person=one, court=at, position=position(), period=DateRange(SINCE, None))
            for one in made
        )
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
    provider, _ = Organisation.objects.get_or_create(
        code="academy", defaults={"names": {"en": "Academy"}}
    )
    shape, _ = Format.objects.get_or_create(
        code="in_person", defaults={"names": {"en": "In person"}}
    )
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


def _home_court() -> Court:
    return court(parent=court(), in_region=region())


def _other_court() -> Court:
    return court()


@dataclass
class Cast:
    """People whose names carry their rights."""

    court: Court = field(default_factory=_home_court)
    elsewhere: Court = field(default_factory=_other_court)

    def __post_init__(self) -> None:
        head_post = position("head", is_head=True)
        self.asel = person(self.court, name="Әсел")  # a judge who learns
        self.boris = person(self.court, post=head_post, name="Борис")  # heads her court
        self.timur = person(None, name="Тимур")  # teaches
        self.dana = person(self.elsewhere, name="Дана")  # of another court
        self.asel_account = account("asel", of=self.asel)
        self.boris_account = account("boris", of=self.boris)
        self.timur_account = account("timur", of=self.timur, role=Role.TRAINER)
        self.dana_account = account("dana", of=self.dana)
        self.clara_account = account("clara", role=Role.REGISTRAR)
        self.otto_account = account("otto", role=Role.AUDITOR)
        self.kenzhe = person(self.court, post=position("clerk", category="staff"), name="Кенже")
        self.kenzhe_account = account("kenzhe", of=self.kenzhe)
        RoleGrant.objects.create(
            account=self.kenzhe_account, role=Role.COORDINATOR, court=self.court
        )


def wall_clock() -> datetime:
    """The database's own clock, to compare with ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)

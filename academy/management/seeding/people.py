"""Invented people in the posts of the real shape of a judiciary: the same ones on every machine."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from academy.core.actor import Actor
from academy.courts.models import Court
from academy.management.seeding import files
from academy.people.actions import PersonEntry, load_people
from academy.people.models import Appointment, Person
from academy.people.rules import PersonFacts, Post

PERMANENT = "permanent"
NEW_SHARE = 0.12  # of the people in their first year in the post
DAYS_IN_MONTH = 30.4

# Posts of the staff of a court, by how common they are.
STAFF = {
    "session-secretary": 34,
    "judge-assistant": 14,
    "chief-specialist": 16,
    "leading-specialist": 14,
    "court-bailiff": 8,
    "court-translator": 4,
    "archivist": 3,
    "it-specialist": 3,
    "press-secretary": 2,
    "training-coordinator": 2,
}
FIRST_STAFF = ("court-administrator", "chancellery-head")


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post to fill: its number within the court makes the person's key."""

    court: Court
    number: int
    position: str


def load_region(region: str, share: float, *, actor: Actor, at: datetime) -> int:
    """Fill a share of the posts of one region's courts; how many people are new."""
    courts = Court.objects.filter(region__code=region)
    return _load(list(_open_posts(courts, share)), actor=actor, at=at)


def load_everybody(*, actor: Actor, at: datetime) -> int:
    """Fill every post of every court; how many people are new."""
    return _load(list(_open_posts(Court.objects.all(), 1.0)), actor=actor, at=at)


def _open_posts(courts: Any, share: float) -> Iterator[Vacancy]:
    """The posts to fill. A court whose head the demo calls by name gets no second one."""
    headed = set(
        Appointment.objects.filter(
            position__is_head=True, person__external_id__startswith="DEMO-"
        ).values_list("court_id", flat=True)
    )
    open_now = courts.filter(Q(valid_to__isnull=True)).select_related("level", "kind")
    for court in open_now.order_by("code"):
        judges, staff = (
            max(1, round(posts * share)) if posts else 0
            for posts in (court.posts_judges, court.posts_staff)
        )
        positions = [*judges_of(court, judges), *staff_of(court, staff)]
        for number, position in enumerate(positions, start=1):
            if number > 1 or court.pk not in headed:
                yield Vacancy(court, number, position)


def judges_of(court: Court, count: int) -> Iterable[str]:
    """The judges' posts of a court: its head first."""
    level, kind = court.level.code, court.kind.code
    if level in ("supreme", "cassation"):
        prefix = f"{level}-court"
        chairs = [
            f"{prefix}-chair",
            *(["supreme-court-panel-chair"] * 2 if level == "supreme" else []),
        ]
        return [*chairs, *[f"{prefix}-judge"] * count][:count]
    ordinary = "investigative-judge" if kind == "investigative" else "judge"
    chairs = ["court-chair", *(["panel-chair"] * 3 if level == "regional" else [])]
    return [*chairs, *[ordinary] * count][:count]


def staff_of(court: Court, count: int) -> Iterable[str]:
    """The staff posts of a court or office; who leads it first."""
    if court.level.code == "administration":
        return ["administration-office-head", *["administration-specialist"] * count][:count]
    draw = random.Random(f"staff {court.code}")  # noqa: S311
    drawn = draw.choices(list(STAFF), weights=list(STAFF.values()), k=count)
    return [*FIRST_STAFF, *drawn][:count]


def _load(vacancies: Sequence[Vacancy], *, actor: Actor, at: datetime) -> int:
    maker = NameMaker()
    present = set(
        Person.objects.filter(external_id__startswith="HR-").values_list("external_id", flat=True)
    )
    entries = [
        _entry(vacancy, maker, at.date())
        for vacancy in vacancies
        if _external_id(vacancy) not in present
    ]
    with transaction.atomic(durable=True):
        load_people(entries=entries, actor=actor, at=at)
    return len(entries)


def _external_id(vacancy: Vacancy) -> str:
    return f"HR-{vacancy.court.code}-{vacancy.number:03}"


def _entry(vacancy: Vacancy, maker: "NameMaker", today: date) -> PersonEntry:
    key = _external_id(vacancy)
    draw = random.Random(key)  # noqa: S311
    months = draw.randint(1, 11) if draw.random() < NEW_SHARE else draw.randint(12, 240)
    since = max(days_before(today, months), vacancy.court.valid_from)
    facts = maker.person(key, draw, in_service_since=min(since, days_before(today, months + 12)))
    return PersonEntry(facts, (Post(vacancy.court.code, vacancy.position, PERMANENT, since),))


def days_before(today: date, months: int) -> date:
    """The day so many months ago, near enough for a made-up career."""
    return today - timedelta(days=round(months * DAYS_IN_MONTH))


class NameMaker:
    """Draws names from the groups in seeds/judiciary/names.json; the key alone decides which."""

    def __init__(self) -> None:
        self.groups: list[dict[str, Any]] = files.document("judiciary/names.json")["groups"]
        self.shares = [group["share"] for group in self.groups]

    def person(self, key: str, draw: random.Random, *, in_service_since: date) -> PersonFacts:
        """A person of that key."""
        (group,) = draw.choices(self.groups, weights=self.shares)
        form = draw.choice(("male", "female"))
        languages = group["languages"]
        (language,) = draw.choices(list(languages), weights=list(languages.values()))
        return PersonFacts(
            external_id=key,
            family_name=draw.choice(group["families"])[form],
            given_name=draw.choice(group[form]),
            patronymic=draw.choice(group["patronymics"])[form],
            email=f"{key.lower()}@example.org",
            language=language,
            in_service_since=in_service_since,
        )


def load_named(*, actor: Actor, at: datetime) -> int:
    """The people whom the demo calls by name: those with accounts, and more trainers."""
    told = files.document("demo.json")
    wanted = [
        {**item["person"], "email": item["email"], "language": item["language"]}
        for item in told["accounts"]
    ]
    wanted += told["people"]
    present = set(
        Person.objects.filter(external_id__in=[item["external_id"] for item in wanted]).values_list(
            "external_id", flat=True
        )
    )
    entries = [_named(item, at.date()) for item in wanted if item["external_id"] not in present]
    with transaction.atomic(durable=True):
        load_people(entries=entries, actor=actor, at=at)
    return len(entries)


def _named(item: dict[str, Any], today: date) -> PersonEntry:
    facts = PersonFacts(
        external_id=item["external_id"],
        family_name=item["family_name"],
        given_name=item["given_name"],
        patronymic=item["patronymic"],
        email=item["email"],
        language=item["language"],
        in_service_since=item["months_in_service"]
        and days_before(today, item["months_in_service"]),
    )
    if not (item["court"] and item["position"]):
        return PersonEntry(facts)
    since = days_before(today, item["months_in_post"])
    return PersonEntry(facts, (Post(item["court"], item["position"], PERMANENT, since),))

"""Obligations follow the facts: credit, posts, requirements, exemptions, the calendar."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from psycopg.types.range import DateRange

from academy.core.actor import Actor, ActorKind
from academy.courts.models import Position
from academy.ledger import actions as ledger, delivery
from academy.ledger.models import Event
from academy.ledger.registry import handlers
from academy.people.models import Appointment
from academy.people.provisioning import Wanted, provision_person
from academy.people.rules import NewPost
from courses.catalogue.models import Audience, Organisation, Topic
from enrollment.attendance.enums import MarkStatus
from enrollment.credits import owing, reckoning, requirement_actions
from enrollment.credits.enums import Basis, Relief, ReliefReason, Unit
from enrollment.credits.facts import Reader, concerned_by
from enrollment.credits.models import CreditEntry, Obligation, Requirement
from enrollment.credits.requirement_actions import RequirementDraft
from tests import factories
from tests.enrollment.stage import refused
from tests.factories import ACTOR

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
NAMES = {"kk": "Судьялар", "ru": "Судьи", "en": "Judges"}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_frozen")]


@pytest.fixture
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def norm():
    """Adds a requirement for judges: eight academic hours a year unless said otherwise."""
    judges, _ = Audience.objects.get_or_create(
        code="judges", defaults={"names": NAMES, "categories": ["judge"]}
    )
    Organisation.objects.get_or_create(
        code="council", defaults={"names": {"en": "Council"}, "is_own": True}
    )

    def add(code="hours", **said):
        draft = RequirementDraft(**{**plain, **said})
        return requirement_actions.add_requirement(code=code, draft=draft, actor=ACTOR)

    plain = {
        "names": NAMES,
        "audience": judges.code,
        "unit": Unit.HOURS,
        "amount": Decimal(8),
        "valid_from": date(2026, 1, 1),
    }
    return add


def work():
    """What the workers do by themselves."""
    ledger.sequence_all()
    (credits_,) = [handler for handler in handlers() if handler.name == "credits"]
    delivery.drain(credits_)
    reckoning.reckon_due(NOW)


def rows():
    return [
        (row.person_id, str(row.needed), str(row.earned), row.state)
        for row in Obligation.objects.order_by("person_id", "first_day")
    ]


def earn(person, hours, day="2026-03-01", **columns):
    return CreditEntry.objects.create(
        person=person,
        year=2026,
        earned_on=date.fromisoformat(day),
        minutes=hours * 45,
        minutes_per_hour=45,
        **columns,
    )


def test_who_is_in_the_audience_owes_and_others_do_not(norm):
    judge = factories.person(factories.court())
    factories.person(factories.court(), post=factories.position("clerk", category="staff"))
    norm()

    work()

    assert rows() == [(judge.pk, "8.0", "0.0", "owed")]
    due = Obligation.objects.get()
    assert (due.due_on, due.owed) == (date(2026, 12, 31), 8)
    assert concerned_by(Audience.objects.get(), NOW.date()) == 1


def test_a_completed_run_meets_what_is_owed_and_the_systems_are_told(held, norm):
    run = held(people=2, sessions=5, minutes_per_hour=45)
    court = factories.court()
    for seat in run.people:
        period = DateRange(date(2020, 1, 1), None)
        Appointment.objects.create(
            person=seat.person, court=court, position=factories.position(), period=period
        )
    norm(amount=Decimal(10))
    for place, status in enumerate((MarkStatus.PRESENT, MarkStatus.ABSENT)):
        run.mark_one(place, *[status] * 5)

    run.finalise()
    work()

    first, second = run.people
    assert rows() == [
        (first.person_id, "10.0", "10.0", "met"),
        (second.person_id, "10.0", "0.0", "owed"),
    ]
    event = Event.objects.get(type="obligation.met")
    assert event.person_id == first.person.public_id
    assert (event.data["requirement"], event.data["to"]) == ("hours", "2026-12-31")


def test_reckoning_anew_changes_nothing(norm):
    for number, person in enumerate(factories.people(4, factories.court())):
        earn(person, 1 + 3 * number)
    norm()
    norm("grace", grace_days=60, carry_cap=Decimal(2), valid_from=date(2025, 1, 1))
    work()
    before, events = list(Obligation.objects.order_by("pk").values()), Event.objects.count()

    requirements = reckoning.ask_all()
    changed = reckoning.reckon_due(NOW)

    assert (requirements, changed) == (2, 0)
    assert list(Obligation.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events
    assert len(before) == 4 + 8


def test_who_moves_court_keeps_the_obligation_and_who_leaves_the_audience_loses_it(norm):
    """By the HR system: a move among judges begins nothing anew; a clerk owes nothing here."""
    here, there = factories.court(), factories.court()
    judge = factories.person(here)
    factories.position("clerk", category="staff")
    norm(basis=Basis.APPOINTMENT, months=12, valid_from=date(2020, 1, 1))
    norm("yearly")
    work()
    before = Obligation.objects.count()

    move(judge, there.code, "judge")
    work()
    after_move = sorted(Obligation.objects.values_list("requirement__code", "first_day"))
    move(judge, there.code, "clerk")
    work()

    assert before == 2
    assert after_move == [("hours", date(2020, 1, 1)), ("yearly", date(2026, 1, 1))]
    assert [row.requirement.code for row in Obligation.objects.all()] == ["hours"]  # it is over


def move(person, court, position):
    post = NewPost(court, position, NOW.date(), None)
    wanted = Wanted(f"u{person.pk}", person.family_name, person.given_name, post=post)
    provision_person(wanted=wanted, actor=ACTOR, person=person.public_id)


def test_who_leaves_the_service_owes_no_more_and_who_is_appointed_does(norm):
    judge = factories.person(factories.court())
    norm()
    work()
    gone = Wanted(f"u{judge.pk}", judge.family_name, judge.given_name, is_active=False)

    provision_person(wanted=gone, actor=ACTOR, person=judge.public_id)
    code, post = factories.court().code, Position.objects.get(code="judge").code
    fresh = Wanted("new", "Жаңа", "Судья", post=NewPost(code, post, date(2026, 6, 1), None))
    appointed = provision_person(wanted=fresh, actor=ACTOR)
    reckoning.ask_all()
    work()

    assert (appointed.pk, "4.7", "0.0", "owed") in rows()  # seven months of twelve


def test_an_exemption_is_reckoned_at_once_and_back_when_it_is_taken_back(norm):
    judge = factories.person(factories.court())
    norm()
    work()

    made = exempt(judge)
    exempted = rows()
    requirement_actions.end_exemption(exemption=made.public_id, actor=ACTOR)

    assert exempted == [(judge.pk, "0.0", "0.0", "exempt")]
    assert rows() == [(judge.pk, "8.0", "0.0", "owed")]
    told = Event.objects.filter(type__startswith="exemption.").order_by("id")
    assert [event.type for event in told] == ["exemption.granted", "exemption.ended"]
    assert told[0].reason == "illness"


def exempt(person, actor=ACTOR, **said):
    plain = {
        "requirement": "hours",
        "person": person.public_id,
        "kind": Relief.EXEMPTION,
        "first_day": date(2026, 1, 1),
        "last_day": date(2026, 12, 31),
        "reason": ReliefReason.ILLNESS,
        "granted_by": "council",
    }
    return requirement_actions.grant_exemption(**{**plain, **said}, actor=actor)


def test_nobody_exempts_themselves_nor_in_the_name_of_a_stranger(norm):
    judge = factories.person(factories.court())
    norm()
    work()
    herself = Actor(ActorKind.ACCOUNT, person=judge.public_id)
    before = rows()

    with refused("own_exemption"):
        exempt(judge, herself)
    with refused("unknown_code"):
        exempt(judge, granted_by="nobody")
    with refused("period"):
        exempt(judge, last_day=date(2025, 1, 1))

    assert rows() == before


def test_a_topic_counts_with_the_narrower_ones_below_it(norm):
    judge = factories.person(factories.court())
    criminal = Topic.objects.create(code="criminal", names=NAMES)
    drugs = Topic.objects.create(code="drugs", names=NAMES, parent=criminal)
    about_drugs, about_nothing = factories.course(), factories.course()
    about_drugs.current.topics.add(drugs)
    earn(judge, 8, course=about_nothing)
    norm(minimums={"criminal": Decimal(4)})
    work()
    missing = rows()

    earn(judge, 4, course=about_drugs)
    with transaction.atomic():
        reckoning.reckon(people=[judge.pk], now=NOW)

    assert missing == [(judge.pk, "8.0", "8.0", "owed")]
    assert rows() == [(judge.pk, "8.0", "12.0", "met")]


def test_an_edited_requirement_is_reckoned_for_everybody_and_an_old_page_is_refused(norm):
    judge = factories.person(factories.court())
    earn(judge, 8)
    row = norm()
    work()
    draft = RequirementDraft(NAMES, "judges", Unit.HOURS, Decimal(16), date(2026, 1, 1))

    requirement_actions.edit_requirement(code="hours", revision=1, draft=draft, actor=ACTOR)
    work()
    with refused("stale"):
        requirement_actions.edit_requirement(code="hours", revision=1, draft=draft, actor=ACTOR)

    assert rows() == [(judge.pk, "16.0", "8.0", "owed")]
    types = Event.objects.filter(subject_id=row.public_id).order_by("id")
    assert [event.type for event in types] == [
        *("requirement.added", "obligation.met", "requirement.changed", "obligation.reopened"),
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"names": {"en": "Only English"}}, "names_missing"),
        ({"amount": Decimal(0)}, "amount"),
        ({"audience": "nobody"}, "unknown_code"),
        ({"unit": Unit.COURSES, "courses": ("X",), "amount": Decimal(2)}, "courses"),
        ({"minimums": {"criminal": Decimal(9)}}, "minimum"),
        ({"valid_until": date(2025, 1, 1)}, "period"),
        ({"caps": {"sleeping": Decimal(1)}}, "unknown_code"),
    ],
)
def test_a_requirement_that_makes_no_sense_is_refused(norm, said, code):
    with refused(code):
        norm(**said)

    assert not Requirement.objects.exists()


@pytest.mark.parametrize("people", [2, 30])
def test_reckoning_costs_the_same_for_few_and_for_many(norm, people, django_assert_num_queries):
    made = factories.people(people, factories.court())
    requirement = norm(minimums={}, prorates=True)
    reader = Reader(requirement)

    with django_assert_num_queries(3):  # posts, credit, exemptions
        facts = reader.facts([person.pk for person in made])

    assert len(facts) == people
    assert owing.standings(reader.terms, facts[made[0].pk], NOW.date())[0].needed == 8

"""Who decides in the head's place: sees the inbox, answers, and both names are written down."""

from datetime import timedelta

import pytest

from academy.access.actions import end_deputy, name_deputy
from academy.access.enums import Right
from academy.access.queries import deputies_of, viewer_of
from academy.core import clock
from academy.core.errors import Missing
from academy.ledger.models import Event
from academy.people.models import Appointment
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.models import Decision
from enrollment.reminders.queries import heads_asked
from enrollment.requests import access, actions, deciding
from tests import factories
from tests.enrollment.stage import DAY, ask, refused, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.now().date()


@pytest.fixture
def deputy(cast, today):
    return named(cast, first=today, last=today + timedelta(days=7))


def named(cast, **changes):
    today = clock.now().date()
    facts = {"head": cast.boris, "deputy": cast.kenzhe, "court": cast.court}
    return name_deputy(**{**facts, "first": today, "last": today, "actor": ACTOR, **changes})


def viewer(account, after=timedelta()):
    now = clock.now() + after
    return viewer_of(account.pk, now=now, today=now.date())


def consent_asked_by(person):
    return ask(factories.run(mode=EnrollmentMode.APPROVAL), person).decisions.get()


def decide(account, decision, **answer):
    who = viewer(account)
    return deciding.decide_as(
        viewer=who, decision=decision, actor=who.actor(), **{"yes": True, **answer}
    )


def test_a_deputy_decides_and_both_names_are_recorded(cast, deputy):
    asked = consent_asked_by(cast.asel)
    found = access.decision_for(viewer(cast.kenzhe_account), asked.public_id)

    decide(cast.kenzhe_account, found)

    row = Decision.objects.get()
    assert (row.decided_by, row.behalf_of) == (cast.kenzhe_account, cast.boris)
    event = Event.objects.get(type="decision.given")
    assert event.actor_id == cast.kenzhe_account.public_id
    assert event.behalf_of == cast.boris.public_id
    assert states(row.enrollment) == ["confirmed"]


def test_the_head_decides_in_the_own_name(cast, deputy):
    decide(cast.boris_account, consent_asked_by(cast.asel))

    assert Decision.objects.get().behalf_of is None


def test_a_deputy_never_decides_on_the_own_request(cast, deputy):
    asked = consent_asked_by(cast.kenzhe)
    kenzhe = viewer(cast.kenzhe_account)

    assert not access.decisions_for(kenzhe).exists()
    with pytest.raises(Missing):
        access.decision_for(kenzhe, asked.public_id)
    with refused("own_request"):
        decide(cast.kenzhe_account, asked)


def test_a_deputy_never_decides_on_the_heads_own_request(cast, deputy):
    asked = consent_asked_by(cast.asel)
    Decision.objects.update(court=cast.court)
    asked.enrollment.person = cast.boris
    asked.enrollment.save()

    assert not access.decisions_for(viewer(cast.kenzhe_account)).exists()
    with refused("own_request"):
        decide(cast.kenzhe_account, asked)


def test_a_heads_request_goes_one_level_up_under_whatever_post_it_is_made(cast):
    under = Appointment.objects.create(
        person=cast.boris,
        court=cast.court,
        position=factories.position(),
        kind=Appointment.Kind.SECONDMENT,
        period=(factories.SINCE, None),
    )
    run = factories.run(mode=EnrollmentMode.APPROVAL)

    asked = ask(run, cast.boris, appointment=under.public_id).decisions.get()

    assert asked.court == cast.court.parent


def test_the_right_ends_with_the_last_day(cast, deputy):
    may = [viewer(cast.kenzhe_account, days * DAY).may(Right.CONSENT) for days in (0, 7, 8)]

    assert may == [True, True, False]


def test_the_right_begins_with_the_first_day(cast, today):
    named(cast, first=today + timedelta(days=2), last=today + timedelta(days=3))

    may = [viewer(cast.kenzhe_account, days * DAY).may(Right.CONSENT) for days in (0, 2)]

    assert may == [False, True]


@pytest.mark.parametrize("begins_in", [-3, 0, 3])
def test_a_head_ends_it_at_once(cast, deputy, today, begins_in):
    type(deputy).objects.update(
        period=(today + timedelta(days=begins_in), today + timedelta(days=9))
    )

    for _ in range(2):
        end_deputy(row=deputy, actor=ACTOR)

    later = [viewer(cast.kenzhe_account, days * DAY).may(Right.CONSENT) for days in (0, 4)]
    assert later == [False, False]
    assert not deputies_of(viewer(cast.boris_account), day=today).exists()
    assert Event.objects.filter(type="deputy.ended").count() == 1


def test_who_heads_the_court_no_more_has_no_deputy(cast, deputy, today):
    Appointment.objects.filter(person=cast.boris).update(period=(None, today))

    assert not viewer(cast.kenzhe_account).may(Right.CONSENT)


def test_a_deputy_is_told_what_waits_but_not_of_the_own_request(cast, deputy):
    steps = [consent_asked_by(cast.asel), consent_asked_by(cast.kenzhe)]

    told = heads_asked([step.public_id for step in steps], clock.now())

    assert sorted((step, person) for step, person, _due in told) == sorted(
        [
            (steps[0].public_id, cast.boris.pk),
            (steps[0].public_id, cast.kenzhe.pk),
            (steps[1].public_id, cast.boris.pk),
        ]
    )


@pytest.mark.parametrize(
    ("head", "who", "code"),
    [
        ("boris", "boris", "own_deputy"),
        ("asel", "kenzhe", "not_head"),
        ("boris", "dana", "not_of_this_court"),
    ],
)
def test_a_head_names_somebody_of_the_own_court(cast, head, who, code):
    with refused(code):
        named(cast, head=getattr(cast, head), deputy=getattr(cast, who))


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-1, 2), (0, 400)])
def test_an_absence_has_days_that_make_sense(cast, today, first, last):
    with refused("period"):
        named(cast, first=today + timedelta(days=first), last=today + timedelta(days=last))


def test_one_is_a_deputy_once_at_a_time(cast, deputy, today):
    with refused("deputy_already"):
        named(cast, first=today + timedelta(days=5), last=today + timedelta(days=20))


def test_many_answers_are_decisions_of_their_own(cast):
    asked = [consent_asked_by(person) for person in factories.people(2, cast.court)]
    answered_before = consent_asked_by(cast.asel)
    boris = viewer(cast.boris_account)
    actions.decide(decision=answered_before.public_id, yes=True, account=None, actor=ACTOR)
    batch = {"viewer": boris, "yes": False, "reason": "hearing", "actor": boris.actor()}

    results = [
        deciding.decide_many(decisions=[asked[0], answered_before, asked[1]], **batch)
        for _ in range(2)
    ]

    codes = [[one.refusal and one.refusal.code for one in result] for result in results]
    assert codes == [[None, "decision_closed", None]] * 2
    assert Event.objects.filter(type="decision.refused").count() == 2
    assert states(*(one.enrollment for one in asked)) == ["rejected"] * 2

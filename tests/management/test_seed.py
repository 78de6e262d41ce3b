"""The seeds: loaded twice they change nothing, and every state is reached by the rules."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from academy.accounts.demo import demo_accounts, open_demo_accounts
from academy.accounts.models import Account
from academy.core.actor import Actor
from academy.core.errors import Refused
from academy.ledger.models import Event
from academy.people.models import Person
from courses.catalogue.models import Course
from courses.development.models import Proposal
from courses.planning.enums import RunState
from courses.planning.models import Run
from enrollment.certificates.models import Certificate
from enrollment.requests.history import PastEnrollment, load_history
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment

pytestmark = pytest.mark.django_db

NOT_YET = {State.TRANSFERRED}  # there is no transfer yet


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def seed(capsys, *options):
    call_command("seed", *options)
    return capsys.readouterr()


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(  # a Saturday of a long holiday
            datetime(2026, 3, 21, 6, tzinfo=UTC), marks=pytest.mark.proof
        ),
        datetime(2026, 11, 24, 20, tzinfo=UTC),  # the next day in Kazakhstan
    ],
)
def test_every_state_is_reached_and_nothing_is_refused(capsys, time_machine, moment):
    time_machine.move_to(moment)

    said = seed(capsys)

    assert said.err == ""
    assert set(Run.objects.values_list("state", flat=True)) == set(RunState)
    assert set(Enrollment.objects.values_list("state", flat=True)) == set(State) - NOT_YET
    assert Certificate.objects.exists()
    assert {login for login, _, _ in demo_accounts()} == {
        *("trainee", "trainee2", "official", "chair", "coordinator", "trainer", "registrar"),
        *("auditor", "partner", "partner2"),
    }

    before = counts()
    said = seed(capsys)
    assert counts() == before
    assert set(Proposal.objects.values_list("state", flat=True)) == {"in_review", "course"}
    assert Course.objects.get(code="DV-001").status == "published"


def counts():
    return [model.objects.count() for model in (Run, Enrollment, Person, Account, Event)]


def test_demo_accounts_are_for_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(Refused) as refusal:
        open_demo_accounts(
            wanted=[], actor=Actor.system("seed"), at=datetime(2026, 1, 1, tzinfo=UTC)
        )

    assert refusal.value.code == "not_a_demo"
    assert demo_accounts() == []


def test_history_is_all_or_nothing(cast):
    row = PastEnrollment("NO-RUN", "nobody", "completed", 60, datetime(2025, 1, 1, tzinfo=UTC))

    with pytest.raises(Refused) as refusal:
        load_history(past=[row], actor=Actor.system("import"), at=datetime(2026, 1, 1, tzinfo=UTC))

    assert refusal.value.code == "history_rows"
    assert set(refusal.value.fields) == {"run", "person"}
    assert Enrollment.objects.count() == 0

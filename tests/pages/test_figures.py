"""Pictures of the record: the numbers, what is hidden, what was known when, and who sees what."""

from datetime import UTC, datetime

import pytest
import time_machine

from academy.access.models import RoleGrant
from academy.people.models import Person
from courses.catalogue.models import Topic
from courses.planning.imports import PastRun, load_past_runs
from enrollment.attendance.enums import OutcomeKind
from enrollment.attendance.models import Outcome
from enrollment.requests.history import PastEnrollment, load_history
from tests import factories
from tests.factories import ACTOR

HELD = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
ASKED = datetime(2026, 2, 15, tzinfo=UTC)
NOW = datetime(2026, 10, 1, 6, tzinfo=UTC)
COMPLETED, NO_SHOW, EXCUSED = OutcomeKind.COMPLETED, OutcomeKind.NO_SHOW, OutcomeKind.EXCUSED


@pytest.fixture(autouse=True)
def _october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def record(db):
    """North: 24 people, of whom 12 completed and 6 did not come; south: 10, of whom 5 completed."""
    regions = [factories.region("R-NORTH"), factories.region("R-SOUTH")]
    for place, one in enumerate(regions, start=1):
        one.tile_row, one.tile_column, one.short_names = 1, place, {"en": one.code[2:]}
        one.names = {"en": one.code[2:].title()}
        one.save()
    north, south = (factories.court(in_region=one) for one in regions)
    course = factories.course()
    topic = Topic.objects.create(code="ethics", names={"en": "Ethics"})
    course.current.topics.add(topic)
    run = PastRun("T-P1", course, "kk", "Asia/Almaty", [HELD], 360)
    load_past_runs(runs=[run], actor=ACTOR, at=NOW)
    told = []
    for court, outcomes in (
        (north, [COMPLETED] * 12 + [NO_SHOW] * 6 + [None] * 6),
        (south, [COMPLETED] * 5 + [None] * 5),
    ):
        for person, outcome in zip(factories.people(len(outcomes), court), outcomes, strict=True):
            Person.objects.filter(pk=person.pk).update(external_id=f"P{person.pk}")
            if outcome:
                minutes = 360 if outcome == COMPLETED else 0
                told.append(PastEnrollment("T-P1", f"P{person.pk}", outcome, minutes, ASKED))
    load_history(past=told, actor=ACTOR, at=NOW)
    return north, south


@pytest.fixture
def registrar(browser):
    return browser(factories.account("clara", role="registrar"))


@pytest.fixture
def coordinator(browser, record):
    kenzhe = factories.account("kenzhe")
    RoleGrant.objects.create(account=kenzhe, role="coordinator", court=record[1])
    return browser(kenzhe)


def rows(client, picture, **filters):
    """The file's lines without its head."""
    answer = client.get(f"/desk/figures/{picture}.csv", filters)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return answer.content.decode("utf-8-sig").splitlines()[1:]


FIGURES = {
    "coverage": ["North,24,12,50.0", "South,10,5,50.0"],
    "seats": ["North,18,18,12", "South,5,5,5", "Together,23,23,17"],
    "hours": ["March,136.0"],
    "no-shows": ["March,23,26.1,0.0"],
    "languages": ["Kazakh,1,23,0"],
    "decisions": [],
}


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("picture", FIGURES)
def test_each_picture_tells_its_numbers_on_the_page_and_in_the_file(registrar, picture):
    assert rows(registrar, picture) == FIGURES[picture]
    page = registrar.get(f"/desk/figures/{picture}/").text

    assert ('<svg class="picture"' in page) == bool(FIGURES[picture])
    assert "style=" not in page
    for line in FIGURES[picture]:
        assert line.split(",")[0] in page


def test_filters_stand_in_the_address_and_narrow_the_numbers_down(registrar, record):
    assert rows(registrar, "seats", region="R-SOUTH") == [f"Court {record[1].code},5,5,5"]
    assert rows(registrar, "seats", topic="ethics")[-1] == "Together,23,23,17"
    assert rows(registrar, "seats", year="2025") == []
    assert "Choose another year" in registrar.get("/desk/figures/seats/?year=2025").text
    assert registrar.get("/desk/figures/seats/?known=then").text.count('class="error-summary') == 1
    assert registrar.get("/desk/figures/seats.csv?year=1066").status_code == 404
    assert registrar.get("/desk/figures/tests/").status_code == 404


@pytest.mark.usefixtures("record")
def test_a_past_day_is_told_as_it_was_known_then_whatever_was_corrected_later(registrar):
    first = Outcome.objects.filter(outcome=NO_SHOW).first()
    Outcome.objects.filter(pk=first.pk).update(is_current=False)
    columns = {"minutes_attended": 360, "minutes_planned": 360, "reason": "correction"}
    Outcome.objects.create(
        enrollment=first.enrollment, revision=2, outcome=COMPLETED, frozen_at=NOW, **columns
    )

    assert rows(registrar, "seats", known="2026-03-01") == [
        "North,18,0,0",
        "South,5,0,0",
        "Together,23,0,0",
    ]
    assert rows(registrar, "seats", known="2026-09-30")[0] == "North,18,18,12"
    assert rows(registrar, "seats")[0] == "North,18,18,13"
    assert (
        "corrected later is left out" in registrar.get("/desk/figures/seats/?known=2026-09-30").text
    )


def test_few_people_are_hidden_for_everybody_and_so_is_what_would_tell_them(registrar, record):
    spare = Person.objects.filter(appointments__court=record[1]).exclude(enrollments__isnull=False)
    for person in spare[:3]:
        person.appointments.all().delete()

    page = registrar.get("/desk/figures/coverage/").text

    assert rows(registrar, "coverage") == [
        "North,not shown,not shown,not shown",
        "South,not shown,not shown,not shown",
    ]
    assert "Groups of fewer than 5 people are not shown" in page


def test_a_court_sees_itself_and_its_regions_mean_but_no_other(coordinator, record):
    north, south = record

    assert rows(coordinator, "seats") == [f"Court {south.code},5,5,5"]
    assert rows(coordinator, "coverage") == [
        f"Court {south.code},10,5,50.0",
        "On average: South,,,50.0",
    ]
    page = coordinator.get(f"/desk/figures/seats/?court={north.code}&region=R-NORTH").text
    assert f"Court {north.code}" not in page


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("picture", FIGURES)
def test_a_picture_asks_few_questions(registrar, statements, picture):
    assert len(statements(registrar, f"/desk/figures/{picture}/")) <= 4

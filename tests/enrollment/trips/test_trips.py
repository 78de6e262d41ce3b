"""Papers of trips: issued once, outdated by what an order rests on, seen by few, checked by all."""

from datetime import date, timedelta

import pytest

from academy.core import clock
from academy.core.working_days import WorkingCalendar
from academy.ledger.models import Event
from courses.planning.actions import SessionPlan, set_travel
from courses.planning.enums import Payer
from courses.planning.models import Venue
from enrollment.requests import actions as requests, run_changes
from enrollment.trips import actions, queries, rules
from enrollment.trips.enums import TripAnswer, TripState
from enrollment.trips.models import TripPaper
from tests import factories
from tests.enrollment.stage import ask, refused
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    """Asel and Dana have a place in a run that is held in a hall, at the sending court's cost."""
    run = factories.run(trainer=cast.timur)
    run.venue = Venue.objects.create(
        code="hall",
        names={"en": "Great Hall", "kk": "Үлкен зал", "ru": "Большой зал"},
        city={"en": "Capital"},
        time_zone="Asia/Almaty",
    )
    run.save()
    for person in (cast.asel, cast.dana):
        ask(run, person)
    pay(run)
    return run


def pay(run, payer=Payer.COURT, before=1):
    set_travel(run=run.public_id, before=before, after=1, payer=payer, actor=ACTOR)


def issue(run, **named):
    return actions.issue(run=run.public_id, actor=ACTOR, **named)


def states(run):
    return [str(one.state) for one in queries.travellers_of(run.enrollments.all())]


def answers(papers):
    return [queries.standing_of(paper.serial)[1] for paper in papers]


def test_papers_are_issued_once_with_an_event_that_holds_no_secret(run):
    assert states(run) == ["to_prepare", "to_prepare"]

    papers = issue(run)

    assert states(run) == ["issued", "issued"]
    assert issue(run) == []
    events = Event.objects.filter(type="trip.issued").order_by("id")
    assert [event.subject_id for event in events] == [paper.public_id for paper in papers]
    assert not any(paper.serial in str(event.data) for paper in papers for event in events)
    assert len({paper.serial for paper in papers}) == 2
    assert all(len(paper.serial) == 26 for paper in papers)


def test_a_moved_run_outdates_its_papers_and_a_new_revision_takes_their_place(run):
    first = issue(run)
    later = run.starts_at + timedelta(days=7)

    run_changes.move_run(
        run=run.public_id, sessions=[SessionPlan(later, 90)], reason="trainer_ill", actor=ACTOR
    )

    assert answers(first) == [TripAnswer.ENDED] * 2  # nobody has said yet that they still come
    for row in run.enrollments.all():
        requests.confirm(enrollment=row.public_id, actor=ACTOR)
    assert answers(first) == [TripAnswer.OUTDATED] * 2
    assert states(run) == ["changed", "changed"]
    second = issue(run)
    assert [paper.revision for paper in second] == [2, 2]
    assert answers(first + second) == [TripAnswer.OUTDATED] * 2 + [TripAnswer.HOLDS] * 2


def test_another_payer_or_more_days_on_the_way_outdate_a_paper_and_a_new_name_does_not(run, cast):
    issue(run)
    cast.asel.family_name = "Әбдірахманова"
    cast.asel.save()
    assert states(run) == ["issued", "issued"]

    pay(run, Payer.ACADEMY)

    assert states(run) == ["changed", "changed"]
    pay(run)
    assert states(run) == ["issued", "issued"]
    pay(run, before=2)
    assert states(run) == ["changed", "changed"]


def test_whose_court_lies_in_the_region_of_the_place_gets_a_paper_only_when_named(run, cast):
    Venue.objects.update(region=cast.court.region)
    mine = run.enrollments.get(person=cast.asel)

    issue(run)

    assert sorted(states(run)) == ["issued", "nearby"]
    issue(run, enrollments=[mine.public_id])
    assert states(run) == ["issued", "issued"]


def test_without_place_payer_or_people_nothing_is_issued(run):
    run.payer = ""
    run.save()
    with refused("payer_missing"):
        issue(run)
    pay(run)
    run.refresh_from_db()
    run.venue = None
    run.save()
    with refused("run_has_no_place"):
        issue(run)
    with refused("travel_days"):
        pay(run, before=9)
    assert TripPaper.objects.count() == 0


def test_the_page_is_the_same_at_any_time_and_says_it_in_three_languages(run):
    papers = issue(run)

    once = queries.pdf_of(papers)

    assert once.startswith(b"%PDF")
    assert once == queries.pdf_of(TripPaper.objects.order_by("pk"))
    assert len(once) > len(queries.pdf_of(papers[:1]))
    assert rules.languages_on_paper() == ["kk", "ru", "en"]
    facts = dict(queries.said(papers[0], "en")["facts"])
    assert facts["Place"] == "Great Hall, Capital"
    assert facts["Costs are paid by"] == "the sending side"


def test_the_day_on_which_a_court_needs_the_paper_counts_working_days():
    assert rules.needed_by(date(2026, 12, 14), WorkingCalendar()) == date(2026, 11, 30)
    assert rules.state_of(None, None, is_nearby=False) == TripState.TO_PREPARE


def test_the_days_of_all_runs_are_one_question(run, django_assert_num_queries):
    ask(factories.run(), factories.person())
    with django_assert_num_queries(5):
        (journey,) = queries.journeys(run.enrollments.all(), now=clock.now())

    assert (journey.waiting, journey.issued) == (2, 0)
    assert journey.needed_by < run.starts_at.date()


def test_the_desk_issues_and_the_court_prints_its_own(run, cast, client):
    def as_(account):
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["django_language"] = "en"
        return client

    page = f"/desk/runs/{run.public_id}/trips/"
    assert run.code in as_(cast.clara_account).get("/desk/trips/").text
    assert "Issue 2 papers" in client.get(page).text
    wrong = client.post(f"{page}terms/", {"before": 9, "after": 1, "payer": "court"})
    assert wrong.status_code == 200
    assert client.post(f"{page}issue/").status_code == 303
    assert "All that hold, as one PDF" in client.get(page).text
    whole = client.get(f"{page}all.pdf")
    assert whole["Content-Type"] == "application/pdf"
    assert whole["Cache-Control"] == "private, no-store"

    own = as_(cast.kenzhe_account).get(page).text
    assert "Әсел" in own
    assert "Дана" not in own
    assert client.post(f"{page}issue/").status_code == 404
    mine, other = (TripPaper.objects.get(enrollment__person=one) for one in (cast.asel, cast.dana))
    assert client.get(f"/trips/{mine.public_id}.pdf").status_code == 200
    assert client.get(f"/trips/{other.public_id}.pdf").status_code == 404
    assert len(client.get(f"{page}all.pdf").content) < len(whole.content)

    asel = as_(cast.asel_account).get(f"/enrollments/{mine.enrollment.public_id}/").text
    assert f"/trips/{mine.public_id}.pdf" in asel
    client.logout()
    client.cookies["django_language"] = "en"
    check = client.get(f"/verify/{mine.serial}")
    assert "This paper holds" in check.text
    assert check["Cache-Control"] == "no-store"

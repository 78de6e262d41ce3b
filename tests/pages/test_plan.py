"""The year's plan at the desk: board, calendar, places, paper; and copying it, step by step."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from academy.access.enums import Role
from academy.courts.models import CalendarDay
from academy.ledger.models import Event
from courses.catalogue.models import Course, Organisation
from courses.planning.enums import PoolScope
from courses.planning.models import PlanApproval, Run, Session, Venue
from courses.planning.pools import Share
from enrollment.requests import pool_actions, run_changes, timers
from tests import factories
from tests.courses.development.stage import Bodies
from tests.enrollment.stage import ask
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 2, 2, 5, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def in_days(days, **asked):
    return factories.run(starts_in=timedelta(days=days), **asked)


def text_of(response):
    return " ".join(strip_tags(response.content.decode()).split())


def piles_of(response):
    """What stands in each column, by code."""
    return {
        pile.column.value: [one.card.code for one in pile.cards]
        for pile, _hint in response.context["piles"]
    }


@pytest.fixture
def registrar(cast, browser):
    return browser(cast.clara_account)


def test_every_run_stands_in_the_column_that_says_what_it_needs(cast, registrar):
    planned = in_days(40, is_published=False)
    idea = in_days(41, is_published=False)
    idea.assignments.all().delete()
    published = in_days(42)
    thin = in_days(7, minimum_size=3)
    later = in_days(50, minimum_size=3)
    full = in_days(44, seats=1)
    ask(full, cast.asel)
    with time_machine.travel(NOW - timedelta(days=20), tick=False):
        over, done = in_days(5, trainer=cast.timur), in_days(6)
    for _ in range(2):
        timers.advance_runs()
    Run.objects.filter(pk=done.pk).update(state="finalised")
    moved = in_days(45)
    run_changes.postpone_run(run=moved.public_id, reason="other", actor=ACTOR)
    gone = in_days(46)
    run_changes.cancel_run(run=gone.public_id, reason="other", actor=ACTOR)

    response = registrar.get(reverse("enrollment:plan-board", args=[2026]))

    assert piles_of(response) == {
        "idea": [idea.code],
        "planned": [planned.code],
        "published": [published.code, later.code],
        "at_risk": [thin.code, moved.code],
        "full": [full.code],
        "to_finalise": [over.code],
        "done": [done.code],
    }
    page = text_of(response)
    assert "0 of at least 3 people. Decide now: nothing happens by itself." in page
    assert "1 cancelled run is not shown." in page


def test_publishing_from_the_board_moves_the_card(cast, registrar):
    run = in_days(40, is_published=False)
    board = reverse("enrollment:plan-board", args=[2026])
    publish = reverse("enrollment:run-publish", args=[run.public_id])

    response = registrar.post(publish, {"back": board}, follow=True)

    assert response.redirect_chain == [(board, 303)]
    assert piles_of(response)["published"] == [run.code]
    elsewhere = registrar.post(
        reverse("enrollment:run-go-ahead", args=[run.public_id]), {"back": "//evil.example/"}
    )
    assert elsewhere["Location"] == reverse("enrollment:run", args=[run.public_id])


def leads_of(response):
    """Where each card may be dragged: its column, the other ones, and the page behind each."""
    return {
        pile.column.value: {column: address.split("/")[-2] for column, address in one.leads}
        for pile, _hint in response.context["piles"]
        for one in pile.cards
    }


def test_a_card_leads_to_other_columns_by_pages_that_show_first_what_would_happen(
    cast, registrar, browser
):
    in_days(40, is_published=False)
    in_days(41, is_published=False).assignments.all().delete()
    in_days(42)
    ask(in_days(44, seats=1), cast.asel)
    moved = in_days(45)
    run_changes.postpone_run(run=moved.public_id, reason="other", actor=ACTOR)
    with time_machine.travel(NOW - timedelta(days=20), tick=False):
        over, done = in_days(5), in_days(6)
    Run.objects.filter(pk=over.pk).update(state="finished")
    Run.objects.filter(pk=done.pk).update(state="finalised")
    board = reverse("enrollment:plan-board", args=[2026])

    assert leads_of(registrar.get(board)) == {
        "idea": {"planned": "trainers"},
        "planned": {"published": "publish"},
        "published": {"at_risk": "postpone"},
        "full": {"published": "capacity", "at_risk": "postpone"},
        "at_risk": {"published": "move"},
        "to_finalise": {"done": "finalise"},
        "done": {"planned": "copy"},
    }
    assert not any(leads_of(browser(cast.otto_account).get(board)).values())
    assert "data-to-" not in browser(cast.otto_account).get(board).text


def test_what_was_accepted_stands_among_the_ideas_until_a_run_is_planned(cast, registrar):
    bodies = Bodies()
    row = bodies.accepted(year=2026)
    bodies.accepted(year=2027)
    bodies.in_review(year=2026)
    board = reverse("enrollment:plan-board", args=[2026])

    def ideas():
        response = registrar.get(board)
        (pile,) = [one for one, _ in response.context["piles"] if one.column.value == "idea"]
        return [idea.proposal.public_id for idea in pile.ideas], response.text

    found, page = ideas()
    assert found == [row.public_id]
    catalogue = reverse("enrollment:proposal-catalogue", args=[row.public_id])
    assert f'data-to-planned="{catalogue}"' in page
    registrar.post(catalogue, {"code": "DP-1", "provider": "academy"})
    found, page = ideas()
    assert found == [row.public_id]
    assert 'data-to-planned="/desk/runs/new/?course=DP-1"' in page

    factories.run(of=Course.objects.get(code="DP-1"), is_published=False)

    assert ideas()[0] == []


def test_the_page_of_publishing_says_first_what_it_means_and_what_is_missing(cast, registrar):
    run, other = (in_days(40, is_published=False, trainer=cast.timur) for _ in range(2))
    page = text_of(registrar.get(reverse("enrollment:run-publish", args=[run.public_id])))
    assert "0 people who wanted to hear of the course are told." in page
    assert f"also wanted by {other.code}" in page or other.code in page
    run.assignments.all().delete()

    page = registrar.get(reverse("enrollment:run-publish", args=[run.public_id]))

    assert "Dates or a trainer are missing." in text_of(page)
    assert '<button class="button" type="submit">' not in page.text
    assert Run.objects.get(pk=run.pk).state == "draft"


def test_trainers_are_named_by_a_form_that_first_shows_who_is_busy(cast, registrar):
    new = factories.person()
    factories.account(of=new, role=Role.TRAINER)
    run, other = in_days(40, is_published=False), in_days(40, trainer=new)
    run.assignments.all().delete()
    page = reverse("enrollment:run-trainers", args=[run.public_id])
    named = {"trainer_0": new.public_id, "trainer_1": cast.timur.public_id, "trainer_2": ""}

    warned = registrar.post(page, named)

    assert other.code in text_of(warned)
    assert not run.assignments.exists()
    assert not Event.objects.filter(type="run.trainers_named").exists()
    agreed = dict(warned.context["hidden"])
    assert registrar.post(page, named | agreed).status_code == 303
    teach = run.assignments.order_by("-is_lead").values_list("person", "is_lead")
    assert list(teach) == [(new.pk, True), (cast.timur.pk, False)]
    assert Event.objects.get(type="run.trainers_named").data["trainers"] == 2
    assert piles_of(registrar.get(reverse("enrollment:plan-board", args=[2026])))["idea"] == []


def test_a_public_run_cannot_have_a_trainer_whom_another_run_has_and_a_begun_one_none_anew(
    cast, registrar
):
    new = factories.person()
    factories.account(of=new, role=Role.TRAINER)
    run, _other = in_days(40), in_days(40, trainer=new)
    (before,) = run.assignments.values_list("person", flat=True)
    page = reverse("enrollment:run-trainers", args=[run.public_id])
    named = {"trainer_0": new.public_id}
    agreed = dict(registrar.post(page, named).context["hidden"])

    refused = registrar.post(page, named | agreed)

    assert refused.status_code == 200
    assert list(run.assignments.values_list("person", flat=True)) == [before]
    Run.objects.filter(pk=run.pk).update(state="running")
    page = registrar.post(page, named | agreed)
    assert "settled once it has begun" in text_of(page)
    assert list(run.assignments.values_list("person", flat=True)) == [before]
    assert not Event.objects.filter(type="run.trainers_named").exists()


def test_the_address_narrows_every_view(cast, registrar):
    region = cast.court.region
    hall = Venue.objects.create(
        code="HALL", names={"en": "Hall"}, region=region, time_zone="Asia/Almaty"
    )
    here, other = in_days(40, trainer=cast.timur, venue=hall), in_days(41, language="ru")
    shares = [Share(PoolScope.COURT, 1, court_id=cast.court.pk)]
    pool_actions.share_seats(run=here.public_id, shares=shares, actor=ACTOR)

    for name, value, found in (
        ("course", other.course.code, other),
        ("region", region.code, here),
        ("venue", "HALL", here),
        ("court", cast.court.code, here),
        ("trainer", str(cast.timur.public_id), here),
        ("language", "ru", other),
    ):
        response = registrar.get(reverse("enrollment:plan-board", args=[2026]), {name: value})
        assert list(chain(*piles_of(response).values())) == [found.code], name
        year = registrar.get(reverse("enrollment:plan-year", args=[2026]), {name: value})
        assert year.context["runs"] == 1, name
    assert (
        "body=academy"
        in registrar.get(
            reverse("enrollment:plan-board", args=[2026]), {"body": "academy"}
        ).context["tabs"][0]["url"]
    )


def test_the_calendar_counts_weeks_and_warns(cast, registrar):
    CalendarDay.objects.create(date=date(2026, 3, 9), kind="off", names={"en": "Women's Day"})
    first = in_days(35, trainer=cast.timur)  # Monday, 9 March
    second = in_days(35, trainer=cast.timur, is_published=False)

    response = registrar.get(reverse("enrollment:plan-year", args=[2026]))

    march = response.context["months"][2]
    assert [(week.number, week.runs) for week in march.weeks if week.runs] == [(11, 2)]
    page = text_of(response)
    assert "2 runs need a look" in page
    assert "9 March 2026 is a day off: Women&#x27;s Day." in page
    assert f"teaches {first.code} at the same time" in page
    month = registrar.get(reverse("enrollment:plan-year", args=[2026]), {"month": 3})
    assert [line["card"].code for line in month.context["lines"]] == [first.code, second.code]
    assert [line["days"] for line in month.context["lines"]] == [[8], [8]]


def test_a_place_and_a_trainer_show_what_is_taken_and_the_free_weeks(cast, registrar):
    hall = Venue.objects.create(code="HALL", names={"en": "Hall"}, time_zone="Asia/Almaty")
    run = in_days(35, trainer=cast.timur, sessions=2)
    Session.objects.filter(run=run).update(venue=hall)

    listed = registrar.get(reverse("enrollment:plan-places", args=[2026]))
    assert [(row["key"], row["runs"], row["days"]) for row in listed.context["venues"]] == [
        ("HALL", 1, 2)
    ]
    for kind, key in (("venue", "HALL"), ("trainer", cast.timur.public_id)):
        page = registrar.get(reverse("enrollment:plan-place", args=[2026, kind, key]))
        taken = [
            (week.number, [card.code for card in week.cards])
            for month in page.context["months"]
            for week in month.weeks
            if week.cards
        ]
        assert taken == [(11, [run.code])]
        assert page.context["free"] == 52
    nobody = reverse("enrollment:plan-place", args=[2026, "trainer", cast.asel.public_id])
    assert registrar.get(nobody).status_code == 404


def test_the_plan_on_paper_says_who_approves_it(cast, registrar):
    run = in_days(35, trainer=cast.timur)
    for code in ("council", "court-office"):
        Organisation.objects.create(code=code, names={"en": code.title()}, is_own=True)
    paper = reverse("enrollment:plan-print", args=[2026])
    bodies = reverse("enrollment:plan-bodies", args=[2026])
    approve = reverse("enrollment:plan-approve", args=[2026])
    assert "Draft, not approved yet" in text_of(registrar.get(paper))

    registrar.post(bodies, {"bodies": ["council", "court-office"]})
    registrar.post(approve, {"body": "council", "day": "2026-01-20"})
    assert "Draft, not approved yet" in text_of(registrar.get(paper))
    tomorrow = registrar.post(approve, {"body": "court-office", "day": "2026-02-03"}, follow=True)
    assert "An approval is noted once it was given." in text_of(tomorrow)
    assert PlanApproval.objects.filter(approved_on__isnull=False).count() == 1
    registrar.post(approve, {"body": "court-office", "day": "2026-01-30"})

    page = text_of(registrar.get(paper))
    assert "Approved by all bodies on 30 January 2026" in page
    assert run.code in page
    registrar.post(approve, {"body": "court-office", "day": ""})
    registrar.post(bodies, {"bodies": ["council"]})
    assert "Approved by all bodies on 20 January 2026" in text_of(registrar.get(paper))
    kinds = Event.objects.filter(subject_kind="plan").order_by("id").values_list("type", flat=True)
    assert list(kinds) == [
        "plan.bodies_named",
        "plan.approved",
        "plan.approved",
        "plan.approval_taken_back",
        "plan.bodies_named",
    ]


def test_a_year_is_copied_step_by_step_and_taken_back(cast, registrar):
    run = in_days(35, trainer=cast.timur)
    count = Run.objects.count()

    shown = registrar.post(
        reverse("enrollment:plan-year-copy", args=[2026]), {"to": 2027}, follow=True
    )
    assert "Nothing is copied yet." in text_of(shown)
    assert Run.objects.count() == count
    job = shown.context["job"]
    done = registrar.post(reverse("enrollment:plan-copy-apply", args=[job.public_id]), follow=True)
    copy = Run.objects.get(copy_of__source=run)
    assert copy.code in text_of(done)
    board = registrar.get(reverse("enrollment:plan-board", args=[2027]))
    assert piles_of(board)["planned"] == [copy.code]
    undone = registrar.post(reverse("enrollment:plan-copy-undo", args=[job.public_id]), follow=True)
    assert "This copy was taken back" in text_of(undone)
    assert Run.objects.count() == count


def test_the_views_ask_as_many_statements_of_forty_runs_as_of_one(cast, browser, statements):
    client = browser(cast.clara_account)
    addresses = [
        reverse(f"enrollment:plan-{name}", args=[2026])
        for name in ("year", "board", "places", "print")
    ]
    addresses.append(f"{addresses[0]}?month=3")
    counted = []
    in_days(35, is_published=False)
    for _ in range(2):
        counted.append([len(statements(client, address)) for address in addresses])
        for number in range(20):
            in_days(28 + number, is_published=False, trainer=cast.timur)

    assert counted[0] == counted[1]
    assert max(counted[0]) <= 6

"""Seats shared out at the desk, and what a person reads of them on the course's page."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from academy.core import clock
from courses.planning.enums import PoolScope
from courses.planning.models import SeatPool
from courses.planning.pools import Share
from enrollment.requests import pool_actions
from enrollment.requests.share_plans import ByPosts, written_by_posts
from tests import factories
from tests.api.calls import Caller
from tests.enrollment.stage import ask, fill, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def pools_url(run):
    return reverse("enrollment:run-pools", kwargs={"run": run.public_id})


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def seats_by_court(run):
    rows = SeatPool.objects.filter(run=run, court__isnull=False).order_by("court__code")
    return {row.court.code: row.seats.count() for row in rows}


def plan_in(page):
    return re.search(r'name="plan" value="([^"]*)"', page.text)[1]


def by_hand(court, seats, **more):
    sent = {"whom": f"court:{court.code}", "seats": seats, **more}
    return {"way": "hand"} | {f"hand-{name}": value for name, value in sent.items()}


@pytest.fixture
def registrar(cast, browser):
    return browser(cast.clara_account)


def test_a_share_by_hand_is_shown_in_words_before_it_is_made(cast, registrar):
    run = factories.run(seats=5)
    before = sight()

    page = registrar.post(pools_url(run), by_hand(cast.court, 2, falls_to="region"))

    shown = text_of(page)
    assert f"2 seats go from “everyone” to “{cast.court.names['en']}”." in shown
    assert "Nobody who waits would get a seat by this." in shown
    assert sight() == before
    assert not SeatPool.objects.filter(run=run, court=cast.court).exists()
    registrar.post(pools_url(run), {"way": "apply", "plan": plan_in(page)})

    pool = SeatPool.objects.get(run=run, court=cast.court)
    assert (pool.seats.count(), pool.parent.region) == (2, cast.court.region)


def test_the_preview_names_who_would_get_a_seat_and_the_deed_gives_it(cast, registrar):
    run = factories.run(seats=2)
    pool_actions.share_seats(
        run=run.public_id,
        shares=[Share(PoolScope.COURT, 2, court_id=cast.court.pk)],
        actor=ACTOR,
    )
    stranger = ask(run, cast.dana)
    assert states(stranger) == ["waitlisted"]
    before = sight()

    page = registrar.post(pools_url(run), by_hand(cast.court, 1))

    assert f"These people would get a seat {cast.dana.full_name}" in text_of(page)
    assert (sight(), states(stranger)) == (before, ["waitlisted"])
    assert (
        registrar.post(pools_url(run), {"way": "apply", "plan": plan_in(page)}).status_code == 303
    )
    assert states(stranger) == ["offered"]


def test_by_posts_every_seat_is_given_to_the_courts_of_the_region(registrar):
    region = factories.region()
    courts = [factories.court(in_region=region) for _ in range(2)]
    factories.court()
    for court, posts in zip(courts, (6, 3), strict=True):
        court.posts_judges = posts
        court.save()
    run = factories.run(seats=9)
    sent = {"seats": 9, "posts": "judges", "region": region.code}

    page = registrar.post(
        pools_url(run), {"way": "posts"} | {f"posts-{name}": value for name, value in sent.items()}
    )
    registrar.post(pools_url(run), {"way": "apply", "plan": plan_in(page)})

    assert seats_by_court(run) == {courts[0].code: 6, courts[1].code: 3}
    assert [row.seats for row in written_by_posts(ByPosts(2, "judges", region.code))] == [1, 1]


def test_a_file_is_a_plan_and_a_bad_line_changes_nothing(cast, registrar):
    run = factories.run(seats=5)
    good = f"scope,code,seats,release_at\ncourt,{cast.court.code},3,2030-05-03\nlanguage,kk,1,\n"
    bad = "scope,code,seats\ncourt,nowhere,3\ncourt,nowhere,x\n"
    before = sight()

    refused = registrar.post(
        pools_url(run), {"way": "file", "file-file": SimpleUploadedFile("p.csv", bad.encode())}
    )
    assert refused.status_code == 422
    assert "Line 2, code: “nowhere” is not known." in text_of(refused)
    assert "Line 3, seats: Not a whole number from 0 on." in text_of(refused)
    assert sight() == before
    shown = registrar.post(
        pools_url(run), {"way": "file", "file-file": SimpleUploadedFile("p.csv", good.encode())}
    )
    registrar.post(pools_url(run), {"way": "apply", "plan": plan_in(shown)})

    kept = {row.scope: row for row in SeatPool.objects.filter(run=run)}
    assert {scope: row.seats.count() for scope, row in kept.items()} == {
        "everyone": 1,
        "court": 3,
        "language": 1,
    }
    begins = datetime(2030, 5, 3, tzinfo=ZoneInfo("Asia/Almaty"))
    assert kept["court"].release_at == begins
    assert "free seats go to “everyone” on 3 May 2030" in text_of(registrar.get(pools_url(run)))


@pytest.mark.parametrize(
    ("seats", "more", "sentence"),
    [
        (6, {}, "Only 5 seats are free to be shared out."),
        (1, {"release_at": "2020-01-01"}, "The release date must still be to come."),
    ],
)
def test_what_cannot_be_shared_is_said_at_the_form_and_changes_nothing(
    cast, registrar, seats, more, sentence
):
    run = factories.run(seats=5)
    before = sight()

    page = registrar.post(pools_url(run), by_hand(cast.court, seats, **more))

    assert page.status_code == 422
    assert sentence in text_of(page)
    assert f'value="{seats}"' in page.text
    assert sight() == before


def shared(cast, *, taken=1, seats=3, release_at=None):
    run = factories.run(seats=5)
    share = Share(
        PoolScope.COURT,
        seats,
        court_id=cast.court.pk,
        release_at=release_at,
        falls_to=PoolScope.REGION,
    )
    pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)
    for person in factories.people(taken, cast.court):
        ask(run, person)
    return run


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "1 of 3 seats of your court are taken; 2 are released to the region on 3 May 2030.",
        ),
        (
            "ru",
            "Занято 1 из 3 мест Вашего суда; 2 свободных места перейдут региону 3 мая 2030\u00a0г.",
        ),
        (
            "kk",
            "Сотыңызға бөлінген орын: 3, алынғаны: 1; "
            "2030\u00a0ж. 3 мамыр күні 2 бос орын өңірге беріледі.",
        ),
    ],
)
def test_a_person_reads_the_seats_of_the_own_court(cast, browser, language, sentence):
    run = shared(cast, release_at=datetime(2030, 5, 3, tzinfo=ZoneInfo("Asia/Almaty")))
    address = f"/courses/{run.course.code}/"

    mine = text_of(browser(cast.asel_account, language=language).get(address))

    assert " ".join(sentence.split()) in " ".join(mine.split())
    cast.asel_account.language = language
    cast.asel_account.save()
    api = Caller(account=cast.asel_account).get(f"/runs/{run.public_id}/seats-for-me")
    first, second = api.json()["items"]
    assert first["sentence"] == sentence
    assert (first["taken"], first["free"], first["falls_to"]) == (1, 2, "region")
    assert (second["scope"], second["seats"], second["falls_to"]) == ("everyone", 2, None)


def test_strangers_get_the_same_bytes_and_others_only_their_own_pools(cast, browser):
    run = shared(cast)
    address = f"/courses/{run.course.code}/"

    first, second = browser().get(address), browser().get(address)

    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert "your court" not in first.text
    elsewhere = text_of(browser(cast.dana_account).get(address))
    assert "your court" not in elsewhere
    assert "0 of 2 seats for everyone are taken." in elsewhere


def test_who_finds_all_own_pools_full_joins_the_list(cast, browser):
    run = shared(cast)
    fill(run, 2)  # everyone's seats

    page = text_of(browser(cast.dana_account).get(f"/courses/{run.course.code}/"))

    assert "Join the waiting list" in page


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_words_cost_one_statement_whatever_the_number_of_runs(
    cast, browser, statements, how_many
):
    course = factories.course("P-1")
    soon = clock.now() + timedelta(days=3)
    for _ in range(how_many):
        run = factories.run(of=course)
        share = Share(PoolScope.COURT, 2, court_id=cast.court.pk, release_at=soon)
        pool_actions.share_seats(run=run.public_id, shares=[share], actor=ACTOR)

    assert len(statements(browser(), "/courses/P-1/")) == 5
    assert len(statements(browser(cast.asel_account), "/courses/P-1/")) == 6

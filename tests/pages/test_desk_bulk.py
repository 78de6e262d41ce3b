"""Many runs at once at the desk: ticked, tried, carried out, reported; nothing happens twice."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db.models import Count

from academy.access.models import RoleGrant
from academy.core import clock
from academy.courts.models import Court
from academy.jobs.models import Job
from academy.ledger.models import Event
from courses.planning.models import Run, SeatPool
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.classroom.models import Notice
from enrollment.requests import bulk as many
from enrollment.requests.models import Bulk
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import ask, sight

NEW = "/desk/runs/bulk/"


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def desk(cast, browser, monkeypatch):
    monkeypatch.setattr(many, "PATIENCE", 60)  # however slow the machine
    return browser(cast.clara_account)


@pytest.fixture
def runs(cast):
    """Two runs ahead with somebody in each, and a draft."""
    course = factories.course()
    made = [factories.run(of=course, is_published=number < 2) for number in range(3)]
    for run in made[:2]:
        ask(run, factories.person())
    return made


def tried(desk, operation, runs, **answers):
    """Through the list of runs to the trial; its page and its address."""
    chosen = {"operation": operation, "run": [run.public_id for run in runs]}
    assert "chosen" in text(desk.post(NEW, chosen))
    page = desk.post(NEW, chosen | {"go": "1"} | answers, follow=True)
    return page.redirect_chain[-1][0] if page.redirect_chain else "", text(page)


def states(runs):
    return [Run.objects.get(pk=run.pk).state for run in runs]


def test_cancelling_is_tried_then_done_then_reported(cast, desk, runs):
    page = text(desk.get("/desk/runs/"))
    assert page.count('name="run"') == 3
    before = sight()

    address, page = tried(desk, "cancel", runs, reason="too_few")

    assert sight() == before
    assert "Nothing has happened yet and nobody has been told." in page
    assert "Can be done: 3" in page
    assert page.count("cancelled by the academy: 1") == 2
    page = text(desk.post(f"{address}apply/", follow=True))
    desk.post(f"{address}apply/")

    assert "Carried out: 3" in page
    assert states(runs) == ["cancelled"] * 3
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Event.objects.filter(type="run.cancelled").count() == 3
    assert Event.objects.filter(type="bulk.applied").count() == 1
    line = Bulk.objects.get().lines.get(run=runs[0])
    report = desk.get(f"/desk/runs/{runs[0].public_id}/changes/{line.public_id}/")
    assert report.status_code == 200
    assert "cancel" in text(desk.get("/desk/bulk/")).lower()


def test_a_run_that_cannot_says_why_and_the_others_go_on(cast, desk, runs):
    address, page = tried(desk, "publish", runs)
    assert "Can be done: 1" in page
    assert "Not possible: 2" in page

    desk.post(f"{address}apply/")

    assert states(runs) == ["published"] * 3
    assert Event.objects.filter(type="run.published").count() == 3


def test_a_run_that_changed_since_it_was_shown_is_left_alone(cast, desk, runs):
    address, _page = tried(desk, "cancel", runs, reason="too_few")
    ask(runs[0], cast.asel)

    page = text(desk.post(f"{address}apply/", follow=True))

    assert "Something has changed since you looked." in page
    assert states(runs) == ["published", "cancelled", "cancelled"]


def test_seats_of_many_runs_are_shared_among_courts_by_one_plan(cast, desk, runs):
    for number, place in enumerate((cast.court, cast.elsewhere)):
        Court.objects.filter(pk=place.pk).update(posts_judges=3 - number)
    before = sight()

    address, page = tried(desk, "share", runs, seats="3", posts="judges")

    assert sight() == before
    assert not SeatPool.objects.filter(scope="court").exists()
    assert f"{cast.court.names['en']}: 2" in page
    assert f"{cast.elsewhere.names['en']}: 1" in page
    Court.objects.filter(pk=cast.court.pk).update(posts_judges=0)  # what was shown is what is done
    assert "Carried out: 3" in text(desk.post(f"{address}apply/", follow=True))
    pools = SeatPool.objects.filter(scope="court").annotate(size=Count("seats"))
    assert Counter(pools.values_list("court", "size")) == {
        (cast.court.pk, 2): 3,
        (cast.elsewhere.pk, 1): 3,
    }


def test_what_cannot_be_shared_is_said_run_by_run(cast, desk, runs):
    answer = desk.post(
        NEW,
        {"operation": "share", "run": [runs[0].public_id], "go": "1", "seats": "3", "posts": "all"},
    )
    assert "No court there has posts on record." in text(answer)
    Court.objects.filter(pk=cast.court.pk).update(posts_judges=1)

    _address, page = tried(desk, "share", runs, seats="5", posts="judges")

    assert "Can be done: 1" in page  # two have given one of their five seats away
    assert "Not possible: 2" in page


def test_moving_asks_everybody_and_keeps_the_hours(cast, desk, runs):
    before = runs[0].starts_at
    address, page = tried(desk, "move", runs[:2], days="7")
    assert "Can be done: 2" in page or "People concerned: 2" in page
    desk.post(f"{address}apply/")

    assert Run.objects.get(pk=runs[0].pk).starts_at == before + timedelta(days=7)
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"reconfirm"}


def test_a_message_reaches_each_run_once_even_if_the_worker_dies_behind_it(cast, desk, runs):
    address, page = tried(desk, "message", runs, title="Place", text="Another hall.")
    assert "Nobody has a seat in this run." in page
    desk.post(f"{address}apply/")
    assert Notice.objects.count() == 2
    Bulk.objects.get().lines.filter(fate="done").update(fate="planned")  # died before it noted it
    Job.objects.update(state=Job.State.RUNNING)

    assert many.carry_on_all() == 2

    assert Notice.objects.count() == 2
    assert set(Bulk.objects.get().lines.values_list("fate", flat=True)) == {"done", "refused"}


def test_finished_runs_are_finalised_together(cast, desk):
    made = [factories.run() for _each in range(2)]
    seats = [ask(run, cast.asel if n else cast.dana) for n, run in enumerate(made)]
    with time_machine.travel(made[0].ends_at + timedelta(minutes=5)):
        session = made[0].sessions.get()
        draft = MarkDraft(seats[0].public_id, MarkStatus.PRESENT)
        record_marks(session=session.public_id, marks=[draft], actor=factories.ACTOR)
        Run.objects.filter(pk__in=[run.pk for run in made]).update(state="finished")
        browser = desk
        browser.force_login(cast.clara_account)

        address, page = tried(browser, "finalise", made)
        assert "Marks are missing" in page
        browser.post(f"{address}apply/")

    assert states(made) == ["finalised", "finished"]


def test_nobody_waits_longer_than_a_second_before_a_button(cast, desk, runs, monkeypatch):
    monkeypatch.setattr(many, "PATIENCE", 0)

    _address, page = tried(desk, "cancel", runs, reason="too_few")

    assert "1 of 3 runs" in page


def test_many_runs_go_on_in_the_background_and_only_while_the_right_lasts(
    cast, desk, runs, monkeypatch
):
    monkeypatch.setattr(many, "FIRST_SLICE", 1)
    address, page = tried(desk, "cancel", runs, reason="too_few")
    assert "1 of 3 runs" in page
    assert "Not looked at yet" in page
    assert "HX-Refresh" not in desk.get(address, headers={"HX-Request": "true"})
    early = desk.post(f"{address}apply/")
    assert early.status_code == 409
    many.carry_on_all()
    assert desk.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    desk.post(f"{address}apply/")
    assert states(runs).count("cancelled") == 1

    RoleGrant.objects.filter(account=cast.clara_account).delete()
    many.carry_on_all()

    assert states(runs).count("cancelled") == 1
    assert Job.objects.get().state == "failed"


def test_what_does_not_get_on_is_seen_and_taken_up_again_in_the_right_of_who_says_so(
    cast, desk, runs, browser, monkeypatch
):
    monkeypatch.setattr(many, "FIRST_SLICE", 1)
    address, _page = tried(desk, "cancel", runs, reason="too_few")
    many.carry_on_all()
    desk.post(f"{address}apply/")
    work = f"/desk/health/jobs/{Job.objects.get().public_id}"
    assert desk.post(f"{work}/resume/").status_code == 409  # it gets on by itself
    assert f"{work}/resume/" not in text(desk.get("/desk/health/"))
    RoleGrant.objects.filter(account=cast.clara_account).delete()
    other = browser(factories.account(role="registrar"))

    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        page = text(other.get("/desk/health/"))
        assert f"{work}/resume/" in page
        assert address in page
        assert "Something does not get on" in page
        other.post(f"{work}/resume/")
        many.carry_on_all()

    assert states(runs) == ["cancelled"] * 3
    assert Job.objects.get().state == "done"
    assert Event.objects.filter(type="bulk.resumed").count() == 1
    assert Event.objects.filter(type="run.cancelled").count() == 3


def test_what_is_given_up_stays_so_though_a_worker_is_in_the_middle_of_it(
    cast, desk, runs, monkeypatch
):
    monkeypatch.setattr(many, "FIRST_SLICE", 1)
    address, _page = tried(desk, "cancel", runs, reason="too_few")
    many.carry_on_all()
    desk.post(f"{address}apply/")
    work = f"/desk/health/jobs/{Job.objects.get().public_id}"
    do = many._do

    def given_up_behind_its_back(*line):
        desk.post(f"{work}/give-up/", {"back": address})
        return do(*line)

    monkeypatch.setattr(many, "_do", given_up_behind_its_back)
    many.carry_on_all()

    assert states(runs).count("cancelled") == 2
    page = text(desk.get(address))
    assert "Given up: the rest was left as it was." in page
    assert "Carried out: 2" in page
    assert Event.objects.get(type="bulk.given_up").data == {
        "operation": "cancel", "done": 1, "left": 2,
    }  # fmt: skip
    assert many.carry_on_all() == 0
    assert desk.post(f"{work}/give-up/").status_code == 409
    monkeypatch.setattr(many, "_do", do)
    assert desk.post(f"{work}/resume/", {"back": address})["Location"] == address
    assert states(runs) == ["cancelled"] * 3


def test_each_reader_is_told_in_their_own_language_why_a_run_cannot(cast, desk, runs, browser):
    address, page = tried(desk, "publish", runs)
    assert "A run that is " in page

    assert "Состояние учебной группы так изменить нельзя" in text(
        browser(cast.clara_account, language="ru").get(address)
    )


def test_all_of_a_state_can_be_chosen_and_answers_are_asked_for(cast, desk, runs):
    page = text(desk.post(NEW, {"operation": "cancel", "all": "1", "state": "draft"}))
    assert "1 run is chosen." in page

    pair = {"operation": "cancel", "run": [run.public_id for run in runs[:2]]}
    assert f"/desk/runs/{runs[0].public_id}/merge/" in text(desk.post(NEW, pair))
    page = text(desk.post(NEW, {"operation": "cancel", "all": "1", "go": "1"}))

    assert "3 runs are chosen." in page
    assert "This field is required." in page
    assert not Bulk.objects.exists()
    assert "Tick at least one run." in text(desk.post(NEW, {"operation": "publish"}))
    assert desk.post(NEW, {"operation": "explode"}).status_code == 404


def test_the_list_and_the_report_take_few_statements(cast, desk, runs, statements):
    address, _page = tried(desk, "cancel", runs, reason="too_few")

    assert len(statements(desk, address)) <= 6
    assert len(statements(desk, "/desk/bulk/")) <= 6

"""The whole job through the front, as the README tells it."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from pypdf import PdfReader

from academy.core import clock
from courses.planning.models import Run
from enrollment.requests import timers
from enrollment.seats.models import Enrollment
from tests.api.calls import system
from tests.flows.browsing import page, sign_in, somebody, workers
from tests.post_office import PostOffice

pytestmark = pytest.mark.django_db(transaction=True)

TOUR = "CM-021"


@pytest.fixture
def demonstration(settings: Any) -> None:
    """What `make run` loads."""
    settings.DEMO = True
    settings.SECOND_FACTOR_REQUIRED = False
    call_command("seed", verbosity=0)


def after(moment: datetime) -> Any:
    return time_machine.travel(moment + timedelta(minutes=1), tick=True)


def mark_everybody(browser: Client, run: Run) -> str:
    """Open the sheet of the only session and mark all as present, twice by accident."""
    desk = page(browser, f"/desk/runs/{run.public_id}/")
    sheet = re.search(rf"/desk/runs/{run.public_id}/marks/[0-9a-f-]+/", desk)
    assert sheet is not None
    form = page(browser, sheet[0])
    lines = re.findall(r'name="([0-9a-f-]{36})-status"', form)
    nonce = re.search(r'name="nonce" value="([^"]+)"', form)
    assert nonce is not None
    marks = {f"{line}-status": "present" for line in lines} | {"nonce": nonce[1]}
    assert browser.post(sheet[0], marks).status_code == 303
    assert browser.post(sheet[0], marks).status_code == 303
    return sheet[0]


def what_the_evaluator_reads(mine: Enrollment) -> None:
    """By its own key: what was completed, and nothing that may not leave the academy."""
    evaluator = system("events:read", projection="evaluator")
    facts, after, position = [], -1, 0
    while position != after:
        after = position
        answer = evaluator.get(f"/events?after={after}&limit=1000").json()
        facts += answer["items"]
        position = answer["position"]
    about = [one for one in facts if one["data"].get("person") == str(mine.person.public_id)]
    here = {one["type"] for one in about if one["data"].get("context") == str(mine.run.public_id)}
    assert here == {"outcome.frozen", "credit.earned", "certificate.issued"}
    rooms = {one["type"].partition(".")[0] for one in facts}
    assert rooms.isdisjoint({"mark", "decision", "enrollment"})


@pytest.mark.timeout(180)
def test_from_a_word_in_the_search_to_a_certificate_that_says_valid(  # noqa: PLR0915
    demonstration: None, post_office: PostOffice
) -> None:
    # A Kazakh word, in part, without Kazakh letters.
    workers()
    assert "төрелігі" in page(somebody("kk"), "/courses/?q=торелиг")
    assert f"/courses/{TOUR}/" in page(somebody("kk"), "/courses/?q=жаhандык индет")

    trainee = sign_in("trainee")
    course = page(trainee, f"/courses/{TOUR}/")
    ask = re.search(r'action="(/runs/[0-9a-f-]+/enrol/)"', course)
    assert ask is not None
    key = re.search(r'name="key" value="([^"]+)"', course)
    answer = trainee.post(ask[1], {"key": key[1] if key else ""})
    assert answer.status_code == 303
    assert "confirmed" in page(trainee, answer["Location"]).lower()

    workers()
    run = Run.objects.get(course__code=TOUR)
    mine = Enrollment.objects.get(run=run, person__account__login="trainee")
    assert any("trainee@example.org" in str(one["To"]) for one in post_office.mails)
    assert run.version.title["kk"] in page(trainee, "/messages/") + page(trainee, "/")

    assert run.starts_at is not None
    assert run.ends_at is not None
    with after(run.starts_at):
        timers.advance_runs()
        trainer = sign_in("trainer")
        mark_everybody(trainer, run)
        assert mine.marks.count() == 1

    with after(run.ends_at):
        timers.advance_runs()
        trainer, trainee = sign_in("trainer"), sign_in("trainee")
        desk = f"/desk/runs/{run.public_id}/finalise/"
        assert "completed" in page(trainer, desk).lower()
        assert trainer.post(desk).status_code == 303
        workers()

        paper = re.search(r"/certificates/[0-9a-f-]+\.pdf", page(trainee, "/"))
        assert paper is not None
        pdf = trainee.get(paper[0])
        text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf.content)).pages)
        serial = re.search(r"([A-Z2-7]{4}-){6}[A-Z2-7]{2}", text)
        assert serial is not None
        assert mine.person.family_name in text

        for language, word in (("en", "valid"), ("ru", "действител"), ("kk", "жарамды")):
            assert word in page(somebody(language), f"/verify/{serial[0].replace('-', '')}").lower()
        stranger = page(somebody(), "/verify/" + "A" * 26)
        assert mine.person.family_name not in stranger

        what_the_evaluator_reads(mine)
        assert "evaluator" in page(trainee, "/profile/who-saw/")
    assert clock.now() < run.ends_at  # the clock is back

"""The papers of a large run are written in the background: watched, fetched by who asked, gone."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine

from academy.core import clock
from academy.jobs.models import Job
from academy.ledger.models import Event
from enrollment.trips import printing, queries
from enrollment.trips.models import TripBatch, TripFile
from tests.enrollment.trips.test_trips import issue, run  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clara(cast, browser):
    return browser(cast.clara_account)


@pytest.fixture
def page(run, monkeypatch):  # noqa: F811
    """Two people go, and a file holds one of them: the run is a large one."""
    monkeypatch.setattr(queries, "AT_ONCE", 1)
    issue(run)
    return f"/desk/runs/{run.public_id}/trips/"


def test_many_papers_are_a_job_whose_files_only_who_asked_can_fetch(page, cast, clara, browser):
    assert "Write 2 papers into files" in clara.get(page).text
    assert clara.get(f"{page}all.pdf").status_code == 404

    address = clara.post(f"{page}files/")["Location"]
    assert clara.post(f"{page}files/")["Location"] == address

    waiting = clara.get(address).text
    assert "0 of 2 papers" in waiting
    assert "Papers 2 to 2: not written yet" in waiting
    assert clara.get(f"{address}all.zip").status_code == 404
    assert printing.write_all() == 2
    assert "All files as one ZIP" in clara.get(address).text
    first = clara.get(f"{address}1.pdf")
    assert first["Cache-Control"] == "private, no-store"
    archive = zipfile.ZipFile(io.BytesIO(clara.get(f"{address}all.zip").content))
    assert archive.read(archive.namelist()[0]) == first.content
    assert len(archive.namelist()) == 2
    assert browser(cast.otto_account).get(address).status_code == 404
    assert Event.objects.filter(type="trip.files_asked").count() == 1


def test_of_a_court_only_its_own_people_are_written(page, cast, browser):
    kenzhe = browser(cast.kenzhe_account)
    kenzhe.post(f"{page}files/")

    batch = TripBatch.objects.get()
    assert len(batch.papers) == 1
    assert printing.write_all() == 1


def test_without_a_paper_that_holds_nothing_is_asked_for(run, clara):  # noqa: F811
    answer = clara.post(f"/desk/runs/{run.public_id}/trips/files/", follow=True)

    assert "No paper of this run holds. Issue them first." in answer.text
    assert not TripBatch.objects.exists()
    assert not Job.objects.exists()


def test_what_failed_is_taken_up_again_where_it_stopped_and_files_go_after_a_day(
    page, clara, monkeypatch
):
    address = clara.post(f"{page}files/")["Location"]
    right, written = queries.pdf_of, []

    def breaking(papers):
        written.append(papers)
        if len(written) == 2:
            raise OSError("no fonts")
        return right(papers)

    monkeypatch.setattr(queries, "pdf_of", breaking)
    printing.write_all()
    assert "The papers could not be written." in clara.get(address).text
    health = clara.get("/desk/health/").text
    job = Job.objects.get()
    assert "Papers of trips" in health

    clara.post(f"/desk/health/jobs/{job.public_id}/resume/")
    printing.write_all()

    assert len(written) == 3
    assert TripFile.objects.count() == 2
    with time_machine.travel(clock.now() + printing.KEPT + timedelta(seconds=1)):
        printing.forget(clock.now())
    assert not TripFile.objects.exists()
    assert "The files were taken away." in clara.get(address).text
    assert clara.get(f"{address}1.pdf").status_code == 404

"""The signed sheet comes back after the day: kept as evidence, and compared with the marks."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from academy.core import clock
from academy.ledger.models import Event
from enrollment.attendance import check_in
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark, SheetScan
from enrollment.attendance.tasks import erase_scans
from enrollment.requests.actions import enroll, withdraw
from tests import factories

PDF = b"%PDF-1.7 five signatures"


class Paper:
    """Four people in a session of Тимур's, its sheet printed the day before, and his browser."""

    def __init__(self, cast, browser) -> None:
        self.run = factories.run(trainer=cast.timur)
        people = [factories.person(name=name) for name in ("Абай", "Болат", "Сара", "Ұлан")]
        self.claims = [self.enroll(person) for person in people]
        self.session = self.run.sessions.get()
        self.http = browser(cast.timur_account)
        ids = f"{self.run.public_id}/sheets/{self.session.public_id}"
        self.path = f"/desk/runs/{ids}/"

    def enroll(self, person):
        return enroll(run=self.run.public_id, person=person.pk, actor=factories.ACTOR)

    def mark(self, place, status, minutes=None):
        drafts = [MarkDraft(self.claims[place].public_id, status, minutes)]
        record_marks(session=self.session.public_id, marks=drafts, actor=factories.ACTOR)

    def lines(self, page):
        rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page.content.decode(), re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows[1:]]

    def send(self, *, shown=(), **said):
        data = {f"paper-{self.claims[int(key[1])].public_id}": word for key, word in said.items()}
        data["shown"] = [str(self.claims[place].public_id) for place in shown]
        return self.http.post(self.path, data)

    def written(self):
        marks = Mark.objects.order_by("id").values_list("enrollment_id", "status")
        places = {claim.pk: place for place, claim in enumerate(self.claims)}
        return [(places[claim], status) for claim, status in marks]


@pytest.fixture
def paper(cast, browser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    made = Paper(cast, browser)
    with time_machine.travel(made.session.period.upper + timedelta(hours=1), tick=False):
        yield made


def test_everybody_signed_is_one_confirmation(paper):
    page = paper.http.get(paper.path)

    assert page.status_code == 200
    assert paper.send().status_code == 303
    assert paper.written() == [(place, "present") for place in range(4)]
    assert Event.objects.filter(type="mark.recorded").count() == 4
    assert paper.send().status_code == 303  # once more: nothing new
    assert len(paper.written()) == 4


def test_a_signature_leaves_the_minutes_of_who_came_late(paper):
    paper.mark(0, MarkStatus.LATE, 40)
    paper.mark(1, MarkStatus.EXCUSED)

    paper.send(p1="unsigned", p2="unsigned")

    assert paper.written()[2:] == [(2, "absent"), (3, "present")]


def test_a_difference_is_seen_before_it_is_written(paper):
    paper.mark(0, MarkStatus.ABSENT)
    paper.mark(1, MarkStatus.PRESENT)

    first = paper.send(p1="unsigned")

    page = first.content.decode()
    assert first.status_code == 200
    assert "For 2 people the sheet and the marks differ" in page
    assert len(paper.written()) == 2
    second = paper.send(p0="stands", p1="unsigned", shown=(0, 1))
    assert second.status_code == 303
    assert paper.written()[2:] == [(1, "absent"), (2, "present"), (3, "present")]


def test_a_mark_by_the_code_of_the_room_is_named_beside_the_paper(cast, paper):
    with time_machine.travel(paper.session.period.lower, tick=False):
        check_in.check_in(
            session=paper.session.public_id,
            person=paper.claims[2].person_id,
            code=check_in.shown_code(paper.session, clock.now()),
            actor=factories.ACTOR,
        )
    paper.mark(3, MarkStatus.PRESENT)

    lines = paper.lines(paper.http.get(paper.path))

    assert "present · signed in with the code" in lines[2]
    assert "present · marked by the trainer" in lines[3]


def test_the_numbers_are_those_of_the_paper_though_people_came_and_went(cast, paper):
    printed = paper.run.enrollment_opens_at + timedelta(days=2)
    with time_machine.travel(printed + timedelta(hours=1), tick=False):
        withdraw(enrollment=paper.claims[1].public_id, actor=factories.ACTOR)
        paper.claims.append(paper.enroll(factories.person(name="Ақан")))

    page = paper.http.get(paper.path, {"printed": int(printed.timestamp())})

    assert [line.split()[:2] for line in paper.lines(page)] == [
        ["1", "Абай"],
        ["3", "Сара"],
        ["4", "Ұлан"],
        ["–", "Ақан"],
    ]
    assert "gave up their seat after printing: 2" in " ".join(page.content.decode().split())
    assert 'value="stands" selected' in page.content.decode()


def test_the_sheet_carries_the_way_back(paper):
    page = paper.http.get(f"/desk/runs/{paper.run.public_id}/signatures/").content.decode()

    assert "sheet-code" in page
    assert page.count("<svg") >= 1


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("sheet.pdf", PDF, True),
        ("photo.JPG", b"\xff\xd8\xff photo", True),
        ("sheet.pdf", b"MZ not a scan", False),
        ("sheet.docx", b"PK\x03\x04 word", False),
        ("sheet.pdf", b"", False),
    ],
)
def test_a_scan_is_kept_once_with_its_digest(paper, name, content, kept):
    for _again in range(2):
        paper.http.post(f"{paper.path}scan/", {"file": SimpleUploadedFile(name, content)})

    assert SheetScan.objects.count() == Event.objects.filter(type="sheet.scanned").count() == kept
    if kept:
        scan = SheetScan.objects.get()
        assert scan.digest == sha256(content).hexdigest()
        assert Event.objects.get(type="sheet.scanned").data["sha256"] == scan.digest
        assert paper.http.get(f"/desk/scans/{scan.public_id}/").content == content


def test_a_scan_is_erased_when_its_years_are_over_and_its_digest_stays(paper, settings):
    settings.SCANS_KEPT_YEARS = 2
    sent = {"file": SimpleUploadedFile("sheet.pdf", PDF)}
    paper.http.post(f"{paper.path}scan/", sent)
    scan = SheetScan.objects.get()
    last_moment = datetime(scan.added_at.year + 3, 1, 1, tzinfo=ZoneInfo(settings.TIME_ZONE))
    assert f"31 December {scan.added_at.year + 2}" in paper.http.get(paper.path).content.decode()
    with time_machine.travel(last_moment - timedelta(seconds=1), tick=False):
        assert erase_scans() == 0
    assert default_storage.exists(scan.file.name)

    with time_machine.travel(last_moment, tick=False):
        assert (erase_scans(), erase_scans()) == (1, 0)

    assert not default_storage.exists(scan.file.name)
    event = Event.objects.get(type="scan.erased")
    assert (event.subject_id, event.data["sha256"]) == (scan.public_id, scan.digest)
    assert paper.http.get(f"/desk/scans/{scan.public_id}/").status_code == 404
    page = paper.http.get(paper.path).content.decode()
    assert scan.digest in page
    assert str(scan.public_id) not in page
    sent["file"].seek(0)
    again = paper.http.post(f"{paper.path}scan/", sent, follow=True).content.decode()
    assert "was kept here and erased" in again
    assert SheetScan.objects.get().file == ""


def test_only_who_may_see_the_marks_opens_the_scan(cast, paper, browser):
    paper.http.post(f"{paper.path}scan/", {"file": SimpleUploadedFile("sheet.pdf", PDF)})
    path = f"/desk/scans/{SheetScan.objects.get().public_id}/"
    run = browser(cast.otto_account).get(f"/desk/runs/{paper.run.public_id}/").content.decode()
    assert path in run
    stranger = factories.account(of=factories.person(), role="trainer")

    answers = {
        name: browser(account).get(path).status_code
        for name, account in (
            ("trainer", cast.timur_account),
            ("registrar", cast.clara_account),
            ("auditor", cast.otto_account),
            ("another trainer", stranger),
            ("trainee", cast.asel_account),
            ("head", cast.boris_account),
        )
    }

    assert answers == {
        "trainer": 200,
        "registrar": 200,
        "auditor": 200,
        "another trainer": 404,
        "trainee": 404,
        "head": 404,
    }

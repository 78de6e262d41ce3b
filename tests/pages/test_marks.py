"""The sheet of a session: what is sent is what changed; what another hand wrote stays in sight."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Mark
from enrollment.requests.actions import enroll
from tests import factories


@pytest.fixture
def sheet(cast, browser):
    """Asel and Dana in a session of Timur's that is on, and his browser."""
    run = factories.run(trainer=cast.timur)
    claims = [
        enroll(run=run.public_id, person=one.pk, actor=factories.ACTOR)
        for one in (cast.asel, cast.dana)
    ]
    session = run.sessions.get()
    with time_machine.travel(session.period.lower + timedelta(minutes=5), tick=False):
        yield Sheet(run, session, claims, browser(cast.timur_account))


class Sheet:
    def __init__(self, run, session, claims, http) -> None:
        self.session, self.claims, self.http = session, claims, http
        self.path = f"/desk/runs/{run.public_id}/marks/{session.public_id}/"

    def send(self, *statuses, seen=("", "")):
        data = {"nonce": str(uuid4())}
        for claim, status, over in zip(self.claims, statuses, seen, strict=True):
            data |= {f"{claim.public_id}-status": status, f"{claim.public_id}-seen": over}
        return self.http.post(self.path, data)

    def elsewhere(self, place, status):
        draft = MarkDraft(self.claims[place].public_id, status)
        (mark,) = record_marks(session=self.session.public_id, marks=[draft], actor=factories.ACTOR)
        return mark.nonce

    def written(self):
        return list(Mark.objects.order_by("id").values_list("enrollment_id", "status"))


def test_a_line_that_another_hand_changed_is_shown_before_it_is_overwritten(sheet):
    newest = sheet.elsewhere(0, MarkStatus.EXCUSED)

    page = sheet.send("absent", "present").content.decode()

    assert "Somebody else has marked this person meanwhile" in page
    assert "On the sheet now: excused." in page
    assert f'value="{newest}"' in page
    asel, dana = (claim.pk for claim in sheet.claims)
    assert sheet.written() == [(asel, "excused")]
    assert sheet.send("absent", "present", seen=(newest, "")).status_code == 303
    assert sheet.written() == [(asel, "excused"), (asel, "absent"), (dana, "present")]


def test_a_line_that_was_left_alone_is_not_written_back(sheet):
    seen = sheet.elsewhere(0, MarkStatus.PRESENT)
    sheet.elsewhere(0, MarkStatus.ABSENT)

    assert sheet.send("present", "present", seen=(seen, "")).status_code == 303

    asel, dana = (claim.pk for claim in sheet.claims)
    assert sheet.written() == [(asel, "present"), (asel, "absent"), (dana, "present")]


def test_who_says_the_same_as_the_other_hand_is_not_stopped(sheet):
    sheet.elsewhere(0, MarkStatus.PRESENT)

    assert sheet.send("present", "absent").status_code == 303

    assert [status for _claim, status in sheet.written()] == ["present", "absent"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"seen": None}, (409, "mark_overtaken")),
        ({"seen": str(uuid4())}, (409, "mark_overtaken")),
        ({}, (201, None)),
    ],
)
def test_a_device_says_over_which_mark_it_wrote(sheet, body, answer):
    sheet.elsewhere(0, MarkStatus.EXCUSED)
    mark = {"enrollment": str(sheet.claims[0].public_id), "status": "absent", "nonce": str(uuid4())}

    answered = sheet.http.post(
        f"/api/v1/sessions/{sheet.session.public_id}/marks",
        {"marks": [mark | body]},
        content_type="application/json",
        headers={"Idempotency-Key": mark["nonce"]},
    )

    assert (answered.status_code, answered.json().get("code")) == answer
    assert len(sheet.written()) == (2 if answer[0] == 201 else 1)


def test_the_script_of_kept_pages_may_only_answer_for_runs(browser):
    answer = browser().get("/desk/marks-worker.js")

    assert answer["Service-Worker-Allowed"] == "/desk/runs/"
    assert answer["Content-Type"] == "text/javascript"

"""Who acts on an older state is told so, under the lock; a repeated call still gets its answer."""

from enrollment.attendance.models import Mark
from enrollment.requests.actions import enroll
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller


def test_a_command_on_an_older_state_changes_nothing(cast):
    asel = Caller(account=cast.asel_account)
    row = enroll(run=factories.run().public_id, person=cast.asel.pk, actor=factories.ACTOR)
    read = asel.get(f"/enrollments/{row.public_id}")
    withdraw = f"/enrollments/{row.public_id}/withdraw"

    stale = asel.post(withdraw, **{"If-Match": f'"{row.revision + 1}-0"'})
    foreign = asel.post(withdraw, **{"If-Match": '"abc"'})
    no_tag = asel.post(withdraw, **{"If-Match": "3"})
    empty = asel.post(withdraw, **{"If-Match": ""})
    unchanged = Enrollment.objects.get(pk=row.pk)
    done = asel.post(withdraw, key="k", **{"If-Match": read["ETag"]})
    again = asel.post(withdraw, key="k", **{"If-Match": read["ETag"]})

    refused = (stale, foreign, no_tag, empty)
    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (412, "stale"),
        (412, "stale"),
        (422, "invalid"),
        (422, "invalid"),
    ]
    assert (unchanged.state, unchanged.revision) == (row.state, row.revision)
    assert done.json()["state"] == "withdrawn"
    assert (again.status_code, again.json()) == (200, done.json())


def test_a_run_is_not_published_on_an_older_state(cast):
    clara, run = Caller(account=cast.clara_account), factories.run(is_published=False)
    publish = f"/runs/{run.public_id}/publish"

    stale = clara.post(publish, **{"If-Match": f'"{run.revision + 1}"'})
    done = clara.post(publish, **{"If-Match": clara.get(f"/runs/{run.public_id}")["ETag"]})

    assert (stale.status_code, done.status_code) == (412, 200)


def test_marks_and_their_key_commit_together(cast, monkeypatch):
    run = factories.run(trainer=cast.timur)
    row = enroll(run=run.public_id, person=cast.asel.pk, actor=factories.ACTOR)
    session = run.sessions.get()
    monkeypatch.setattr(
        "enrollment.attendance.rules.may_mark_from", lambda start: run.enrollment_opens_at
    )
    monkeypatch.setattr("academy.rest.idempotency.INSERT", "SELECT 1/0")
    sent = {
        "enrollment": str(row.public_id),
        "status": "present",
        "nonce": "5d1f0a37-0f4c-4a53-9d3e-3b1b8e1a0f01",
    }

    answer = Caller(account=cast.timur_account).post(
        f"/sessions/{session.public_id}/marks", {"marks": [sent]}
    )

    assert answer.status_code == 500
    assert Mark.objects.count() == 0

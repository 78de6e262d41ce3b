"""Changes of a run through the API: the dry run, then the deed with the mark of what was shown."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller, system
from tests.enrollment.stage import DAY, fill, sight, states


@pytest.fixture
def clara(cast):
    return Caller(account=cast.clara_account)


def rehearse(caller, run, what, **body):
    """The answer of a dry run; it has changed nothing."""
    before = sight()
    answer = caller.post(f"/runs/{run.public_id}/{what}", {**body, "dry_run": True})
    assert answer.status_code == 200, answer.content
    assert answer.json()["dry_run"] is True
    assert sight() == before
    return answer.json()


def carry_out(caller, run, what, **body):
    """Dry run, then the deed; both say the same."""
    shown = rehearse(caller, run, what, **body)
    done = caller.post(f"/runs/{run.public_id}/{what}", {**body, "agreed": shown["mark"]})
    assert done.status_code == 200, done.content
    assert done.json() == {**shown, "dry_run": False}
    return done.json()


def test_capacity_says_who_is_promoted(clara):
    run = factories.run(seats=1)
    _holder, first, second = fill(run, 3)
    done = carry_out(clara, run, "capacity", capacity=2)
    assert done["effects"] == [
        {
            "person": str(first.person.public_id),
            "before": "waitlisted",
            "after": "offered",
            "clashes": False,
            "messages": ["enrollment.offered"],
        }
    ]
    assert done["still_waiting"] == 1
    assert states(second) == [State.WAITLISTED]


def test_twenty_thousand_seats_cost_the_statements_of_one(clara):
    costs = []
    for capacity in (2, 20_000):
        run = factories.run(seats=1)
        fill(run, 1)
        with CaptureQueriesContext(connection) as spent:
            answer = clara.post(f"/runs/{run.public_id}/capacity", {"capacity": capacity})
        assert answer.status_code == 200, answer.content
        assert run.seats.filter(free=True).count() == capacity - 1
        costs.append(len(spent))
    assert costs[1] <= costs[0] <= 20
    numbers = run.seats.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 20_001))


def test_a_run_is_postponed_and_gets_new_dates(cast):
    run, caller = factories.run(seats=2), system("runs:write")
    start, end = run.starts_at, run.ends_at
    mine = fill(run, 2)
    carry_out(caller, run, "postpone", reason="venue")
    session = {
        "starts_at": (start + 30 * DAY).isoformat(),
        "ends_at": (end + 30 * DAY).isoformat(),
        "minutes": 90,
    }

    done = carry_out(caller, run, "move", sessions=[session])

    assert [one["messages"] for one in done["effects"]] == [["enrollment.reconfirm"]] * 2
    assert states(*mine) == [State.RECONFIRM] * 2
    run.refresh_from_db()
    assert (run.starts_at, run.ends_at) == (start + 30 * DAY, end + 30 * DAY)


def test_runs_merge_and_divide(clara):
    course = factories.course()
    here, there = factories.run(of=course), factories.run(of=course, starts_in=40 * DAY)
    one, two = fill(here, 2)
    carry_out(clara, here, "split", into=str(there.public_id), enrollments=[str(one.public_id)])
    assert states(one, two) == [State.TRANSFERRED, State.CONFIRMED]
    carry_out(clara, here, "merge", into=str(there.public_id))
    assert states(two) == [State.TRANSFERRED]
    assert Enrollment.objects.filter(run=there, state=State.RECONFIRM).count() == 2


def test_the_same_key_is_one_change(clara):
    run = factories.run(seats=1)
    fill(run, 2)
    path = f"/runs/{run.public_id}/capacity"
    first, again = (clara.post(path, {"capacity": 2}, key="same-key-1") for _ in range(2))
    assert first.json() == again.json()
    run.refresh_from_db()
    assert run.capacity == 2


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("move", {"sessions": []}, "sessions"),
        ("move", {"sessions": [{"starts_at": "2030-01-01T10:00Z"}]}, "sessions"),
        ("capacity", {"capacity": -1}, "capacity"),
        ("capacity", {"capacity": 20_001}, "capacity"),
        ("postpone", {}, "reason"),
        ("merge", {"into": "x"}, "into"),
    ],
)
def test_what_cannot_be_read_is_named(clara, what, body, field):
    run = factories.run()
    before = sight()
    answer = clara.post(f"/runs/{run.public_id}/{what}", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}")
    assert sight() == before


def test_another_mark_than_the_one_shown_changes_nothing(clara):
    run = factories.run(seats=1)
    fill(run, 2)
    before = sight()
    answer = clara.post(f"/runs/{run.public_id}/capacity", {"capacity": 2, "agreed": "0" * 32})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
    assert sight() == before

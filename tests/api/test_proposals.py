"""Proposals by API: read by those who develop together, said and decided once per key."""

import pytest

from courses.development.models import Comment
from tests.api.calls import Caller
from tests.courses.development.stage import Bodies

pytestmark = pytest.mark.django_db(transaction=True)
OBJECTION = {"body": "methodical-council", "section": "hours", "kind": "object", "text": "Long."}


@pytest.fixture
def bodies(db):
    return Bodies()


def test_a_body_reads_objects_and_decides_once_per_key(bodies):
    row, council = bodies.in_review(), Caller(account=bodies.reviewer)
    assert [one["state"] for one in council.get("/proposals?state=in_review").json()["items"]] == [
        "in_review"
    ]
    assert council.get("/proposals?state=draft").json()["items"] == []
    to = f"/proposals/{row.public_id}/comments"

    said = [council.post(to, OBJECTION, key="one-word") for _ in range(2)]

    assert [answer.status_code for answer in said] == [201, 201]
    assert said[0].json() == said[1].json()
    assert Comment.objects.count() == 1
    found = council.get(f"/proposals/{row.public_id}").json()
    assert found["comments"] == [said[0].json()]
    assert found["texts"]["title"]["en"] == "Digital proof"
    step = found["steps"][0]
    to = f"/review-steps/{step['id']}/decide"
    refused = council.post(to, {"verdict": "accept"}, key="yes")
    assert (refused.status_code, refused.json()["code"]) == (409, "objections_open")
    done = council.post(to, {"verdict": "return", "reason": "Shorten it."}, key="no")
    assert (done.json()["verdict"], done.json()["reason"]) == ("return", "Shorten it.")
    row.refresh_from_db()
    assert row.state == "returned"


def test_nobody_speaks_or_decides_for_another_body(bodies):
    row, judge = bodies.in_review(), Caller(account=bodies.judge)
    first = row.steps.get(place=1)

    answers = [
        judge.post(f"/proposals/{row.public_id}/comments", OBJECTION),
        judge.post(f"/review-steps/{first.public_id}/decide", {"verdict": "accept"}),
        judge.get(f"/proposals/{bodies.drafted().public_id}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not Comment.objects.exists()

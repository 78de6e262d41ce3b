"""Answering over the API: one, many, and in the place of a head."""

from uuid import uuid4

import pytest

from academy.access.actions import name_deputy
from academy.core import clock
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.models import Decision
from tests import factories
from tests.api.calls import Caller
from tests.enrollment.stage import ask

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_are_answered_in_one_call_and_a_repeat_is_the_same(cast):
    run = factories.run(mode=EnrollmentMode.APPROVAL)
    mine = [ask(run, one).decisions.get() for one in factories.people(2, cast.court)]
    foreign = ask(run, factories.person(factories.court())).decisions.get()
    ids = [str(one.public_id) for one in (*mine, foreign)]
    head, key = Caller(account=cast.boris_account), uuid4().hex
    body = {"decisions": ids, "answer": "refuse", "reason": "hearing"}

    first, again = (head.post("/decisions/answers", body, key=key) for _ in range(2))

    assert first.status_code == 200
    assert first.json() == again.json()
    assert [(row["id"], row["recorded"], row["code"]) for row in first.json()["items"]] == [
        (ids[0], True, ""),
        (ids[1], True, ""),
        (ids[2], False, "unknown_decision"),
    ]
    assert list(Decision.objects.order_by("pk").values_list("state", flat=True)) == [
        *("no", "no", "open")
    ]


def test_a_deputys_answer_names_the_head(cast):
    today = clock.now().date()
    name_deputy(
        head=cast.boris,
        deputy=cast.kenzhe,
        court=cast.court,
        first=today,
        last=today,
        actor=factories.ACTOR,
    )
    step = ask(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel).decisions.get()
    deputy = Caller(account=cast.kenzhe_account)

    listed = deputy.get("/decisions").json()["items"]
    given = deputy.post(f"/decisions/{step.public_id}/give").json()

    assert [row["id"] for row in listed] == [str(step.public_id)]
    assert (given["state"], given["behalf_of"]) == ("yes", str(cast.boris.public_id))

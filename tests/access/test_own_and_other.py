"""Every address about a thing x whose it is: one's own, of the own court or run, or another's.

A command is sent with a key that its caller used for another one: whoever may give it hears of that
(422), everybody else what they always hear. The other judge, head, coordinator and trainer hold the
same roles elsewhere.
"""

from uuid import uuid4

import pytest

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.core import clock
from academy.rest.models import IdempotencyKey
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.models import Decision
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller
from tests.enrollment.stage import ask

MAY, USED = 422, "used"
# holder, colleague | head, other head | coordinator, other | trainer, other | registrar, auditor
WHO = (
    *("holder", "colleague", "head", "other_head", "coordinator", "other_coordinator"),
    *("trainer", "other_trainer", "registrar", "auditor"),
)
TABLE = {
    "GET /enrollments/{claim}": (200, 404, 200, 404, 200, 404, 200, 404, 200, 200),
    "GET /people/{person}": (403, 403, 200, 404, 200, 404, 403, 403, 200, 200),
    "GET /runs/{run}/roster": (403, 403, 403, 403, 403, 403, 200, 404, 200, 200),
    "POST /enrollments/{claim}/withdraw": (MAY, 404, 404, 404, 404, 404, 404, 404, MAY, 404),
    "POST /enrollments/{claim}/accept": (MAY, 404, 404, 404, 404, 404, 404, 404, MAY, 404),
    "POST /enrollments/{claim}/transfer": (MAY, 404, MAY, 404, MAY, 404, 404, 404, MAY, 404),
    "POST /enrollments/{claim}/test": (403, 403, 403, 403, 403, 403, MAY, 404, MAY, 403),
    "POST /decisions/{decision}/give": (403, 403, MAY, 404, 403, 403, 403, 403, 404, 403),
    "POST /sessions/{session}/marks": (403, 403, 403, 403, 403, 403, MAY, 404, MAY, 403),
    "POST /runs/{run}/finalise": (403, 403, 403, 403, 403, 403, MAY, 404, MAY, 403),
    "POST /runs/{run}/cancel": (403, 403, 403, 403, 403, 403, 403, 403, MAY, 403),
}


@pytest.fixture
def callers(cast):
    head = factories.person(cast.elsewhere, post=factories.position("head", is_head=True))
    clerk = factories.person(cast.elsewhere)
    other_clerk = factories.account(of=clerk)
    RoleGrant.objects.create(account=other_clerk, role=Role.COORDINATOR, court=cast.elsewhere)
    accounts = (
        *(cast.asel_account, factories.account(of=factories.person(cast.court))),
        *(cast.boris_account, factories.account(of=head)),
        *(cast.kenzhe_account, other_clerk),
        *(cast.timur_account, factories.account(of=factories.person(), role=Role.TRAINER)),
        *(cast.clara_account, cast.otto_account),
    )
    for one in accounts:
        IdempotencyKey.objects.create(
            caller=one.public_id, key=USED, status=200, answer={}, created_at=clock.now()
        )
    return dict(zip(WHO, (Caller(account=one) for one in accounts), strict=True))


@pytest.fixture
def things(cast):
    run = factories.run(mode=EnrollmentMode.APPROVAL, trainer=cast.timur)
    claim = ask(run, cast.asel)
    return {
        "run": run.public_id,
        "claim": claim.public_id,
        "person": cast.asel.public_id,
        "decision": claim.decisions.get().public_id,
        "session": run.sessions.get().public_id,
    }


def body_for(row, things):
    mark = {"enrollment": str(things["claim"]), "status": "present", "nonce": str(uuid4())}
    bodies = {
        "transfer": {"run": str(things["run"])},
        "test": {"passed": True},
        "marks": {"marks": [mark]},
        "cancel": {"reason": "hearing"},
    }
    return bodies.get(row.rpartition("/")[2])


@pytest.mark.parametrize("who", WHO)
def test_each_reaches_what_is_theirs_and_nothing_else(callers, things, who):
    caller, place, wrong = callers[who], WHO.index(who), {}
    before = (Enrollment.objects.get().state, Decision.objects.get().state)

    for row, expected in TABLE.items():
        method, _space, template = row.partition(" ")
        path = template.format(**things)
        is_read = method == "GET"
        answer = caller.get(path) if is_read else caller.post(path, body_for(row, things), key=USED)
        if answer.status_code != expected[place]:
            wrong[row] = (answer.status_code, "not", expected[place])

    assert wrong == {}
    assert (Enrollment.objects.get().state, Decision.objects.get().state) == before

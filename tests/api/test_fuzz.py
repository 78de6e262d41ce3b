"""Whatever is sent, the answer is a clear one, and what is certainly wrong changes nothing."""

from collections import Counter

import pytest
from django.apps import apps

from academy.rest.codes import all_codes
from academy.rest.problems import CONTENT_TYPE
from courses.planning.enums import EnrollmentMode
from tests import factories
from tests.api.calls import Caller, system
from tests.api.fuzz import Fuzzer
from tests.enrollment.stage import ask

OURS = ("academy", "courses", "enrollment")
SCOPES = (
    *("runs:write", "enrollments:read", "enrollments:write", "decisions:write", "marks:write"),
    *("people:read", "courts:read", "imports:write", "webhooks:write", "events:read"),
    *("certificates:write", "courses:write"),
)


@pytest.fixture
def callers(cast, settings):
    """Everybody who may send something, and nobody; without a limit, which is not the point."""
    settings.CLIENT_WRITES_PER_MINUTE = settings.CLIENT_READS_PER_MINUTE = 0
    settings.ACCOUNT_WRITES_PER_MINUTE = 0
    accounts = (cast.clara_account, cast.asel_account, cast.boris_account, cast.timur_account)
    return [*(Caller(account=one) for one in accounts), system(*SCOPES), system(*SCOPES), Caller()]


@pytest.fixture
def ids(cast):
    """Things that exist, under the names that the schema gives them."""
    run = factories.run(seats=1, trainer=cast.timur, mode=EnrollmentMode.APPROVAL)
    claim = ask(run, cast.asel)
    return {
        "run": str(run.public_id),
        "enrollment": str(claim.public_id),
        "decision": str(claim.decisions.get().public_id),
        "session": str(run.sessions.get().public_id),
        "person": str(cast.asel.public_id),
        "code": run.course.code,
        "course": run.course.code,
        "court": cast.court.code,
    }


def row_counts():
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return {model.__name__: model._default_manager.count() for model in models}


def send(caller, request):
    return caller.http.generic(
        request.method.upper(),
        request.address,
        request.body,
        content_type=request.kind,
        headers={**caller.headers, **request.headers},
    )


def complaint(answer):
    """What is wrong with an answer; empty where nothing is."""
    if answer.status_code < 400:
        return ""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.content[:200]!r}"
    if answer["Content-Type"] != CONTENT_TYPE:
        return f"{answer.status_code} {answer['Content-Type']}"
    body = answer.json()
    if body["code"] not in all_codes() or body["status"] != answer.status_code:
        return f"{answer.status_code} {body}"
    return "" if body["detail"] or body.get("errors") else f"no words: {body}"


def fuzz(callers, ids, *, seed, wounded, odd):
    """Send so many; what was answered, as counts by status."""
    fuzzer, statuses, wrong = Fuzzer(seed, ids), Counter(), []
    before = row_counts()
    for _ in range(wounded):
        request = fuzzer.wounded()
        answer = send(fuzzer.random.choice(callers), request)
        statuses[answer.status_code] += 1
        problem = complaint(answer) or ("accepted" if answer.status_code < 400 else "")
        wrong += [(request, problem)] if problem else []
    assert row_counts() == before
    for _ in range(odd):
        request = fuzzer.odd()
        answer = send(fuzzer.random.choice(callers), request)
        statuses[answer.status_code] += 1
        wrong += [(request, complaint(answer))] if complaint(answer) else []
    assert wrong[:3] == []
    return statuses


def test_a_few_hundred_malformed_requests(callers, ids):
    statuses = fuzz(callers, ids, seed=1, wounded=300, odd=100)

    assert {400, 401, 403, 404, 405, 406, 415, 422} <= set(statuses)


@pytest.mark.proof
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(20))
def test_100000_malformed_requests(callers, ids, seed, record_property):
    statuses = fuzz(callers, ids, seed=1_000 + seed, wounded=5_000, odd=1_000)

    record_property("requests", statuses.total())
    assert max(statuses) < 500

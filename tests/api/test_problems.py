import pytest

from academy.ledger.models import Event
from tests import factories
from tests.api.calls import Caller, system


@pytest.mark.django_db
def test_unknown_address_is_a_problem_document():
    answer = Caller().get("/nothing/here")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/api/docs/problems/not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no such address.",
    }


@pytest.mark.django_db
def test_nobody_is_asked_to_sign_in():
    answer = Caller().get("/enrollments")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.django_db
def test_unknown_token_is_refused():
    answer = Caller(token="made-up").get("/enrollments")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_system_without_the_scope_is_refused(cast):
    answer = system("courts:read").get("/people")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_every_field_to_mend_is_named(cast):
    answer = Caller(account=cast.clara_account).post(
        "/runs", {"course": "X", "sessions": [{"minutes": 0}]}
    )

    assert answer.status_code == 422
    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert errors["/code"] == "required"
    assert errors["/sessions/0/minutes"] == "min_value"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "malformed_json"),
        ("run=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ('"' + "x" * 1_000_001 + '"', "application/json", 413, "body_too_large"),
    ],
)
def test_unreadable_bodies(cast, body, kind, status, code):
    answer = Caller(account=cast.asel_account).http.post(
        "/api/v1/enrollments", body, content_type=kind, headers={"Idempotency-Key": "k"}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_wrong_method_and_wrong_format(cast):
    caller = Caller(account=cast.asel_account)

    put = caller.http.put("/api/v1/enrollments", "{}", content_type="application/json")
    xml = caller.get("/enrollments", Accept="application/xml")

    assert (put.status_code, put.json()["code"]) == (405, "method_not_allowed")
    assert (xml.status_code, xml.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("address", ["nothing", "nothing/%0A", "enrollments/x%0Ay/accept"])
def test_an_unknown_address_is_no_page_whatever_is_sent_along(cast, address):
    caller = Caller()
    caller.http.handler.enforce_csrf_checks = True

    answer = caller.http.post(f"/api/v1/{address}", {}, headers={"Cookie": "csrftoken=x"})

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_method_that_is_none_of_ours_is_not_mistaken_for_one(cast):
    answer = Caller().http.generic("QUERY", "/api/v1/courses")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_unknown_parameter_and_foreign_cursor(cast):
    caller = Caller(account=cast.asel_account)

    typo = caller.get("/enrollments?runn=1")
    cursor = caller.get("/enrollments?cursor=abc")

    assert [error["pointer"] for error in typo.json()["errors"]] == ["/runn"]
    assert (cursor.status_code, cursor.json()["code"]) == (422, "cursor_invalid")


def test_a_fault_of_ours_tells_nothing(cast, monkeypatch):
    monkeypatch.setattr("academy.api.organisation.courts.court_row", lambda code: 1 / 0)

    answer = Caller(account=cast.asel_account).get("/courts/any")

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "division" not in answer.content.decode()


def test_a_request_keeps_its_harmless_id(cast):
    caller = Caller(account=cast.asel_account)

    kept = caller.get("/courts", **{"X-Request-Id": "client-call-00001"})
    made = caller.get("/courts", **{"X-Request-Id": "bad id\n"})

    assert kept["X-Request-Id"] == "client-call-00001"
    assert made["X-Request-Id"] != "bad id\n"


def test_the_id_of_a_request_stands_in_its_event(cast):
    asel, run = Caller(account=cast.asel_account), factories.run()

    asel.post("/enrollments", {"run": str(run.public_id)}, **{"X-Request-Id": "from-the-portal-17"})

    told = Event.objects.get(type="enrollment.confirmed")
    assert told.request_id == "from-the-portal-17"


def test_a_changing_call_needs_the_csrf_token(cast):
    caller = Caller(account=cast.asel_account)
    caller.http.handler.enforce_csrf_checks = True
    run = factories.run()

    answer = caller.post("/enrollments", {"run": str(run.public_id)})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


@pytest.mark.django_db
def test_every_code_is_published_with_its_meaning():
    http = Caller().http

    listed = {each["code"]: each for each in http.get("/api/docs/problems/").json()["items"]}
    one = http.get(listed["already_enrolled"]["type"])

    wanted = {"stale", "throttled", "enrollment_closed", "changed_meanwhile", "trainer_busy"}
    assert wanted <= set(listed)
    assert [code for code, entry in listed.items() if not entry["meaning"]] == []
    assert one.json() == {
        "type": "/api/docs/problems/already_enrolled",
        "code": "already_enrolled",
        "status": 409,
        "meaning": "There is already an active enrolment in this run.",
    }
    assert http.get("/api/docs/problems/made-up").status_code == 404


def test_a_role_without_its_second_factor_is_told_in_its_own_way(cast, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    clara = Caller(account=cast.clara_account)

    call, page = clara.get("/people"), clara.http.get("/desk/")

    assert (call.status_code, call.json()["code"]) == (403, "second_factor_needed")
    assert call["Content-Type"] == "application/problem+json"
    assert (page.status_code, page["Location"]) == (302, "/account/2fa/")


def test_a_session_that_is_over_is_a_401_for_the_api_and_a_way_back_for_pages(cast):
    asel = Caller(account=cast.asel_account)
    asel.http.session.flush()

    call, page = asel.get("/enrollments"), asel.http.get("/profile/")

    assert (call.status_code, call.json()["code"]) == (401, "not_authenticated")
    assert call["Content-Type"] == "application/problem+json"
    assert (page.status_code, page["Location"]) == (302, "/sign-in/?next=/profile/")

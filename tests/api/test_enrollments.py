from academy.ledger import queries as ledger
from enrollment.seats.enums import State
from enrollment.seats.models import Enrollment
from tests import factories
from tests.api.calls import Caller, system


def test_a_person_enrolls_withdraws_and_reads_the_history(cast):
    asel, run = Caller(account=cast.asel_account), factories.run()
    body = {"run": str(run.public_id)}

    made = asel.post("/enrollments", body).json()
    gone = asel.post(f"/enrollments/{made['id']}/withdraw", {"reason": "illness"})
    read = asel.get(f"/enrollments/{made['id']}")

    assert made["state"] == "confirmed"
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert [step["type"] for step in read.json()["history"]] == [
        "enrollment.confirmed",
        "enrollment.withdrawn",
    ]
    assert read["ETag"].startswith(f'"{gone.json()["revision"]}-')


def test_another_persons_enrollment_does_not_exist(cast):
    run = factories.run()
    made = Caller(account=cast.asel_account).post("/enrollments", {"run": str(run.public_id)})
    path = f"/enrollments/{made.json()['id']}"
    events = ledger.waiting_in_inbox()
    dana = Caller(account=cast.dana_account)

    assert dana.get(path).json()["code"] == "unknown_enrollment"
    assert dana.post(f"{path}/withdraw").status_code == 404
    assert dana.get(f"/enrollments?run={run.public_id}").json()["items"] == []
    assert Enrollment.objects.get().state == State.CONFIRMED
    assert ledger.waiting_in_inbox() == events


def test_the_head_of_court_sees_the_own_people_only(cast):
    run = factories.run()
    for account in (cast.asel_account, cast.dana_account):
        Caller(account=account).post("/enrollments", {"run": str(run.public_id)})

    rows = Caller(account=cast.boris_account).get(f"/enrollments?run={run.public_id}").json()

    assert [row["person"] for row in rows["items"]] == [str(cast.asel.public_id)]


def test_nobody_enrolls_somebody_else(cast):
    run = factories.run()
    body = {"run": str(run.public_id), "person": str(cast.dana.public_id)}

    answer = Caller(account=cast.asel_account).post("/enrollments", body)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_for_others")
    assert Enrollment.objects.count() == 0


def test_a_system_enrolls_on_behalf_of_a_named_person(cast):
    run = factories.run()
    hr = system("enrollments:write", "events:read")
    body = {"run": str(run.public_id), "person": str(cast.asel.public_id)}

    answer = hr.post("/enrollments", body)
    missing = hr.post("/enrollments", {"run": str(run.public_id)})

    assert (answer.status_code, answer.json()["source"]) == (201, "system"), answer.content
    assert missing.json()["errors"][0]["pointer"] == "/person"
    [event] = ledger.history_of(Enrollment.objects.get().public_id)
    assert (event.actor_kind, event.behalf_of) == ("client", cast.asel.public_id)


def test_an_edit_on_an_old_state_is_refused(cast):
    asel, run = Caller(account=cast.asel_account), factories.run()
    made = asel.post("/enrollments", {"run": str(run.public_id)}).json()

    answer = asel.post(f"/enrollments/{made['id']}/withdraw", **{"If-Match": '"99-abc"'})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert Enrollment.objects.get().state == State.CONFIRMED


def test_the_head_gives_and_refuses_consent(cast):
    run = factories.run(mode="approval")
    official = factories.person(cast.court, post=factories.position("clerk", category="staff"))
    account = factories.account(of=official)
    Caller(account=account).post("/enrollments", {"run": str(run.public_id)})
    boris = Caller(account=cast.boris_account)

    [waiting] = boris.get("/decisions").json()["items"]
    nothing = boris.post(f"/decisions/{waiting['id']}/refuse")
    elsewhere = Caller(account=cast.dana_account).post(f"/decisions/{waiting['id']}/give")
    given = boris.post(f"/decisions/{waiting['id']}/give")

    assert waiting["person"] == str(official.public_id)
    assert nothing.json()["errors"][0]["pointer"] == "/reason"
    assert elsewhere.status_code in {403, 404}
    assert (given.status_code, given.json()["state"]) == (200, "yes"), given.content
    assert Enrollment.objects.get().state == State.CONFIRMED
    assert boris.get("/decisions").json()["items"] == []


def test_enrolling_costs_at_most_six_statements(cast, django_assert_max_num_queries):
    """Without BEGIN and COMMIT; the savepoint pair stands for them here. A token costs nothing."""
    run, hr = factories.run(), system("enrollments:write")
    hr.get("/courts")
    body = {"run": str(run.public_id), "person": str(cast.asel.public_id)}

    with django_assert_max_num_queries(6 + 2):
        answer = hr.post("/enrollments", body)

    assert answer.status_code == 201

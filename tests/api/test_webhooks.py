"""Webhooks through the API: secrets told once, each system its own."""

from academy.clients.models import Call, Webhook
from tests.api.calls import Caller, system

URL = "https://evaluation.example.org/woken"
BODY = {"url": URL, "types": ["run.published"]}


def caller():
    return system("webhooks:write", "events:read")


def test_a_secret_is_told_once(db):
    one = caller()

    made = one.post("/webhooks", BODY, key="once")
    again = one.post("/webhooks", BODY, key="once")
    shown = one.get(f"/webhooks/{made.json()['id']}").json()

    assert made.status_code == again.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert again.json() == {**made.json(), "secret": None}
    assert "secret" not in shown
    assert made.json()["secret"].encode() not in bytes(Webhook.objects.get().secret)


def test_a_rotated_secret_is_another_one(db):
    one = caller()
    made = one.post("/webhooks", BODY).json()

    rotated = one.post(f"/webhooks/{made['id']}/rotate").json()

    assert rotated["secret"] != made["secret"]
    assert rotated["id"] == made["id"]


def test_a_system_sees_and_changes_its_own_webhooks_only(db):
    one, other = caller(), caller()
    made = one.post("/webhooks", BODY).json()["id"]

    assert other.get("/webhooks").json()["items"] == []
    assert other.get(f"/webhooks/{made}").status_code == 404
    assert other.get(f"/webhooks/{made}/calls").status_code == 404
    for step in ("rotate", "pause", "resume", "remove", "test"):
        assert other.post(f"/webhooks/{made}/{step}").status_code == 404, step
    assert Webhook.objects.get().state == "active"


def test_the_log_shows_a_test_that_waits_and_can_replay_it(db):
    one = caller()
    made = one.post("/webhooks", BODY).json()["id"]

    tried = one.post(f"/webhooks/{made}/test")
    log = one.get(f"/webhooks/{made}/calls?state=waiting").json()["items"]
    Call.objects.update(state="given_up", attempts=10)
    replayed = one.post(f"/webhooks/{made}/calls/{log[0]['id']}/replay")

    assert (tried.status_code, replayed.status_code) == (202, 202)
    assert [(row["type"], row["position"]) for row in log] == [("webhook.test", None)]
    assert (replayed.json()["state"], replayed.json()["attempts"]) == ("waiting", 0)


def test_the_log_is_paged(db):
    one = caller()
    made = one.post("/webhooks", BODY).json()["id"]
    tried = [one.post(f"/webhooks/{made}/test").json()["id"] for _ in range(3)]

    first = one.get(f"/webhooks/{made}/calls?limit=2").json()
    second = one.get(first["next"].removeprefix("/api/v1")).json()

    assert [row["id"] for row in first["items"] + second["items"]] == tried[::-1]


def test_what_cannot_be_called_is_refused_with_the_field(db):
    one = caller()

    inside = one.post("/webhooks", {"url": "https://169.254.169.254/"})

    assert (inside.status_code, inside.json()["errors"][0]["pointer"]) == (422, "/url")
    assert Webhook.objects.filter(url__contains="169").count() == 0


def test_there_is_an_end_to_webhooks(db):
    one = caller()
    answers = [one.post("/webhooks", BODY).status_code for _ in range(11)]

    assert answers == [201] * 10 + [409]


def test_a_registrar_names_the_client_and_an_auditor_changes_nothing(cast):
    one = caller()
    made = one.post("/webhooks", BODY).json()
    registrar, auditor = Caller(account=cast.clara_account), Caller(account=cast.otto_account)

    nameless = registrar.post("/webhooks", BODY)
    named = registrar.post("/webhooks", {**BODY, "client": made["client"]})

    assert (nameless.status_code, named.status_code) == (422, 201)
    assert auditor.post("/webhooks", {**BODY, "client": made["client"]}).status_code == 403
    assert len(auditor.get("/webhooks").json()["items"]) == 2

from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from academy.jobs.models import Job
from academy.people.models import Person
from tests.api.calls import Caller, system

PEOPLE = "external_id,family_name,given_name,language\nHR-1,Ахметова,Айгерім,kk\n"
BAD = PEOPLE + "HR-2,,Ерлан,xx\n"


def send(caller, text, *, kind="people", key=None, **fields):
    file = SimpleUploadedFile("people.csv", text.encode())
    headers = {**caller.headers, "Idempotency-Key": key or uuid4().hex}
    sent = {"kind": kind, "file": file, **fields}
    return caller.http.post("/api/v1/imports", sent, headers=headers)


def test_a_file_is_first_only_looked_at(cast):
    before = Person.objects.count()

    answer = send(Caller(account=cast.clara_account), PEOPLE)

    assert answer.status_code == 201, answer.content
    job = answer.json()
    assert (job["state"], job["dry_run"], job["counts"]["new"]) == ("done", True, 1)
    assert job["rows"][0]["key"] == "HR-1"
    assert Person.objects.count() == before


def test_a_system_imports_and_reads_its_own_report_without_old_values(cast):
    hr, other = system("imports:write"), system("imports:write")

    first = send(hr, PEOPLE, dry_run="false")
    second = send(hr, PEOPLE.replace(",kk", ",ru"), dry_run="false").json()
    read = hr.get(f"/imports/{second['id']}")

    assert first.json()["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "error": 0}
    assert Person.objects.get(external_id="HR-1").language == "ru"
    assert read.json() == second
    assert second["rows"][0]["changes"] == [{"column": "language", "before": None, "after": "ru"}]
    assert other.get(f"/imports/{second['id']}").status_code == 404


def test_one_bad_row_and_nothing_is_imported(cast):
    before = Person.objects.count()

    job = send(Caller(account=cast.clara_account), BAD, dry_run="false").json()

    assert (job["state"], job["counts"]["error"]) == ("failed", 1)
    assert {problem["column"] for problem in job["rows"][1]["problems"]} == {
        "family_name",
        "language",
    }
    assert Person.objects.count() == before


def test_the_same_key_with_another_file_is_refused(cast):
    clara = Caller(account=cast.clara_account)

    first = send(clara, PEOPLE, key="k")
    again = send(clara, PEOPLE, key="k")
    other = send(clara, BAD, key="k")

    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Job.objects.filter(report__contains=[{"key": "HR-1"}]).count() >= 1


def test_what_is_not_a_table_leaves_no_job(cast):
    clara = Caller(account=cast.clara_account)

    columns = send(clara, "a,b\n1,2\n")
    kind = send(clara, PEOPLE, kind="planets")

    assert (columns.status_code, columns.json()["code"]) == (422, "import_columns")
    assert [error["pointer"] for error in kind.json()["errors"]] == ["/kind"]
    assert Job.objects.count() == 0

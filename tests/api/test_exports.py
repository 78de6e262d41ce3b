"""Files of whole lists: what is in them for whom, in every form, and after a worker was killed."""

import csv
import gzip
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from python_calamine import CalamineWorkbook

from academy.clients.models import Disclosure
from academy.core import clock
from academy.exports import actions, files, writing
from academy.exports.models import Export
from academy.ledger import actions as ledger
from academy.people.models import Person
from courses.catalogue.models import Audience
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from enrollment.requests.actions import enroll, withdraw
from tests import factories
from tests.api.calls import Caller, system
from tests.factories import ACTOR


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EXPORTS_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def scene(cast):
    """Asel has a seat, Dana gave hers up; the run and its course are public."""
    run = factories.run(trainer=cast.timur)
    seats = [enroll(run=run.public_id, person=p.pk, actor=ACTOR) for p in (cast.asel, cast.dana)]
    withdraw(enrollment=seats[1].public_id, actor=ACTOR)
    ledger.sequence_all()
    return run


def export(caller, kind, **wish):
    """Ask, let the worker write, fetch by the link: the answer and the bytes."""
    asked = caller.post("/exports", {"kind": kind, **wish})
    assert asked.status_code == 202, asked.content
    writing.write_exports()
    body = caller.get(f"/exports/{asked.json()['id']}").json()
    assert body["state"] == "done", body
    file = Caller().http.get(body["file"])
    assert file.status_code == 200
    return body, b"".join(file.streaming_content)


def lines(content):
    return [json.loads(line) for line in content.splitlines()]


def everything(*scopes, **more):
    return system("exports:write", "courses:read", "enrollments:read", "events:read", **more)


def test_every_form_holds_the_same_rows(scene, cast):
    caller = everything()

    body, content = export(caller, "enrollments")
    rows = lines(content)
    plain = gzip.decompress(export(caller, "enrollments", format="csv", gzip=True)[1])
    table = list(csv.DictReader(io.StringIO(plain.decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(export(caller, "enrollments", format="xlsx")[1])
    ).get_sheet_by_index(0)
    head, *cells = sheet.to_python()

    assert {row["state"] for row in rows} == {"confirmed", "withdrawn"}
    assert [row["id"] for row in rows] == [row["id"] for row in table]
    assert [row["id"] for row in rows] == [line[head.index("id")] for line in cells]
    assert (body["rows"], body["bytes"]) == (2, len(content))


def test_a_system_gets_what_its_projection_shows_and_it_is_written_down(scene, cast):
    evaluator = everything(projection="evaluator")
    [held, _gone] = scene.enrollments.order_by("pk")
    type(held).objects.filter(pk=held.pk).update(state="closed")
    Disclosure.objects.all().delete()

    _body, content = export(evaluator, "enrollments")

    [row] = lines(content)
    assert set(row) == {"id", "run", "run_code", "course", "person", "court", "state"}
    told = Disclosure.objects.get()
    assert (told.resource, told.person_id) == ("export.enrollments", cast.asel.public_id)
    assert told.projection == "evaluator"


def test_what_a_system_has_no_right_to_does_not_exist(scene):
    for caller, kind in (
        (system("exports:write"), "enrollments"),
        (everything(projection="minimal"), "credits"),
        (everything(), "oneroster"),
        (everything(), "unheard-of"),
    ):
        answer = caller.post("/exports", {"kind": kind})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/kind"), kind
    for wish in ({"format": "zip"}, {"format": "xlsx", "gzip": True}, {"filters": {"x": "y"}}):
        assert everything().post("/exports", {"kind": "runs", **wish}).status_code == 422
    assert Export.objects.count() == 0


def test_only_what_changed_since_the_last_file(scene, cast):
    caller = everything()
    until = export(caller, "enrollments")[0]["until"]
    enroll(run=scene.public_id, person=cast.boris.pk, actor=ACTOR)
    ledger.sequence_all()

    _body, content = export(caller, "enrollments", since=until)

    assert [row["person"] for row in lines(content)] == [str(cast.boris.public_id)]
    assert export(caller, "runs", since=until)[1] == b""


def test_a_killed_worker_leaves_an_export_that_the_next_one_continues(scene, monkeypatch):
    monkeypatch.setattr(writing, "ROWS", 1)
    caller = everything()
    for place in range(5):
        factories.run(seats=place)
    whole = export(caller, "runs")[1]
    asked = caller.post("/exports", {"kind": "runs"}).json()["id"]
    append, pieces = files.append, []

    def killed(*args, **more):
        size = append(*args, **more)
        pieces.append(size)
        if len(pieces) in {2, 4}:
            raise KeyboardInterrupt  # as good as a kill: the row was not told of this piece
        return size

    monkeypatch.setattr(files, "append", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            writing.write_exports()
        assert writing.write_exports() == 0, "its lease still holds"
        Export.objects.update(lease_until=clock.now() - timedelta(seconds=1))

    assert writing.write_exports() == 1
    link = caller.get(f"/exports/{asked}").json()
    assert link["rows"] == len(lines(whole)) == 6
    assert b"".join(Caller().http.get(link["file"]).streaming_content) == whole


def test_no_cell_is_a_formula(scene, cast):
    Person.objects.filter(pk=cast.asel.pk).update(family_name='=HYPERLINK("http://x")')
    caller = Caller(account=cast.clara_account)

    table = export(caller, "enrollments", format="csv")[1].decode("utf-8-sig")
    book = export(caller, "enrollments", format="xlsx")[1]

    assert ",=HYPERLINK" not in table
    assert "'=HYPERLINK" in table
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_link_opens_one_file_and_ends(scene, cast, time_machine):
    caller = everything()
    asked = caller.post("/exports", {"kind": "courses"}).json()["id"]
    assert caller.get(f"/exports/{asked}").json()["file"] is None
    writing.write_exports()
    link = caller.get(f"/exports/{asked}").json()["file"]

    assert everything().get(f"/exports/{asked}").status_code == 404, "another's"
    forged = signing.dumps(asked, salt="another purpose")
    assert Caller().get(f"/exports/files/{forged}").status_code == 404
    time_machine.move_to(clock.now() + timedelta(minutes=16))
    assert Caller().http.get(link).status_code == 404
    assert Export.objects.get().expires_at > clock.now(), "the file is there; the link is over"


def test_files_go_when_their_time_is_over(scene, folder):
    caller = everything()
    body, _content = export(caller, "courses")
    assert len(list(folder.iterdir())) == 1

    assert actions.clear_expired(clock.now() + timedelta(days=8)) == 1

    assert list(folder.iterdir()) == []
    after = caller.get(f"/exports/{body['id']}").json()
    assert (after["file"], after["bytes"]) == (None, 0)
    assert Caller().http.get(body["file"]).status_code == 404


def test_the_feed_as_a_file_is_the_feed(scene):
    reader = everything()

    _body, content = export(reader, "events")

    feed = reader.get("/events?limit=1000").json()["items"]
    assert lines(content) == [
        one for one in feed if one["position"] <= lines(content)[-1]["position"]
    ]
    assert len(lines(content)) >= 5


def test_a_roster_is_a_oneroster_archive(scene, cast):
    caller = system("exports:write", "rosters:read")

    _body, content = export(caller, "oneroster", format="zip")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode()))
            )
            for name in archive.namelist()
        }
    said = {row["propertyName"]: row["value"] for row in tables.pop("manifest")}
    assert said["oneroster.version"] == "1.2"
    assert {name for name, value in said.items() if value == "bulk"} == {
        f"file.{name}" for name in tables
    }
    ids = {name: {row["sourcedId"] for row in rows} for name, rows in tables.items()}
    roles = {(row["userSourcedId"], row["role"]) for row in tables["enrollments"]}
    assert roles == {(str(cast.asel.public_id), "student"), (str(cast.timur.public_id), "teacher")}
    for row in tables["enrollments"]:
        assert row["classSourcedId"] in ids["classes"]
        assert row["userSourcedId"] in ids["users"]
        assert row["schoolSourcedId"] in ids["orgs"]
    for row in tables["classes"]:
        assert row["courseSourcedId"] in ids["courses"]
        assert row["termSourcedIds"] in ids["academicSessions"]
    assert Disclosure.objects.filter(resource="export.oneroster").exists()


@pytest.fixture
def owing(cast):
    """Every judge owes 16 hours a year, and the staff of the courts 8."""
    for code, category, hours in (("judges", "judge", 16), ("officials", "staff", 8)):
        names = {"kk": code, "ru": code, "en": code}
        Audience.objects.create(code=code, names=names, categories=[category])
        draft = RequirementDraft(names, code, Unit.HOURS, Decimal(hours), date(2026, 1, 1))
        add_requirement(code=f"yearly-{code}", draft=draft, actor=ACTOR)
    reckoning.reckon_due(clock.now())


def test_compliance_is_who_owes_what_and_how_it_stands(owing, cast):
    reader = system("exports:write", "credits:read")
    court = cast.asel.appointments.get().court.code

    rows = lines(export(reader, "compliance")[1])
    here = lines(
        export(reader, "compliance", filters={"court": court, "requirement": "yearly-judges"})[1]
    )
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        late = lines(export(Caller(account=cast.clara_account), "compliance")[1])

    mine = next(row for row in rows if row["person"] == str(cast.asel.public_id))
    assert mine == {
        "person": str(cast.asel.public_id),
        "court": court,
        "requirement": "yearly-judges",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "due_on": "2026-12-31",
        "state": "owed",
        "met_on": None,
    }
    assert {row["requirement"] for row in rows} == {"yearly-judges", "yearly-officials"}
    assert mine in here
    assert {(row["court"], row["requirement"]) for row in here} == {(court, "yearly-judges")}
    assert len(here) < len(rows)
    assert {row["state"] for row in late} == {"late"}


def test_an_evaluator_gets_the_compliance_that_it_may_know(owing, cast):
    evaluator = system("exports:write", "credits:read", projection="evaluator")

    table = export(evaluator, "compliance", format="csv")[1].decode("utf-8-sig")

    [head, *rows] = csv.reader(io.StringIO(table))
    assert head == [
        *("person", "court", "requirement", "due_on", "state"),
        *("first_day", "last_day", "met_on"),
    ]
    assert str(cast.asel.public_id) in {row[0] for row in rows}
    told = Disclosure.objects.get(resource="export.compliance")
    assert (told.projection, told.person_id) == ("evaluator", None)
    for caller, wish in (
        (evaluator, {"since": 1}),
        (system("exports:write", "enrollments:read"), {}),
        (system("exports:write", "credits:read", projection="minimal"), {}),
    ):
        assert caller.post("/exports", {"kind": "compliance", **wish}).status_code == 422
    assert Export.objects.count() == 1

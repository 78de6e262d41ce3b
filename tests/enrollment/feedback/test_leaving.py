"""Nothing of what was answered leaves the academy: no endpoint, no event, no export, no webhook."""

import io
import json
import zipfile

import pytest

from academy.clients import projections
from academy.clients.scopes import SCOPES, taking_part
from academy.core import clock
from academy.exports import registry, writing
from academy.jobs import registry as jobs
from academy.ledger.models import Event
from enrollment.feedback.models import AnswerCount, AnswerText, FeedbackRound
from tests.access.test_every_url import endpoints
from tests.api.calls import Caller, system
from tests.architecture.sources import imported_names, name_of, python_files, tree_of

pytestmark = pytest.mark.django_db

SECRET = "Мұны ешкім оқымайды"
ESCAPED = json.dumps(SECRET)[1:-1]
READ = ("enrollment/feedback/", "enrollment/reminders/", "enrollment/pages/", "enrollment/apps.py")
KEYS = {
    "feedback.planned": {
        "moment",
        "questionnaire",
        "revision",
        "opens_at",
        "closes_at",
    },
    "feedback.grew": {"moment", "answers"},
}


@pytest.fixture
def answered(asked, cast, monkeypatch):
    """Six people have answered, in words too, and the questionnaire has closed."""
    run = asked(6, trainer=cast.timur, first=cast.asel)
    run.answer(keep=SECRET, change=SECRET)
    monkeypatch.undo()  # keys of systems live on the real clock
    FeedbackRound.objects.filter(pk=run.after.pk).update(closes_at=clock.now())
    assert AnswerText.objects.filter(text=SECRET).count() == 12
    return run


def callers(cast):
    """Those who see most, and a system of every projection with every scope."""
    accounts = ("asel", "timur", "clara")
    people = [Caller(account=getattr(cast, f"{name}_account")) for name in accounts]
    reads = [scope for scope in SCOPES if scope not in taking_part(SCOPES)]
    asks = {projections.EVALUATOR: reads}  # an evaluator of judges is given nothing else
    return people + [
        system(*asks.get(name, SCOPES), projection=name) for name in projections.names()
    ]


def addresses(run):
    """Every endpoint that answers a GET, about this run where one is named."""
    enrollment = run.invitations[0].enrollment
    yield f"/runs/{run.run.public_id}"
    yield f"/runs/{run.run.public_id}/roster"
    yield f"/enrollments/{enrollment.public_id}"
    yield f"/people/{enrollment.person.public_id}"
    yield f"/courses/{run.run.course.code}"
    yield "/events?limit=1000"
    yield from (address for _name, address, methods in endpoints() if "GET" in methods)


def test_no_endpoint_says_what_was_answered_to_anybody(answered, cast):
    said = {}
    for caller in callers(cast):
        answers = {address: caller.get(address) for address in addresses(answered)}
        assert [one.status_code for one in answers.values()].count(200) >= 4
        for address, answer in answers.items():
            text = answer.content.decode()
            if SECRET in text or ESCAPED in text:
                said[address] = text

    assert said == {}


def test_no_file_that_is_written_for_others_holds_an_answer(answered, settings, tmp_path):
    settings.EXPORTS_ROOT = tmp_path
    caller, written = system(*SCOPES), {}
    for kind, exporter in registry.exporters().items():
        answer = caller.post("/exports", {"kind": kind, "format": exporter.formats[0]})
        assert answer.status_code == 202, answer.content
        writing.write_exports()
        body = caller.get(f"/exports/{answer.json()['id']}").json()
        assert body["state"] == "done", body
        written[kind] = b"".join(Caller().http.get(body["file"]).streaming_content)

    assert {"courses", "enrollments", "events"} <= written.keys()
    assert written["enrollments"].count(b"\n") >= 6
    told = {kind for kind, content in written.items() if _tells(content)}
    assert told == set()


def _tells(content: bytes) -> bool:
    """Packed files are unpacked first."""
    parts = [content]
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    return any(word in part for part in parts for word in (SECRET.encode(), ESCAPED.encode()))


def test_events_hold_numbers_of_answers_and_no_answer(answered):
    events = Event.objects.filter(type__startswith="feedback.")

    assert {event.type for event in events} == KEYS.keys()
    assert all(event.data.keys() == KEYS[event.type] for event in events)
    assert {(event.person_id, event.actor_id, event.request_id) for event in events} == {
        (None, None, "")
    }
    assert not Event.objects.filter(notes__text__contains=SECRET).exists()


def test_for_the_evaluator_of_judges_questionnaires_do_not_exist():
    for name in (projections.EVALUATOR, projections.MINIMAL):
        shown = projections.projection(name)
        assert not any(shown.shows(kind) for kind in (*KEYS, "feedback", "questionnaire.revised"))


@pytest.mark.xdist_group("sources")
def test_no_code_that_speaks_to_other_systems_knows_answers():
    """Only the room itself, the reminders and the pages import it; none of them writes a file."""
    knowing = [
        name_of(path)
        for path in python_files()
        if any(name.startswith("enrollment.feedback") for name in imported_names(tree_of(path)))
    ]

    outside = [name for name in knowing if not name.startswith(READ)]
    assert outside == [
        "academy/management/seeding/institution.py",
        "enrollment/admin.py",
        "enrollment/models.py",
        "enrollment/requests/known.py",  # whether somebody has answered, to that person
    ]
    answers = {AnswerCount.__name__, AnswerText.__name__}
    reading = [
        name_of(path)
        for path in python_files()
        if any(name.rpartition(".")[2] in answers for name in imported_names(tree_of(path)))
    ]
    assert reading == ["enrollment/feedback/queries.py", "enrollment/models.py"]


def test_no_import_or_export_job_is_about_questionnaires():
    assert not [name for name in jobs.kinds() if "feedback" in name or "questionnaire" in name]

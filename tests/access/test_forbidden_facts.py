"""No system is told what it may not know: every address, event and wake-up x every kind of system.

A world holds a planted secret for each forbidden fact. Addresses come from the URL configuration,
projections and scopes from their registries and types of events from the ledger itself, so that
new ones are walked by themselves.
"""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.urls import get_resolver

from academy.clients import handlers, projections, webhooks
from academy.clients.delivery import Leased
from academy.clients.models import Call, Client, Disclosure
from academy.clients.scopes import SCOPES, taking_part
from academy.core import clock
from academy.exports import registry, writing
from academy.ledger import actions as ledger
from academy.ledger.models import Event
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.attendance.actions import MarkDraft, record_marks
from enrollment.attendance.enums import MarkStatus
from enrollment.attendance.models import Outcome
from enrollment.attendance.outcomes import record_test_result
from enrollment.certificates.models import Certificate
from enrollment.classroom.actions import tell_needs
from enrollment.classroom.rules import Told
from enrollment.requests import actions, run_actions
from tests import factories
from tests.access.test_every_url import _walk
from tests.api.calls import Caller, system
from tests.enrollment.stage import ask
from tests.factories import ACTOR
from tests.flows.witness import browser_of

HOUR = timedelta(hours=1)
QUEUE_PLACE = 918_273_645
REFUSAL, CHANGE_OF_MIND = "secret-refusal", "secret-withdrawal"
REMARK, WHY = "SECRET-REMARK", "SECRET-WHY"
RAMP, MEAL = "SECRET-RAMP", "SECRET-MEAL"

EVALUATED = {projections.EVALUATOR, projections.MINIMAL}
# Who is told of seats, if of any, but neither of queues nor of answers.
UNTOLD = EVALUATED | {projections.HR, projections.LMS}
NOT_OF_LEAVING = EVALUATED | {projections.HR}
EVERYBODY = None

# What must not be found in any answer, and to whom it is forbidden (None: to every system). Words
# in the code of types and states tell as much as a value: that somebody waited or was refused.
FORBIDDEN = {
    "test.recorded": EVERYBODY,
    "test_passed": EVERYBODY,
    REMARK: EVERYBODY,
    WHY: EVERYBODY,
    RAMP: EVERYBODY,
    MEAL: EVERYBODY,
    "needs.": EVERYBODY,
    str(QUEUE_PLACE): UNTOLD,
    REFUSAL: UNTOLD,
    CHANGE_OF_MIND: UNTOLD,
    "waitlisted": UNTOLD,
    "rejected": UNTOLD,
    "withdrawn": NOT_OF_LEAVING,
    "decision.": UNTOLD,
    "queue_number": UNTOLD,
}


@dataclass
class World:
    """What somebody must not know, and the ids by which addresses are filled in."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)


@pytest.fixture
def world(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('enrollment_queue_number', %s)", [QUEUE_PLACE - 1])
    told = World()
    waiting, left = _waiting_and_left(cast)
    refused = _refused(cast)
    run, claim = _finished(cast)
    told.hidden = [str(one.public_id) for one in (refused, waiting, left)]
    told.ids = {
        "run": [str(one.public_id) for one in Run.objects.all()],
        "enrollment": [str(claim.public_id), *told.hidden],
        "session": [str(run.sessions.get().public_id)],
        "person": [str(cast.asel.public_id), str(cast.dana.public_id)],
        "decision": [str(refused.decisions.get().public_id)],
        "serial": [Certificate.objects.get().serial],
        "code": [cast.court.code, run.course.code],
        "year": [str(clock.now().year)],
    }
    ledger.sequence_all()
    return told


def _refused(cast):
    claim = ask(factories.run(mode=EnrollmentMode.APPROVAL), cast.asel)
    actions.decide(
        decision=claim.decisions.get().public_id,
        yes=False,
        account=cast.boris_account.pk,
        actor=ACTOR,
        reason=REFUSAL,
        note=REMARK,
    )
    return claim


def _waiting_and_left(cast):
    """Of a run with one seat: who waits, and who waited and thought better of it."""
    run = factories.run(seats=1)
    ask(run, cast.dana)
    waiting, left = ask(run, cast.asel), ask(run, cast.boris)
    actions.withdraw(enrollment=left.public_id, actor=ACTOR, reason=CHANGE_OF_MIND, note=WHY)
    assert waiting.queue_number == QUEUE_PLACE
    return waiting, left


def _finished(cast):
    """A run that is over: a mark, a test, an outcome, credit and a certificate."""
    course = factories.course()
    type(course.current).objects.filter(pk=course.current_id).update(test_required=True)
    course.current.refresh_from_db()
    run = factories.run(of=course, trainer=cast.timur)
    claim = ask(run, cast.asel)
    tell_needs(enrollment=claim, told=Told(RAMP, ("halal",), MEAL))
    mark = MarkDraft(claim.public_id, MarkStatus.PRESENT)
    with time_machine.travel(run.starts_at + HOUR, tick=False):
        record_marks(session=run.sessions.get().public_id, marks=[mark], actor=ACTOR)
        record_test_result(enrollment=claim.public_id, passed=True, actor=ACTOR)
    Run.objects.filter(pk=run.pk).update(state="finished")
    with time_machine.travel(run.ends_at + HOUR, tick=False):
        run_actions.finalise_run(run=run.public_id, actor=ACTOR)
    assert Outcome.objects.filter(test_passed=True).exists()
    return run, claim


def addresses(world):
    """Every address that can be read, with every id of the world in every place."""
    for prefix, entry in _walk(get_resolver()):
        view = getattr(entry.callback, "cls", None)
        if not prefix.startswith(("api/v1/", "scim/")) or entry.name.endswith("-slash"):
            continue
        if prefix.startswith("api/") and "GET" not in getattr(view, "needs", ()):
            continue
        names = list(entry.pattern.converters)
        values = [[*world.ids.get(name, []), UNKNOWN.get(name) or str(uuid4())] for name in names]
        for chosen in product(*values):
            address = "/" + prefix
            for name, value in zip(names, chosen, strict=True):
                kind = next(kind for kind in KINDS if f"<{kind}:{name}>" in address)
                address = address.replace(f"<{kind}:{name}>", value)
            yield address


UNKNOWN = {"year": "1999"}
KINDS = ("uuid", "slug", "str", "path", "int")
ASKED = {
    "/api/v1/enrollments": ["?state=waitlisted", "?state=rejected", "?person={person}"],
    "/api/v1/events": ["?types=test.recorded,decision.refused,enrollment.waitlisted"],
}


def read(caller, address):
    """Everything behind an address: each page of it, with the body of refusals too."""
    told, seen = b"", set()
    while address and address not in seen:
        seen.add(address)
        answer = caller.http.get(address, headers=caller.headers)
        told += answer.content
        is_json = answer.status_code == 200 and "json" in answer["Content-Type"]
        body = answer.json() if is_json else None
        address = body.get("next") if isinstance(body, dict) else None
    return told.decode()


def caller_with(projection):
    scopes = set(SCOPES) - (set(taking_part(SCOPES)) if projection == "evaluator" else set())
    return system(*sorted(scopes), projection=projection)


def forbidden_to(projection):
    return [word for word, whom in FORBIDDEN.items() if whom is None or projection in whom]


@pytest.mark.parametrize("projection", projections.names())
def test_no_address_tells_a_system_what_it_may_not_know(world, projection):
    caller, words = caller_with(projection), forbidden_to(projection)
    person = {"person": world.ids["person"][0]}
    found, walked = [], 0

    for plain in addresses(world):
        for asked in ["", *ASKED.get(plain, [])]:
            told = read(caller, plain + asked.format(**person))
            walked += 1
            # A refusal names the parameter that it refuses; that is the caller's own word.
            found += [(plain + asked, word) for word in words if word in told and word not in asked]

    assert found == []
    assert walked > 30


@pytest.mark.parametrize("projection", sorted(UNTOLD))
def test_what_is_forbidden_looks_like_what_does_not_exist(world, projection):
    caller = caller_with(projection)

    hidden = [caller.get(f"/enrollments/{one}") for one in world.hidden]
    nothing = caller.get(f"/enrollments/{uuid4()}")

    assert {(one.status_code, one.content) for one in hidden} == {(404, nothing.content)}
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("projection", projections.names())
def test_no_wake_up_tells_a_system_what_it_may_not_know(world, projection, settings):
    settings.WEBHOOKS_TO_PRIVATE = True
    caller_with(projection)
    client = Client.objects.get()
    webhooks.add_webhook(client=client.public_id, url="http://127.0.0.1:1/", types=[], actor=ACTOR)
    events = Event.objects.select_related("entry").filter(entry__isnull=False)
    assert events.filter(type="test.recorded").exists()

    handlers.react(list(events))

    told = " ".join(f"{call.type} {body_of(call)}" for call in Call.objects.all())
    assert told
    assert [word for word in forbidden_to(projection) if word in told] == []


@pytest.mark.parametrize("projection", projections.names())
def test_no_file_tells_a_system_what_it_may_not_know(world, projection, settings, tmp_path):
    settings.EXPORTS_ROOT = tmp_path
    caller, words = caller_with(projection), forbidden_to(projection)
    told = {}

    for kind, exporter in registry.exporters().items():
        asked = caller.post("/exports", {"kind": kind, "format": exporter.formats[0]})
        if asked.status_code == 202:  # else there is no such list for this projection
            writing.write_exports()
            body = caller.get(f"/exports/{asked.json()['id']}").json()
            told[kind] = words_in(b"".join(caller.http.get(body["file"]).streaming_content))

    assert told
    assert [(kind, word) for kind, text in told.items() for word in words if word in text] == []


def words_in(content):
    """What a file says; of a packed one, every part."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return " ".join(packed.read(name).decode() for name in packed.namelist())


def body_of(call):
    names = ("pk", "public_id", "position", "type", "subject", "attempts", "created_at")
    known = {name: getattr(call, name) for name in names}
    leased = Leased(event=call.event_id, webhook=1, url="", secret=b"", former_secret=None, **known)
    return leased.body().decode()


def test_every_read_of_a_person_is_recorded_and_shown(world, cast):
    caller = caller_with("full")
    asel = str(cast.asel.public_id)
    reads = {
        f"/people/{asel}": "people",
        "/people": "people",
        f"/enrollments?person={asel}": "enrollments",
        f"/enrollments/{world.ids['enrollment'][0]}": "enrollments",
        "/events": "events",
        f"/runs/{world.ids['run'][0]}/roster": "enrollments",
    }

    for path, resource in reads.items():
        before = Disclosure.objects.count()
        assert caller.get(path).status_code == 200, path
        told = Disclosure.objects.order_by("pk").last()
        assert (Disclosure.objects.count(), told.resource) == (before + 1, resource), path
        assert cast.asel.public_id in {told.person_id, *told.people}, path

    name = Client.objects.get().name
    assert name in browser_of(cast.asel_account).get("/profile/who-saw/").content.decode()
    shown = browser_of(cast.otto_account).get(f"/desk/systems/{Client.objects.get().public_id}/")
    assert len(shown.context["disclosures"]) == len(reads)


def test_who_evaluates_judges_takes_no_part(db):
    with pytest.raises(Exception, match="evaluator_takes_part"):
        system("enrollments:read", "enrollments:write", projection="evaluator")
    assert not Client.objects.exists()


def test_staff_see_what_no_system_is_told(world, cast):
    """Or the tests above would prove nothing: the secrets are there to be found."""
    staff = Caller(account=cast.clara_account)

    told = read(staff, "/api/v1/events") + read(staff, "/api/v1/enrollments?state=waitlisted")

    missing = [word for word in ("test.recorded", str(QUEUE_PLACE), REFUSAL) if word not in told]
    assert missing == []

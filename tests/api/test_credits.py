"""Requirements, transcripts and yearly sheets: who reads what, and that the read is on record."""

import json
from datetime import date
from decimal import Decimal

import pytest

from academy.clients.models import Disclosure
from academy.core import clock
from courses.catalogue.models import Audience
from enrollment.attendance.enums import MarkStatus
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from tests.api.calls import Caller, system
from tests.enrollment.conftest import held  # noqa: F401
from tests.enrollment.stage import ask
from tests.factories import ACTOR

NAMES = {"kk": "Судьялардың оқуы", "ru": "Обучение судей", "en": "Training of judges"}
# Section 7 of the design: what an evaluation must never learn, in whatever word it may come.
NEVER = ("score", "attempt", "test", "queue", "refus", "reject", "reason", "serial", "remedial")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learnt(cast, held):  # noqa: F811
    """Asel has completed one run and been absent from another; she owes 16 hours."""
    Audience.objects.create(code="judges", names=NAMES, categories=["judge"])
    done, missed = held(people=0, sessions=2, test_required=False), held(people=0, sessions=1)
    for run, status in ((done, MarkStatus.PRESENT), (missed, MarkStatus.ABSENT)):
        run.people.append(ask(run.run, cast.asel))
        run.mark(*[status] * len(run.sessions))
        run.finalise()
    draft = RequirementDraft(NAMES, "judges", Unit.HOURS, Decimal(16), clock.now().date())
    add_requirement(code="yearly", draft=draft, actor=ACTOR)
    reckoning.reckon_due(clock.now())
    return done


def path(cast, what):
    return f"/people/{cast.asel.public_id}/{what}"


def test_an_evaluator_reads_participation_facts_and_nothing_else(cast, learnt):
    caller = system("credits:read", projection="evaluator")

    answer = caller.get(path(cast, "transcript"))

    assert answer.status_code == 200
    body = answer.json()
    by_outcome = {line["outcome"]: line for line in body["items"]}
    assert set(by_outcome) == {"completed", "no_show"}
    line = by_outcome["completed"]
    assert (line["course"], line["hours"]) == (learnt.run.course.code, 4.0)
    assert line["certificate"]["state"] == "valid"
    assert by_outcome["no_show"]["certificate"] is None
    (owed,) = body["requirements"]
    assert (owed["requirement"], owed["state"], "needed" in owed) == ("yearly", "owed", False)
    told = json.dumps(list(_words(body))).lower()
    assert [word for word in NEVER if word in told] == []


def _words(found):
    """Every key and value, but for titles that the academy wrote."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield key
            if key not in {"title", "names"}:
                yield from _words(value)
    elif isinstance(found, list):
        for value in found:
            yield from _words(value)
    else:
        yield str(found)


def test_the_yearly_sheet_and_every_read_is_shown_to_the_person(cast, learnt, client):
    caller = system("credits:read")
    year = learnt.run.ends_at.year

    sheet = caller.get(path(cast, f"sheets/{year}")).json()
    other = caller.get(path(cast, f"sheets/{year - 1}")).json()

    assert (sheet["year"], len(sheet["items"]), sheet["credits"][0]["hours"]) == (year, 2, 4.0)
    assert (other["items"], other["credits"]) == ([], [])
    reads = Disclosure.objects.filter(person_id=cast.asel.public_id)
    assert [row.resource for row in reads] == ["sheet", "sheet"]
    client.force_login(
        cast.asel_account, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert "sheet" in client.get("/profile/who-saw/").content.decode()


def test_who_sees_what_a_person_owes_and_has_learnt(cast, learnt):
    """Own, own court for what is owed, staff; a system without the fields sees no such thing."""
    callers = {
        "asel": Caller(account=cast.asel_account),
        "dana": Caller(account=cast.dana_account),
        "boris": Caller(account=cast.boris_account),
        "kenzhe": Caller(account=cast.kenzhe_account),
        "timur": Caller(account=cast.timur_account),
        "otto": Caller(account=cast.otto_account),
        "blind": system("credits:read", projection="minimal"),
        "other": system("courses:read"),
    }
    before = Disclosure.objects.count()

    answers = {
        name: [
            caller.get(path(cast, what)).status_code
            for what in ("requirements", "transcript", "sheets/2026")
        ]
        for name, caller in callers.items()
    }

    assert answers == {
        "asel": [200, 200, 200],
        "dana": [404, 404, 404],
        "boris": [200, 404, 404],
        "kenzhe": [200, 404, 404],
        "timur": [404, 404, 404],
        "otto": [200, 200, 200],
        "blind": [404, 404, 404],
        "other": [403, 403, 403],
    }
    assert Disclosure.objects.count() == before


def test_the_norms_themselves_by_code_and_page_by_page(cast, learnt):
    draft = RequirementDraft(NAMES, "judges", Unit.DAYS, Decimal(5), date(2026, 1, 1))
    add_requirement(code="days", draft=draft, actor=ACTOR)
    caller = Caller(account=cast.asel_account)

    first = caller.get("/requirements?limit=1").json()
    second = caller.get(first["next"].split("/api/v1", 1)[1]).json()

    assert [row["code"] for row in (*first["items"], *second["items"])] == ["days", "yearly"]
    assert second["next"] is None
    one = caller.get("/requirements/days").json()
    assert (one["unit"], one["amount"], one["years"], one["months"]) == ("days", 5.0, 1, None)

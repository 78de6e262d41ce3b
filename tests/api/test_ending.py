"""Certificates and single enrolments are ended through the API.

By the registrar, or by a system in the right of one.
"""

from functools import partial

import pytest

from academy.access.enums import Role
from academy.ledger.models import Event
from enrollment.attendance.enums import MarkStatus
from enrollment.certificates.models import Certificate
from tests import factories
from tests.api.calls import Caller, system
from tests.concurrency.racing import race
from tests.enrollment.conftest import held  # noqa: F401 - a fixture
from tests.enrollment.stage import fill, sight, states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def certificate(held):  # noqa: F811
    run = held(people=1, sessions=1)
    run.mark(MarkStatus.PRESENT)
    run.finalise()
    return Certificate.objects.get()


@pytest.fixture
def clara(cast):
    return Caller(account=cast.clara_account)


@pytest.fixture
def registrar():
    """One with a person, in whose right a system can act."""
    person = factories.person()
    factories.account(of=person, role=Role.REGISTRAR)
    return person


def stands():
    rows = Certificate.objects.order_by("pk").values_list("pk", "state", "end_reason")
    return list(rows), Event.objects.exclude(type="client.added").count()


def path(certificate, what):
    return f"/certificates/{certificate.public_id}/{what}"


def test_a_certificate_is_replaced_and_the_new_one_revoked(clara, certificate):
    sent = {"reason": "name_corrected"}

    replaced = clara.post(path(certificate, "replace"), sent, key="k")
    again = clara.post(path(certificate, "replace"), sent, key="k")

    new = Certificate.objects.get(state="valid")
    assert (replaced.status_code, replaced.json()) == (again.status_code, again.json())
    assert replaced.json() == {
        "id": str(new.public_id),
        "state": "valid",
        "run": str(certificate.outcome.enrollment.run.public_id),
        "person": str(certificate.outcome.enrollment.person.public_id),
        "replaces": str(certificate.public_id),
    }
    assert new.serial not in replaced.content.decode()
    revoked = clara.post(path(new, "revoke"), {"reason": "misused", "note": "x"})
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    answers = [Caller().get(f"/certificates/{row.serial}").json() for row in (certificate, new)]
    assert [one["answer"] for one in answers] == ["replaced", "revoked"]


@pytest.mark.parametrize("what", ["revoke", "replace"])
def test_what_is_refused_changes_nothing(cast, clara, certificate, what):
    wanted, before = path(certificate, what), stands()

    answers = [
        clara.post(wanted, {"reason": "boredom"}),
        clara.post(wanted, {"reason": "other"}),
        clara.post(wanted, {"reason": "misused"}, key=""),
        Caller(account=cast.otto_account).post(wanted, {"reason": "misused"}),
        clara.post(f"/certificates/{certificate.serial}/{what}", {"reason": "misused"}),
    ]

    assert [one.status_code for one in answers] == [422, 422, 400, 403, 404]
    assert answers[1].json()["code"] == "note_missing"
    assert stands() == before


def test_an_ended_certificate_is_not_ended_again(clara, certificate):
    clara.post(path(certificate, "revoke"), {"reason": "misused"})
    before = stands()

    answers = [
        clara.post(path(certificate, what), {"reason": "misused"}) for what in ("revoke", "replace")
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (409, "certificate_ended")
    ] * 2
    assert stands() == before


def test_a_system_ends_a_certificate_in_the_registrars_right(cast, certificate, registrar):
    caller, sent = system("certificates:write"), {"reason": "misused"}
    wanted, before = path(certificate, "revoke"), stands()
    by = {"On-Behalf-Of": str(registrar.public_id)}

    nobody = caller.post(wanted, sent)
    trainer = caller.post(wanted, sent, **{"On-Behalf-Of": str(cast.timur.public_id)})
    other_scope = system("runs:write").post(wanted, sent, **by)

    assert [one.status_code for one in (nobody, trainer, other_scope)] == [400, 403, 403]
    assert stands() == before
    assert caller.post(wanted, sent, **by).status_code == 200
    event = Event.objects.get(type="certificate.revoked")
    assert (event.actor_kind, event.behalf_of) == ("client", registrar.public_id)


def test_one_enrolment_is_ended_and_the_seat_goes_on(clara):
    holder, next_one = fill(factories.run(seats=1), 2)
    wanted, sent = f"/enrollments/{holder.public_id}/cancel", {"reason": "court_asked"}

    stale = clara.post(wanted, sent, **{"If-Match": f'"{holder.revision + 7}-0"'})
    assert states(holder, next_one) == ["confirmed", "waitlisted"]
    done = clara.post(wanted, sent, key="k", **{"If-Match": f'"{holder.revision}-0"'})
    again = clara.post(wanted, sent, key="k")

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    assert done.json()["end_reason"] == "court_asked"
    assert again.json() == done.json()
    assert states(holder, next_one) == ["cancelled", "offered"]


def test_an_enrolment_is_not_ended_by_others_nor_without_a_reason(cast, clara, registrar):
    (claim,) = fill(factories.run(seats=1), 1)
    wanted, before = f"/enrollments/{claim.public_id}/cancel", sight()
    sent = {"reason": "court_asked"}

    answers = [
        clara.post(wanted, {}),
        clara.post(wanted, {"reason": "boredom"}),
        Caller(account=cast.timur_account).post(wanted, sent),
        Caller(account=factories.account(of=claim.person)).post(wanted, sent),
    ]

    assert [one.status_code for one in answers] == [422, 422, 403, 403]
    assert sight() == before
    caller, by = system("decisions:write"), {"On-Behalf-Of": str(registrar.public_id)}
    assert caller.post(wanted, sent, **by).status_code == 200
    twice = clara.post(wanted, sent)
    assert (twice.status_code, states(claim)) == (409, ["cancelled"])


def test_one_enrolment_that_many_end_at_once_ends_once(cast):
    holder, first, second = fill(factories.run(seats=1), 3)
    wanted, sent = f"/enrollments/{holder.public_id}/cancel", {"reason": "court_asked"}
    callers = [Caller(account=cast.clara_account) for _ in range(4)]

    answers = race([partial(one.post, wanted, sent) for one in callers])

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert states(holder, first, second) == ["cancelled", "offered", "waitlisted"]

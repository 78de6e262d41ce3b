import pytest
from django.utils.dateparse import parse_datetime

from enrollment.requests import actions
from tests import factories
from tests.api.calls import Caller, system


def walk(caller, path, between=lambda: None):
    """Every page of a list, with something happening after each."""
    rows, pages = [], 0
    while path:
        body = caller.get(path).json()
        rows += body["items"]
        pages += 1
        path = body["next"] and body["next"].removeprefix("/api/v1")
        between()
    return rows, pages


def test_enrollments_are_neither_skipped_nor_repeated_under_writes(cast):
    run = factories.run(seats=50)
    there = factories.people(7, cast.court)
    for one in there:
        actions.enroll(run=run.public_id, person=one.pk, actor=factories.ACTOR)

    def somebody_enrolls():
        late = factories.people(1, cast.court)[0]
        actions.enroll(run=run.public_id, person=late.pk, actor=factories.ACTOR)

    rows, pages = walk(
        Caller(account=cast.clara_account),
        f"/enrollments?run={run.public_id}&limit=2",
        somebody_enrolls,
    )

    people = [row["person"] for row in rows]
    assert pages == 4
    assert people == [str(one.public_id) for one in reversed(there)]


def test_people_come_in_kazakh_order(cast):
    for name in ("Яна", "Әлия", "Анна", "Бота", "Ұлан"):
        factories.person(cast.court, name=name)

    rows, _ = walk(Caller(account=cast.clara_account), f"/people?court={cast.court.code}&limit=3")

    names = [row["family_name"] for row in rows]
    assert len(names) == len(set(names))
    wanted = ["Анна", "Әлия", "Бота", "Ұлан", "Яна"]
    assert [name for name in names if name in wanted] == wanted
    assert "iin" not in str(rows)


def test_runs_without_dates_stand_at_the_end(cast):
    dated = [factories.run(), factories.run()]
    undated = factories.run(state="postponed", starts_at=None, is_published=False)

    rows, pages = walk(Caller(), "/runs?limit=1")

    assert pages == 3
    assert rows[-1]["id"] == str(undated.public_id)
    starts = [parse_datetime(row["starts_at"]) for row in rows[:-1]]
    assert starts == sorted(starts)
    assert {row["id"] for row in rows[:-1]} == {str(run.public_id) for run in dated}


@pytest.mark.parametrize("limit", [0, 201, "many"])
def test_a_page_has_a_sensible_size(cast, limit):
    answer = Caller(account=cast.asel_account).get(f"/enrollments?limit={limit}")

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/limit"]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/courses?", 1),
        ("/runs?", 1),
        ("/runs?include=sessions&", 2),
        ("/people?", 4),
        ("/courts?", 1),
        ("/enrollments?", 3),
        ("/enrollments?fields=person,course&", 3),
    ],
)
def test_lists_cost_the_same_whatever_their_size(
    cast, django_assert_num_queries, size, path, statements
):
    """The token is remembered; people and enrolments also record the disclosure (2 statements)."""
    caller = system("people:read", "courts:read", "enrollments:read")
    run = factories.run()
    for _ in range(size - 1):
        factories.run()
    for one in factories.people(size, cast.court):
        actions.enroll(run=run.public_id, person=one.pk, actor=factories.ACTOR)
    caller.get("/courts?limit=1")

    with django_assert_num_queries(statements):
        answer = caller.get(f"{path}limit={size}")

    assert len(answer.json()["items"]) == size


def test_runs_come_with_their_sessions_where_asked(cast):
    short, long = factories.run(), factories.run(sessions=3)

    plain = Caller().get("/runs").json()["items"]
    whole = Caller().get("/runs?include=sessions&fields=id,sessions").json()["items"]

    assert all("sessions" not in row for row in plain)
    told = {row["id"]: [one["number"] for one in row["sessions"]] for row in whole}
    assert told == {str(short.public_id): [1], str(long.public_id): [1, 2, 3]}


def test_a_caller_takes_only_the_fields_it_needs(cast):
    run = factories.run()

    some = Caller().get("/runs?fields=id,seats").json()["items"]
    wrong = Caller().get("/runs?fields=id,secrets")

    assert some == [{"id": str(run.public_id), "seats": {"capacity": 5, "taken": 0, "free": 5}}]
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/fields"]

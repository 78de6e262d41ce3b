import pytest

from academy.rest.remembered import forget_answers
from courses.search.actions import reindex_everything
from tests import factories
from tests.api.calls import Caller


@pytest.mark.django_db
def test_the_catalogue_is_open_and_says_nothing_twice():
    factories.course("ECHR-1")
    factories.course("ECHR-2")

    first = Caller().get("/courses")
    again = Caller().get("/courses", **{"If-None-Match": first["ETag"]})

    assert [course["code"] for course in first.json()["items"]] == ["ECHR-1", "ECHR-2"]
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_known_bytes_cost_no_statement(cast, django_assert_num_queries):
    factories.course()
    first = Caller().get("/courses")

    with django_assert_num_queries(0):
        again = Caller().get("/courses")

    assert again.content == first.content


def test_a_change_is_seen_once_the_revision_is_looked_up(cast):
    factories.run()
    before = Caller().get("/courses").json()
    factories.run()
    forget_answers()

    after = Caller().get("/courses").json()

    assert len(after["items"]) == len(before["items"]) + 1


def test_a_draft_is_seen_by_those_who_plan(cast):
    draft = factories.course("DRAFT-1")
    draft.status = "draft"
    draft.save()

    assert Caller().get("/courses/DRAFT-1").status_code == 404
    assert Caller(account=cast.asel_account).get("/courses/DRAFT-1").status_code == 404
    answer = Caller(account=cast.clara_account).get("/courses/DRAFT-1")
    assert (answer.status_code, answer.json()["status"]) == (200, "draft")
    assert Caller().get("/courses/DRAFT-1").status_code == 404


def test_filters_narrow_the_list(cast):
    factories.course("A-1")

    assert len(Caller().get("/courses?language=kk&format=in_person").json()["items"]) == 1
    assert Caller().get("/courses?language=de").json()["items"] == []


def test_a_run_tells_its_seats(cast):
    run = factories.run(seats=3)
    Caller(account=cast.asel_account).post("/enrollments", {"run": str(run.public_id)})

    answer = Caller().get(f"/runs/{run.public_id}")

    assert answer.json()["seats"] == {"capacity": 3, "taken": 1, "free": 2}
    again = Caller().get(f"/runs/{run.public_id}", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_run_is_planned_and_published_once(cast):
    course, clara = factories.course("P-1"), Caller(account=cast.clara_account)
    body = {
        "course": course.code,
        "code": "P-1.2027",
        "language": "kk",
        "time_zone": "Asia/Almaty",
        "sessions": [{"starts_at": "2027-03-01T09:00:00+05:00", "minutes": 90}],
        "enrollment_opens_at": "2026-11-01T00:00:00Z",
        "enrollment_closes_at": "2027-02-01T00:00:00Z",
        "capacity": 10,
        "trainers": [str(cast.timur.public_id)],
    }

    planned = clara.post("/runs", body, key="plan")
    again = clara.post("/runs", body, key="plan")
    run = planned.json()["id"]
    hidden = Caller().get(f"/runs/{run}")
    published = clara.post(f"/runs/{run}/publish", **{"If-Match": '"1-x"'})
    stale = clara.post(f"/runs/{run}/cancel", {"reason": "x"}, **{"If-Match": '"1-x"'})

    assert (planned.status_code, again.json()) == (201, planned.json()), planned.content
    assert hidden.status_code == 404
    assert published.json()["state"] == "published", published.content
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert Caller().get(f"/runs/{run}/sessions").json()["items"][0]["minutes"] == 90


def test_words_are_found_and_filtered_page_by_page(cast, django_assert_max_num_queries):
    for title in ("Reasoning of judgments", "Judgments in civil cases", "Running a registry"):
        factories.course(title=title)
    reindex_everything()
    search = "/courses?search=judgments&limit=1"

    with django_assert_max_num_queries(7):  # words, places, facets, lines, then the bodies
        first = Caller().get(search)
    second = Caller().get(first.json()["next"].removeprefix("/api/v1"))

    titles = [page.json()["items"][0]["title"]["en"] for page in (first, second)]
    assert sorted(titles) == ["Judgments in civil cases", "Reasoning of judgments"]
    assert second.json()["next"] is None
    assert Caller().get(f"{search}&topic=nothing").json()["items"] == []
    assert Caller().get(search, **{"If-None-Match": first["ETag"]}).status_code == 304


def test_a_slip_of_the_finger_is_mended_and_said(cast):
    factories.course(title="Reasoning of judgments")
    reindex_everything()

    found = Caller().get("/courses?search=reasonign").json()

    assert found["corrected"] == "reasoning"
    assert len(found["items"]) == 1

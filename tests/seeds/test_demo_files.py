"""The demo scenario keeps the rules of the service: seats, clashes, audiences, hours, states."""

from collections import Counter
from typing import Any

import pytest

from tests.seeds.files import (
    ACCOUNTS,
    AUDIENCES,
    COURSES,
    COURTS,
    DEMO,
    LANGUAGES,
    POSITIONS,
    RUNS,
    TEXTS,
    reference,
    split,
)

HOLDING = {"offered", "confirmed", "reconfirm"}
ACTIVE = HOLDING | {"requested", "waitlisted"}
ENDED = {"rejected", "expired", "withdrawn", "cancelled", "transferred", "closed"}
RUN_STATES = {
    "draft",
    "published",
    "going_ahead",
    "running",
    "finished",
    "finalised",
    "postponed",
    "cancelled",
}


def fits(account: dict[str, Any], course: dict[str, str]) -> bool:
    person = account["person"]
    position, court = POSITIONS[person["position"]], COURTS[person["court"]]
    for code in split(course["audiences"]):
        rule = AUDIENCES[code]["rule"]
        months = rule["max_months_in_post"]
        if (
            AUDIENCES[code]["basis"] == "post"
            and position["category"] in (rule["categories"] or [position["category"]])
            and position["code"] in (rule["positions"] or [position["code"]])
            and court["level"] in (rule["levels"] or [court["level"]])
            and court["kind"] in (rule["kinds"] or [court["kind"]])
            and (months is None or person["months_in_post"] <= months)
        ):
            return True
    return False


def test_accounts() -> None:
    assert list(ACCOUNTS) == [
        "trainee", "trainee2", "official", "chair", "coordinator", "trainer", "registrar",
        "auditor", "partner", "partner2",
    ]  # fmt: skip
    for account in ACCOUNTS.values():
        person = account["person"]
        assert account["email"].endswith("@example.org")
        assert account["language"] in LANGUAGES
        assert person["position"] is None or person["position"] in POSITIONS
        if person["court"]:
            assert COURTS[person["court"]]["region"] == DEMO["region"]
    assert ACCOUNTS["chair"]["person"]["court"] == ACCOUNTS["trainee"]["person"]["court"]
    assert {account["language"] for account in ACCOUNTS.values()} == set(LANGUAGES)


def test_every_state_can_be_seen() -> None:
    assert {run["state"] for run in RUNS.values()} == RUN_STATES
    rows = [row for run in RUNS.values() for row in run["enrollments"]]
    assert {row["state"] for row in rows} == ACTIVE | ENDED
    assert {row["outcome"] for row in rows if row["state"] == "closed"} == {
        "completed", "partial", "excused", "no_show",
    }  # fmt: skip
    assert {run["mode"] for run in RUNS.values()} == {"open", "approval"}
    assert len(RUNS) == len(DEMO["runs"]) >= 25


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_run_resolves(run: dict[str, Any]) -> None:
    venues = {venue["code"]: venue for venue in DEMO["venues"]}
    trainers = {"trainer"} | {person["external_id"] for person in DEMO["people"]}
    edition = TEXTS[run["course"]]["edition"]
    assert run["language"] in edition["languages"]
    assert run["format"] in reference("formats")
    assert set(run["trainers"]) <= trainers
    assert run["venue"] or run["link"]
    assert not run["link"] or run["link"].startswith("https://meet.example.org/")
    if run["venue"]:
        assert run["capacity"] <= venues[run["venue"]]["capacity"]
    assert run["enrollment_opens_day"] <= run["enrollment_closes_day"]
    phases = {phase["number"] for phase in run.get("phases", [])}
    assert {session["phase"] for session in run["sessions"] if "phase" in session} == phases
    if run["sessions"] and not run.get("tour"):
        minutes = sum(session["minutes"] for session in run["sessions"])
        assert minutes == edition["hours"] * edition["minutes_per_hour"]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_run_state_fits_its_days(run: dict[str, Any]) -> None:
    days = [session.get("day", 0) for session in run["sessions"]]
    if not days:
        assert run["state"] == "postponed"
        return
    assert days == sorted(days)
    assert run["enrollment_closes_day"] <= min(days)
    match run["state"]:
        case "finished" | "finalised":
            assert max(days) < 0
        case "running":
            assert min(days) < 0 < max(days)
        case _:
            assert min(days) > 0 or run.get("tour")
    if run["state"] == "finalised":
        assert all(session["marked"] for session in run["sessions"])


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_enrollments_fit_their_run(run: dict[str, Any]) -> None:
    course = next(row for row in COURSES if row["code"] == run["course"])
    rule = TEXTS[run["course"]]["completion"]
    seats = Counter[str]()
    for row in run["enrollments"]:
        count = row["people"]["count"] if "people" in row else 1
        seats[row["state"]] += count
        assert ("account" in row) != ("people" in row)
        if "account" in row:
            assert fits(ACCOUNTS[row["account"]], course), row["account"]
        else:
            assert row["people"]["audience"] in AUDIENCES
            assert row["people"]["court"] is None or row["people"]["court"] in COURTS
        assert run["enrollment_opens_day"] <= row["asked_day"] <= run["enrollment_closes_day"]
        if row["state"] in {"offered", "reconfirm"}:
            assert row["due_in_hours"] > 0
        if row["state"] in {"rejected", "expired", "withdrawn", "cancelled"}:
            assert row["reason"]
        if row["state"] == "closed":
            passed = row["attended_share"] >= rule["minutes_share"] and (
                row["test_passed"] is True or not rule["test_required"]
            )
            assert (row["outcome"] == "completed") == passed
    assert (seats["closed"] > 0) == (run["state"] == "finalised")
    assert run["state"] not in {"cancelled", "finalised"} or not set(seats) & ACTIVE
    if run["capacity"] is not None:
        held = sum(seats[state] for state in (*HOLDING, "closed"))
        assert held <= run["capacity"]
        assert not seats["waitlisted"] or held == run["capacity"]
    named = [row["account"] for row in run["enrollments"] if "account" in row]
    assert len(named) == len(set(named))


def test_nobody_holds_two_seats_at_once() -> None:
    busy = Counter[tuple[str, int]]()
    for run in RUNS.values():
        for row in run["enrollments"]:
            if "account" in row and row["state"] in HOLDING:
                for day in {session.get("day", 0) for session in run["sessions"]}:
                    busy[row["account"], day] += 1
    assert not busy or max(busy.values()) == 1


def test_no_room_is_taken_twice() -> None:
    taken = Counter(
        (run["venue"], day)
        for run in RUNS.values()
        if run["venue"] and run["state"] not in {"cancelled", "draft"}
        for day in {session["day"] for session in run["sessions"]}
    )
    assert max(taken.values()) == 1, taken.most_common(3)


def test_nobody_teaches_two_runs_at_once() -> None:
    teaching = Counter[tuple[str, int]]()
    for run in RUNS.values():
        for day in {session.get("day", 0) for session in run["sessions"]}:
            teaching.update((trainer, day) for trainer in run["trainers"])
    assert max(teaching.values()) == 1, teaching.most_common(3)


def test_transfers_have_both_ends() -> None:
    for run in RUNS.values():
        for row in run["enrollments"]:
            if row["state"] == "transferred":
                target = RUNS[row["to"]]
                assert target["course"] == run["course"]
                assert any(
                    other.get("transferred_from") == run["code"]
                    and other.get("account") == row["account"]
                    for other in target["enrollments"]
                )


def test_course_states_resolve() -> None:
    known = {row["code"] for row in COURSES}
    states = DEMO["course_states"]
    assert states["default"] == "published"
    special = [code for state, codes in states.items() if state != "default" for code in codes]
    assert set(special) <= known - {run["course"] for run in RUNS.values()}
    assert len(special) == len(set(special))

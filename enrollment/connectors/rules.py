"""What a learning record may say, when a call is tried again, what Moodle's answers mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from enrollment.connectors.enums import Verb

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
PATIENCE = 80  # tries: with an hour between them, a little more than three days
VERBS = {
    Verb.REGISTERED: "http://adlnet.gov/expapi/verbs/registered",
    Verb.ATTENDED: "http://adlnet.gov/expapi/verbs/attended",
    Verb.COMPLETED: "http://adlnet.gov/expapi/verbs/completed",
    Verb.CERTIFIED: "https://w3id.org/xapi/tla/verbs/certified",
    Verb.VOIDED: "http://adlnet.gov/expapi/verbs/voided",
}
COURSE = "http://adlnet.gov/expapi/activities/course"
FROM_OUTCOME = {
    "completed": (Verb.ATTENDED, Verb.COMPLETED),
    "partial": (Verb.ATTENDED,),
}


def verbs_of(kind: str, data: Mapping[str, Any]) -> Sequence[Verb]:
    """What an event says of participation; nothing of absence, excuses, requests or refusals.

    Who confirms again after a run has moved has registered before.
    """
    if kind == "enrollment.confirmed":
        return () if data.get("from") == "reconfirm" else (Verb.REGISTERED,)
    if kind == "outcome.frozen":
        return FROM_OUTCOME.get(str(data.get("outcome")), ())
    return (Verb.CERTIFIED,) if kind == "certificate.issued" else ()


def takes_back(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether what was said of the subject before does not hold any more."""
    if kind == "outcome.frozen":
        return int(data.get("revision", 1)) > 1
    return kind in {"certificate.revoked", "certificate.replaced"}


def statement_id(event: UUID, verb: Verb) -> UUID:
    """The same for the same event and verb, whoever counts it and however often."""
    return uuid5(event, verb.value)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The run that a statement is about, as everybody may know it."""

    id: UUID
    course: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to say of one person, known to the reader by a number only."""

    verb: Verb
    person: UUID
    at: datetime
    minutes: int | None = None
    enrollment: str | None = None


def statement(said: Said, run: RunFacts, home: str) -> dict[str, Any]:
    """A statement of xAPI 1.0.3 without its id. No name, no address, no score."""
    made: dict[str, Any] = {
        "actor": _actor(said.person, home),
        "verb": _verb(said.verb),
        "object": {
            "objectType": "Activity",
            "id": f"{home}/api/v1/runs/{run.id}",
            "definition": {"type": COURSE, "name": dict(run.title)},
        },
        "context": {
            "contextActivities": {"parent": [{"id": f"{home}/courses/{run.course}/"}]},
        },
        "timestamp": said.at.isoformat(),
    }
    if said.enrollment:
        made["context"]["registration"] = said.enrollment
    if said.verb in {Verb.ATTENDED, Verb.COMPLETED}:
        made["result"] = {"duration": f"PT{said.minutes or 0}M"}
    if said.verb == Verb.COMPLETED:
        made["result"]["completion"] = True
    return made


def voiding(statement: UUID, person: UUID, at: datetime, home: str) -> dict[str, Any]:
    """The statement that takes another one back."""
    return {
        "actor": _actor(person, home),
        "verb": _verb(Verb.VOIDED),
        "object": {"objectType": "StatementRef", "id": str(statement)},
        "timestamp": at.isoformat(),
    }


def _actor(person: UUID, home: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": str(person)}}


def _verb(verb: Verb) -> dict[str, Any]:
    return {"id": VERBS[verb], "display": {"en": verb.value}}


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many failed tries: ever longer, an hour at most."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def moodle_problem(answer: object) -> str:
    """Why Moodle refused, though it answered 200; empty where it did not."""
    if isinstance(answer, Mapping) and "exception" in answer:
        return f"{answer.get('errorcode', '')}: {answer.get('message', '')}"
    return ""


def completion_of(answer: object) -> tuple[bool, int | None]:
    """Whether a course of Moodle was completed, and when the last of its criteria was met.

    Refuses an answer of another shape: a guess would be worse than nothing.
    """
    status = answer.get("completionstatus") if isinstance(answer, Mapping) else None
    if not isinstance(status, Mapping) or not isinstance(status.get("completed"), bool):
        raise ValueError("This is not a completion status.")  # noqa: TRY004 - what was sent, not code
    times = [one.get("timecompleted") or 0 for one in status.get("completions", [])]
    return status["completed"], max(times, default=0) or None

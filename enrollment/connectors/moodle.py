"""Moodle's web services: who gets in and out, and who has completed what there.

Moodle answers its errors with HTTP 200 and a JSON object that names an exception; an answer that is
no JSON at all is somebody else's. Both are failures here. Calls are safe to repeat: to enrol twice
is to enrol once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson
import structlog
from django.conf import settings
from django.db.models import Q

from academy.calls import transport
from academy.core import clock
from academy.people.models import Person
from courses.planning.enums import RunState
from enrollment.connectors import errands, queries, rules
from enrollment.connectors.enums import Connector, ErrandState, Step
from enrollment.connectors.models import Errand, MoodleCompletion, MoodleCourse
from enrollment.seats.models import Enrollment

PER_TURN = 100  # errands, or people looked up
LARGEST_ANSWER = 1_000_000  # bytes
LOOK_AGAIN_AFTER = timedelta(minutes=50)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

log = structlog.get_logger(__name__)


class Refusal(Exception):
    """Moodle did not do what it was asked, and says why."""


def carry_to_moodle() -> int:
    """Let people in and out, in the order of what happened to each; how many were settled."""
    if not settings.MOODLE_URL:
        return 0
    claimed = errands.claim(Connector.MOODLE, PER_TURN, in_order=True)
    return sum(_carry(errand) for errand in claimed)


def _carry(errand: Errand) -> int:
    enrollment = Enrollment.objects.select_related("person").get(public_id=errand.subject_id)
    course = int(errand.body["course"])
    if not _is_still_right(Step(errand.kind), enrollment, course):
        errands.settle([errand], ErrandState.DROPPED)
        return 1
    try:
        _ask(Step(errand.kind), course, _number_of(enrollment.person))
    except (Refusal, transport.NotCalled) as error:
        log.warning("moodle.put_off", enrollment=str(errand.subject_id), reason=str(error)[:200])
        errands.try_again([errand], str(error), patience=rules.PATIENCE)
        return 0
    errands.settle([errand], ErrandState.DONE)
    return 1


def _is_still_right(step: Step, enrollment: Enrollment, course: int) -> bool:
    """Whether the step still follows from the present facts.

    Two runs may share a course of Moodle: who moves from one to the other stays in it.
    """
    if step == Step.ENROL:
        return queries.belongs_in_moodle(enrollment)
    others = Enrollment.objects.filter(
        person=enrollment.person, run__moodle_course__number=course
    ).exclude(pk=enrollment.pk)
    return not any(queries.belongs_in_moodle(other) for other in others)


def _ask(step: Step, course: int, user: int) -> None:
    if step == Step.ENROL:
        one = {"roleid": settings.MOODLE_ROLE, "userid": user, "courseid": course}
        _call("enrol_manual_enrol_users", _listed("enrolments", one))
    else:
        _call(
            "enrol_manual_unenrol_users",
            _listed("enrolments", {"userid": user, "courseid": course}),
        )


def _number_of(person: Person) -> int:
    found = _numbers_of([person])
    if person.pk not in found:
        raise Refusal("Moodle knows no such user.")
    return found[person.pk]


def _numbers_of(people: Sequence[Person]) -> dict[int, int]:
    """The numbers under which Moodle knows these people, by our own."""
    named = {str(getattr(one, settings.MOODLE_PERSON) or "").lower(): one.pk for one in people}
    named.pop("", None)
    if not named:
        return {}
    values = {f"values[{place}]": name for place, name in enumerate(named)}
    field = settings.MOODLE_FIELD
    answer = _call("core_user_get_users_by_field", {"field": field, **values})
    if not isinstance(answer, list):
        raise Refusal("Users are a list.")
    numbers = {str(user.get(field, "")).lower(): int(user["id"]) for user in answer}
    return {named[name]: number for name, number in numbers.items() if name in named}


def read_completions() -> int:
    """Ask who has completed the courses that runs are held in; how many people were looked up."""
    if not settings.MOODLE_URL:
        return 0
    looked = 0
    held = [RunState.GOING_AHEAD, RunState.RUNNING, RunState.FINISHED]
    for link in MoodleCourse.objects.filter(run__state__in=held).select_related("run"):
        try:
            looked += _look_at(link)
        except (Refusal, transport.NotCalled) as error:
            log.warning("moodle.not_read", run=link.run.code, reason=str(error)[:200])
    return looked


def _look_at(link: MoodleCourse) -> int:
    now = clock.now()
    is_due = Q(moodle_completion=None) | Q(
        moodle_completion__looked_at__lt=now - LOOK_AGAIN_AFTER,
        moodle_completion__completed_at=None,
    )
    due = list(
        Enrollment.objects.filter(is_due, run=link.run, state__in=queries.SEATED)
        .select_related("person")
        .order_by("moodle_completion__looked_at", "pk")[:PER_TURN]
    )
    numbers = _numbers_of([one.person for one in due])
    for enrollment in due:
        number = numbers.get(enrollment.person_id)
        completed = _completed_at(link.number, number) if number else None
        MoodleCompletion.objects.update_or_create(
            enrollment=enrollment, defaults={"completed_at": completed, "looked_at": now}
        )
    return len(due)


def _completed_at(course: int, user: int) -> datetime | None:
    answer = _call(
        "core_completion_get_course_completion_status", {"courseid": course, "userid": user}
    )
    try:
        is_completed, moment = rules.completion_of(answer)
    except ValueError as error:
        raise Refusal(str(error)) from error
    if not is_completed:
        return None
    return datetime.fromtimestamp(moment, UTC) if moment else clock.now()


def _listed(name: str, one: Mapping[str, int]) -> dict[str, int]:
    return {f"{name}[0][{key}]": value for key, value in one.items()}


def _call(function: str, values: Mapping[str, object]) -> object:
    """One call of Moodle's REST protocol; its answer, or what it refused."""
    form = {
        "wstoken": settings.MOODLE_TOKEN,
        "wsfunction": function,
        "moodlewsrestformat": "json",
        **values,
    }
    url = f"{settings.MOODLE_URL.rstrip('/')}/webservice/rest/server.php"
    reply = transport.post(url, urlencode(form).encode(), FORM, is_ours=True, most=LARGEST_ANSWER)
    if reply.status != 200:
        raise Refusal(f"{reply.status} {reply.text[:200]}")
    try:
        answer: object = orjson.loads(reply.text)
    except orjson.JSONDecodeError as error:
        raise Refusal("This is no answer of Moodle's.") from error
    if problem := rules.moodle_problem(answer):
        raise Refusal(problem)
    return answer

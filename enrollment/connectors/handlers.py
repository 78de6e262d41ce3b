"""From events to errands: what a learning record store is told, and who gets into Moodle."""

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from django.conf import settings

from academy.core import clock
from academy.ledger.registry import Event, Handler
from enrollment.connectors import errands, queries, rules
from enrollment.connectors.enums import Connector, Step, Verb
from enrollment.connectors.models import Errand
from enrollment.connectors.rules import RunFacts, Said

ENDED = ("enrollment.withdrawn", "enrollment.cancelled", "enrollment.transferred")
TOLD = (
    *("enrollment.confirmed", "outcome.frozen"),
    *("certificate.issued", "certificate.revoked", "certificate.replaced"),
)


def tell_lrs(events: Sequence[Event]) -> None:
    """Write the statements that follow; keys made from the events make it safe to repeat."""
    runs = queries.run_facts(event.context_id for event in events if event.context_id)
    before, written = _said_before(events), list[Errand]()
    for event in events:
        run = runs.get(event.context_id) if event.context_id else None
        if run and event.person_id:
            said = [*_taken_back(event, before), *_statements(event, run)]
            before.setdefault(_subject(event), []).extend(said)
            written.extend(said)
    errands.write(written)


def _said_before(events: Sequence[Event]) -> dict[UUID, list[Errand]]:
    subjects = [_subject(event) for event in events if rules.takes_back(event.type, event.data)]
    found: dict[UUID, list[Errand]] = {}
    for row in Errand.objects.filter(connector=Connector.LRS, subject_id__in=subjects):
        found.setdefault(row.subject_id, []).append(row)
    return found


def _subject(event: Event) -> UUID:
    """What statements are taken back for: the enrolment of an outcome, else the subject itself."""
    return UUID(event.data["enrollment"]) if event.type == "outcome.frozen" else event.subject_id


def _statements(event: Event, run: RunFacts) -> Iterator[Errand]:
    wanted = [v for v in rules.verbs_of(event.type, event.data) if v in settings.XAPI_VERBS]
    for verb in wanted:
        said = Said(
            verb=verb,
            person=_person(event),
            at=event.time,
            minutes=event.data.get("minutes_attended"),
            enrollment=None if verb == Verb.CERTIFIED else str(_subject(event)),
        )
        body = rules.statement(said, run, settings.PUBLIC_URL)
        yield _statement(rules.statement_id(event.public_id, verb), verb, event, body)


def _taken_back(event: Event, before: dict[UUID, list[Errand]]) -> Iterator[Errand]:
    """A statement per statement that no longer holds. Who registered, has: that stays said."""
    if not rules.takes_back(event.type, event.data):
        return
    for told in before.get(_subject(event), []):
        if told.kind not in {Verb.VOIDED, Verb.REGISTERED}:
            body = rules.voiding(told.key, _person(event), event.time, settings.PUBLIC_URL)
            yield _statement(rules.statement_id(told.key, Verb.VOIDED), Verb.VOIDED, event, body)


def _person(event: Event) -> UUID:
    if event.person_id is None:
        raise ValueError("A statement is about somebody.")
    return event.person_id


def _statement(key: UUID, verb: Verb, event: Event, body: dict[str, object]) -> Errand:
    return Errand(
        key=key,
        connector=Connector.LRS,
        kind=verb,
        subject_id=_subject(event),
        person_id=event.person_id,
        body={"id": str(key), **body},
        due_at=clock.now(),
    )


def follow_in_moodle(events: Sequence[Event]) -> None:
    """Who has a seat gets in, whose enrolment ends gets out; of runs held in Moodle only."""
    linked = queries.linked_runs(event.context_id for event in events if event.context_id)
    for event in events:  # each written before the next is read: an end asks whether one got in
        if event.context_id in linked:
            errands.write(_steps(event, linked[event.context_id]))


def _steps(event: Event, course: int) -> Iterator[Errand]:
    if event.type == "run.linked":
        for enrollment in queries.seated_in(event.subject_id):
            yield _step(Step.ENROL, enrollment, event.data["number"])
    elif event.type == "enrollment.confirmed":
        yield _step(Step.ENROL, event.subject_id, course)
    elif Errand.objects.filter(connector=Connector.MOODLE, subject_id=event.subject_id).exists():
        yield _step(Step.UNENROL, event.subject_id, course)


def _step(step: Step, enrollment: UUID, course: int) -> Errand:
    """An enrolment that ended never revives, so each step is taken once per course."""
    return Errand(
        key=uuid5(enrollment, f"{step.value} {course}"),
        connector=Connector.MOODLE,
        kind=step,
        subject_id=enrollment,
        body={"course": course},
        due_at=clock.now(),
    )


LRS = Handler("lrs", TOLD, tell_lrs)
MOODLE = Handler("moodle", ("run.linked", "enrollment.confirmed", *ENDED), follow_in_moodle)

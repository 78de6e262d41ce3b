"""Events that touch calendars, and of which no letter tells, become mails of this room's own."""

from collections.abc import Iterator, Sequence

from academy.core import clock
from academy.ledger.registry import Event, Handler
from academy.messages.actions import Draft, write_messages
from enrollment.calendars import queries
from enrollment.calendars.enums import MOVED_TO, QUIET_ACTORS, REVIVED, UNTOLD_CHANGES, Mail
from enrollment.reminders.queries import person_keys
from enrollment.seats.enums import LEFT_SERVICE


def react(events: Sequence[Event]) -> None:
    """Write the mails that follow from these events; a second reading writes nothing new."""
    told = [event for event in events if not event.actor_name.startswith(QUIET_ACTORS)]
    audiences = (
        *(_to_participants, _to_those_asked_before, _to_trainers),
        *(_to_those_found_again, _to_leavers),
    )
    drafts = [draft for drafts_of in audiences for draft in drafts_of(told)]
    write_messages(drafts, at=clock.now())


def _to_participants(events: Sequence[Event]) -> Iterator[Draft]:
    mine = [event for event in events if event.type in UNTOLD_CHANGES and _is_untold(event)]
    people = person_keys(event.person_id for event in mine if event.person_id)
    for event in mine:
        if event.person_id in people:
            yield Draft(
                person=people[event.person_id],
                kind=UNTOLD_CHANGES[event.type].value,
                subject_kind="enrollment",
                subject_id=event.subject_id,
                occurrence=str(event.public_id),
            )


def _is_untold(event: Event) -> bool:
    if event.type == "enrollment.cancelled":
        return MOVED_TO in event.data
    return event.subject_kind == "enrollment"


def _to_those_asked_before(events: Sequence[Event]) -> Iterator[Draft]:
    runs = {event.subject_id: event for event in events if event.type == "run.moved"}
    asked = queries.asked_before({run: runs[run].time for run in runs}) if runs else ()
    for run, person, enrollment in asked:
        yield Draft(
            person=person,
            kind=Mail.CHANGED.value,
            subject_kind="enrollment",
            subject_id=enrollment,
            occurrence=str(runs[run].public_id),
        )


def _to_trainers(events: Sequence[Event]) -> Iterator[Draft]:
    runs = {e.subject_id: e for e in events if UNTOLD_CHANGES.get(e.type) == Mail.TEACHING}
    for run, person in queries.trainers_of(runs) if runs else ():
        yield Draft(
            person=person,
            kind=Mail.TEACHING.value,
            subject_kind="run",
            subject_id=run,
            occurrence=str(runs[run].public_id),
        )


def _to_those_found_again(events: Sequence[Event]) -> Iterator[Draft]:
    found = {
        event.person_id: event for event in events if event.type == REVIVED and event.person_id
    }
    missed = queries.missed_by(found, now=clock.now()) if found else ()
    for public_id, person, enrollment, run in missed:
        yield Draft(
            person=person,
            kind=(Mail.CHANGED if enrollment else Mail.TEACHING).value,
            subject_kind="enrollment" if enrollment else "run",
            subject_id=enrollment or run,
            occurrence=str(found[public_id].public_id),
        )


def _to_leavers(events: Sequence[Event]) -> Iterator[Draft]:
    """The letter that the place has ended finds nobody in service: the calendar hears of it."""
    ended = [event for event in events if event.reason == LEFT_SERVICE]
    people = person_keys(event.person_id for event in ended if event.person_id)
    for event in ended:
        if event.person_id in people:
            yield Draft(
                person=people[event.person_id],
                kind=Mail.FAREWELL.value,
                subject_kind="enrollment",
                subject_id=event.subject_id,
                occurrence=str(event.public_id),
            )


HANDLER = Handler("calendars", (*UNTOLD_CHANGES, REVIVED), react)

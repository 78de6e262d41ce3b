"""Events of enrolments and runs become messages, those of posts become looks at people's places.

Decides nothing; safe to run twice.

The occurrence of a message is the event that caused it: reading the event again writes nothing new,
and a second offer to the same person is a second message.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from academy.core import clock
from academy.ledger.registry import Event, Handler
from academy.messages.actions import Draft, write_messages
from courses.planning import interests
from enrollment.reminders import queries
from enrollment.reminders.enums import Letter
from enrollment.requests import following, go_no_go
from enrollment.requests.following_rules import moments_of
from enrollment.requests.letters import (
    LETTERS,
    MAY_FALL_SHORT,
    RUN_LETTERS,
    TELLS_TRAINERS,
    letter_of,
)

QUIET_ACTORS = ("import", "seed")
"""Names of system actors that bring in what people know already: nobody is told."""

PUBLISHED = "run.published"


def react(events: Sequence[Event]) -> None:
    """Write the messages that follow from these events."""
    told = [event for event in events if not event.actor_name.startswith(QUIET_ACTORS)]
    now = clock.now()
    drafts = [draft for drafts_of in AUDIENCES for draft in drafts_of(told, now)]
    write_messages(drafts, at=now)
    _close_wishes(told, now)


def _close_wishes(events: Sequence[Event], now: datetime) -> None:
    """Only now that the messages are written down: a crash in between tells nobody twice."""
    published = {event.subject_id: event.time for event in events if event.type == PUBLISHED}
    for course, run in queries.courses_of(published):
        interests.answer(course=course, noted_until=published[run], at=now)


def _to_the_person(events: Sequence[Event], _now: datetime) -> Iterator[Draft]:
    """What happened to somebody's own enrolment, outcome or certificate."""
    mine = [event for event in events if _letter(event)]
    people = queries.person_keys(event.person_id for event in mine if event.person_id)
    for event in mine:
        if event.person_id in people:
            yield _own(event, people[event.person_id])


def _letter(event: Event) -> Letter | None:
    return Letter.OUTCOME if event.type == "outcome.frozen" else letter_of(event.type, event.data)


def _own(event: Event, person: int) -> Draft:
    came_from = event.data.get("from", "")
    letter = _letter(event) or Letter.OUTCOME
    is_outcome = letter == Letter.OUTCOME
    return Draft(
        person=person,
        kind=letter.value,
        subject_kind="enrollment" if is_outcome else event.subject_kind,
        subject_id=UUID(event.data["enrollment"]) if is_outcome else event.subject_id,
        occurrence=str(event.public_id),
        facts={"from": came_from} if came_from else {},
    )


def _to_everybody_on_the_run(events: Sequence[Event], _now: datetime) -> Iterator[Draft]:
    """Who was asked "still coming?" before the run moved once more is asked it anew."""
    runs = {event.subject_id: event for event in events if event.type in RUN_LETTERS}
    found = queries.active_on(runs) if runs else []
    asked = queries.asked_since(enrollment for _run, _person, enrollment in found)
    for run, person, enrollment in found:
        letter, event = RUN_LETTERS[runs[run].type], runs[run]
        since = asked.get(enrollment)
        is_asked_anew = letter == Letter.RUN_MOVED and since is not None and since < event.time
        yield Draft(
            person=person,
            kind=(Letter.RECONFIRM if is_asked_anew else letter).value,
            subject_kind="enrollment",
            subject_id=enrollment,
            occurrence=str(runs[run].public_id),
        )


def _to_the_trainers(events: Sequence[Event], _now: datetime) -> Iterator[Draft]:
    runs = {event.subject_id: event for event in events if event.type in TELLS_TRAINERS}
    for run, person in queries.trainers_of(runs) if runs else ():
        yield Draft(
            person=person,
            kind=Letter.TEACHING.value,
            subject_kind="run",
            subject_id=run,
            occurrence=str(runs[run].public_id),
            facts={"change": TELLS_TRAINERS[runs[run].type]},
        )


def _to_the_interested(events: Sequence[Event], now: datetime) -> Iterator[Draft]:
    """To everybody who wanted to hear of the course before this run was published; once."""
    published = {event.subject_id: event for event in events if event.type == PUBLISHED}
    for run, person, noted_at in queries.interested_in(published) if published else ():
        if noted_at <= published[run].time:
            yield Draft(
                person=person,
                kind=Letter.PLANNED.value,
                subject_kind="run",
                subject_id=run,
                occurrence=str(published[run].public_id),
            )


def _to_the_heads(events: Sequence[Event], now: datetime) -> Iterator[Draft]:
    """To every head of the court, also the acting one: whoever answers first decides."""
    asked = {event.subject_id: event for event in events if event.type == "decision.opened"}
    for decision, person, due_at in queries.heads_asked(asked, now) if asked else ():
        yield Draft(
            person=person,
            kind=Letter.DECISION.value,
            subject_kind="decision",
            subject_id=decision,
            occurrence=str(asked[decision].public_id),
            useless_after=due_at,
        )


def _to_the_deputies(events: Sequence[Event], _now: datetime) -> Iterator[Draft]:
    for event in events:
        if event.type == "deputy.named" and (person := queries.deputy_named(event.subject_id)):
            yield Draft(
                person=person,
                kind=Letter.DEPUTY.value,
                subject_kind="deputy",
                subject_id=event.subject_id,
                occurrence=str(event.public_id),
            )


def _to_the_registrars(events: Sequence[Event], now: datetime) -> Iterator[Draft]:
    """A run that was to go ahead has too few people: once for each time that it fell short."""
    left = {event.context_id for event in events if event.type in MAY_FALL_SHORT}
    falls = go_no_go.fallen_short(filter(None, left), now) if left else {}
    for person in queries.registrars(now) if falls else ():
        for run, event in falls.items():
            yield Draft(
                person=person,
                kind=Letter.FELL_SHORT.value,
                subject_kind="run",
                subject_id=run,
                occurrence=str(event),
            )


AUDIENCES: tuple[Callable[[Sequence[Event], datetime], Iterator[Draft]], ...] = (
    _to_the_person,
    _to_everybody_on_the_run,
    _to_the_trainers,
    _to_the_interested,
    _to_the_deputies,
    _to_the_heads,
    _to_the_registrars,
)

HANDLER = Handler(
    "messages",
    (
        *(*LETTERS, *TELLS_TRAINERS, *MAY_FALL_SHORT, PUBLISHED),
        *("outcome.frozen", "decision.opened", "deputy.named"),
    ),
    react,
)


def note_posts(events: Sequence[Event]) -> None:
    """Write down from when on the places of these people are to be looked at."""
    people = queries.person_keys(event.person_id for event in events if event.person_id)
    zone = ZoneInfo(settings.TIME_ZONE)
    checks = {
        (people[event.person_id], due_at)
        for event in events
        if event.person_id in people
        for due_at in moments_of(event.type, event.data, event.time, zone=zone)
    }
    following.look_at(checks)


POSTS = Handler("posts", ("appointment.", "person.left"), note_posts)

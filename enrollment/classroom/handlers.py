"""A notice becomes a message to everybody with a seat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from academy.core import clock
from academy.ledger.registry import Event, Handler
from academy.messages.actions import Draft, write_messages
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue
from enrollment.classroom import queries
from enrollment.classroom.models import Notice
from enrollment.seats.enums import HOLDING
from enrollment.seats.models import Enrollment

NOTICE = "notice.sent"


def react(events: Sequence[Event]) -> None:
    """Write a message to each, under the notice's own name: read again, nothing new."""
    found = Notice.objects.filter(public_id__in=[event.subject_id for event in events])
    drafts = [
        Draft(claim.person_id, NOTICE, "notice", notice.public_id, "sent")
        for notice in found.select_related("run")
        for claim in queries.reached_by_notices(notice.run)
    ]
    write_messages(drafts, at=clock.now())


def resolve(messages: Sequence[Claimed], _now: datetime) -> Mapping[int, Answer]:
    """Told while the notice is there and its reader has a seat in the run."""
    found = Notice.objects.filter(public_id__in={message.subject_id for message in messages})
    notices = {
        notice.public_id: notice for notice in found.select_related("run__version", "author")
    }
    runs = {notice.run_id for notice in notices.values()}
    seats = set(
        Enrollment.objects.filter(
            run__in=runs, person__in={message.person_id for message in messages}, state__in=HOLDING
        ).values_list("run_id", "person_id")
    )
    return {
        message.id: _answer(notice, seated=(notice.run_id, message.person_id) in seats)
        for message in messages
        if (notice := notices.get(message.subject_id))
    }


def _answer(notice: Notice, *, seated: bool) -> Answer:
    if not seated:
        return Untrue("no_seat_any_more")
    run = notice.run
    facts = {
        "title": notice.title,
        "text": notice.text,
        "who": notice.author.full_name if notice.author else "",
        "course": run.version.title,
        "run": run.code,
    }
    return Holds(facts, "/", run.time_zone)


KIND = Kind(NOTICE, resolve, "notice_sent")
HANDLER = Handler("notices", (NOTICE,), react)

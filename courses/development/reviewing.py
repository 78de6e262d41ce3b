"""The review: from body to body with deadlines, into the catalogue; each step is in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.core import clock, ids
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.core.keyed import Keyed
from academy.courts.queries import working_calendar
from academy.ledger.actions import Fact, record
from courses.catalogue import actions as catalogue
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Course, Organisation
from courses.catalogue.queries import present_contents
from courses.development import queries, rules
from courses.development.actions import Hand, change, fact, locked
from courses.development.enums import ProposalState, Verdict
from courses.development.models import Proposal, ProposalVersion, ReviewStep, RouteStep

ROUTE = ids.named("review_route", "the one")
"""Under which the ledger knows the institution's way of reviewing."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A step of the institution's route: whose it is, in which turn, and how long it takes."""

    body: Organisation
    place: int
    working_days: int


def set_route(*, stops: Sequence[Stop], actor: Actor, at: datetime | None = None) -> None:
    """Say by which bodies proposals are reviewed from now on; reviews on their way keep theirs.

    Refuses a body that would have two steps in one turn.
    """
    keys = [(stop.place, stop.body.pk) for stop in stops]
    if len(set(keys)) < len(keys):
        raise Invalid("step_twice", _("A body has one step in a turn."))
    with transaction.atomic(durable=True):
        RouteStep.objects.all().delete()
        RouteStep.objects.bulk_create(
            RouteStep(place=stop.place, body=stop.body, working_days=stop.working_days)
            for stop in stops
        )
        route = [[stop.place, stop.body.code, stop.working_days] for stop in stops]
        told = Fact("review_route.set", "review_route", ROUTE, data={"route": route})
        record([told], actor=actor, at=at or clock.now())


def take_up(*, proposal: Proposal, hand: Hand, at: datetime | None = None) -> Proposal:
    """Send a submitted proposal on the institution's route; the first bodies' time begins."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_step(row.state, ProposalState.IN_REVIEW)
        route = queries.route()
        if not route:
            raise Refused("no_route", _("No body has a review step. Set up the route first."))
        row.state, row.round = ProposalState.IN_REVIEW, row.round + 1
        change(row, at, "state", "round")
        version = queries.published(row)[-1]
        steps = ReviewStep.objects.bulk_create(
            ReviewStep(
                proposal=row,
                version=version,
                round=row.round,
                place=stop.place,
                body=stop.body,
                working_days=stop.working_days,
            )
            for stop in route
        )
        _open_next(steps, at)
        taken = fact(row, "proposal.review_started", hand.body, version=version.number)
        record([taken], actor=hand.actor, at=at)
    return row


def send_back(
    *,
    proposal: Proposal,
    verdict: Verdict,
    reason: str,
    hand: Hand,
    at: datetime | None = None,
) -> Proposal:
    """Return or decline a submitted proposal without a review, with a reason in the log."""
    at = at or clock.now()
    rules.check_verdict(verdict, reason)
    with transaction.atomic(durable=True):
        row = locked(proposal)
        if row.state != ProposalState.SUBMITTED or verdict not in rules.ENDS:
            raise Refused("not_submitted", _("Only a submitted proposal is sent back like this."))
        row.state = rules.ENDS[verdict]
        row.round += 1
        change(row, at, "state", "round")
        version = queries.published(row)[-1]
        ReviewStep.objects.create(
            proposal=row,
            version=version,
            round=row.round,
            place=0,
            body=hand.body,
            working_days=0,
            opened_at=at,
            verdict=verdict,
            reason=reason.strip(),
            decided_by_id=hand.account,
            decided_at=at,
        )
        record([fact(row, _ended(row.state), hand.body)], actor=hand.actor, at=at)
    return row


def decide(
    *,
    step: ReviewStep,
    verdict: Verdict,
    reason: str,
    hand: Hand,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Proposal:
    """A body's word on its step. A no ends the round; a yes asks the next; the last accepts.

    Refused out of turn, a second time, a no without a reason, and a yes over an open objection.
    """
    at = at or clock.now()
    rules.check_verdict(verdict, reason)
    with transaction.atomic(durable=True):
        row = locked(step.proposal)
        steps = list(row.steps.filter(round=row.round).select_related("body"))
        mine = _in_turn(row, steps, step)
        if verdict == Verdict.ACCEPT:
            rules.check_answered(queries.open_objections(row))
        mine.verdict, mine.reason = verdict, reason.strip()
        mine.decided_by_id, mine.decided_at = hand.account, at
        mine.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
        facts = [_decided(row, mine)]
        if end := rules.conclusion(queries.facts_of(steps)):
            row.state = end
            facts.append(fact(row, _ended(end), hand.body))
        else:
            _open_next(steps, at)
        change(row, at, "state")
        record(facts, actor=hand.actor, at=at)
        if keyed:
            keyed.keep(row)
    return row


def _in_turn(row: Proposal, steps: Sequence[ReviewStep], wanted: ReviewStep) -> ReviewStep:
    """The wanted step among those of this round, if it is its turn."""
    mine = next((one for one in steps if one.pk == wanted.pk), None)
    if row.state != ProposalState.IN_REVIEW or mine is None or mine.verdict:
        raise Refused("step_is_over", _("This step is over. Its decision is in the log."))
    if mine.place != rules.place_in_turn(queries.facts_of(steps)):
        raise Refused("not_your_turn", _("Another body decides first."))
    return mine


def _open_next(steps: Sequence[ReviewStep], at: datetime) -> None:
    place = rules.place_in_turn(queries.facts_of(steps))
    for step in steps:
        if step.place == place and step.opened_at is None:
            step.opened_at, step.due_on = at, due_day(at.date(), step.working_days)
            step.save(update_fields=["opened_at", "due_on"])


def due_day(day: date, working_days: int) -> date:
    """The last of so many working days."""
    calendar = working_calendar(day, day + timedelta(days=3 * working_days + 30))
    return calendar.shift(day, working_days)


def _decided(row: Proposal, step: ReviewStep) -> Fact:
    data = {"step": str(step.public_id), "place": step.place, "verdict": str(step.verdict)}
    return fact(row, "proposal.step_decided", step.body, round=step.round, **data)


def _ended(state: str) -> str:
    return f"proposal.{ProposalState(state).value}"


def put_in_catalogue(
    *, proposal: Proposal, code: str, provider: str, hand: Hand, at: datetime | None = None
) -> Course:
    """Make the accepted version a published course, or the next version of the course it changes.

    All in one transaction, through the catalogue's own actions: refused as a whole while a text is
    owed in a required language. Runs that are planned keep the version that they were planned with.
    The body that proposed it becomes an owner of the course.
    """
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_step(row.state, ProposalState.COURSE)
        if queries.in_the_making(row) is not None:
            raise Refused("unpublished_words", _("Publish what you have written first."))
        version = queries.published(row)[-1]
        written = _written(row, version, code, provider, hand, at)
        course = catalogue.put_in_catalogue(written, actor=hand.actor, at=at)
        course.owners.add(row.body)
        row.state, row.course, row.became = ProposalState.COURSE, course, course.current
        change(row, at, "state", "course", "became")
        made = course.current.number if course.current else None
        data = {"course": course.code, "version": made, "proposed": version.number}
        record([fact(row, "proposal.became_course", row.body, **data)], actor=hand.actor, at=at)
    return course


def _written(
    row: Proposal, version: ProposalVersion, code: str, provider: str, hand: Hand, at: datetime
) -> UUID:
    """The course with what the proposal says as its newest version, ready to be published."""
    proposed = queries.content_of(version)
    if row.course is not None:
        present = present_contents([row.course.code]).get(row.course.code)
        content = rules.course_content(proposed, present)
        catalogue.write_version(row.course.public_id, content, actor=hand.actor, at=at)
        return row.course.public_id
    content = rules.course_content(proposed, None)
    entry = catalogue.CourseEntry(code, provider, content, owners=(row.body.code,))
    course = catalogue.write_course(entry, actor=hand.actor, at=at)
    step = catalogue.Step(CourseStatus.IN_REVIEW, "course.submitted")
    catalogue.take_step(course, step, actor=hand.actor, at=at)
    return course.public_id

"""The yearly needs assessment: topics, votes of courts, a shortlist that becomes proposals."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _, ngettext, override

from academy.core import clock, texts
from academy.core.actor import Actor
from academy.core.errors import Invalid, Refused
from academy.core.texts import Texts
from academy.courts.models import Court
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Course, Topic
from courses.development.actions import Hand, write_draft
from courses.development.enums import NeedSource, ProposalKind, Section
from courses.development.models import Assessment, NeededTopic, Proposal, Vote
from courses.development.queries import Counted
from courses.development.rules import ProposalContent


def open_assessment(
    *, year: int, closes_at: datetime, actor: Actor, at: datetime | None = None
) -> Assessment:
    """Ask the courts what they need for a plan year; asked again, the close moves."""
    at = at or clock.now()
    if closes_at <= at:
        sentence = _("The last day must still be to come.")
        raise Invalid("closes_in_the_past", sentence, fields={"last_day": [sentence]})
    with transaction.atomic(durable=True):
        row, _made = Assessment.objects.select_for_update().get_or_create(
            year=year, defaults={"opened_at": at, "closes_at": closes_at}
        )
        row.closes_at = closes_at
        row.save(update_fields=["closes_at"])
        data = {"year": year, "closes": closes_at.isoformat()}
        told = Fact("assessment.opened", "assessment", row.public_id, data=data)
        record([told], actor=actor, at=at)
    return row


def suggest(
    *,
    assessment: Assessment,
    title: Texts,
    reason: str,
    area: Topic | None,
    court: Court,
    account: int,
    actor: Actor,
    at: datetime | None = None,
) -> NeededTopic:
    """A court puts a topic on the list, and with it its own vote."""
    at = at or clock.now()
    if not any(text.strip() for text in title.values()):
        sentence = _("Name the topic in one language at least.")
        raise Invalid("topic_empty", sentence, fields={"title": [sentence]})
    with transaction.atomic(durable=True):
        _check_open(assessment, at)
        row = NeededTopic.objects.create(
            assessment=assessment,
            title=dict(title),
            reason=reason.strip(),
            area=area,
            source=NeedSource.COURT,
            court=court,
            author_id=account,
            at=at,
        )
        Vote.objects.create(topic=row, court=court, account_id=account, at=at)
        record([_fact(row, "need.suggested", court=court.code)], actor=actor, at=at)
    return row


def list_counted(
    *, assessment: Assessment, need: Counted, account: int, actor: Actor, at: datetime | None = None
) -> NeededTopic:
    """Put on the list what people wait for or owe, with their number. Said twice, it is once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row, made = NeededTopic.objects.get_or_create(
            assessment=assessment,
            source=need.source,
            source_code=need.code,
            defaults={
                "title": dict(need.names),
                "people": need.people,
                "author_id": account,
                "at": at,
            },
        )
        if made:
            data = {"source": need.source.value, "code": need.code, "people": need.people}
            record([_fact(row, "need.listed", **data)], actor=actor, at=at)
    return row


def vote(
    *, topic: NeededTopic, court: Court, account: int, actor: Actor, at: datetime | None = None
) -> None:
    """Give the court's voice to a topic. Given twice, it counts once."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        _check_open(topic.assessment, at)
        _row, made = Vote.objects.get_or_create(
            topic=topic, court=court, defaults={"account_id": account, "at": at}
        )
        if made:
            record([_fact(topic, "need.voted", court=court.code)], actor=actor, at=at)


def take_back_vote(
    *, topic: NeededTopic, court: Court, actor: Actor, at: datetime | None = None
) -> None:
    """Take the court's voice back; without one nothing happens."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        _check_open(topic.assessment, at)
        gone, _kinds = Vote.objects.filter(topic=topic, court=court).delete()
        if gone:
            record([_fact(topic, "need.vote_taken_back", court=court.code)], actor=actor, at=at)


def set_shortlisted(
    *, topic: NeededTopic, listed: bool, actor: Actor, at: datetime | None = None
) -> None:
    """Put a topic on the shortlist, or take it off. What is a proposal already stays."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = NeededTopic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        if row.proposal_id is not None:
            raise Refused("is_proposed", _("This topic is a proposal already."))
        if (row.shortlisted_at is not None) == listed:
            return
        row.shortlisted_at = at if listed else None
        row.save(update_fields=["shortlisted_at"])
        event = "need.shortlisted" if listed else "need.unlisted"
        record([_fact(row, event)], actor=actor, at=at)


def propose(*, topic: NeededTopic, hand: Hand, at: datetime | None = None) -> Proposal:
    """Make a shortlisted topic a proposal for the plan year; its figures become the evidence.

    A course that people wait for is proposed as its next version.
    """
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = (
            NeededTopic.objects.select_for_update(of=("self",))
            .select_related("assessment", "area")
            .get(pk=topic.pk)
        )
        if row.proposal_id is not None:
            raise Refused("is_proposed", _("This topic is a proposal already."))
        if row.shortlisted_at is None:
            raise Refused("not_shortlisted", _("Put the topic on the shortlist first."))
        year, course = row.assessment.year, _course(row)
        row.proposal = write_draft(
            ProposalKind.COURSE, _content(row), hand=hand, course=course, year=year, at=at
        )
        row.save(update_fields=["proposal"])
        data = {"proposal": str(row.proposal.public_id)}
        record([_fact(row, "need.proposed", **data)], actor=hand.actor, at=at)
    return row.proposal


def _course(row: NeededTopic) -> Course | None:
    wanted = row.source_code if row.source == NeedSource.INTEREST else ""
    return Course.objects.filter(code=wanted).first()


def _content(row: NeededTopic) -> ProposalContent:
    words = {Section.TITLE.value: dict(row.title), Section.EVIDENCE.value: _evidence(row)}
    if row.reason:
        spoken = next((code for code in row.title if row.title[code]), texts.languages()[0])
        words[Section.NEED.value] = {spoken: row.reason}
    return ProposalContent(texts=words, topics=(row.area.code,) if row.area else ())


def _evidence(row: NeededTopic) -> dict[str, str]:
    """The figures of the assessment in every language of the service."""
    votes, found = row.votes.count(), {}
    for code in texts.languages():
        with override(code):
            lines = [
                ngettext(
                    "Needs assessment %(year)s: %(number)d court voted for this topic.",
                    "Needs assessment %(year)s: %(number)d courts voted for this topic.",
                    votes,
                )
                % {"year": row.assessment.year, "number": votes}
            ]
            if row.people:
                lines.append(_people(row))
        found[code] = " ".join(lines)
    return found


def _people(row: NeededTopic) -> str:
    if row.source == NeedSource.REQUIREMENT:
        words = ngettext(
            "%(number)d person owes this training.",
            "%(number)d people owe this training.",
            row.people,
        )
    else:
        words = ngettext(
            "%(number)d person waits to hear of a run.",
            "%(number)d people wait to hear of a run.",
            row.people,
        )
    return words % {"number": row.people}


def _check_open(assessment: Assessment, at: datetime) -> None:
    present = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if present.closes_at <= at:
        raise Refused("assessment_closed", _("The needs assessment for this year is closed."))


def _fact(row: NeededTopic, event: str, **data: object) -> Fact:
    year = {"year": row.assessment.year}
    return Fact(event, "needed_topic", row.public_id, data={**year, **data})

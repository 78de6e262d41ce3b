"""Every change of a proposal by those who write and discuss it; the review is in `reviewing`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from academy.core import clock
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused, Stale
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record
from courses.catalogue.models import Audience, Course, Format, Organisation, Topic
from courses.development import queries, rules
from courses.development.enums import CommentKind, ProposalKind, ProposalState, Section
from courses.development.models import Comment, Proposal, ProposalVersion, Reading
from courses.development.rules import ProposalContent

PLAIN = ("hours", "minutes_per_hour", "test_required")
LISTS = ("languages", "topics", "audiences")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, with which account, in the name of which body."""

    account: int
    body: Organisation
    actor: Actor


def draft_proposal(
    *,
    kind: ProposalKind,
    content: ProposalContent,
    hand: Hand,
    course: Course | None = None,
    year: int | None = None,
    at: datetime | None = None,
) -> Proposal:
    """Open a proposal with its first version in the making; only its body sees it."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        return write_draft(kind, content, hand=hand, course=course, year=year, at=at)


def write_draft(
    kind: ProposalKind,
    content: ProposalContent,
    *,
    hand: Hand,
    at: datetime,
    course: Course | None = None,
    year: int | None = None,
) -> Proposal:
    """The same inside a transaction that the caller has opened."""
    row = Proposal.objects.create(
        kind=kind,
        body=hand.body,
        author_id=hand.account,
        course=course,
        year=year,
        created_at=at,
        changed_at=at,
    )
    _write(ProposalVersion(proposal=row, number=1), content, hand, at)
    record([fact(row, "proposal.drafted", hand.body, kind=kind.value)], actor=hand.actor, at=at)
    return row


def write_proposal(
    *,
    proposal: Proposal,
    content: ProposalContent,
    hand: Hand,
    revision: int | None = None,
    at: datetime | None = None,
) -> ProposalVersion:
    """Write down what the proposal is to say; others read it once it is published.

    Refused while it is reviewed, and when somebody else has written since `revision` was read.
    After acceptance languages may be added and nothing else.
    """
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_editable(row.state)
        if revision is not None and revision != row.revision:
            raise Stale(
                "proposal_changed",
                _("Somebody else has written meanwhile. Look at it and save again."),
            )
        last = queries.newest(row)
        if last is not None and row.state == ProposalState.ACCEPTED:
            rules.check_translation_only(queries.content_of(last), content)
        version = queries.in_the_making(row) or ProposalVersion(
            proposal=row, number=last.number + 1 if last else 1
        )
        _write(version, content, hand, at)
        change(row, at)
        written = fact(row, "proposal.written", hand.body, version=version.number)
        record([written], actor=hand.actor, at=at)
    return version


def publish_version(
    *, proposal: Proposal, hand: Hand, at: datetime | None = None
) -> ProposalVersion:
    """Show the others what was written. From now on this version never changes."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_editable(row.state)
        version = queries.in_the_making(row)
        if version is None:
            raise Refused("nothing_written", _("Nothing new was written since the last version."))
        version.published_at = at
        version.save(update_fields=["published_at"])
        change(row, at)
        shown = fact(row, "proposal.version_published", hand.body, version=version.number)
        record([shown], actor=hand.actor, at=at)
    return version


def submit(*, proposal: Proposal, hand: Hand, at: datetime | None = None) -> Proposal:
    """Ask the academy to have the newest published version reviewed."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_step(row.state, ProposalState.SUBMITTED)
        if queries.in_the_making(row) is not None:
            raise Refused("unpublished_words", _("Publish what you have written first."))
        version = _shown(row)
        rules.check_submittable(queries.content_of(version))
        row.state = ProposalState.SUBMITTED
        change(row, at, "state")
        sent = fact(row, "proposal.submitted", hand.body, version=version.number)
        record([sent], actor=hand.actor, at=at)
    return row


def comment(
    *,
    proposal: Proposal,
    section: Section,
    kind: CommentKind,
    text: str,
    hand: Hand,
    keyed: Keyed | None = None,
    at: datetime | None = None,
) -> Comment:
    """Say something of a section of the newest published version, in the name of a body."""
    at = at or clock.now()
    with transaction.atomic(durable=True):
        row = locked(proposal)
        rules.check_comment(kind, text, row.state)
        version = _shown(row)
        said = Comment.objects.create(
            version=version,
            section=section,
            kind=kind,
            body=hand.body,
            author_id=hand.account,
            text=text.strip(),
            at=at,
        )
        data = {"comment": str(said.public_id), "section": section.value, "kind": kind.value}
        told = fact(row, "proposal.commented", hand.body, version=version.number, **data)
        record([told], actor=hand.actor, at=at)
        if keyed:
            keyed.keep(said)
    return said


def answer(
    *,
    comment: Comment,
    text: str,
    settles: bool,
    hand: Hand,
    at: datetime | None = None,
) -> Comment:
    """The author's answer; it settles an objection if the author says so, and never reopens one."""
    at = at or clock.now()
    if not text.strip():
        sentence = _("Please write your answer.")
        raise Invalid("answer_empty", sentence, fields={"text": [sentence]})
    with transaction.atomic(durable=True):
        said = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        said.answer, said.answered_by_id, said.answered_at = text.strip(), hand.account, at
        if settles and said.settled_at is None:
            said.settled_at = at
        said.save(update_fields=["answer", "answered_by", "answered_at", "settled_at"])
        data = {"comment": str(said.public_id), "settled": said.settled_at is not None}
        told = fact(said.version.proposal, "proposal.answered", hand.body, **data)
        record([told], actor=hand.actor, at=at)
    return said


def note_reading(*, proposal: Proposal, account: int, at: datetime | None = None) -> None:
    """Remember how far somebody has read. Nothing of the proposal changes, so nothing is told."""
    newest = proposal.versions.filter(published_at__isnull=False).aggregate(n=Max("number"))["n"]
    Reading.objects.update_or_create(
        proposal=proposal,
        account_id=account,
        defaults={"version": newest or 0, "at": at or clock.now()},
    )


def _shown(row: Proposal) -> ProposalVersion:
    versions = queries.published(row)
    if not versions:
        raise Refused("nothing_published", _("Publish a version first."))
    return versions[-1]


def _write(version: ProposalVersion, content: ProposalContent, hand: Hand, at: datetime) -> None:
    _check_codes(content)
    version.texts = {section: dict(words) for section, words in content.texts.items()}
    version.format = Format.objects.filter(code=content.format).first()
    for name in PLAIN:
        setattr(version, name, getattr(content, name))
    for name in LISTS:
        setattr(version, name, list(getattr(content, name)))
    version.author_id, version.changed_at = hand.account, at
    version.save()


def _check_codes(content: ProposalContent) -> None:
    lists: dict[str, Any] = {"topics": Topic.objects, "audiences": Audience.objects}
    for name, listed in lists.items():
        wanted = set(getattr(content, name))
        known = set(listed.filter(code__in=wanted).values_list("code", flat=True))
        if unknown := sorted(wanted - known):
            sentence = _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)}
            raise Invalid("unknown_code", sentence, fields={name: [sentence]})


def locked(proposal: Proposal) -> Proposal:
    """The proposal's row, locked; every change of a proposal begins with it."""
    row = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("body", "course")
        .filter(pk=proposal.pk)
        .first()
    )
    if row is None:
        raise Missing("unknown_proposal", _("There is no such proposal."))
    return row


def change(row: Proposal, at: datetime, *fields: str) -> None:
    """Save the row as a newer revision."""
    row.changed_at = at
    row.revision += 1
    row.save(update_fields=["changed_at", "revision", *fields])


def fact(row: Proposal, event: str, body: Organisation, **data: object) -> Fact:
    """What happened to a proposal: ids, codes and numbers; the words stay in its rows."""
    return Fact(
        event,
        "proposal",
        row.public_id,
        context_id=row.public_id,
        data={"state": row.state, "body": body.code, **data},
    )

"""Reads of proposals and needs for the desk. Never writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.accounts.models import Account
from academy.core.texts import Texts
from academy.people.models import Person
from courses.development import access, registry, rules
from courses.development.enums import CommentKind, NeedSource, ProposalState
from courses.development.models import (
    Assessment,
    Comment,
    NeededTopic,
    Proposal,
    ProposalVersion,
    Reading,
    ReviewStep,
    RouteStep,
    Vote,
)
from courses.development.rules import ProposalContent, StepFacts
from courses.planning.models import Run
from courses.planning.queries import wanted_courses


def content_of(version: ProposalVersion) -> ProposalContent:
    """A version's row as plain facts."""
    return ProposalContent(
        texts=version.texts,
        format=version.format.code if version.format else "",
        hours=version.hours,
        minutes_per_hour=version.minutes_per_hour,
        languages=tuple(version.languages),
        topics=tuple(version.topics),
        audiences=tuple(version.audiences),
        test_required=version.test_required,
    )


def title_of(version: ProposalVersion | None) -> Texts:
    """The title by language; empty while nothing is written."""
    title: Texts = version.texts.get("title", {}) if version else {}
    return title


def published(proposal: Proposal) -> list[ProposalVersion]:
    """The published versions, the oldest first."""
    rows = proposal.versions.filter(published_at__isnull=False)
    return list(rows.select_related("format", "author__person"))


def in_the_making(proposal: Proposal) -> ProposalVersion | None:
    """What the author is writing, if anything."""
    rows = proposal.versions.filter(published_at__isnull=True)
    return rows.select_related("format").first()


def newest(proposal: Proposal) -> ProposalVersion | None:
    """The newest version, published or not."""
    return proposal.versions.select_related("format").order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal on a list."""

    proposal: Proposal
    title: Texts
    open_objections: int
    waits_for_me: bool
    due_on: date | None
    is_overdue: bool


def lines(viewer: Viewer, *, today: date, state: str = "", limit: int = 200) -> list[Line]:
    """The proposals that the viewer may read, what waits for the viewer first."""
    mine = list(access.bodies_of(viewer).values_list("pk", flat=True))
    open_steps = ReviewStep.objects.filter(
        proposal=OuterRef("pk"), round=OuterRef("round"), opened_at__isnull=False, verdict=""
    )
    objections = Comment.objects.filter(
        version__proposal=OuterRef("pk"), kind=CommentKind.OBJECT, settled_at__isnull=True
    )
    rows = access.proposals_for(viewer).annotate(
        objections=Count("versions__comments", filter=Q(versions__comments__in=objections)),
        waits=Exists(open_steps.filter(body__in=mine)),
        due=open_steps.order_by("due_on").values("due_on")[:1],
    )
    if state:
        rows = rows.filter(state=state)
    found = list(rows.order_by("-waits", F("due").asc(nulls_last=True), "-changed_at")[:limit])
    titles, plans = _titles(found), viewer.may(Right.PLAN)
    shown = [
        Line(
            row,
            titles.get(row.pk, {}),
            row.objections,
            row.waits or _waits(row, mine, plans=plans, today=today),
            row.due,
            rules.is_overdue(row.due, today),
        )
        for row in found
    ]
    return sorted(shown, key=lambda line: not line.waits_for_me)


def _waits(row: Any, mine: Sequence[int], *, plans: bool, today: date) -> bool:
    """Whether the author is to mend it, or the academy to send it on, publish it or ask again."""
    if row.state == ProposalState.RETURNED:
        return row.body_id in mine
    on_the_way = row.state in {ProposalState.SUBMITTED, ProposalState.ACCEPTED}
    return plans and (on_the_way or rules.is_overdue(row.due, today))


def _titles(found: Sequence[Proposal]) -> dict[int, Texts]:
    rows = ProposalVersion.objects.filter(proposal__in=found).order_by("proposal_id", "number")
    return {row.proposal_id: title_of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Idea:
    """A proposal that was accepted and of whose course no run is planned yet."""

    proposal: Proposal
    title: Texts

    @property
    def course(self) -> str:
        """The code of its course in the catalogue; empty before it is there."""
        is_there = self.proposal.state == ProposalState.COURSE and self.proposal.course
        return self.proposal.course.code if is_there and self.proposal.course else ""


def ideas(year: int, *, present: int, limit: int = 60) -> list[Idea]:
    """What was accepted for that plan year and is not planned, the oldest first; one statement.

    What names no year belongs to the present one, and so does what an earlier year left over.
    """
    planned = Run.objects.filter(course=OuterRef("course"), version_id__gte=OuterRef("became_id"))
    of_year = Q(year=year)
    if year == present:
        of_year |= Q(year__isnull=True) | Q(year__lt=year)
    on_the_way = Q(state=ProposalState.ACCEPTED) | Q(state=ProposalState.COURSE) & ~Exists(planned)
    shown = ProposalVersion.objects.filter(proposal=OuterRef("pk"), published_at__isnull=False)
    title = shown.order_by("-number").values("texts__title")[:1]
    rows = Proposal.objects.filter(of_year, on_the_way).select_related("body", "course")
    found = rows.annotate(shown_title=Subquery(title)).order_by("changed_at", "pk")[:limit]
    return [Idea(row, row.shown_title or {}) for row in found]


def waiting_for(viewer: Viewer, *, today: date) -> list[Line]:
    """What waits for the viewer's bodies: steps to decide, proposals that came back."""
    return [line for line in lines(viewer, today=today) if line.waits_for_me]


def comments_of(proposal: Proposal) -> list[Comment]:
    """Everything that was said, the oldest first."""
    rows = Comment.objects.filter(version__proposal=proposal)
    return list(rows.select_related("version", "body", "author__person", "answered_by__person"))


def open_objections(proposal: Proposal) -> int:
    """Objections that nobody has settled."""
    rows = Comment.objects.filter(version__proposal=proposal, kind=CommentKind.OBJECT)
    return rows.filter(settled_at__isnull=True).count()


def steps_of(proposal: Proposal) -> list[ReviewStep]:
    """Every step of every round: the decision log and what is still to come."""
    return list(
        proposal.steps.select_related("body", "decided_by__person", "version").order_by(
            "round", "place", "id"
        )
    )


def facts_of(steps: Sequence[ReviewStep]) -> list[StepFacts]:
    """The steps as the rules read them."""
    return [StepFacts(step.place, step.verdict) for step in steps]


def route() -> list[RouteStep]:
    """The institution's way of reviewing, in order."""
    return list(RouteStep.objects.select_related("body"))


def reading_of(proposal: Proposal, viewer: Viewer) -> Reading | None:
    """How far the viewer has read."""
    rows = Reading.objects.filter(proposal=proposal)
    return rows.filter(account_id=viewer.account_id).first() if viewer.account_id else None


def name_of(account: Account | None) -> str:
    """Who somebody is to colleagues: the person's name, or the sign-in name without one."""
    if account is None:
        return ""
    return account.person.full_name if account.person else account.login


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A topic of an assessment with its votes, and whether the viewer's court is among them."""

    topic: NeededTopic
    votes: int
    is_mine: bool


def topics_in(assessment: Assessment, courts: QuerySet[Any]) -> list[NeedLine]:
    """The topics, the most wanted first."""
    mine = Vote.objects.filter(topic=OuterRef("pk"), court__in=courts)
    rows = assessment.topics.select_related("court", "area", "proposal").annotate(
        voices=Count("votes"), mine=Exists(mine)
    )
    return [
        NeedLine(row, row.voices, row.mine)
        for row in rows.order_by("-voices", "-people", "at", "id")
    ]


@dataclass(frozen=True, slots=True)
class Counted:
    """A need that nobody had to suggest: people wait for a course, or owe a requirement."""

    source: NeedSource
    code: str
    names: Texts
    people: int
    is_listed: bool


def counted_needs(assessment: Assessment, now: datetime) -> list[Counted]:
    """Wishes to be told of a run and gaps of requirements, the largest first."""
    listed = set(assessment.topics.values_list("source", "source_code"))
    wishes = [
        (NeedSource.INTEREST, row["code"], row["title"], row["waiting"])
        for row in wanted_courses(year=now.year)
    ]
    gaps = [
        (NeedSource.REQUIREMENT, gap.code, gap.names, gap.people) for gap in registry.gaps_at(now)
    ]
    found = [
        Counted(source, code, names, people, (source.value, code) in listed)
        for source, code, names, people in (*wishes, *gaps)
    ]
    return sorted(found, key=lambda one: (-one.people, one.code))


def assessments() -> list[Assessment]:
    """The plan years that courts were asked about, the newest first."""
    return list(Assessment.objects.annotate(number=Count("topics")))


def known(who: Person) -> Iterable[Mapping[str, object]]:
    """What one person has said of proposals in the name of bodies, for that person."""
    rows = Comment.objects.filter(author__person=who).order_by("id")
    yield from rows.values("section", "kind", "body__code", "text", "answer", "at")
    steps = ReviewStep.objects.filter(decided_by__person=who).order_by("id")
    yield from steps.values("verdict", "body__code", "reason", "decided_at")


def heads(found: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Proposals as plain rows, each with the title of its newest version that others may read."""
    versions = ProposalVersion.objects.filter(proposal__in=found, published_at__isnull=False)
    shown = {row.proposal_id: row for row in versions.order_by("proposal_id", "number")}
    return [
        {
            "id": row.public_id,
            "kind": row.kind,
            "state": row.state,
            "body": row.body.code,
            "title": title_of(shown.get(row.pk)),
            "version": shown[row.pk].number if row.pk in shown else 0,
            "year": row.year,
            "course": row.course.code if row.course else None,
            "changed_at": row.changed_at,
        }
        for row in found
    ]

"""Proposals and needs of the demo, played in order by the same actions that people use."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from academy.accounts.models import Account
from academy.core import texts
from academy.core.actor import Actor, ActorKind
from academy.courts.models import Court
from academy.management.seeding import files
from courses.catalogue.models import Organisation, Topic
from courses.development import actions, needs, reviewing
from courses.development.actions import Hand
from courses.development.enums import CommentKind, ProposalKind, Section, Verdict
from courses.development.models import Assessment, Comment, Proposal, ReviewStep, RouteStep
from courses.development.rules import ProposalContent

Told = Mapping[str, Any]
ACADEMY = "academy-of-justice"


def load_route() -> int:
    """The institution's way of reviewing, unless it has one."""
    if RouteStep.objects.exists():
        return 0
    bodies = Organisation.objects.in_bulk(field_name="code")
    return len(
        RouteStep.objects.bulk_create(
            RouteStep(
                place=int(row["place"]),
                body=bodies[row["body"]],
                working_days=int(row["working_days"]),
            )
            for row in files.rows("reference/review_route.tsv")
        )
    )


def load_proposals(*, actor: Actor, now: datetime) -> int:
    """The demo's proposals and its needs assessment, unless there are some."""
    if Proposal.objects.exists() or Assessment.objects.exists():
        return 0
    told = files.document("proposals.json")
    for item in told["proposals"]:
        Play(item, now).all()
    _load_needs(told["needs"], actor, now)
    return len(told["proposals"])


class Play:
    """One proposal, act by act."""

    def __init__(self, told: Told, now: datetime) -> None:
        self.told, self.now = told, now
        self.row = Proposal()

    def all(self) -> None:
        """Everything that was told of it, each at its moment."""
        acts: Mapping[str, Callable[[Told, dict[str, Any]], object]] = {
            "draft": self.draft,
            "write": self.write,
            "publish": lambda _act, by: actions.publish_version(proposal=self.row, **by),
            "submit": lambda _act, by: actions.submit(proposal=self.row, **by),
            "start": lambda _act, by: reviewing.take_up(proposal=self.row, **by),
            "comment": self.comment,
            "answer": self.answer,
            "decide": self.decide,
            "catalogue": self.catalogue,
        }
        for act in self.told["acts"]:
            at = self.now + timedelta(days=act["day"])
            acts[act["act"]](act, {"hand": self.hand(act), "at": at})

    def hand(self, act: Told) -> Hand:
        """Who acts, for which body."""
        account = Account.objects.get(login=act["by"])
        own = ACADEMY if act["by"] == "registrar" else self.told["body"]
        body = Organisation.objects.get(code=act.get("body", own))
        return Hand(account.pk, body, Actor(ActorKind.ACCOUNT, id=account.public_id))

    def draft(self, act: Told, by: dict[str, Any]) -> None:
        self.row = actions.draft_proposal(
            kind=ProposalKind(self.told["kind"]), content=_content(act), **by
        )

    def write(self, act: Told, by: dict[str, Any]) -> None:
        actions.write_proposal(proposal=self.row, content=_content(act), **by)

    def comment(self, act: Told, by: dict[str, Any]) -> None:
        kind, section = CommentKind(act["kind"]), Section(act["section"])
        actions.comment(proposal=self.row, section=section, kind=kind, text=act["text"], **by)

    def answer(self, act: Told, by: dict[str, Any]) -> None:
        waiting = Comment.objects.filter(version__proposal=self.row, answer="")
        said = waiting.exclude(kind=CommentKind.ENDORSE).latest("at")
        actions.answer(comment=said, text=act["text"], settles=act["settles"], **by)

    def decide(self, act: Told, by: dict[str, Any]) -> None:
        step = ReviewStep.objects.get(proposal=self.row, body=by["hand"].body)
        reviewing.decide(step=step, verdict=Verdict(act["verdict"]), reason=act["reason"], **by)

    def catalogue(self, act: Told, by: dict[str, Any]) -> None:
        reviewing.put_in_catalogue(
            proposal=self.row, code=act["code"], provider=act["provider"], **by
        )


def _content(act: Told) -> ProposalContent:
    told = dict(act["content"])
    for name in ("languages", "topics", "audiences"):
        told[name] = tuple(told[name])
    return ProposalContent(**told | {"hours": Decimal(told["hours"])})


def _load_needs(told: Told, actor: Actor, now: datetime) -> None:
    closes = now + timedelta(days=told["closes_in"])
    row = needs.open_assessment(year=now.year + 1, closes_at=closes, actor=actor, at=now)
    account = Account.objects.get(login="coordinator").pk
    for item in told["topics"]:
        first, *others = Court.objects.filter(code__in=item["courts"]).order_by("code")
        topic = needs.suggest(
            assessment=row,
            title={code: item["title"][code] for code in texts.languages()},
            reason=item["reason"],
            area=Topic.objects.get(code=item["area"]),
            court=first,
            account=account,
            actor=actor,
            at=now,
        )
        for court in others:
            needs.vote(topic=topic, court=court, account=account, actor=actor, at=now)

"""Proposals of courses: read by those who develop together; comments and decisions of a body."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access.enums import Right
from academy.rest.endpoint import Endpoint, PageQuery
from academy.rest.fields import TextsOut
from academy.rest.pagination import decode, page
from academy.rest.permissions import any_of
from academy.rest.schema import answered, asked, describe, page_of
from courses.api.examples import COMMENT, PROPOSAL
from courses.development import access, actions, queries, reviewing
from courses.development.actions import Hand
from courses.development.enums import CommentKind, ProposalState, Section, Verdict
from courses.development.models import Comment, Proposal, ReviewStep

READERS = any_of(Right.PROPOSE, Right.READ_ALL)
BODIES = any_of(Right.PROPOSE)


class ProposalsQuery(PageQuery):
    """Parameters of the list of proposals."""

    state = serializers.ChoiceField(choices=ProposalState.choices, required=False)


class ProposalOut(serializers.Serializer[Any]):
    """A proposal and where it stands."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="course or programme")
    state = serializers.CharField()
    body = serializers.CharField(help_text="The body that proposes it, by its code.")
    title = TextsOut()
    version = serializers.IntegerField(help_text="The newest published version; 0: none.")
    year = serializers.IntegerField(allow_null=True, help_text="Of the plan it is meant for.")
    course = serializers.CharField(allow_null=True, help_text="The course it changes or became.")
    changed_at = serializers.DateTimeField()


class CommentOut(serializers.Serializer[Any]):
    """What a body says of a section."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    section = serializers.CharField()
    kind = serializers.CharField(help_text="comment, endorse or object")
    body = serializers.CharField()
    text = serializers.CharField()
    answer = serializers.CharField()
    at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class ReviewStepOut(serializers.Serializer[Any]):
    """A review step; without a verdict it is open or still to come."""

    id = serializers.UUIDField()
    round = serializers.IntegerField()
    place = serializers.IntegerField(help_text="Steps of the same place are asked at once.")
    body = serializers.CharField()
    due_on = serializers.DateField(allow_null=True, help_text="Null before its turn has come.")
    verdict = serializers.CharField(help_text="accept, return, decline, or empty")
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ProposalInFullOut(ProposalOut):
    """A proposal with its words, what was said of them, and the decision log."""

    texts = serializers.DictField(child=TextsOut(), help_text="By section, then by language.")
    comments = CommentOut(many=True)
    steps = ReviewStepOut(many=True)


class CommentInput(serializers.Serializer[Any]):
    """What to say, and in whose name."""

    body = serializers.CharField(max_length=40)
    section = serializers.ChoiceField(choices=Section.choices)
    kind = serializers.ChoiceField(choices=CommentKind.choices)
    text = serializers.CharField(default="", allow_blank=True, max_length=4000)


class VerdictInput(serializers.Serializer[Any]):
    """How the body ends its step; returning and declining name a reason."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField(default="", allow_blank=True, max_length=4000)


class Proposals(Endpoint):
    """What bodies propose."""

    needs: ClassVar = {"GET": READERS}

    @describe(
        "listProposals",
        "List proposals of courses",
        answer=page_of(ProposalOut),
        query=ProposalsQuery,
        examples=[answered("A page", {"items": [PROPOSAL], "next": None})],
    )
    def get(self, request: Request) -> Response:
        """One page, the newest first: what was shown to others, and drafts of the own bodies."""
        sent = self.query(ProposalsQuery)
        rows = access.proposals_for(self.viewer).order_by("-pk")
        if sent.get("state"):
            rows = rows.filter(state=sent["state"])
        if after := decode(sent["cursor"], UUID):
            last = Proposal.objects.filter(public_id=after[0]).values_list("pk", flat=True)
            rows = rows.filter(pk__lt=last.first() or 0)
        shown = queries.heads(list(rows[: sent["limit"] + 1]))
        return Response(page(request, shown, sent["limit"], lambda row: (row["id"],)))


class OneProposal(Endpoint):
    """One proposal in full."""

    needs: ClassVar = {"GET": READERS}

    @describe("getProposal", "Read one proposal", answer=ProposalInFullOut, errors=[404])
    def get(self, request: Request, proposal: UUID) -> Response:
        """Its newest published words, every comment and every step."""
        row = access.proposal_for(self.viewer, proposal)
        versions = queries.published(row)
        return Response(
            {
                **queries.heads([row])[0],
                "texts": versions[-1].texts if versions else {},
                "comments": [_comment(one) for one in queries.comments_of(row)],
                "steps": [_step(one) for one in queries.steps_of(row)],
            }
        )


class Comments(Endpoint):
    """Words on a proposal."""

    needs: ClassVar = {"POST": BODIES}

    @describe(
        "commentOnProposal",
        "Comment on a section, endorse it or object to it",
        body=CommentInput,
        answer=CommentOut,
        status=201,
        errors=[404],
        examples=[asked("An objection", COMMENT)],
    )
    def post(self, request: Request, proposal: UUID) -> Response:
        """In the name of one of the caller's bodies, on the newest published version."""
        row = access.proposal_for(self.viewer, proposal)
        sent = self.body(CommentInput)
        return self.command(
            lambda keyed: actions.comment(
                proposal=row,
                section=Section(sent["section"]),
                kind=CommentKind(sent["kind"]),
                text=sent["text"],
                hand=self._hand(sent["body"]),
                keyed=keyed,
            ),
            _comment,
            status=201,
        )

    def _hand(self, body: str) -> Hand:
        viewer, actor = self.right_used()
        return Hand(viewer.account_id or 0, access.body_of(viewer, body), actor)


class Decide(Endpoint):
    """A body's word on its review step."""

    needs: ClassVar = {"POST": BODIES}

    @describe(
        "decideReviewStep",
        "Decide a review step of one of one's bodies",
        body=VerdictInput,
        answer=ReviewStepOut,
        errors=[404],
    )
    def post(self, request: Request, step: UUID) -> Response:
        """A no ends the round, a yes asks the next body, the last yes accepts."""
        row = access.step_of(self.viewer, step)
        sent = self.body(VerdictInput)
        viewer, actor = self.right_used()
        return self.command(
            lambda keyed: reviewing.decide(
                step=row,
                verdict=Verdict(sent["verdict"]),
                reason=sent["reason"],
                hand=Hand(viewer.account_id or 0, row.body, actor),
                keyed=keyed,
            ),
            lambda _proposal: _step(ReviewStep.objects.select_related("body").get(pk=row.pk)),
        )


def _comment(row: Comment) -> Mapping[str, Any]:
    return {
        "id": row.public_id,
        "version": row.version.number,
        "section": row.section,
        "kind": row.kind,
        "body": row.body.code,
        "text": row.text,
        "answer": row.answer,
        "at": row.at,
        "settled_at": row.settled_at,
    }


def _step(row: ReviewStep) -> Mapping[str, Any]:
    return {
        "id": row.public_id,
        "round": row.round,
        "place": row.place,
        "body": row.body.code,
        "due_on": row.due_on,
        "verdict": row.verdict,
        "reason": row.reason,
        "decided_at": row.decided_at,
    }

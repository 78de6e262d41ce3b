"""Bodies that develop a course together, and a proposal at each point of its way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.accounts.models import Account
from academy.core import clock
from academy.courts.models import Court
from courses.catalogue.models import Format, Organisation
from courses.development import actions, needs, reviewing
from courses.development.actions import Hand
from courses.development.enums import CommentKind, ProposalKind, Section, Verdict
from courses.development.models import Comment, NeededTopic, Proposal, ReviewStep, RouteStep
from courses.development.rules import ProposalContent
from tests import factories
from tests.factories import ACTOR

LANGUAGES = ("kk", "ru", "en")
WORDS = {
    "title": {"kk": "Цифрлық дәлелдемелер", "ru": "Цифровые доказательства", "en": "Digital proof"},
    "summary": {"kk": "Қысқаша.", "ru": "Кратко.", "en": "In short."},
    "need": {"ru": "Жалобы растут."},
    "aims": {"kk": "Бағалау\nСақтау", "ru": "Оценивать\nХранить", "en": "Weigh it\nKeep it"},
}
FULL = ProposalContent(
    texts=WORDS,
    format="in_person",
    hours=Decimal(16),
    minutes_per_hour=45,
    languages=("kk", "ru"),
)


def body(code: str, *, is_own: bool = True, is_issuer: bool = False) -> Organisation:
    names = {language: f"{code} {language}" for language in LANGUAGES}
    flags = {"names": names, "is_own": is_own, "is_issuer": is_issuer}
    row, _ = Organisation.objects.update_or_create(code=code, defaults=flags)
    return row


def partner(of: Organisation) -> Account:
    """Somebody who acts in the name of that body."""
    account = factories.account()
    RoleGrant.objects.create(account=account, role=Role.PARTNER, body=of.code)
    return account


class Bodies:
    """A university proposes, the council and then the judiciary's own council review."""

    def __init__(self) -> None:
        self.academy = body("academy", is_issuer=True)
        self.university = body("university", is_own=False)
        self.council = body("methodical-council")
        self.judicial = body("judicial-council")
        Format.objects.get_or_create(code="in_person", defaults={"names": {"en": "In person"}})
        RouteStep.objects.create(place=1, body=self.council, working_days=5)
        RouteStep.objects.create(place=2, body=self.judicial, working_days=10)
        self.author = partner(self.university)
        self.reviewer = partner(self.council)
        self.judge = partner(self.judicial)

    def hand(self, of: Organisation, account: Account | None = None) -> Hand:
        accounts = {
            self.university.pk: self.author,
            self.council.pk: self.reviewer,
            self.judicial.pk: self.judge,
        }
        return Hand((account or accounts[of.pk]).pk, of, ACTOR)

    def drafted(self, content: ProposalContent = FULL, **more) -> Proposal:
        hand = self.hand(self.university)
        return actions.draft_proposal(kind=ProposalKind.COURSE, content=content, hand=hand, **more)

    def submitted(self, content: ProposalContent = FULL, **more) -> Proposal:
        row, hand = self.drafted(content, **more), self.hand(self.university)
        actions.publish_version(proposal=row, hand=hand)
        return actions.submit(proposal=row, hand=hand)

    def in_review(self, content: ProposalContent = FULL, **more) -> Proposal:
        row = self.submitted(content, **more)
        return reviewing.take_up(proposal=row, hand=self.hand(self.academy, self.author))

    def accepted(self, content: ProposalContent = FULL, **more) -> Proposal:
        row = self.in_review(content, **more)
        for of in (self.council, self.judicial):
            row = self.decided(row, of, Verdict.ACCEPT)
        return row

    def decided(self, row: Proposal, of: Organisation, verdict: Verdict, reason="") -> Proposal:
        step = ReviewStep.objects.get(proposal=row, round=row.round, body=of)
        return reviewing.decide(step=step, verdict=verdict, reason=reason, hand=self.hand(of))

    def reviewed(self) -> Proposal:
        """In its second version and second round, with an objection that is not settled."""
        row = self.decided(self.in_review(), self.council, Verdict.RETURN, "Name the figures.")
        more = replace(FULL, texts={**WORDS, "need": {"ru": "Жалобы растут: 214 за год."}})
        hand = self.hand(self.university)
        actions.write_proposal(proposal=row, content=more, hand=hand)
        actions.publish_version(proposal=row, hand=hand)
        row = actions.submit(proposal=row, hand=hand)
        row = reviewing.take_up(proposal=row, hand=self.hand(self.academy, self.author))
        self.objected(row)
        return row

    def objected(self, row: Proposal) -> Comment:
        return actions.comment(
            proposal=row,
            section=Section.HOURS,
            kind=CommentKind.OBJECT,
            text="Too long for a court.",
            hand=self.hand(self.council),
        )

    def needed(self, court: Court) -> NeededTopic:
        now = clock.now()
        row = needs.open_assessment(
            year=now.year + 1, closes_at=now + timedelta(days=30), actor=ACTOR
        )
        return needs.suggest(
            assessment=row,
            title={"ru": "Банкротство граждан"},
            reason="Много отмен.",
            area=None,
            court=court,
            account=self.author.pk,
            actor=ACTOR,
        )


def developing(court: Court) -> tuple[Account, Proposal, Comment, NeededTopic]:
    """For the table of pages: a partner of the body whose submitted proposal is objected to."""
    bodies = Bodies()
    row = bodies.submitted()
    return bodies.author, row, bodies.objected(row), bodies.needed(court)

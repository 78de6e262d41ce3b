"""How a proposal goes from body to body, and what it owes on the way. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from academy.core import texts
from academy.core.errors import Invalid, Refused
from academy.core.texts import Texts
from courses.catalogue.enums import HoursBasis
from courses.catalogue.rules import CourseContent
from courses.development.enums import CommentKind, ProposalState, Section, Verdict

WRITTEN = tuple(section for section in Section if section != Section.HOURS)
"""The sections that are words, in each language; the length and form are figures and codes."""

PARITY = (Section.TITLE, Section.SUMMARY, Section.AIMS)
"""What becomes the course's page, and so is owed in every required language."""

TO_SUBMIT = (Section.TITLE, Section.NEED, Section.AIMS)
"""What reviewers cannot do without, in one language at least."""

STEPS: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset({ProposalState.SUBMITTED}),
    ProposalState.SUBMITTED: frozenset(
        {ProposalState.IN_REVIEW, ProposalState.RETURNED, ProposalState.DECLINED}
    ),
    ProposalState.IN_REVIEW: frozenset(
        {ProposalState.ACCEPTED, ProposalState.RETURNED, ProposalState.DECLINED}
    ),
    ProposalState.RETURNED: frozenset({ProposalState.SUBMITTED}),
    ProposalState.ACCEPTED: frozenset({ProposalState.COURSE}),
    ProposalState.DECLINED: frozenset(),
    ProposalState.COURSE: frozenset(),
}
"""The way of a proposal. What was declined is proposed anew, as another proposal."""

ENDS = {Verdict.RETURN: ProposalState.RETURNED, Verdict.DECLINE: ProposalState.DECLINED}
"""Where a no of any body leads; a yes leads on only with the last one."""

EDITABLE = frozenset({ProposalState.DRAFT, ProposalState.RETURNED, ProposalState.ACCEPTED})
"""When the author may write. While it is reviewed, everybody reads the same words."""

DISCUSSED = frozenset(
    {ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.IN_REVIEW, ProposalState.RETURNED}
)
"""When others may comment."""


@dataclass(frozen=True, slots=True)
class ProposalContent:
    """What one version of a proposal says: words by section and language, and the figures."""

    texts: Mapping[str, Texts] = field(default_factory=dict)
    format: str = ""
    hours: Decimal | None = None
    minutes_per_hour: int | None = None
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    test_required: bool = False


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A review step: its place in the order, and what was decided; empty while it is open."""

    place: int
    verdict: str = ""


def check_step(present: str, wanted: ProposalState) -> None:
    """Refuse a step that a proposal in this state does not take."""
    if wanted not in STEPS[ProposalState(present)]:
        raise Refused(
            "proposal_state",
            _("A proposal that is %(present)s cannot become %(wanted)s.")
            % {"present": ProposalState(present).label, "wanted": wanted.label},
        )


def check_editable(state: str) -> None:
    """Refuse changes of the words while others review them, and after the end."""
    if state not in EDITABLE:
        raise Refused(
            "proposal_is_read",
            _("The proposal is %(state)s: its words do not change now.")
            % {"state": ProposalState(state).label},
        )


def check_submittable(content: ProposalContent) -> None:
    """Refuse to hand reviewers a proposal without title, need or aims."""
    empty = [section for section in TO_SUBMIT if not any(_words(content, section).values())]
    if empty:
        raise Refused(
            "proposal_incomplete",
            _("Before others read it, the proposal needs: %(sections)s.")
            % {"sections": ", ".join(str(section.label) for section in empty)},
            fields={
                section.value: [_("Write this in one language at least.")] for section in empty
            },
        )


def check_comment(kind: str, words: str, state: str) -> None:
    """Refuse a word on a proposal that nobody discusses, and an objection without a reason."""
    if state not in DISCUSSED:
        raise Refused("not_discussed", _("This proposal is not open for comments now."))
    if kind != CommentKind.ENDORSE and not words.strip():
        raise Invalid(
            "comment_empty", _("Please write what you mean."), fields={"text": [_("Say why.")]}
        )


def check_translation_only(before: ProposalContent, after: ProposalContent) -> None:
    """After the last yes nothing that was accepted changes; missing languages may be added."""
    kept = all(
        after.texts.get(section, {}).get(code) == text
        for section, words in before.texts.items()
        for code, text in words.items()
        if text
    )
    if not kept or _figures(before) != _figures(after):
        raise Refused(
            "accepted_words_stay",
            _("The proposal is accepted: you may add languages, not change what was accepted."),
        )


def _figures(content: ProposalContent) -> tuple[object, ...]:
    return (
        *(content.format, content.hours, content.minutes_per_hour, content.languages),
        *(content.topics, content.audiences, content.test_required),
    )


def conclusion(steps: Sequence[StepFacts]) -> ProposalState | None:
    """What the steps of one round come to: nothing while one is open that could still say no.

    A no ends the round at once, whoever is still to be asked.
    """
    for step in steps:
        if step.verdict in ENDS:
            return ENDS[Verdict(step.verdict)]
    is_done = bool(steps) and all(step.verdict == Verdict.ACCEPT for step in steps)
    return ProposalState.ACCEPTED if is_done else None


def place_in_turn(steps: Iterable[StepFacts]) -> int | None:
    """The place whose bodies decide now, the lowest with an open step; equal places go at once."""
    return min((step.place for step in steps if not step.verdict), default=None)


def check_verdict(verdict: str, reason: str) -> None:
    """A no names its reason, so that the author can mend it and the log explains it."""
    if verdict in ENDS and not reason.strip():
        raise Invalid(
            "reason_missing", _("Please say why."), fields={"reason": [_("Please say why.")]}
        )


def check_answered(open_objections: int) -> None:
    """Refuse the yes of a body while an objection has no answer: nobody is passed over."""
    if open_objections:
        raise Refused(
            "objections_open",
            _("An objection has not been settled yet. The author answers it first."),
        )


def is_overdue(due_on: date | None, today: date) -> bool:
    """Whether a step's last day is over."""
    return due_on is not None and due_on < today


def owed(content: ProposalContent, required: tuple[str, ...]) -> list[tuple[Section, str]]:
    """The sections of the future course page that are missing, by language."""
    return [
        (section, code)
        for section in PARITY
        for code in texts.missing(content.texts.get(section, {}), required)
    ]


def course_content(content: ProposalContent, present: CourseContent | None) -> CourseContent:
    """The proposal as what the catalogue says of a course: aims are its objectives, a line each.

    What a proposal does not speak of (prerequisites, validity, the provider's own code) stays as
    the course says it at `present`.
    """
    title = _words(content, Section.TITLE)
    kept = present or CourseContent(title=title, format=content.format)
    return replace(
        kept,
        title=title,
        summary=_words(content, Section.SUMMARY),
        objectives={
            code: [line.strip() for line in text.splitlines() if line.strip()]
            for code, text in _words(content, Section.AIMS).items()
        },
        demo_translations=(),
        format=content.format,
        languages=content.languages,
        topics=content.topics,
        audiences=content.audiences,
        hours=content.hours,
        hours_basis=HoursBasis.EDITION if content.hours else "",
        minutes_per_hour=content.minutes_per_hour,
        test_required=content.test_required,
    )


def _words(content: ProposalContent, section: Section) -> dict[str, str]:
    return {code: text for code, text in content.texts.get(section, {}).items() if text.strip()}


def step_look(step: StepFacts, due_on: date | None, today: date, *, is_current: bool) -> str:
    """How a step stands, in one word: its verdict, or open, overdue, to come, no longer asked."""
    if step.verdict:
        return step.verdict
    if not is_current:
        return "moot"
    if due_on is None:
        return "to_come"
    return "overdue" if is_overdue(due_on, today) else "open"

"""A proposal as its page shows it: sections with what was said of them, where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext as _

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock, texts
from academy.core.texts import Picked, Texts
from academy.web import dates, names
from courses.catalogue.models import Audience, Format, Topic
from courses.development import access, differences, queries, rules
from courses.development.differences import Difference
from courses.development.enums import ProposalState, Section
from courses.development.models import Comment, Proposal, ProposalVersion, Reading, ReviewStep


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with the names of those who spoke."""

    comment: Comment
    by: str
    answered_by: str
    look: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its words in the reader's language, in the others, and what was said of it."""

    section: Section
    words: Picked
    others: list[Picked]
    said: list[Said]


@dataclass(frozen=True, slots=True)
class StepView:
    """A review step with how it stands."""

    step: ReviewStep
    look: str
    by: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ParityRow:
    """A section and whether it is written, language by language."""

    section: Section
    is_owed: bool  # by the gate, in the required languages
    cells: list[tuple[str, str, bool]]  # language, its name, written


@dataclass(frozen=True, slots=True)
class News:
    """What appeared since the viewer last looked."""

    since: datetime
    version: int | None
    last_version: int
    comments: int


def page_of(viewer: Viewer, row: Proposal) -> dict[str, Any]:
    """Everything that the page says."""
    today = clock.now().date()
    versions, making = queries.published(row), queries.in_the_making(row)
    writes = access.writes(viewer, row)
    shown = making if making is not None and (writes or not versions) else versions[-1]
    reading = queries.reading_of(row, viewer)
    comments = queries.comments_of(row)
    content = queries.content_of(shown)
    steps = queries.steps_of(row)
    plans = viewer.may(Right.PLAN)
    return {
        "proposal": row,
        "by": queries.name_of(row.author),
        "title": queries.title_of(shown),
        "version": shown,
        "versions": versions,
        "sections": _sections(content, comments, reading),
        "figures": figures(content),
        "parity": _parity(content),
        "owed": rules.owed(content, texts.required()),
        "steps": _steps(viewer, row, steps, today),
        "log": [
            StepView(step, step.verdict, queries.name_of(step.decided_by), is_mine=False)
            for step in steps
            if step.verdict
        ],
        "news": _news(reading, versions, comments),
        "objections": sum(comment.is_open for comment in comments),
        "writes": writes,
        "may_edit": writes and row.state in rules.EDITABLE,
        "may_publish": writes and making is not None and row.state in rules.EDITABLE,
        "may_submit": writes and making is None and _submits(row),
        "may_review": plans and row.state == ProposalState.SUBMITTED,
        "may_catalogue": plans and row.state == ProposalState.ACCEPTED and making is None,
        "may_comment": (
            bool(versions) and row.state in rules.DISCUSSED and access.bodies_of(viewer).exists()
        ),
    }


def figures(content: rules.ProposalContent) -> list[tuple[str, str]]:
    """Length and form in words; what is not known is not said."""
    spoken = get_language() or settings.LANGUAGE_CODE

    def named(listed: Any, codes: Sequence[str]) -> str:
        rows = listed.objects.filter(code__in=codes)
        return ", ".join(texts.pick(row.names, spoken).text for row in rows)

    said = [
        (_("Form of teaching"), named(Format, [content.format])),
        (_("Academic hours"), dates.number(content.hours) if content.hours else ""),
        (_("Minutes in an academic hour"), str(content.minutes_per_hour or "")),
        (_("Languages of teaching"), ", ".join(map(names.language, content.languages))),
        (_("Topics"), named(Topic, content.topics)),
        (_("Audiences of the list"), named(Audience, content.audiences)),
        (_("Test"), _("A test must be passed") if content.test_required else ""),
    ]
    return [(label, text) for label, text in said if text]


def versions_apart(older: ProposalVersion, newer: ProposalVersion) -> list[Difference]:
    """Two versions field by field and language by language."""
    before, after = queries.content_of(older), queries.content_of(newer)
    said = ("\n".join(": ".join(line) for line in figures(one)) for one in (before, after))
    return differences.compared(before, after, texts.languages(), (next(said), next(said)))


def _submits(row: Proposal) -> bool:
    return ProposalState.SUBMITTED in rules.STEPS[ProposalState(row.state)]


def _sections(
    content: rules.ProposalContent,
    comments: Sequence[Comment],
    reading: Reading | None,
) -> list[SectionView]:
    spoken = get_language() or settings.LANGUAGE_CODE
    return [
        SectionView(
            section,
            first := texts.pick(words, spoken),
            [Picked(words[code], code) for code in words if code != first.language],
            [_said(one, reading) for one in comments if one.section == section],
        )
        for section in Section
        for words in [_words(content, section)]
    ]


def _words(content: rules.ProposalContent, section: Section) -> Texts:
    return {code: text for code, text in content.texts.get(section, {}).items() if text}


def _said(comment: Comment, reading: Reading | None) -> Said:
    is_settled = comment.kind == "object" and not comment.is_open
    return Said(
        comment,
        queries.name_of(comment.author),
        queries.name_of(comment.answered_by),
        "settled" if is_settled else comment.kind,
        reading is not None and comment.at > reading.at,
    )


def _steps(
    viewer: Viewer, row: Proposal, steps: Sequence[ReviewStep], today: date
) -> list[StepView]:
    mine = set(access.bodies_of(viewer).values_list("pk", flat=True))
    is_current = row.state == ProposalState.IN_REVIEW
    shown = [step for step in steps if step.round == row.round]
    facts = queries.facts_of(shown)
    turn = rules.place_in_turn(facts) if is_current else None
    return [
        StepView(
            step,
            rules.step_look(known, step.due_on, today, is_current=is_current),
            queries.name_of(step.decided_by),
            step.body_id in mine and not step.verdict and step.place == turn,
        )
        for step, known in zip(shown, facts, strict=True)
    ]


def _parity(content: rules.ProposalContent) -> list[ParityRow]:
    return [
        ParityRow(
            section,
            section in rules.PARITY,
            [
                (code, str(name), bool(content.texts.get(section, {}).get(code, "").strip()))
                for code, name in settings.LANGUAGES
            ],
        )
        for section in rules.WRITTEN
    ]


def _news(
    reading: Reading | None, versions: Sequence[ProposalVersion], comments: Sequence[Comment]
) -> News | None:
    """Nothing for who never said that they had read it, and for whom nothing is new."""
    if reading is None or not versions:
        return None
    last = versions[-1].number
    fresh = sum(
        one.at > reading.at or bool(one.answered_at and one.answered_at > reading.at)
        for one in comments
    )
    newer = last if last > reading.version else None
    return News(reading.at, newer, reading.version, fresh) if newer or fresh else None

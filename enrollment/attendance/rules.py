"""What a mark is worth in minutes, and what the marks of a run come to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy as _, ngettext, ngettext_lazy

from academy.core.errors import Invalid, Refused
from academy.core.texts import worded
from enrollment.attendance.enums import MarkStatus, OutcomeKind

EARLY_MARKS = timedelta(minutes=30)
"""People sign in before a session begins, so marks are taken from half an hour before it."""

AWAY = frozenset({MarkStatus.EXCUSED, MarkStatus.ABSENT})
PART = frozenset({MarkStatus.LATE, MarkStatus.LEFT})


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What a course asks for: a share of all planned minutes, and perhaps a passed test."""

    min_share: Decimal
    test_required: bool = False


@dataclass(frozen=True, slots=True)
class Attended:
    """How one session went for one person: its minutes, and the minutes that count."""

    planned: int
    status: MarkStatus
    minutes: int


class Said(Protocol):
    """What one mark says, and the name that its device gave it."""

    nonce: UUID
    status: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands while a run is going on.

    `marked` are the minutes of the sessions marked so far: the share shown on the way is a share of
    those and says "so far". `outcome` stays empty until every planned session is marked (and the
    test, where it decides, is recorded): nobody reads "not met" before the last session.
    """

    planned: int
    marked: int
    attended: int
    test_passed: bool | None
    is_secured: bool
    is_reachable: bool
    outcome: OutcomeKind | None

    @property
    def share_so_far(self) -> Decimal | None:
        """The share of the sessions marked so far; empty before the first mark."""
        return Decimal(self.attended) / self.marked if self.marked else None

    @property
    def is_fully_marked(self) -> bool:
        """Whether no planned session waits for its mark."""
        return self.marked >= self.planned > 0


def minutes_of(status: MarkStatus, *, planned: int, given: int | None) -> int:
    """The minutes that a mark counts, out of the session's teaching minutes.

    Present is the whole session; late or left early is the part that was attended and must be said;
    excused and absent are none: an accepted reason does not make anybody have been there. A number
    that contradicts the status is refused rather than corrected in silence.
    """
    if status in PART:
        return _part(planned, given)
    whole = 0 if status in AWAY else planned
    if given is not None and given != whole:
        raise Invalid(
            "minutes_contradict_status",
            _("Minutes are given only for people who came late or left early."),
        )
    return whole


def is_overtaken(seen: UUID | None, newest: Said | None, new: Said) -> bool:
    """Whether somebody wrote another mark since the sheet was looked at on which this one is based.

    `seen` is the nonce of the mark that stood there, none when the line was empty. A mark that says
    what the newest one says contradicts nobody.
    """
    if newest is None:
        return False
    same = (newest.status, newest.minutes) == (new.status, new.minutes)
    return newest.nonce != seen and not same


def last_day_kept(added: date, years: int) -> date:
    """The last day on which a scanned sheet is kept: whole years after the year of its scanning.

    Records are kept by years that begin on 1 January, so that a year's papers go together.
    """
    return date(added.year + years, 12, 31)


def first_day_kept(today: date, years: int) -> date:
    """What was scanned before this day was kept long enough: `last_day_kept`, seen from today."""
    return date(today.year - years, 1, 1)


def by_signature(*, is_signed: bool, newest: MarkStatus | None) -> MarkStatus | None:
    """The mark that a signed list adds to what is there; none where the two agree.

    A signature says that somebody was there, not for how long: a mark of who came late or left
    early stands. A line without one says that nobody came: an accepted reason stands.
    """
    if is_signed:
        return MarkStatus.PRESENT if newest is None or newest in AWAY else None
    return None if newest in AWAY else MarkStatus.ABSENT


def _part(planned: int, given: int | None) -> int:
    if given is None:
        raise Invalid("minutes_missing", _("Say how many minutes the person attended."))
    if not 0 < given <= planned:
        raise Invalid(
            "minutes_out_of_range", _("The minutes must lie within the length of the session.")
        )
    return given


def may_mark_from(session_start: datetime) -> datetime:
    """The moment from which a session's attendance may be marked."""
    return session_start - EARLY_MARKS


def outcome_of(
    rule: CompletionRule,
    planned_minutes: int,
    marked: Sequence[Attended],
    *,
    test_passed: bool | None = None,
) -> OutcomeKind:
    """What a run came to for one person, once every session that was held is marked.

    `planned_minutes` are all sessions that were not cancelled: what the institution did not hold is
    owed by nobody. *Completed*: was there for the asked share of them and passed the test where one
    is asked. *Excused*: fell short, and would not have fallen short had the excused sessions been
    attended; it is not held against anybody and earns nothing. *Attended in part*: was there, for
    less than was asked or without the test. *Did not attend*: was never there, without an accepted
    reason. Nobody completes a run without having been there, whatever the share.
    """
    needed = _needed(rule, planned_minutes)
    attended = _attended(marked)
    if attended and attended >= needed:
        passed = not rule.test_required or test_passed
        return OutcomeKind.COMPLETED if passed else OutcomeKind.PARTIAL
    excused = sum(each.planned for each in marked if each.status == MarkStatus.EXCUSED)
    if excused and attended + excused >= needed:
        return OutcomeKind.EXCUSED
    return OutcomeKind.PARTIAL if attended else OutcomeKind.NO_SHOW


def awaits_test(
    rule: CompletionRule,
    planned_minutes: int,
    marked: Sequence[Attended],
    *,
    test_passed: bool | None,
) -> bool:
    """Whether only an unrecorded test result stands between a person and an outcome.

    Without it the outcome would say "in part" of somebody who may have passed, so a run is not
    finalised over it. Who missed too much anyway needs no result.
    """
    attended = _attended(marked)
    was_there = attended > 0 and attended >= _needed(rule, planned_minutes)
    return rule.test_required and test_passed is None and was_there


def standing_so_far(
    rule: CompletionRule,
    planned_minutes: int,
    marked: Sequence[Attended],
    *,
    test_passed: bool | None = None,
) -> Standing:
    """Where a person stands with the marks there are; never a verdict before the last session.

    `is_secured`: the share is met whatever still comes. `is_reachable`: it can still be met if
    everything that is left is attended, so that a trainer can warn in time.
    """
    needed = _needed(rule, planned_minutes)
    attended, seen = _attended(marked), sum(each.planned for each in marked)
    is_known = seen >= planned_minutes > 0 and not awaits_test(
        rule, planned_minutes, marked, test_passed=test_passed
    )
    return Standing(
        planned=planned_minutes,
        marked=seen,
        attended=attended,
        test_passed=test_passed,
        is_secured=attended > 0 and attended >= needed,
        is_reachable=attended + max(planned_minutes - seen, 0) >= needed,
        outcome=outcome_of(rule, planned_minutes, marked, test_passed=test_passed)
        if is_known
        else None,
    )


def obstacle_to_finalising(
    *, unmarked: Mapping[int, int], awaiting_test: int, last_end: datetime | None, at: datetime
) -> Refused | None:
    """What still keeps a run from being finalised, as the refusal that says it; none when nothing.

    `unmarked` is how many people lack a mark, by the number of the session; `last_end` is empty
    when no session was held at all.
    """
    if last_end is None:
        return Refused(
            "nothing_held", _("No session of this run was held: cancel the run instead.")
        )
    if at < last_end:
        return Refused("run_not_over", _("The last session of this run is not over yet."))
    if unmarked:
        return _marks_missing(unmarked)
    if awaiting_test:
        sentence = ngettext_lazy(
            "The test result of %(count)d person is missing.",
            "The test results of %(count)d people are missing.",
            awaiting_test,
        )
        return Refused("test_results_missing", worded(sentence, {"count": awaiting_test}))
    return None


def _marks_missing(unmarked: Mapping[int, int]) -> Refused:
    fields = {f"sessions.{number}": [_people(count)] for number, count in unmarked.items()}
    sentence = worded(_("Marks are missing: %(sessions)s."), {"sessions": _sessions(unmarked)})
    return Refused("marks_missing", sentence, fields=fields)


def _people(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _listed(unmarked: Mapping[int, int]) -> str:
    return ", ".join(
        gettext("session %(number)d (%(people)s)") % {"number": number, "people": _people(count)}
        for number, count in unmarked.items()
    )


_sessions = lazy(_listed, str)


def _needed(rule: CompletionRule, planned_minutes: int) -> Decimal:
    return rule.min_share * planned_minutes


def _attended(marked: Sequence[Attended]) -> int:
    return sum(each.minutes for each in marked)

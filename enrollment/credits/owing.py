"""What somebody owes, from a requirement's terms and the facts, with every step of the sum. Pure.

Nothing here looks at a row or at a clock: the same rule reckons a country at night and explains one
person's figure on a page.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from enrollment.credits.enums import Basis, Duty, Relief, Unit
from enrollment.credits.rules import TENTH
from enrollment.credits.terms import (
    ZERO,
    Earned,
    Facts,
    KindLine,
    Months,
    Period,
    Spell,
    Standing,
    Terms,
    TopicLine,
    add_months,
)

DAY = timedelta(days=1)


def standings(terms: Terms, facts: Facts, today: date) -> list[Standing]:
    """How the person stands in every period that has begun, oldest first.

    What is earned between a period's end and its due day counts for that period while it is short,
    whole entries in their order, and never a second time. What goes beyond the amount is carried
    into the next period, up to the cap, and not further.
    """
    found: list[Standing] = []
    left, carried = sorted(facts.earned, key=lambda entry: entry.day), ZERO
    for period in _periods(terms, facts, today):
        months = _months(terms, facts, period)
        if not months.held:
            carried = ZERO
            continue
        standing, used = _stand(terms, period, months, left, carried)
        counted = set(map(id, used))  # two entries of one day may be equal
        left = [entry for entry in left if id(entry) not in counted]
        carried = _carry(terms, standing)
        found.append(standing)
    return found


def _stand(
    terms: Terms, period: Period, months: Months, earned: Sequence[Earned], carried: Decimal
) -> tuple[Standing, Sequence[Earned]]:
    """The standing, and the entries that count for it."""
    own = [entry for entry in earned if period.first <= entry.day <= period.last]
    late = [entry for entry in earned if period.last < entry.day <= period.due_on]
    tally = _Tally(terms, months, carried)
    if months.held == months.exempt:
        tally.add(own)
        return tally.standing(period, Duty.EXEMPT), own
    met_on = period.first if tally.is_enough else None
    entries = own + late
    for number, entry in enumerate(entries, start=1):
        if met_on is None:
            tally.add([entry])
            met_on = entry.day if tally.is_enough else None
        elif number <= len(own):
            tally.add([entry])
        else:
            entries = entries[: number - 1]
            break
    made_up = len(entries) - len(own)
    state = Duty.OWED if met_on is None else Duty.MET
    return tally.standing(period, state, met_on=met_on, made_up=made_up), entries


class _Tally:
    """What is asked for and what there is, entry by entry. Each entry can only add.

    Sums are rounded to the tenth line by line, so that the lines add up as they are shown.
    """

    __slots__ = ("carried", "courses", "is_list", "kinds", "months", "needed", "terms", "topics")

    def __init__(self, terms: Terms, months: Months, carried: Decimal) -> None:
        self.terms, self.months, self.carried = terms, months, carried
        self.is_list = terms.unit == Unit.COURSES
        self.needed = _tenth(terms.amount * self._share)
        self.kinds: dict[str, Decimal] = {}
        self.topics = dict.fromkeys(terms.minimums, ZERO)
        self.courses: set[int] = set()

    @property
    def _share(self) -> Decimal:
        """The part of the amount that is owed; a list is owed whole or not at all."""
        share = self.months.share
        return Decimal(share > 0) if self.is_list else share

    def add(self, entries: Iterable[Earned]) -> None:
        """Count these as well."""
        for entry in entries:
            if self.is_list:
                self._tick_off(entry)
                continue
            amount = Decimal(entry.minutes) / entry.per_hour
            if self.terms.unit == Unit.DAYS:
                amount /= self.terms.hours_per_day
            self.kinds[entry.kind] = self.kinds.get(entry.kind, ZERO) + amount
            for topic in entry.topics & self.topics.keys():
                self.topics[topic] += amount

    def _tick_off(self, entry: Earned) -> None:
        if entry.course in self.terms.courses and entry.course is not None:
            self.courses.add(entry.course)
            self.kinds["course"] = Decimal(len(self.courses))

    @property
    def is_enough(self) -> bool:
        """Whether everything that is asked for is there."""
        total = sum((line.counted for line in self.lines()), self.carried)
        return total >= self.needed and all(
            line.earned >= line.needed for line in self.topic_lines()
        )

    def lines(self) -> Iterator[KindLine]:
        """The sums by kind, under their caps."""
        for kind, exact in sorted(self.kinds.items()):
            amount = exact if self.is_list else _tenth(exact)
            yield KindLine(kind, amount, min(amount, self.terms.caps.get(kind, amount)))

    def topic_lines(self) -> Iterator[TopicLine]:
        """What must lie in each topic, and what does."""
        for topic, exact in self.topics.items():
            yield TopicLine(topic, _tenth(self.terms.minimums[topic] * self._share), _tenth(exact))

    def standing(
        self, period: Period, state: Duty, *, met_on: date | None = None, made_up: int = 0
    ) -> Standing:
        """How it stands."""
        return Standing(
            first_day=period.first,
            last_day=period.last,
            due_on=period.due_on,
            asked=self.terms.amount,
            months=self.months,
            needed=self.needed,
            kinds=tuple(self.lines()),
            carried=self.carried,
            topics=tuple(self.topic_lines()),
            courses=frozenset(self.courses),
            made_up=made_up,
            state=state,
            met_on=met_on,
        )


def _tenth(amount: Decimal) -> Decimal:
    return amount.quantize(TENTH, ROUND_HALF_UP)


def _carry(terms: Terms, standing: Standing) -> Decimal:
    """What goes into the next period: earned in this one, beyond its amount, up to the cap."""
    if standing.state != Duty.MET:
        return ZERO
    own = standing.earned - standing.carried
    return min(terms.carry_cap, own, standing.earned - standing.needed)


# --- Periods -----------------------------------------------------------------------------------


def _periods(terms: Terms, facts: Facts, today: date) -> Iterator[Period]:
    """The periods that have begun and in which the person holds the post on the day that counts.

    That day is the last of the period, or today while it runs: who has left or moved to a post
    outside the audience does not owe any more what is not over.
    """
    firsts = _appointed(terms, facts) if terms.basis == Basis.APPOINTMENT else _cycles(terms, today)
    for first in firsts:
        last = add_months(first, terms.length) - DAY
        is_valid = terms.valid_until is None or first <= terms.valid_until
        if first <= today and is_valid and _in_post(facts, min(today, last)):
            yield Period(first, last, _due_on(terms, facts, last))


def _cycles(terms: Terms, today: date) -> Iterator[date]:
    for year in range(terms.valid_from.year, today.year + 1, terms.years):
        yield date(year, 1, 1)


def _appointed(terms: Terms, facts: Facts) -> Iterator[date]:
    firsts = sorted(spell.first for spell in facts.spells)
    for first in firsts[:1] if terms.first_only else firsts:
        if first >= terms.valid_from:
            yield first


def _due_on(terms: Terms, facts: Facts, last: date) -> date:
    due = last + timedelta(days=terms.grace_days)
    extended = [
        relief.last
        for relief in facts.reliefs
        if relief.kind == Relief.EXTENSION and relief.first <= due <= relief.last
    ]
    return max([due, *extended])


def _months(terms: Terms, facts: Facts, period: Period) -> Months:
    """A month counts when the post is held on its first day, and is exempt when that day is."""
    exemptions = [one for one in facts.reliefs if one.kind == Relief.EXEMPTION]
    began = any(spell.first <= period.first for spell in facts.spells if _goes_on(spell, period))
    if not exemptions and (began or not terms.prorates):
        return Months(terms.length, terms.length)
    starts = [add_months(period.first, number) for number in range(terms.length)]
    held = [day for day in starts if not terms.prorates or _in_post(facts, day)]
    exempt = [day for day in held if any(one.first <= day <= one.last for one in exemptions)]
    return Months(terms.length, len(held), len(exempt))


def _goes_on(spell: Spell, period: Period) -> bool:
    return spell.end is None or spell.end > period.last


def _in_post(facts: Facts, day: date) -> bool:
    return any(spell.holds(day) for spell in facts.spells)

"""What somebody owes, from a requirement's terms and the facts, with every step of the sum. Pure.

Nothing here looks at a row or at a clock: the same rule reckons a country at night and explains one
person's figure on a page.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from enrollment.credits.enums import Basis, Duty, Relief, Unit
from enrollment.credits.rules import TENTH

ZERO = Decimal(0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """A requirement as the rules read it; amounts in its unit, topics and courses by their keys."""

    unit: str
    amount: Decimal
    valid_from: date
    basis: str = Basis.CYCLE
    years: int = 1
    months: int = 6
    hours_per_day: Decimal = Decimal(8)
    first_only: bool = False
    prorates: bool = True
    caps: Mapping[str, Decimal] = field(default_factory=dict)
    minimums: Mapping[int, Decimal] = field(default_factory=dict)
    courses: frozenset[int] = frozenset()
    carry_cap: Decimal = ZERO
    grace_days: int = 0
    valid_until: date | None = None

    @property
    def length(self) -> int:
        """The months of a period."""
        return self.months if self.basis == Basis.APPOINTMENT else 12 * self.years


@dataclass(frozen=True, slots=True)
class Earned:
    """One entry of credit. `topics`: which of the requirement's topics its course belongs to."""

    day: date
    kind: str
    minutes: int
    per_hour: int
    course: int | None = None
    topics: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Relieved:
    """An exemption or an extension, both days included."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Spell:
    """A time without a gap in posts to which the requirement applies; `end` is the day after it."""

    first: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether such a post was held on that day."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person: spells in post, credit in order of time, reliefs."""

    spells: Sequence[Spell] = ()
    earned: Sequence[Earned] = ()
    reliefs: Sequence[Relieved] = ()


@dataclass(frozen=True, slots=True)
class Months:
    """The months of a period: in all, in post on their first day, and of those exempt."""

    all: int
    held: int
    exempt: int = 0

    @property
    def share(self) -> Decimal:
        """The part of the amount that is owed."""
        return Decimal(self.held - self.exempt) / self.all


@dataclass(frozen=True, slots=True)
class KindLine:
    """Credit of one kind: what was earned, and what of it counts under the cap."""

    kind: str
    earned: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class TopicLine:
    """What must lie in one topic, and what does."""

    topic: int
    needed: Decimal
    earned: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in one period, with the arithmetic line by line."""

    first_day: date
    last_day: date
    due_on: date
    asked: Decimal
    months: Months
    needed: Decimal
    kinds: tuple[KindLine, ...] = ()
    carried: Decimal = ZERO
    topics: tuple[TopicLine, ...] = ()
    courses: frozenset[int] = frozenset()  # of those asked for, which were completed
    made_up: int = 0  # entries that were earned after the period and count for it
    state: Duty = Duty.OWED
    met_on: date | None = None

    @property
    def earned(self) -> Decimal:
        """All that counts."""
        return sum((line.counted for line in self.kinds), self.carried)

    @property
    def owed(self) -> Decimal:
        """What is missing of the amount; zero also where only a topic is missing."""
        return max(self.needed - self.earned, ZERO)

    @property
    def topics_missing(self) -> tuple[TopicLine, ...]:
        """Topics of which too little was learnt."""
        return tuple(line for line in self.topics if line.earned < line.needed)

    @property
    def is_enough(self) -> bool:
        """Whether everything that is asked for is there."""
        return self.earned >= self.needed and not self.topics_missing


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when something is earned, and until when it may be made up."""

    first: date
    last: date
    due_on: date


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
    entries = [*own, *late]

    def with_first(number: int) -> Standing:
        return _sum(terms, period, months, entries[:number], carried)

    if months.held == months.exempt:
        return replace(with_first(len(own)), state=Duty.EXEMPT), own
    # Each entry can only add: the first that makes it enough is found by halving.
    number = bisect_left(range(len(entries)), True, key=lambda place: with_first(place).is_enough)
    if not with_first(number).is_enough:
        return replace(with_first(len(entries)), made_up=len(late)), entries
    met_on = entries[number - 1].day if number else period.first
    used = entries[: max(number, len(own))]
    made_up = max(number - len(own), 0)
    standing = with_first(len(used))
    return replace(standing, state=Duty.MET, met_on=met_on, made_up=made_up), used


def _sum(
    terms: Terms, period: Period, months: Months, entries: Sequence[Earned], carried: Decimal
) -> Standing:
    """The arithmetic. Each line is rounded to the tenth, so that the lines add up as shown."""
    is_list = terms.unit == Unit.COURSES
    done = frozenset(entry.course for entry in entries if entry.course) & terms.courses
    share = Decimal(months.share > 0) if is_list else months.share
    return Standing(
        first_day=period.first,
        last_day=period.last,
        due_on=period.due_on,
        asked=terms.amount,
        months=months,
        needed=_tenth(terms.amount * share),
        kinds=_listed(len(done)) if is_list else _kinds(terms, entries),
        carried=carried,
        topics=tuple(_topic(terms, topic, share, entries) for topic in terms.minimums),
        courses=done,
    )


def _listed(number: int) -> tuple[KindLine, ...]:
    count = Decimal(number)
    return (KindLine("course", count, count),) if number else ()


def _kinds(terms: Terms, entries: Sequence[Earned]) -> tuple[KindLine, ...]:
    sums: dict[str, Decimal] = {}
    for entry in entries:
        sums[entry.kind] = sums.get(entry.kind, ZERO) + _amount(terms, entry)
    lines = ((kind, _tenth(total)) for kind, total in sorted(sums.items()))
    return tuple(
        KindLine(kind, total, min(total, terms.caps.get(kind, total))) for kind, total in lines
    )


def _topic(terms: Terms, topic: int, share: Decimal, entries: Sequence[Earned]) -> TopicLine:
    total = sum((_amount(terms, entry) for entry in entries if topic in entry.topics), ZERO)
    return TopicLine(topic, _tenth(terms.minimums[topic] * share), _tenth(total))


def _amount(terms: Terms, entry: Earned) -> Decimal:
    hours = Decimal(entry.minutes) / entry.per_hour
    return hours / terms.hours_per_day if terms.unit == Unit.DAYS else hours


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


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

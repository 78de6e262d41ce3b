"""What the rules of owing ask of the database: for many people at once, a statement for each kind.

The audience is matched here, against every post that somebody holds, has held or will hold; the
catalogue's own rule (`audience_fits`) says the same of one post on one day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from courses.catalogue.enums import AudienceBasis
from courses.catalogue.models import Audience
from enrollment.credits.enums import Unit
from enrollment.credits.models import Exemption, Requirement
from enrollment.credits.terms import Earned, Facts, Relieved, Spell, Terms


@dataclass(frozen=True, slots=True)
class Who:
    """An audience as conditions on posts; an empty list puts none."""

    categories: list[str]
    positions: list[int]
    levels: list[int]
    kinds: list[int]
    remote_only: bool
    months: int | None  # only so long after the post was taken up

    @classmethod
    def of(cls, audience: Audience) -> "Who":
        """The conditions of an audience."""
        return cls(
            categories=list(audience.categories),
            positions=list(audience.positions.values_list("pk", flat=True)),
            levels=list(audience.court_levels.values_list("pk", flat=True)),
            kinds=list(audience.court_kinds.values_list("pk", flat=True)),
            remote_only=audience.remote_only,
            months=audience.max_months_in_post,
        )

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the condition below."""
        return {name: getattr(self, name) for name in self.__slots__}


IN_AUDIENCE = """
  JOIN academy_position position ON position.id = post.position_id
   AND (%(categories)s::text[] = '{}' OR position.category = ANY(%(categories)s::text[]))
   AND (%(positions)s::bigint[] = '{}' OR position.id = ANY(%(positions)s::bigint[]))
  JOIN academy_court court ON court.id = post.court_id
   AND (%(levels)s::bigint[] = '{}' OR court.level_id = ANY(%(levels)s::bigint[]))
   AND (%(kinds)s::bigint[] = '{}' OR court.kind_id = ANY(%(kinds)s::bigint[]))
   AND (court.is_remote OR NOT %(remote_only)s)
"""
HELD = """CASE WHEN %(months)s::int IS NULL THEN post.period ELSE post.period * daterange(
    lower(post.period), (lower(post.period) + make_interval(months => %(months)s::int))::date) END
"""

# Posts that follow on one another without a gap are one spell: a move to another court inside the
# audience begins nothing anew.
SPELLS = f"""
SELECT person_id, lower(spell), upper(spell)
  FROM (SELECT post.person_id, unnest(range_agg({HELD})) AS spell
          FROM academy_appointment post {IN_AUDIENCE}
         WHERE post.person_id = ANY(%(people)s::bigint[])
         GROUP BY post.person_id) held
 ORDER BY person_id, spell
"""  # noqa: S608

EARNED = """
SELECT credit.person_id, credit.earned_on, credit.kind, credit.minutes, credit.minutes_per_hour,
       credit.course_id, {topics} AS topics
  FROM enrollment_creditentry credit
 WHERE credit.person_id = ANY(%(people)s::bigint[]) AND credit.superseded_at IS NULL
   AND credit.earned_on >= %(since)s {only}
 ORDER BY credit.person_id, credit.earned_on, credit.id
"""
THESE_COURSES = "AND credit.course_id = ANY(%(courses)s::bigint[])"
NO_TOPICS = "'{}'::bigint[]"
# Of the course as it was held; credit without a run takes the topics of the course at present.
TOPICS = """ARRAY(
    SELECT DISTINCT wanted.topic FROM jsonb_to_recordset(%(topics)s::jsonb)
               AS wanted(topic bigint, narrower bigint)
      JOIN courses_courseversion_topics link ON link.topic_id = wanted.narrower
     WHERE link.courseversion_id = coalesce(
        (SELECT run.version_id FROM enrollment_outcome outcome
           JOIN enrollment_enrollment claim ON claim.id = outcome.enrollment_id
           JOIN courses_run run ON run.id = claim.run_id WHERE outcome.id = credit.outcome_id),
        (SELECT course.current_id FROM courses_course course WHERE course.id = credit.course_id)))
"""
NARROWER = """
WITH RECURSIVE below(topic, narrower) AS (
    SELECT id, id FROM courses_topic WHERE id = ANY(%(wanted)s::bigint[])
    UNION SELECT below.topic, child.id FROM below
      JOIN courses_topic child ON child.parent_id = below.narrower)
SELECT coalesce(jsonb_agg(jsonb_build_object('topic', topic, 'narrower', narrower)), '[]')::text
  FROM below
"""

CONCERNED = f"""
SELECT count(DISTINCT post.person_id)
  FROM academy_appointment post {IN_AUDIENCE}
 WHERE ({HELD}) @> %(day)s::date
"""  # noqa: S608


def terms_of(requirement: Requirement) -> Terms:
    """A requirement as the rules read it."""
    return Terms(
        unit=requirement.unit,
        amount=requirement.amount,
        valid_from=requirement.valid_from,
        valid_until=requirement.valid_until,
        basis=requirement.basis,
        years=requirement.years,
        months=requirement.months,
        hours_per_day=requirement.hours_per_day,
        first_only=requirement.first_only,
        prorates=requirement.prorates,
        caps={kind: Decimal(str(most)) for kind, most in requirement.caps.items()},
        minimums=dict(requirement.minimums.values_list("topic_id", "amount")),
        courses=frozenset(requirement.courses.values_list("pk", flat=True)),
        carry_cap=requirement.carry_cap,
        grace_days=requirement.grace_days,
    )


class Reader:
    """Reads the facts of one requirement, batch by batch; what is the same for all, once."""

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self.terms = terms_of(requirement)
        self.who = Who.of(requirement.audience)
        self.topics = _narrower(list(self.terms.minimums))

    def facts(self, people: Sequence[int]) -> Mapping[int, Facts]:
        """The facts of those who hold or held a post of the audience, in three statements."""
        spells = self._spells(people)
        concerned = list(spells)
        earned, reliefs = self._earned(concerned), self._reliefs(concerned)
        return {
            person: Facts(spells[person], earned[person], reliefs[person]) for person in concerned
        }

    def _spells(self, people: Sequence[int]) -> dict[int, list[Spell]]:
        found: dict[int, list[Spell]] = defaultdict(list)
        for person, first, end in _rows(SPELLS, self.who.values | {"people": list(people)}):
            found[person].append(Spell(first, end))
        return found

    def _earned(self, people: Sequence[int]) -> dict[int, list[Earned]]:
        text = EARNED.format(
            topics=TOPICS if self.terms.minimums else NO_TOPICS,
            only=THESE_COURSES if self.terms.unit == Unit.COURSES else "",
        )
        values = {
            "people": list(people),
            "since": date(self.terms.valid_from.year, 1, 1),
            "courses": list(self.terms.courses),
            "topics": self.topics,
        }
        found: dict[int, list[Earned]] = defaultdict(list)
        for person, day, kind, minutes, per_hour, course, topics in _rows(text, values):
            entry = Earned(day, kind, minutes, per_hour, course, frozenset(topics))
            found[person].append(entry)
        return found

    def _reliefs(self, people: Sequence[int]) -> dict[int, list[Relieved]]:
        rows = Exemption.objects.filter(
            requirement=self.requirement, person__in=people, ended_at__isnull=True
        ).order_by("first_day", "pk")
        found: dict[int, list[Relieved]] = defaultdict(list)
        for person, kind, first, last in rows.values_list(
            "person_id", "kind", "first_day", "last_day"
        ):
            found[person].append(Relieved(kind, first, last))
        return found


def concerned_by(audience: Audience, day: date) -> int:
    """How many people hold a post of this audience on that day."""
    if audience.basis != AudienceBasis.POST:
        return 0
    ((number,),) = _rows(CONCERNED, Who.of(audience).values | {"day": day})
    return int(number)


def _narrower(topics: list[int]) -> str:
    """Each wanted topic with every narrower one below it, as JSON for the statement above."""
    if not topics:
        return "[]"
    ((pairs,),) = _rows(NARROWER, {"wanted": topics})
    return str(pairs)


def _rows(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, dict(values))
        return list(cursor.fetchall())

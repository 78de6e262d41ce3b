"""The claims behind every picture, as they were known at a moment: SQL that all of them share.

A state is the row's own where it has not changed since that moment; otherwise it is what the ledger
last told of it by then. An outcome is the newest revision frozen by then. So a picture of a past
day stays the same whatever was corrected later; who held which post is read from the posts, which
carry their own dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment.figures.access import Sight


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: runs that began in a year, narrowed down, as known at a moment.

    Region, court, audience and topic are codes; empty: all of them. An audience is matched by post
    and court; how long somebody holds the post is not looked at. With `around` the own courts are
    taken together with their neighbours, as the mean that they are compared with.
    """

    year: int
    known_at: datetime
    sight: Sight
    region: str = ""
    court: str = ""
    audience: str = ""
    topic: str = ""
    around: bool = False

    @property
    def by_court(self) -> bool:
        """Whether lines are courts: within a region, or for who sees own courts only."""
        return not self.around and bool(self.region or self.court or not self.sight.is_whole)

    def values(self, zone: str) -> dict[str, Any]:
        """The parameters of every statement; the year is the one of the institution's clock."""
        courts = self.sight.courts
        return {
            "zone": zone,
            "year": self.year,
            "known_at": self.known_at,
            "region": self.region or None,
            "court": self.court or None,
            "audience": self.audience or None,
            "topic": self.topic or None,
            "around": self.around,
            "sight": None if courts is None else sorted(courts),
        }


SUITED = """
EXISTS (SELECT FROM courses_audience audience
         WHERE audience.code = %(audience)s
           AND (cardinality(audience.categories) = 0
                OR position.category = ANY(audience.categories))
           AND (NOT EXISTS (SELECT FROM courses_audience_positions named
                             WHERE named.audience_id = audience.id)
                OR EXISTS (SELECT FROM courses_audience_positions named
                            WHERE named.audience_id = audience.id
                              AND named.position_id = position.id))
           AND (NOT EXISTS (SELECT FROM courses_audience_court_levels named
                             WHERE named.audience_id = audience.id)
                OR EXISTS (SELECT FROM courses_audience_court_levels named
                            WHERE named.audience_id = audience.id
                              AND named.courtlevel_id = court.level_id))
           AND (NOT EXISTS (SELECT FROM courses_audience_court_kinds named
                             WHERE named.audience_id = audience.id)
                OR EXISTS (SELECT FROM courses_audience_court_kinds named
                            WHERE named.audience_id = audience.id
                              AND named.courtkind_id = court.kind_id))
           AND (NOT audience.remote_only OR court.is_remote))
"""
"""Whether a post (`position` at `court`) belongs to the audience."""

POSTS = f"""
coalesce({{post}} IN (
    SELECT suited.id FROM academy_appointment suited
      JOIN academy_position position ON position.id = suited.position_id
      JOIN academy_court court ON court.id = suited.court_id
     WHERE {SUITED}), false)
"""  # noqa: S608
"""Whether an appointment is one of the audience. Inside a function the set is made once and looked
up in memory; as a join its size is guessed far too low, and each claim would walk through it."""

PLACE = """
(%(sight)s::bigint[] IS NULL OR court.id = ANY(%(sight)s::bigint[])
    OR (%(around)s AND court.region_id IN (SELECT own.region_id FROM academy_court own
                                            WHERE own.id = ANY(%(sight)s::bigint[]))))
   AND (%(region)s::text IS NULL
        OR court.region_id = (SELECT id FROM academy_region WHERE code = %(region)s::text))
   AND (%(around)s OR %(court)s::text IS NULL OR court.code = %(court)s::text)
"""
"""Whether a court is in sight and wanted."""

RUNS = """
runs AS MATERIALIZED (
SELECT run.id, run.course_id, run.version_id, run.language,
       extract(month FROM run.starts_at AT TIME ZONE run.time_zone)::int AS month
  FROM courses_run run
 WHERE run.starts_at >= make_timestamptz(%(year)s, 1, 1, 0, 0, 0, %(zone)s)
   AND run.starts_at < make_timestamptz(%(year)s + 1, 1, 1, 0, 0, 0, %(zone)s)
   AND (%(topic)s::text IS NULL OR EXISTS (
        SELECT FROM courses_courseversion_topics about
          JOIN courses_topic topic ON topic.id = about.topic_id
          LEFT JOIN courses_topic broad ON broad.id = topic.parent_id
         WHERE about.courseversion_id = run.version_id
           AND %(topic)s::text IN (topic.code, broad.code)))
)"""

STATE_THEN = """
CASE WHEN claim.state_since <= %(known_at)s THEN claim.state
     ELSE (SELECT event.data ->> 'to' FROM academy_event event
            WHERE event.subject_id = claim.public_id AND event.subject_kind = 'enrollment'
              AND event.time <= %(known_at)s AND event.data ? 'to'
            ORDER BY event.id DESC LIMIT 1) END
"""

OUTCOMES = """
LEFT JOIN enrollment_outcome outcome ON outcome.enrollment_id = claim.id
      AND outcome.frozen_at <= %(known_at)s
      AND (outcome.is_current
           OR NOT EXISTS (SELECT FROM enrollment_outcome later
                           WHERE later.enrollment_id = outcome.enrollment_id
                             AND later.revision > outcome.revision
                             AND later.frozen_at <= %(known_at)s))
"""

CLAIMS = """
  FROM runs
  JOIN enrollment_enrollment claim ON claim.run_id = runs.id AND claim.created_at <= %(known_at)s
"""

IN_PLACE = f"""
  JOIN academy_court court ON court.id = claim.court_id AND {PLACE}
"""


def suits(wish: Wish, post: str) -> str:
    """A further condition on the column that holds an appointment; empty without an audience."""
    return f"AND {POSTS.format(post=post)}" if wish.audience else ""


def claims(wish: Wish) -> str:
    """FROM and the joins that narrow the claims down to what is wanted."""
    return CLAIMS + suits(wish, "claim.appointment_id") + IN_PLACE


GROUPS: Mapping[bool, tuple[str, str]] = {
    True: ("court.id", "academy_court"),
    False: ("court.region_id", "academy_region"),
}
"""What lines are: courts or regions; the key on the court's row, and the table with the names."""

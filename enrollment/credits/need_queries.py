"""What somebody needs of the catalogue, in one statement: the post's audiences, and what is owed.

The audience is matched against the posts of one day; the catalogue's own rule (`audience_fits`)
says the same of one post.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from courses.search.rules import MOST_OWED, Mine, Owed

# Of a list, what was passed in the period counts no second time. Hours and days are met by any
# course, until only a topic's share is missing: then by courses of that topic or a narrower one.
NEED = """
WITH RECURSIVE post AS (
    SELECT post.court_id, post.position_id, lower(post.period) AS since, position.category,
           court.region_id, court.level_id, court.kind_id, court.is_remote
      FROM academy_appointment post
      JOIN academy_position position ON position.id = post.position_id
      JOIN academy_court court ON court.id = post.court_id
     WHERE post.person_id = %(person)s AND post.period @> %(today)s::date
), owed AS (
    SELECT obligation.id, obligation.due_at, requirement.names::json AS names, requirement.unit,
           obligation.first_day, requirement.id AS requirement_id,
           requirement.unit <> 'courses' AND obligation.earned >= obligation.needed AS topic_only
      FROM enrollment_obligation obligation
      JOIN enrollment_requirement requirement ON requirement.id = obligation.requirement_id
     WHERE obligation.person_id = %(person)s AND obligation.state = 'owed'
       AND obligation.first_day <= %(today)s::date
), below(owed_id, topic_id) AS (
    SELECT owed.id, least.topic_id FROM owed
      JOIN enrollment_topicminimum least ON least.requirement_id = owed.requirement_id
     WHERE owed.topic_only
     UNION SELECT below.owed_id, child.id FROM below
      JOIN courses_topic child ON child.parent_id = below.topic_id
)
SELECT (SELECT coalesce(json_agg(json_build_object('court', court_id, 'region', region_id,
                                                   'category', category)), '[]') FROM post),
       ARRAY(SELECT a.code FROM courses_audience a
              WHERE a.basis <> 'external' AND EXISTS (SELECT FROM post
                WHERE (a.categories = '{}' OR post.category = ANY(a.categories))
                  AND (post.is_remote OR NOT a.remote_only)
                  AND (a.max_months_in_post IS NULL OR %(today)s::date
                       < post.since + make_interval(months => a.max_months_in_post))
                  AND (NOT EXISTS (SELECT FROM courses_audience_positions x
                                    WHERE x.audience_id = a.id)
                       OR EXISTS (SELECT FROM courses_audience_positions x
                                   WHERE x.audience_id = a.id AND x.position_id = post.position_id))
                  AND (NOT EXISTS (SELECT FROM courses_audience_court_levels x
                                    WHERE x.audience_id = a.id)
                       OR EXISTS (SELECT FROM courses_audience_court_levels x
                                   WHERE x.audience_id = a.id AND x.courtlevel_id = post.level_id))
                  AND (NOT EXISTS (SELECT FROM courses_audience_court_kinds x
                                    WHERE x.audience_id = a.id)
                       OR EXISTS (SELECT FROM courses_audience_court_kinds x
                                   WHERE x.audience_id = a.id AND x.courtkind_id = post.kind_id)))
              ORDER BY a.code),
       (SELECT coalesce(json_agg(json_build_object('names', names, 'unit', unit,
                 'topic_only', topic_only,
                 'courses', ARRAY(SELECT x.course_id FROM enrollment_requirement_courses x
                    WHERE x.requirement_id = owed.requirement_id AND unit = 'courses'
                      AND NOT EXISTS (SELECT FROM enrollment_creditentry credit
                            WHERE credit.person_id = %(person)s AND credit.superseded_at IS NULL
                              AND credit.course_id = x.course_id
                              AND credit.earned_on >= owed.first_day)),
                 'topics', ARRAY(SELECT topic.code FROM below
                    JOIN courses_topic topic ON topic.id = below.topic_id
                   WHERE below.owed_id = owed.id))
                 ORDER BY unit <> 'courses' AND NOT topic_only, due_at, id), '[]') FROM owed)
"""


def need_of(person: int, *, today: date) -> Mine:
    """By what the catalogue finds and orders what is for this person; what is listed comes first.

    What any course counts towards stands behind what only some do, each by its day.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEED, {"person": person, "today": today})
        posts, audiences, owed = cursor.fetchone()
    return Mine(
        audiences=tuple(audiences),
        courts=tuple(post["court"] for post in posts),
        regions=tuple(post["region"] for post in posts if post["region"]),
        categories=tuple(post["category"] for post in posts),
        owed=tuple(_owed(one) for one in owed if _can_be_met(one))[:MOST_OWED],
    )


def _can_be_met(one: Mapping[str, Any]) -> bool:
    """A list that is exhausted, or a share without a topic, is met by no course."""
    is_narrow = one["unit"] == "courses" or one["topic_only"]
    return bool(one["courses"] or one["topics"]) or not is_narrow


def _owed(one: Mapping[str, Any]) -> Owed:
    return Owed(one["names"], tuple(one["courses"]), tuple(one["topics"]))

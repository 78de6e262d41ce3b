"""Where a course stands in one person's list: by the duty it counts for, by seats, by its start."""

from typing import Any

from courses.search.rules import MOST_OWED, Mine

# Of the runs that somebody can ask for now: 0 with a free seat of the own court, 1 with another
# free seat that the person may use, 2 with neither. Only courses with an open run are looked into.
SEATS = """CASE WHEN i.open_until > %(now)s THEN coalesce((
    SELECT min(CASE WHEN pool.scope = 'court' THEN 0 ELSE 1 END)
      FROM courses_run run LEFT JOIN courses_seatpool pool ON pool.run_id = run.id
     WHERE run.course_id = i.course_id AND run.state IN ('published', 'going_ahead')
       AND run.enrollment_opens_at <= %(now)s AND run.enrollment_closes_at > %(now)s
       AND run.starts_at > %(now)s AND run.enrollment_mode NOT IN ('nomination', 'invitation')
       AND (run.capacity IS NULL OR (
            CASE pool.scope
            WHEN 'court' THEN pool.court_id = ANY(%(mine_courts)s::bigint[])
            WHEN 'region' THEN pool.region_id = ANY(%(mine_regions)s::bigint[])
            WHEN 'category' THEN pool.value = ANY(%(mine_categories)s::varchar[])
            WHEN 'language' THEN pool.value = run.language
            ELSE true END
            AND EXISTS (SELECT FROM courses_seat seat WHERE seat.pool_id = pool.id AND seat.free)))
    ), 2) ELSE 2 END"""
SOON = "to_char(i.next_run_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI')"


def placed_by_need(mine: Mine) -> tuple[str, dict[str, Any]]:
    """SQL of a row's place as text that sorts, and its values: two digits and the next start."""
    values: dict[str, Any] = {
        "mine_courts": list(mine.courts),
        "mine_regions": list(mine.regions),
        "mine_categories": list(mine.categories),
    }
    cases = []
    for number, owed in enumerate(mine.owed):
        if not owed.courses and not owed.topics:
            cases.append(f"WHEN true THEN {number}")
            continue
        cases.append(
            f"""WHEN i.course_id = ANY(%(owed_courses{number})s::bigint[])
                  OR i.topics && %(owed_topics{number})s::varchar[] THEN {number}"""
        )
        values[f"owed_courses{number}"] = list(owed.courses)
        values[f"owed_topics{number}"] = list(owed.topics)
    duty = f"CASE {' '.join(cases)} ELSE {MOST_OWED} END" if cases else str(MOST_OWED)
    return f"(({duty})::text || ({SEATS})::text || {SOON})", values

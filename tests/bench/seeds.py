"""Rows to measure on, written in a few statements however many there are."""

from dataclasses import dataclass
from uuid import UUID

from courses.catalogue.models import Course
from courses.planning.models import Run
from courses.search.actions import reindex_everything
from tests import factories
from tests.bench.place import sql

PEOPLE = """
WITH made AS (
    INSERT INTO academy_person (public_id, family_name, given_name, patronymic, email, language)
    SELECT gen_random_uuid(), 'Bench', 'Person ' || n, '', 'b' || n || '@example.org', 'kk'
      FROM generate_series(1, %(count)s) n
    RETURNING id)
INSERT INTO academy_appointment (public_id, person_id, court_id, position_id, kind, period)
SELECT gen_random_uuid(), id, %(court)s, %(position)s, 'permanent', '[2020-01-01,)'
  FROM made ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class People:
    """Persons with one post each, all at one court; inner numbers follow one another."""

    first: int
    first_appointment: int
    court: int
    public_ids: list[UUID]


def people(count: int) -> People:
    """So many persons who may enrol."""
    court = factories.court(parent=factories.court(), in_region=factories.region())
    post = factories.position()
    sql(PEOPLE, count=count, court=court.pk, position=post.pk)
    sql("ANALYZE academy_person, academy_appointment")
    rows = sql(
        """SELECT person.id, person.public_id, post.id FROM academy_person person
             JOIN academy_appointment post ON post.person_id = person.id
            WHERE person.family_name = 'Bench' ORDER BY person.id"""
    )
    return People(rows[0][0], rows[0][2], court.pk, [row[1] for row in rows])


RUNS = """
INSERT INTO courses_run
SELECT copy.* FROM courses_run sample,
(SELECT nextval(pg_get_serial_sequence('courses_run', 'id')) AS number
   FROM generate_series(1, %(count)s)) numbers,
LATERAL (SELECT sample.starts_at + number * interval '3 hours' AS start) moved,
LATERAL jsonb_populate_record(sample, jsonb_build_object(
    'id', number, 'public_id', gen_random_uuid(), 'code', 'BENCH-' || number,
    'capacity', %(seats)s::int, 'starts_at', start, 'ends_at', start + interval '2 hours',
    'busy', tstzmultirange(tstzrange(start, start + interval '2 hours')))) copy
 WHERE sample.id = %(sample)s
RETURNING id, public_id
"""
POOLS = """
INSERT INTO courses_seatpool (run_id, scope, value)
SELECT run, 'everyone', '' FROM unnest(%(runs)s::bigint[]) run RETURNING id
"""
SEATS = """
INSERT INTO courses_seat (run_id, pool_id, number, free, is_retired)
SELECT run, pool, number, true, false
  FROM unnest(%(runs)s::bigint[], %(pools)s::bigint[]) AS x(run, pool),
       generate_series(1, %(seats)s) number
 ORDER BY run, number RETURNING id
"""
COUNTERS = """
CREATE TABLE IF NOT EXISTS bench_counter (run_id bigint PRIMARY KEY, taken int) WITH (fillfactor=50)
"""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs with seats, at hours of their own; runs, pools and seats are numbered in one order."""

    first: int
    first_pool: int
    first_seat: int
    seats: int
    public_ids: list[UUID]

    def values(self) -> dict[str, int]:
        """For the scripts of the reference."""
        return {
            "first_run": self.first,
            "first_pool": self.first_pool,
            "first_seat": self.first_seat,
            "seats": self.seats,
            "last": len(self.public_ids) - 1,
        }


def runs(count: int, seats: int) -> Runs:
    """So many open runs with so many free seats each, and a counter per run for the reference."""
    sample = factories.run(seats=None)
    rows = sorted(sql(RUNS, count=count, seats=seats, sample=sample.pk))
    numbers = [row[0] for row in rows]
    pools = sorted(row[0] for row in sql(POOLS, runs=numbers))
    first_seat = min(row[0] for row in sql(SEATS, runs=numbers, pools=pools, seats=seats))
    sql(COUNTERS)
    sql("INSERT INTO bench_counter SELECT unnest(%(runs)s::bigint[]), 0", runs=numbers)
    sql("VACUUM (ANALYZE) courses_run, courses_seatpool, courses_seat, bench_counter")
    return Runs(numbers[0], pools[0], first_seat, seats, [row[1] for row in rows])


COURSES = """
WITH version AS (
    INSERT INTO courses_courseversion
    SELECT copy.* FROM courses_courseversion sample,
    (SELECT nextval(pg_get_serial_sequence('courses_courseversion', 'id')) AS version,
            nextval(pg_get_serial_sequence('courses_course', 'id')) AS course
       FROM generate_series(1, %(count)s)) numbers,
    LATERAL jsonb_populate_record(
        sample, jsonb_build_object('id', version, 'course_id', course)) copy
     WHERE sample.id = %(version)s
    RETURNING id, course_id)
INSERT INTO courses_course
SELECT copy.* FROM courses_course sample, version,
LATERAL jsonb_populate_record(sample, jsonb_build_object('id', version.course_id,
    'public_id', gen_random_uuid(), 'code', 'BENCH-' || lpad(version.course_id::text, 7, '0'),
    'current_id', version.id)) copy
 WHERE sample.id = %(course)s
"""


def courses(count: int) -> None:
    """So many published courses with texts in three languages; every tenth has a run ahead."""
    sample: Course = factories.course()
    version = sample.current
    assert version is not None
    text = "What a reasoned judgment needs, how it is built and read, with cases from practice. "
    version.summary = {"en": text, "kk": text * 2, "ru": text * 2}
    version.save()
    sql(COURSES, count=count, version=version.pk, course=sample.pk)
    run: Run = factories.run(seats=20, of=sample)
    sql(
        """INSERT INTO courses_run SELECT copy.* FROM courses_run sample, courses_course course,
           LATERAL jsonb_populate_record(sample, jsonb_build_object(
               'id', nextval(pg_get_serial_sequence('courses_run', 'id')),
               'public_id', gen_random_uuid(), 'code', 'AHEAD-' || course.id,
               'course_id', course.id, 'version_id', course.current_id)) copy
            WHERE sample.id = %(run)s AND course.code LIKE 'BENCH-%%' AND course.id %% 10 = 0""",
        run=run.pk,
    )
    reindex_everything()
    sql("VACUUM (ANALYZE) courses_course, courses_courseversion, courses_run")
